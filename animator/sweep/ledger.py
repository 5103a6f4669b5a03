"""The books of a sweep: its manifest and results.csv, kept with every cell, and the files of each.

A file is in its place before the manifest says so; both appear by rename. So whoever kills a sweep finds
whole files and a true manifest.
"""

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from animator.errors import AnimatorError
from animator.files import replacing
from animator.parameters import written
from animator.sweep import manifest as books
from animator.sweep import results
from animator.sweep.cell import FULL
from animator.sweep.manifest import Cell, Manifest

TABLE = "results.csv"
SECONDS = ("record", "surface", "draw_and_encode")
FILES = ("recording", "film", "poster")


class Ledger:
    """The manifest of `folder`, changed cell by cell."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest

    def cell(self, index: int) -> Cell:
        """A cell as it is now."""
        return self.manifest.cells[index]

    def count(self, *states: str) -> int:
        """How many cells are in one of `states`."""
        return sum(cell.state in states for cell in self.manifest.cells)

    def change(self, index: int, **parts: Any) -> None:
        """Change parts of a cell, and write the books."""
        cells = list(self.manifest.cells)
        cells[index] = replace(cells[index], **parts)
        self.update(cells=tuple(cells))

    def update(self, **parts: Any) -> None:
        """Change parts of the manifest, and write the books."""
        self.manifest = replace(self.manifest, **parts)
        with self.room():
            books.write(self.folder, self.manifest)
            self._table()

    def keep(self, name: str, content: bytes) -> str:
        """Write the file `name` ("films/NAME.mp4") of the folder; gives the name back."""
        with self.room(), replacing(self.folder / name) as temporary:
            temporary.write_bytes(content)
        return name

    def has(self, name: str | None, size: int | None = None) -> bool:
        """Whether the file `name` is there, with `size` bytes where that is known."""
        path = self.folder / (name or "")
        return bool(name) and path.is_file() and size in (None, path.stat().st_size)

    @contextmanager
    def room(self) -> Iterator[None]:
        """A full disk becomes a sentence."""
        try:
            yield
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise full(f"the disk of '{self.folder}' is full", self) from error
        except AnimatorError as error:
            if getattr(error.__cause__, "errno", None) in FULL:
                raise full(f"the disk of '{self.folder}' is full", self) from error
            raise

    def _table(self) -> None:
        axes = [axis.name for axis in self.manifest.axes]
        with (
            replacing(self.folder / TABLE) as temporary,
            temporary.open("w", newline="", encoding="utf-8") as file,
        ):
            table = csv.writer(file)
            table.writerow(["index", "name", *axes, "state", "reason", "way", *results.NAMES,
                            *(f"seconds_{n}" for n in SECONDS), *(f"bytes_{n}" for n in FILES), *FILES,
                            "command"])  # fmt: skip
            table.writerows(_row(cell, axes) for cell in self.manifest.cells)


def full(what: str, ledger: Ledger) -> AnimatorError:
    """The error for a disk without room."""
    done, count = ledger.count("done"), len(ledger.manifest.cells)
    return AnimatorError(
        f"The sweep stopped because {what}: {done} of {count} cells are done, and they are kept. Make room "
        "and run the same command again to go on."
    )


def _row(cell: Cell, axes: list[str]) -> list[Any]:
    row: list[Any] = [cell.index, cell.name, *(written(cell.parameters[name]) for name in axes),
                      cell.state, cell.reason, cell.way]  # fmt: skip
    row += [cell.results.get(name) for name in results.NAMES]
    row += [cell.seconds.get(name) for name in SECONDS] + [cell.bytes.get(name) for name in FILES]
    return [*row, cell.recording, cell.film, cell.poster, cell.command]


def without(entries: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """`entries` without `names`."""
    return {name: value for name, value in entries.items() if name not in names}
