"""A recording from outside is first read by a process of its own, because HDF5 can wait for ever, or crash.

A path goes in; nothing comes out when the file may be read here, and AnimatorError when it may not. HDF5
goes over a damaged heap without end, holds Python's lock meanwhile, and hears no signal; so the process is
ended from outside.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from animator.core import cache
from animator.core.errors import AnimatorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import Popen

SECONDS = 3.0  # of the processor, for a small file, once the process has started
BYTES_A_SECOND = 50 * 2**20  # a larger one may take longer
MEMORY = 512 * 2**20  # bytes, on top of the file's size
START = 60.0  # seconds that starting may take on a machine with much to do
SLOWEST = 20.0  # how many times as long as on a machine without other work it may all take
FINE = 0  # exit codes
FAILED = 1  # the process itself, which says nothing about the file
REFUSED = 2
ASLEEP = -1  # it was ended because it slept
LOOK = 0.25  # seconds from one look at the process to the next
Key = tuple[int, int, int, int]

_trusted: set[Key] = set()


def trust(path: Path) -> None:
    """Note that this process wrote the file at `path`, or knows it to be whole: it is not probed."""
    _trusted.add(_key(path))


def forget() -> None:
    """Trust no file any more: each is probed again."""
    _trusted.clear()


def check(path: Path, ask: "Callable[[Path], Answer] | None" = None) -> None:
    """AnimatorError when the recording at `path` cannot be read within the limits; else it is trusted.

    Files of the cache are animator's own, and trusted. ask: reads a file apart; by default `read_apart`.
    """
    if _key(path) in _trusted or path.resolve().is_relative_to(cache.folder().resolve()):
        return
    answer = (ask or read_apart)(path)
    if answer.code == REFUSED:
        raise AnimatorError(answer.sentence)
    if answer.code not in (FINE, FAILED):
        raise AnimatorError(damaged(path))
    trust(path)


def damaged(path: Path) -> str:
    """What is said of a recording that cannot be read."""
    return (
        f"'{path}' is damaged: it begins like a recording, but parts of it are missing. "
        "Copy it again from where it was made, or record again."
    )


def _key(path: Path) -> Key:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def seconds_for(path: Path, few: float = SECONDS) -> float:
    """Seconds of the processor that reading `path` may take; few: what a small file may."""
    return few + path.stat().st_size / BYTES_A_SECOND


@dataclass(frozen=True, slots=True)
class Answer:
    """What the process that read a file says: its exit code, and why it refuses the file."""

    code: int
    sentence: str = ""


def read_apart(
    path: Path,
    start: "Callable[..., Popen[bytes]]" = subprocess.Popen,
    longest: float | None = None,
    few: float = SECONDS,
) -> Answer:
    """Read `path` in a process of its own, made by `start`. -P: nothing is imported from where it stands.

    longest: seconds, by default what a machine with much to do may need. few: seconds of the processor that
    a small file may take, or that the process may sleep.
    """
    root = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
    words = [sys.executable, "-P", "-m", "animator.recordings.probe", str(path), str(few)]
    if longest is None:
        longest = START + SLOWEST * seconds_for(path, few)
    no, pipe = subprocess.DEVNULL, subprocess.PIPE
    try:
        process = start(words, stdin=no, stdout=pipe, stderr=no, env=environment)
    except OSError:  # no process can be started, which says nothing about the file
        return Answer(FAILED)
    with process:
        try:
            return _heard(process, longest, few)
        except subprocess.TimeoutExpired:
            return Answer(
                REFUSED,
                f"'{path}' could not be read within {longest:.0f} s: this machine, or the disk that the file "
                "lies on, has too much else to do. Try again when it has less.",
            )
        finally:
            process.kill()


def _heard(process: "Popen[bytes]", longest: float, drowsy: float) -> Answer:
    """What the process says; TimeoutExpired after `longest` seconds.

    In its reading-while-writing mode HDF5 sleeps a second, a hundred times, before it says that a check sum
    is wrong. A process that sleeps is not one that waits for a processor or a disk, so it is ended after
    `drowsy` seconds.
    """
    end = time.monotonic() + longest
    asleep = 0.0
    while True:
        left = max(0.0, end - time.monotonic())
        try:
            said, _ = process.communicate(timeout=min(LOOK, left))
        except subprocess.TimeoutExpired:
            if not left:
                raise
            asleep = asleep + LOOK if _sleeps(process.pid) else 0.0
            if asleep > drowsy:
                return Answer(ASLEEP)
        else:
            return Answer(process.returncode, said.decode("utf-8", "replace"))


def _sleeps(number: int) -> bool:
    """Whether the process of this number sleeps, where the system says so."""
    try:
        words = Path(f"/proc/{number}/stat").read_text(errors="replace")
    except OSError:
        return False
    return words.rpartition(")")[2].split()[0] == "S"


def limit_time(seconds: float) -> None:
    """Have the system end this process after so many seconds of the processor, where it can do so.

    Time in which others have the processor does not count: a machine with much to do damages no file.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


def limit_memory(size: int) -> None:
    """Have the system refuse this process more than `size` bytes, and MEMORY, beyond what it has."""
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY + size
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read the recording whose path is the first word; the second: seconds that a small one may take."""
    from animator.recordings.reader import read_through

    path = Path(sys.argv[1])
    limit_time(seconds_for(path, float(sys.argv[2])))
    limit_memory(path.stat().st_size)
    try:
        read_through(path)
    except AnimatorError as error:
        sys.stdout.buffer.write(str(error).encode("utf-8", "replace"))
        return REFUSED
    except MemoryError:
        sys.stdout.buffer.write(damaged(path).encode("utf-8", "replace"))
        return REFUSED
    return FINE


if __name__ == "__main__":
    sys.exit(main())
