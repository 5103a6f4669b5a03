"""Ledger of a sweep: manifest.json and results.csv, written after every change, and the files of the cells.

A file is in its place before the manifest says so; both appear by rename. So whoever kills a sweep finds
whole files and a true manifest.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from animator.core.files import replacing
from animator.sweeps.folder import manifest as books
from animator.sweeps.folder import table
from animator.sweeps.folder.manifest import Cell, Manifest

TABLE = "results.csv"


class Ledger:
    """The manifest of `folder`, changed cell by cell."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._axes = [axis.name for axis in manifest.axes]
        self._texts: dict[int, tuple[Cell, str, str]] = {}
        self._own: tuple[str, ...] = ()
        self._held = False

    def cell(self, index: int) -> Cell:
        """A cell as it is now."""
        return self.manifest.cells[index]

    def count(self, *states: str) -> int:
        """How many cells are in one of `states`."""
        return sum(cell.state in states for cell in self.manifest.cells)

    def change(self, index: int, **parts: Any) -> None:
        """Change parts of a cell, and write the books."""
        self.put(replace(self.cell(index), **parts))

    def put(self, cell: Cell) -> None:
        """Put `cell` in the place of the one that there was, and write the books."""
        cells = list(self.manifest.cells)
        cells[cell.index] = cell
        self.update(cells=tuple(cells))

    def update(self, **parts: Any) -> None:
        """Change parts of the manifest, and write the books."""
        self.manifest = replace(self.manifest, **parts)
        if not self._held:
            self._write()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Write what the body changes when it is done, not one by one."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        self._write()

    def _write(self) -> None:
        own = table.metrics_of(self.manifest.cells)
        if own != self._own:
            self._own = own
            self._texts.clear()
        for cell in self.manifest.cells:
            if cell.index not in self._texts or self._texts[cell.index][0] is not cell:
                line = table.row(cell, self._axes, self._own)
                self._texts[cell.index] = cell, books.cell_text(cell), line
        known = [self._texts[cell.index] for cell in self.manifest.cells]
        books.write(self.folder, self.manifest, [text for _, text, _ in known])
        with replacing(self.folder / TABLE) as temporary:
            lines = [table.head(self._axes, self._own), *(line for _, _, line in known)]
            temporary.write_bytes("".join(lines).encode())

    def keep(self, name: str, content: bytes) -> str:
        """Write the file `name` ("films/NAME.mp4") of the folder; gives the name back."""
        with replacing(self.folder / name) as temporary:
            temporary.write_bytes(content)
        return name

    def has(self, name: str | None, digest: str | None = None) -> bool:
        """Whether the file `name` is there, with the contents of `digest` where that is known."""
        return holds(self.folder, name, digest)


def holds(folder: Path, name: str | None, digest: str | None = None) -> bool:
    """Whether `folder` has the file `name`, with the contents of `digest` where that is known."""
    path = folder / (name or "")
    return bool(name) and path.is_file() and digest in (None, digest_of(path.read_bytes()))


def digest_of(*contents: bytes) -> str:
    """Digest of files' contents, 64 hex digits."""
    total = hashlib.sha256()
    for content in contents:
        total.update(content)
    return total.hexdigest()
