"""Files that appear whole or not at all: written beside their place, then renamed onto it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from animator.errors import AnimatorError


def ensure_folder(path: Path) -> None:
    """Make the folder that `path` will stand in; AnimatorError when it cannot be written to."""
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


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it there on success, remove it on any error."""
    ensure_folder(path)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
