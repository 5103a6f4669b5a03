"""Cache of sweeps: recordings, surfaces, and how long things took.

It is a folder of its own in the cache: what workers make there depends on no timing and on no number of
threads, as a single `render` may.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from animator.core import cache
from animator.core.files import replacing

Files = tuple[tuple[str, bytes], ...]  # (path below a cache folder, with "/", contents)


def folder() -> Path:
    """Where sweeps keep things; a cache folder as any."""
    return cache.folder() / "sweeps"


@dataclass(frozen=True, slots=True)
class View:
    """The surfaces of a cell: names of the files that hold them; lowest and highest loss of each."""

    names: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]


class Store:
    """The files of the cache at `place`; use_cache: whether what is there already is taken."""

    def __init__(self, place: Path, use_cache: bool = True) -> None:
        self.place = place
        self._use, self._fresh = use_cache, set[str]()

    def recording(self, key: str) -> bytes | None:
        """The recording with digest `key`, if it is there."""
        return self._read(f"recordings/{key}.h5")

    def keep_recording(self, key: str, content: bytes) -> None:
        """Keep a recording under its digest."""
        self._keep(((f"recordings/{key}.h5", content),))

    def view(self, key: str) -> View | None:
        """What is kept of the surfaces with digest `key`; None when not all of their files are there."""
        listing = self._read(f"views/{key}.json")
        if listing is None:
            return None
        try:
            said = json.loads(listing)
            spans = tuple((float(low), float(high)) for low, high in said["spans"])
            found = View(tuple(said["names"]), spans)
        except (ValueError, KeyError, TypeError):  # not written by this version
            return None
        return found if all(self._has(name) for name in found.names) else None

    def files(self, key: str) -> Files:
        """Their files; () when not all are there."""
        found = self.view(key)
        return tuple((name, (self.place / name).read_bytes()) for name in found.names) if found else ()

    def keep_view(self, key: str, view: View, made: Files) -> None:
        """Keep the files `made` for surfaces, and what is known of these."""
        self._keep(made)
        self._fresh.update(view.names)
        self._keep(((f"views/{key}.json", json.dumps(asdict(view)).encode()),))

    def figures(self, key: str) -> dict[str, float]:
        """What an earlier sweep measured of the scene with digest `key`."""
        path = self.place / f"figures/{key}.json"
        try:
            found: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
            return found
        except (OSError, ValueError):
            return {}

    def keep_figures(self, key: str, figures: Mapping[str, float]) -> None:
        """Keep what was measured, for the next estimate."""
        with replacing(self.place / f"figures/{key}.json") as temporary:
            temporary.write_text(json.dumps(dict(figures)), encoding="utf-8")

    def _has(self, name: str) -> bool:
        return (self._use or name in self._fresh) and (self.place / name).is_file()

    def _read(self, name: str) -> bytes | None:
        return (self.place / name).read_bytes() if self._has(name) else None

    def _keep(self, files: Files) -> None:
        write_files(files, self.place)
        self._fresh.update(name for name, _ in files)


def read_files(folder: Path) -> Files:
    """The files below a cache folder, in the order of their paths."""
    found = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return tuple((path.relative_to(folder).as_posix(), path.read_bytes()) for path in found)


def write_files(files: Files, folder: Path) -> None:
    """Put files into a cache folder, each whole or not at all, and none outside of it."""
    for name, content in files:
        if ".." not in Path(name).parts and not Path(name).is_absolute():
            with replacing(folder / name) as temporary:
                temporary.write_bytes(content)
