"""Lock of a sweep's folder, which ends with its process, and a note that says who holds it.

The lock is the operating system's (flock, or its like), by the library filelock: a process that is killed
lets go of it.
"""

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from animator.core.errors import AnimatorError

LOCK, HOLDER = ".sweep.lock", ".sweep.holder.json"
MOMENT = 0.2  # seconds: whoever only looks whether it is held, holds it for less


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold `folder` (it is there) while the context lasts; AnimatorError says who holds it already."""
    lock = FileLock(folder / LOCK, timeout=MOMENT)
    try:
        lock.acquire()
    except Timeout:
        raise AnimatorError(
            f"Another sweep works in '{folder}': {_holder(folder)}. Wait until it is done, or give -o "
            "another folder."
        ) from None
    try:
        since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
        said = {"pid": os.getpid(), "host": platform.node(), "since": since}
        (folder / HOLDER).write_text(json.dumps(said), encoding="utf-8")
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def is_held(folder: Path) -> bool:
    """Whether a process works in `folder`; nothing is written there. Where nobody can tell, it may."""
    if not (folder / LOCK).is_file():
        return False
    try:
        with FileLock(folder / LOCK, timeout=0):
            return False
    except (Timeout, OSError):  # held, or on a disk that cannot be written to or locks nothing
        return True


def _holder(folder: Path) -> str:
    try:
        said = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        return f"process {said['pid']} on {said['host']}, since {said['since']}"
    except (OSError, ValueError, KeyError):
        return "a process that has just started"
