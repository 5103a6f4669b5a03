"""A limit of time for a piece of work in this process, whatever it does.

At the limit TimeUp is raised in the thread that works. Work that does not listen, inside a library's call,
ends with its process a little later: whoever waits for it sees a worker that died.
"""

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

GRACE = 3.0  # seconds
EXIT = 75


class TimeUp(BaseException):
    """The time is over. It is no Exception, so that nobody on the way takes it for a failure of his own."""


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """Raise TimeUp in the body when it takes longer than `seconds`; None: no limit."""
    if seconds is None:
        yield
        return
    gate, over = threading.Lock(), threading.Event()
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
