"""What is half written: how it is called, and what is left of it when its process was killed.

In: the path of a file to be. Out: a name beside it that says whose it is, and folders without what dead
processes left there. A name tells the process and, in eight letters, the machine: of another machine's
processes nobody here knows whether they live, so what they left goes only when nothing has been written to
it for two days.
"""

import atexit
import os
import platform
import re
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from animator.core.errors import AnimatorError

LONGEST = 255  # bytes of a name
FORGOTTEN = 2 * 86_400.0  # seconds
HOST = f"{zlib.crc32(platform.node().encode()):08x}"
OURS = "mp4|gif|png|apng|webm|webp|avif|svg|pdf|pptx|html|json|csv|h5|py"
STRAY = re.compile(  # without the machine, as earlier versions called it: only of kinds that they wrote
    rf"\..+\.(?P<pid>[0-9]+)(-(?P<host>[0-9a-f]{{8}})\.part(\.[A-Za-z0-9]+)?|\.part\.({OURS})|\.probe)"
)
SCRATCH = re.compile(r"animator-(?P<pid>[0-9]+)-(?P<host>[0-9a-f]{8})-.+")

_own: set[Path] = set()
_tidied: set[tuple[Path, re.Pattern[str]]] = set()


def temporary(path: Path) -> Path:
    """Where `path` is while this process writes it: beside its place, under a name of this process."""
    mark = f".{os.getpid()}-{HOST}.part{path.suffix}"
    stem = path.stem
    if len(os.fsencode(f".{stem}{mark}")) > LONGEST:
        stem = f"{stem[:32]}~{zlib.crc32(os.fsencode(stem)):08x}"
    return path.with_name(f".{stem}{mark}")


@contextmanager
def owned(path: Path) -> Iterator[Path]:
    """`path`, a temporary file or folder, which is gone when the context is left."""
    _own.add(path)
    try:
        yield path
    finally:
        remove(path)
        _own.discard(path)


def remove(path: Path) -> None:
    """Remove a file or a folder, where there is one; a link, and not what it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def remove_own() -> None:
    """Remove all that this process has half written; for one that ends in the middle of its work."""
    for path in list(_own):
        with suppress(OSError):
            remove(path)


def tidy(folder: Path, names: re.Pattern[str] = STRAY, again: bool = False) -> None:
    """Remove what dead processes left in `folder`, once in the life of this one, or `again`."""
    key = (folder.absolute(), names)
    if key in _tidied and not again:
        return
    _tidied.add(key)
    with suppress(OSError):  # a folder that cannot be listed, or a stray of another user, stays as it is
        for entry in os.scandir(folder):
            found = names.fullmatch(entry.name)
            if found and _is_left(entry, found):
                remove(Path(entry.path))


def _is_left(entry: "os.DirEntry[str]", found: re.Match[str]) -> bool:
    """Whether what is called so belongs to nobody who lives. A folder must name its machine, too."""
    pid = int(found["pid"])
    host = found["host"]
    if entry.is_symlink() or (host is None and not entry.is_file()):
        return False
    if host not in (None, HOST):
        return time.time() - entry.stat().st_mtime > FORGOTTEN
    if pid == os.getpid():
        return Path(entry.path) not in _own
    return not _lives(pid)


def _lives(pid: int) -> bool:
    """Whether a process has this number; where the system cannot tell, it may."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def scratch(place: Callable[[], str] = tempfile.gettempdir) -> Iterator[Path]:
    """A folder of this process in `place`, by default the system's folder for temporary files; those of dead
    processes go first.
    """
    try:
        folder = place()
        tidy(Path(folder), SCRATCH)
        made = Path(tempfile.mkdtemp(prefix=f"animator-{os.getpid()}-{HOST}-", dir=folder))
    except FileNotFoundError as error:
        raise AnimatorError(
            "There is no folder for temporary files that can be written to. Set TMPDIR to one that can."
        ) from error
    with owned(made) as own:
        yield own


def move_in() -> None:
    """Have temporary files of this process, other libraries' too, made in a folder of its own that goes
    with it.

    For a process of animator's own. TensorFlow leaves the code that it makes where it was made, when it is
    killed.
    """
    if SCRATCH.fullmatch(Path(tempfile.gettempdir()).name):
        return
    stack = ExitStack()
    tempfile.tempdir = str(stack.enter_context(scratch()))
    atexit.register(stack.close)
