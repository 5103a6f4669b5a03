"""Opening a folder for a sweep: a new one, one to go on with, or one that holds something else.

What the folder holds is never overwritten without `force`, and then only files that its manifest names go.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from animator.errors import AnimatorError
from animator.files import ensure_folder
from animator.sweep import manifest as books
from animator.sweep.ledger import TABLE, Ledger
from animator.sweep.manifest import Cell, Manifest

OURS = (books.NAME, TABLE, "index.html", "recordings", "films", "posters", "logs")


def opened(folder: Path, asked: Manifest, force: bool, retry: bool) -> Ledger:
    """The Ledger of `folder` for the sweep `asked`, whose cells all wait; what was done of it is kept.

    retry: failed cells wait again. AnimatorError when the folder holds something else, without `force`.
    """
    ensure_folder(folder / books.NAME)
    there = None
    if (folder / books.NAME).is_file():
        try:
            there = books.read(folder)
        except AnimatorError:
            if not force:
                raise
    elif not force:
        _refuse_files(folder)
    if there is not None and (force or not same(there, asked)):
        if not force:
            raise AnimatorError(
                f"'{folder}' holds another sweep: {said(there)}, and this one is {said(asked)}. Give -o "
                "another folder, or --force to replace it."
            )
        clear(folder, there)
        there = None
    for part in folder.rglob(".*.part*"):  # of a sweep that was killed: the lock says that none writes now
        part.unlink(missing_ok=True)
    made = asked if there is None else merged(there, asked, retry)
    return Ledger(folder, made)


def same(one: Manifest, other: Manifest) -> bool:
    """Whether two manifests are of one sweep: the same scene and the same cells."""
    return bool(_asked(one) == _asked(other))


def _asked(manifest: Manifest) -> Any:
    whole = manifest.to_dict()
    return [whole[name] for name in ("scene", "kind", "axes", "fixed")] + [
        [cell["name"], cell["parameters"]] for cell in whole["cells"]
    ]


def said(manifest: Manifest) -> str:
    """'neuron over learning_rate (25 values), seed=3'."""
    varied = [f"{axis.name} ({len(axis.values)} values)" for axis in manifest.axes]
    fixed = [f"{name}={value}" for name, value in manifest.fixed.items()]
    return f"{manifest.scene} over {', '.join([*varied, *fixed])}"


def merged(there: Manifest, asked: Manifest, retry: bool) -> Manifest:
    """`asked`, with what its cells have already."""

    def cell(old: Cell, new: Cell) -> Cell:
        if old.state == "failed" and retry:
            return new
        return replace(old, command=new.command)

    cells = tuple(cell(old, new) for old, new in zip(there.cells, asked.cells, strict=True))
    return replace(asked, cells=cells, products=there.products, made_from=there.made_from)


def _refuse_files(folder: Path) -> None:
    found = [name for name in OURS if (folder / name).exists()]
    if found:
        raise AnimatorError(
            f"'{folder}' holds '{found[0]}' but no sweep, and it would be written over. Give -o another "
            "folder, or --force to replace it."
        )


def clear(folder: Path, there: Manifest) -> None:
    """Remove the files that a manifest names, and no others."""
    named = [name for cell in there.cells for name in (cell.recording, cell.film, cell.poster, cell.log)]
    for name in (*named, *there.products, TABLE, books.NAME):
        if name and not Path(name).is_absolute() and ".." not in Path(name).parts:
            (folder / name).unlink(missing_ok=True)
