"""A recording from outside is first read by a process of its own, because HDF5 can wait for ever, or crash.

A path goes in; nothing comes out when the file may be read here, and AnimatorError when it may not. HDF5
goes over a damaged heap without end, holds Python's lock meanwhile, and hears no signal; so the process is
ended from outside.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from animator.core import cache
from animator.core.errors import AnimatorError

SECONDS = 3.0  # for a small file, once the process has started: all in all it is under five
BYTES_A_SECOND = 50 * 2**20  # a larger one may take longer
MEMORY = 512 * 2**20  # bytes, on top of the file's size
START = 60.0  # seconds that starting may take on a machine with much to do
FINE, REFUSED, OURS = (
    0,
    2,
    1,
)  # exit codes; OURS: the process itself failed, which says nothing about the file
Key = tuple[int, int, int, int]

_trusted: set[Key] = set()


def trust(path: Path) -> None:
    """Note that this process wrote the file at `path`, or knows it to be whole: it is not probed."""
    _trusted.add(_key(path))


def forget() -> None:
    """Trust no file any more: each is probed again."""
    _trusted.clear()


def check(path: Path) -> None:
    """AnimatorError when the recording at `path` cannot be read within the limits; else it is trusted.

    Files of the cache are animator's own, and trusted.
    """
    if _key(path) in _trusted or path.resolve().is_relative_to(cache.folder().resolve()):
        return
    code, said = _asked(path)
    if code == REFUSED:
        raise AnimatorError(said)
    if code not in (FINE, OURS):
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


def _limit(path: Path) -> float:
    """Seconds that reading `path` may take."""
    return SECONDS + path.stat().st_size / BYTES_A_SECOND


def _asked(path: Path) -> tuple[int, str]:
    """(exit code, sentence) of the process that read `path`. -P: nothing is imported from where it stands."""
    root = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
    words = [sys.executable, "-P", "-m", "animator.recordings.probe", str(path)]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=START + _limit(path),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -1, ""
    except OSError:  # no process can be started, which says nothing about the file
        return OURS, ""
    return done.returncode, done.stdout.decode("utf-8", "replace")


def _limit_process(path: Path) -> None:
    """Have the system end this process when it takes too long, and refuse it more memory, where it can do
    so.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _limit(path))
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY + path.stat().st_size
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read the recording whose path is the first word."""
    from animator.recordings.reader import read_through

    path = Path(sys.argv[1])
    _limit_process(path)
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
