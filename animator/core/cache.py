"""Where recordings and surfaces wait to be used again: files named by a digest of what decides them.

The folder is the user's cache folder, or ANIMATOR_CACHE when that is set. Anything in it may be
deleted at any time; it is made again when it is needed.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from animator.core.arrays import Array
from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder, replacing

Arrays = Mapping[str, Array]  # of any type that HDF5 holds
_within: list[Path] = []


@contextmanager
def within(place: Path) -> Iterator[Path]:
    """While the context lasts, the cache of this process is the folder `place`."""
    _within.append(place)
    try:
        yield place
    finally:
        _within.pop()


def folder() -> Path:
    """The cache folder (not created)."""
    if _within:
        return _within[-1]
    given = os.environ.get("ANIMATOR_CACHE")
    return Path(given) if given else user_cache_path("animator", appauthor=False)


def place(kind: str, key: str, suffix: str = "h5") -> Path:
    """Path of the cached file of `kind` ("recordings", "surfaces") with digest `key`."""
    return folder() / kind / f"{key}.{suffix}"


def writable(path: Path) -> None:
    """Make the folder of `path` in the cache; AnimatorError, which names ANIMATOR_CACHE, if that fails."""
    try:
        ensure_folder(path)
    except AnimatorError as error:
        raise AnimatorError(
            f"The cache folder '{folder()}' cannot be written to. Set ANIMATOR_CACHE to a folder that you "
            "can write to."
        ) from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """While the context lasts, no other process makes the file `path` of the cache; one that does is waited
    for.
    """
    from filelock import FileLock  # reading the command line goes without it

    writable(path)
    with FileLock(path.with_name(f".{path.name}.lock")):
        yield


def arrays(kind: str, key: str, compute: Callable[[], Arrays], use_cache: bool = True) -> Arrays:
    """The arrays, by name, that `compute` makes: from the cached file of `kind` and `key` where there is one.

    use_cache: False computes them anew and keeps those. A file that cannot be read counts as none.
    """
    path = place(kind, key)
    known = kept(path) if use_cache else None
    if known is None:
        known = compute()
        keep(path, known)
    return known


def kept(path: Path) -> Arrays | None:
    """The arrays of a file of the cache; None where there is none that can be read."""
    import h5py  # reading the command line goes without it

    if not path.exists():
        return None
    try:
        with h5py.File(path, "r") as file:
            return {name: file[name][()] for name in file}
    except OSError:  # cut short or damaged: it is written again
        return None


def keep(path: Path, arrays: Arrays) -> None:
    """Write a file of the cache, whole or not at all."""
    import h5py

    writable(path)
    with replacing(path) as temporary, h5py.File(temporary, "w") as file:
        for name, values in arrays.items():
            file.create_dataset(name, data=values)


def digest(*parts: object) -> str:
    """Digest of arrays (shape, type, bytes) and of anything else by its repr, 32 hex digits."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            total.update(f"{part.shape}{part.dtype}".encode())
            total.update(np.ascontiguousarray(part).tobytes())
        else:
            total.update(repr(part).encode())
        total.update(b"|")
    return total.hexdigest()[:32]
