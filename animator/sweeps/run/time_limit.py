"""Time limit for a piece of work, by an exception raised in its thread; and which signals came meanwhile.

At the limit TimeUp is raised in the thread that works. Work that does not listen, inside a library's call,
ends with its process a little later: whoever waits for it sees a worker that died.
"""

import ctypes
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

GRACE = 3.0  # seconds
EXIT = 75
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

Handler = Callable[[int, FrameType | None], object]


class TimeUp(BaseException):
    """The time is over. It is no Exception, so that nobody on the way takes it for a failure of his own."""


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """Raise TimeUp in the body when it takes longer than `seconds`; None: no limit."""
    if seconds is None:
        yield
        return
    gate = threading.Lock()
    over = threading.Event()
    me = ctypes.c_ulong(threading.get_ident())

    def watch() -> None:
        if over.wait(seconds):
            return
        with gate:
            if over.is_set():
                return
            ctypes.pythonapi.PyThreadState_SetAsyncExc(me, ctypes.py_object(TimeUp))
        if not over.wait(GRACE):
            os._exit(EXIT)

    watcher = threading.Thread(target=watch, name="time limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with gate:
            over.set()
        for _ in range(100):  # a TimeUp that is on its way arrives here, not later
            pass


@contextmanager
def interruptions() -> Iterator[list[int]]:
    """A list that holds, while the context lasts, the numbers of the signals that came and were handled.

    So a KeyboardInterrupt that the body raises by itself can be told from one that a signal raised.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return

    def noting(handler: Handler) -> Handler:
        def note(number: int, frame: FrameType | None) -> None:
            came.append(number)
            handler(number, frame)

        return note

    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if callable(handler):
            signal.signal(number, noting(handler))
    try:
        yield came
    finally:
        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, handler)
