"""Faults that a process gives itself, for all that it does from then on: a disk or a quota that is full, a
clock that is set back.

A full disk is the system's own answer to the system's own calls, so libraries in C meet it as they would.
"""

import ctypes
import errno
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence

# Numbers of the calls by which files grow and come to be, as Linux has them on each processor.
CALLS = {
    "x86_64": {"write": 1, "pwrite64": 18, "openat": 257, "mkdir": 83},
    "aarch64": {"write": 64, "pwrite64": 68, "openat": 56, "mkdir": 34},
}
NUMBERS = CALLS.get(platform.machine(), {}) if sys.platform == "linux" else {}
LOAD, EQUAL, AT_LEAST, ANY_BIT, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06  # of the machine that filters calls
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NUMBER, FIRST, THIRD = 0, 16, 32  # where a call's number and its arguments lie
NO_NEW_RIGHTS, FILTER = 38, 22
Step = tuple[int, int, int, int]  # what to do, steps to pass over where it holds and where not, its value


class _Program(ctypes.Structure):
    _fields_ = (("steps", ctypes.c_ushort), ("at", ctypes.c_char_p))


def _filtered(steps: Sequence[Step]) -> None:
    """Have the system ask these steps about each call of this process and of those that it starts."""
    code = b"".join(
        what.to_bytes(2, "little") + bytes((yes, no)) + value.to_bytes(4, "little")
        for what, yes, no, value in steps
    )
    system = ctypes.CDLL(None, use_errno=True)
    rights = system.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0)
    if rights or system.prctl(FILTER, 2, ctypes.byref(_Program(len(steps), code))):
        raise OSError(ctypes.get_errno(), "this system lets no process filter its calls")


def no_room(code: int, size: int) -> Callable[[], None]:
    """What makes each write of `size` bytes or more fail so, but for those to the three standard streams."""

    def begin() -> None:
        _filtered((
            (LOAD, 0, 0, NUMBER),
            (EQUAL, 3, 0, NUMBERS["pwrite64"]),
            (EQUAL, 0, 5, NUMBERS["write"]),
            (LOAD, 0, 0, FIRST),
            (AT_LEAST, 0, 3, 3),
            (LOAD, 0, 0, THIRD),
            (AT_LEAST, 0, 1, size),
            (ANSWER, 0, 0, REFUSE | code),
            (ANSWER, 0, 0, ALLOW),
        ))  # fmt: skip

    return begin


def no_new_files() -> None:
    """Each file that would come to be fails with "Disk quota exceeded": a quota of files, not of bytes."""
    _filtered((
        (LOAD, 0, 0, NUMBER),
        (EQUAL, 3, 0, NUMBERS["mkdir"]),
        (EQUAL, 0, 3, NUMBERS["openat"]),
        (LOAD, 0, 0, THIRD),
        (ANY_BIT, 0, 1, os.O_CREAT),
        (ANSWER, 0, 0, REFUSE | errno.EDQUOT),
        (ANSWER, 0, 0, ALLOW),
    ))  # fmt: skip


def clock_set_back() -> None:
    """The time of day goes back by a day after a tenth of a second."""
    turn, before = time.monotonic() + 0.1, time.time

    def time_of_day() -> float:
        return before() - 86_400.0 * (time.monotonic() > turn)

    time.time = time_of_day
    time.time_ns = lambda: int(1e9 * time_of_day())


FAULTS: dict[str, Callable[[], None]] = {
    "full": no_room(errno.ENOSPC, 64),
    "quota": no_room(errno.EDQUOT, 1024),
    "files": no_new_files,
    "clock": clock_set_back,
}
