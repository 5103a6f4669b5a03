"""Signals that ask a command to end: quietly before its work has begun, tidily while it works.

In: SIGINT, SIGTERM and SIGHUP, as a shell or a batch system sends them. Out: an exit code that shells know,
or a KeyboardInterrupt for the work to tidy up.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALED = 128  # plus a signal's number: the exit code that shells know
INTERRUPTION = SIGNALED + signal.SIGINT
PATIENCE = 5.0  # seconds
NUMBERS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def leave(number: int, frame: FrameType | None = None) -> None:
    """A signal handler that ends the process at once, saying nothing."""
    os._exit(SIGNALED + number)


def leave_at_once() -> None:
    """From now on, a signal just ends the process: nothing is begun that would have to be tidied up."""
    for number in NUMBERS:
        signal.signal(number, leave)


@contextmanager
def interruptible() -> Iterator[None]:
    """While the context lasts, a signal that asks the process to end raises KeyboardInterrupt: what is half
    done is tidied up. Those that follow within PATIENCE do not disturb the tidying.
    """
    latest = -PATIENCE

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal latest
        if time.monotonic() - latest >= PATIENCE:
            latest = time.monotonic()
            raise KeyboardInterrupt

    before = [(number, signal.signal(number, interrupt)) for number in NUMBERS]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
