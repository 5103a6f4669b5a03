"""How swept values and cells are named on pictures: short, and different where the values are."""

from collections.abc import Sequence

from animator.core.formatting import number
from animator.core.language import Said, say, shown
from animator.core.language import digits as localized
from animator.sweeps.folder.manifest import Axis, Cell, Manifest

DIGITS = 3


def told(values: Sequence[object], digits: int = DIGITS) -> list[str]:
    """Each of `values` in as few characters as keep them apart: 0.0133, true, adam; numbers with `digits`
    significant ones at least.
    """
    while digits < 17:
        words = [_told(value, digits) for value in values]
        if len(set(words)) == len({repr(value) for value in values}):
            return words
        digits += 1
    return [str(value) for value in values]


def _told(value: object, digits: int) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        short = f"{value:.{digits}g}"
        return localized(f"{float(short):g}" if digits <= 6 else short)
    return str(value)


def swept(manifest: Manifest) -> tuple[Axis, ...]:
    """The axes that have more than one value; all of them where none has."""
    return tuple(axis for axis in manifest.axes if len(axis.values) > 1) or manifest.axes


def labels(cell: Cell, axes: Sequence[Axis], digits: int = DIGITS) -> tuple[tuple[str, str], ...]:
    """(name, value as it is told) of a cell on each of `axes`."""
    return tuple((axis.name, label(axis, cell.parameters.get(axis.name), digits)) for axis in axes)


def label(axis: Axis, value: object, digits: int = DIGITS) -> str:
    """`value` as it is told among the values of `axis`."""
    known = dict(zip(map(repr, axis.values), told(axis.values, digits), strict=True))
    return known.get(repr(value), _told(value, digits))


def phrase(cell: Cell, axes: Sequence[Axis]) -> str:
    """A cell in words: "learning_rate 0.1, optimizer adam"."""
    return ", ".join(f"{name} {value}" for name, value in labels(cell, axes))


def final(cell: Cell) -> float | None:
    """The cell's last loss, or None: it has none, or it is not finite."""
    found = cell.results.get("final_loss") if cell.state == "done" else None
    return None if found is None else float(found)


def diverged(cell: Cell) -> bool:
    """Whether the loss or a weight stopped being finite."""
    return cell.state != "failed" and cell.results.get("not_finite_at") is not None


def left(cell: Cell) -> bool:
    """Whether the path left its window, of a cell that did not diverge: its losses are as good as any."""
    gone = cell.state != "failed" and cell.results.get("left_window_at") is not None
    return gone and not diverged(cell)


def best(cells: Sequence[Cell]) -> Cell | None:
    """The cell of the lowest last loss, the first of several; one that diverged is none."""
    known = [cell for cell in cells if final(cell) is not None and not diverged(cell)]
    return min(known, key=lambda cell: (final(cell), cell.index), default=None)


def outcome(manifest: Manifest) -> str:
    """What came of the sweep, in one or two sentences."""
    cells = manifest.cells
    axes = swept(manifest)
    losses = [loss for cell in cells if (loss := final(cell)) is not None and not diverged(cell)]
    first = best(cells)
    said = [say("1 cell") if len(cells) == 1 else say("{count:,} cells", count=len(cells))]
    broken = [
        (sum(map(diverged, cells)), Said("{count:,} diverged")),
        (sum(map(left, cells)), Said("{count:,} left the window")),
        (_count(cells, "failed"), Said("{count:,} failed")),
        (_count(cells, "waiting") + _count(cells, "recorded"), Said("{count:,} not made yet")),
    ]
    said += [shown(what, count=count) for count, what in broken if count]
    text = ", ".join(said) + "."
    if first is not None:
        found = {"low": number(min(losses), 2), "high": number(max(losses), 2), "where": phrase(first, axes)}
        text += " " + say("The final loss goes from {low} to {high}; it is lowest at {where}.", **found)
    return text


def _count(cells: Sequence[Cell], state: str) -> int:
    return sum(cell.state == state for cell in cells)
