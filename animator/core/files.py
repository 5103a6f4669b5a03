"""Files that appear whole or not at all: written beside their place, then renamed onto it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from animator.core import strays
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
    if len(os.fsencode(path.name)) > strays.LONGEST:
        raise AnimatorError(
            f"The name '{path.name[:32]}...' has {len(os.fsencode(path.name)):,} bytes, and a file's name "
            f"has {strays.LONGEST} at most. Give -o a shorter name."
        )
    if path.suffix and path.is_dir():
        raise AnimatorError(f"'{path}' is a folder, so no file can have that name. Give -o another path.")
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strays.tidy(folder)
        with strays.owned(strays.temporary(folder / "probe")) as probe:
            probe.touch()
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
    temporary = strays.temporary(path)
    if not path.suffix and path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise AnimatorError(
            f"'{path}' is there already and would be written over. Remove it, or give -o another path."
        )
    with strays.owned(temporary):
        yield temporary
        if temporary.is_dir() and path.is_dir():
            path.rmdir()
        temporary.replace(path)


@contextmanager
def room_beside(path: Path) -> Iterator[Path]:
    """A folder beside `path` for attempts at it, which is gone when the context is left."""
    ensure_folder(path)
    with strays.owned(strays.temporary(path.parent / f"{path.stem}.attempts")) as folder:
        folder.mkdir()
        yield folder
