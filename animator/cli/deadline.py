"""A command that was told to end ends within a second, whatever it waits for.

In: the signals that the main thread hears. Out: nothing, when it has ended its work in time; else the process
ends here, after what it has half written is removed. Python hears a signal between its own steps only, and a
library may be long in one of its own; this thread hears it at once.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from animator.core import strays

LATE = 0.8  # seconds that tidying up may take


@contextmanager
def kept(numbers: Collection[int], code: int, last_words: str) -> Iterator[None]:
    """While the context lasts, a signal of `numbers` ends the process with exit code `code` after LATE
    seconds, unless the context has been left by then; last_words: what is said on stderr in that case.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    left = threading.Event()

    def end() -> None:
        strays.remove_own()
        os.write(2, last_words.encode())
        os._exit(code)

    thread = threading.Thread(target=_watch, args=(ours, numbers, left, end), name="deadline", daemon=True)
    thread.start()
    try:
        yield
    finally:
        left.set()
        signal.set_wakeup_fd(before)
        theirs.close()
        thread.join()
        ours.close()


def _watch(
    heard: socket.socket, numbers: Collection[int], left: threading.Event, end: Callable[[], None]
) -> None:
    """Call `end` when a signal of `numbers` was heard LATE seconds ago and nobody has left."""
    while data := heard.recv(64):
        if set(data) & set(numbers):
            if not left.wait(LATE):
                end()
            return
