"""Files that appear whole or not at all: written beside their place, then renamed onto it."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from animator.core.errors import AnimatorError

FULL = (errno.ENOSPC, errno.EDQUOT)


def is_full(error: BaseException | None) -> bool:
    """Whether an exception, or what it came from, says that a disk has no room left."""
    while error is not None:
        if isinstance(error, OSError) and (error.errno in FULL or "No space left" in str(error)):
            return True
        error = error.__cause__
    return False


def ensure_folder(path: Path) -> None:
    """Make the folder that `path` will stand in; AnimatorError when it cannot be written to, or when `path`
    has no name, or is a folder where a file should be.
    """
    if not path.name:
        raise AnimatorError(f"'{path}' names no file. Give -o a path that ends in the file's name.")
    if path.suffix and path.is_dir():
        raise AnimatorError(f"'{path}' is a folder, so no file can have that name. Give -o another path.")
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{path.name}.{os.getpid()}.probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise AnimatorError(
            f"Cannot write '{path}': {error.strerror or error} in the folder '{folder}'. "
            "Give -o a path in a folder that you can write to."
        ) from error


def set_aside(path: Path) -> Path:
    """Rename the file at `path` to the first free one of 'run.1.h5', 'run.2.h5', ...; gives that name."""
    names = (path.with_name(f"{path.stem}.{number}{path.suffix}") for number in count(1))
    free = next(name for name in names if not name.exists())
    path.rename(free)
    return free


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it there on success, remove it on any error."""
    ensure_folder(path)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    if not path.suffix and path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise AnimatorError(
            f"'{path}' is there already and would be written over. Remove it, or give -o another path."
        )
    try:
        yield temporary
        if temporary.is_dir() and path.is_dir():
            path.rmdir()
        temporary.replace(path)
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary)
        else:
            temporary.unlink(missing_ok=True)
