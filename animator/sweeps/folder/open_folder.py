"""Opening a folder for a sweep: a new one, one to go on with, or one that holds something else.

What the folder holds is never overwritten without `force`, and then only files that its manifest names go.
"""

from collections.abc import Collection, Iterable, Sized
from dataclasses import replace
from pathlib import Path

from animator.core import strays
from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder
from animator.design.parameters import written
from animator.encoding import inspect
from animator.sweeps.folder import manifest as books
from animator.sweeps.folder.ledger import TABLE, Ledger, holds
from animator.sweeps.folder.manifest import Axis, Cell, Manifest

FEW = 4  # values that are told of many
LOOK = ("format", "width", "height", "fps", "style", "lang", "wishes")
KINDS = {
    "product": "of all combinations",
    "zip": "of values that go together (--zip)",
    "rows": "of the rows of a file (--rows)",
}
PARTS = ("recordings", "films", "posters", "logs")
OURS = (books.NAME, TABLE, "index.html", "summary.png", "race.mp4", "sheet.mp4", "sheet.gif", *PARTS)
SHEET = "sheet-[0-9]*.*"  # the second sheet and those after it


def opened(folder: Path, asked: Manifest, force: bool, retry: bool) -> Ledger:
    """The Ledger of `folder` for the sweep `asked`, whose cells all wait; what was done of it is kept.

    retry: failed cells wait again. AnimatorError when the folder holds something else, without `force`.
    """
    ensure_folder(folder / books.NAME)
    there = found(folder, asked, force)
    if there is not None:
        tidy(folder)
    if there is not None and force:
        clear(folder, there)
        there = None
    made = asked if there is None else merged(there, asked, retry)
    return Ledger(folder, made)


def found(folder: Path, asked: Manifest, force: bool) -> Manifest | None:
    """The manifest in `folder`, or None; nothing is written. AnimatorError as `opened` has it."""
    manifest = None
    if (folder / books.NAME).is_file():
        try:
            manifest = books.read(folder)
        except AnimatorError:
            if not force:
                raise
    elif not force:
        _refuse_files(folder)
    if manifest is not None and not force and not same(manifest, asked):
        raise AnimatorError(
            f"'{folder}' holds another sweep: {difference(manifest, asked)}. Give -o another folder, or "
            "--force to replace it."
        )
    return manifest


def standing(folder: Path, asked: Manifest, force: bool, retry: bool) -> tuple[int, int]:
    """(cells of the sweep `asked` whose films are in `folder`, cells that are left to make); AnimatorError as
    `opened` has it. A failed cell is neither, without `retry`; a film of another look is made again.
    """
    there = found(folder, asked, force)
    if there is None or force:
        return 0, len(asked.cells)
    alike = all(there.film.get(name) == asked.film.get(name) for name in LOOK)
    done = [c.state == "done" and alike and holds(folder, c.film, c.digests.get("film")) for c in there.cells]
    failed = sum(cell.state == "failed" for cell in there.cells)
    return sum(done), len(asked.cells) - sum(done) - (0 if retry else failed)


def same(one: Manifest, other: Manifest) -> bool:
    """Whether two manifests are of one sweep: the same scene and the same cells."""
    return bool(_asked(one) == _asked(other))


def _asked(manifest: Manifest) -> object:
    cells = tuple(Cell(cell.index, cell.name, cell.parameters) for cell in manifest.cells)
    whole = books.to_dict(replace(manifest, cells=cells))
    return [whole[name] for name in ("scene", "kind", "axes", "fixed", "cells")]


def said(manifest: Manifest) -> str:
    """'neuron over learning_rate (25 values), seed=3'."""
    varied = [f"{axis.name} ({counted(axis.values)})" for axis in manifest.axes]
    fixed = [f"{name}={value}" for name, value in manifest.fixed.items()]
    return f"{manifest.scene} over {', '.join([*varied, *fixed])}"


def counted(values: Sized) -> str:
    """'25 values', or '1 value'."""
    return f"{len(values)} value{'s' * (len(values) != 1)}"


def difference(there: Manifest, asked: Manifest) -> str:
    """In what two sweeps differ, in words that differ."""
    if said(there) != said(asked):
        return f"{said(there)}, and this one is {said(asked)}"
    for one, other in zip(there.axes, asked.axes, strict=True):
        mine = _beyond(one, other)
        theirs = _beyond(other, one)
        if mine != theirs:
            return f"its {one.name} has {mine}, and this one's has {theirs}"
    if there.kind != asked.kind:
        return f"it is {KINDS[there.kind]}, and this one is {KINDS[asked.kind]}"
    return "its cells are the same values, but in another order or going together in another way"


def _beyond(one: Axis, other: Axis) -> str:
    """The values of `one` that `other` lacks, the first few."""
    known = {repr(value) for value in other.values}
    values = [written(value) for value in one.values if repr(value) not in known]
    more = f" and {len(values) - FEW} more" if len(values) > FEW else ""
    return " ".join(values[:FEW]) + more


def merged(there: Manifest, asked: Manifest, retry: bool) -> Manifest:
    """`asked`, with what its cells have already."""

    def cell(old: Cell, new: Cell) -> Cell:
        if old.state == "failed" and retry:
            return new
        return replace(old, command=new.command)

    cells = tuple(cell(old, new) for old, new in zip(there.cells, asked.cells, strict=True))
    return replace(
        asked, cells=cells, products=there.products, made_from=there.made_from, digests=there.digests
    )


def _refuse_files(folder: Path) -> None:
    found = [name for name in OURS if (folder / name).exists()]
    found += sorted(path.name for path in folder.glob(SHEET))
    if found:
        raise AnimatorError(
            f"'{folder}' holds '{found[0]}' but no sweep, and it would be written over. Give -o another "
            "folder, or --force to replace it."
        )


def tidy(folder: Path) -> None:
    """Remove what a sweep that was killed had half written, in the folder of a sweep and in its parts."""
    for part in (folder, *(folder / name for name in PARTS)):
        if part.is_dir() and (part == folder or not part.is_symlink()):
            strays.tidy(part, again=True)


def clear(folder: Path, there: Manifest) -> None:
    """Remove the files that a manifest names, and no others."""
    named = [name for cell in there.cells for name in (cell.recording, cell.film, cell.poster, cell.log)]
    remove(folder, [name for name in named if name])
    remove(folder, (*there.products, TABLE, books.NAME))


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files by their names in `folder`; none outside of it or through a link to another folder."""
    for name in names:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            continue
        path = folder / name
        if path.is_file() and path.parent.resolve().is_relative_to(folder.resolve()):
            path.unlink()


def drop_pages(folder: Path, made: Collection[str]) -> None:
    """Remove pages of the sheet of an earlier, larger sweep: those that say so themselves and that are not
    among the products `made`, where these have a sheet.
    """
    if not any(name.startswith("sheet") for name in made):
        return
    for path in folder.glob(SHEET):
        if path.name not in made and path.is_file() and _is_page(path):
            path.unlink()


def _is_page(path: Path) -> bool:
    try:
        said = inspect(path).metadata
    except AnimatorError:
        return False
    return said is not None and {"sweep", "page", "pages"} <= set(said.details)
