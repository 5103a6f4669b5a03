"""Where the cells of a sweep stand on a contact sheet: columns, rows and pages, each with its labels.

In: axes, cells and the room of a page, in em. Out: pages. One axis or a few nested ones go across, the others
down; of all ways to split them, that with the fewest pages is taken, then that with the fewest axes across,
then that with the largest tiles. A single axis, or cells that are no product, run on line by line, each tile
with labels of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from math import ceil, prod

from animator.sweeps.folder.manifest import Axis, Cell, Manifest
from animator.sweeps.plan.labels import labels, swept, told

Labels = tuple[tuple[str, str], ...]  # (axis, value) of each nested axis, the outer one first
LETTER = 0.48  # em: a wide mean of the letters' widths at the size of labels
FILLED = 0.6  # of a page: what whole groups must fill to be kept together
MOST_LABEL = 9.0  # em: what row labels may take


@dataclass(frozen=True, slots=True)
class Room:
    """A page's body, in em: its size, the least side of a tile, the gap between tiles, a line of labels."""

    width: float
    height: float
    least: float = 5.12
    gap: float = 0.35
    line: float = 1.2


@dataclass(frozen=True, slots=True)
class Page:
    """A page of across x down tiles of `side` em. spots: cell index -> (row, column) from the top left.

    columns, rows: labels of each, empty where tiles have their own, `labels`. label_width: of rows, in em.
    """

    across: int
    down: int
    side: float
    spots: Mapping[int, tuple[int, int]]
    columns: tuple[Labels, ...] = ()
    rows: tuple[Labels, ...] = ()
    labels: Mapping[int, Labels] = field(default_factory=dict)
    label_width: float = 0.0

    @property
    def levels(self) -> int:
        """Lines of labels over the columns."""
        return len(self.columns[0]) if self.columns else 0


@dataclass(frozen=True, slots=True)
class _Plan:
    """A split of the axes, and the sizes of the parts that columns and rows come in."""

    columns: tuple[Axis, ...]
    rows: tuple[Axis, ...]
    across: int
    down: int
    side: float
    pages: int


def arranged(manifest: Manifest, room: Room) -> tuple[Page, ...]:
    """Every cell of the sweep once, over as many pages as it takes."""
    axes = swept(manifest)
    if manifest.kind != "product" or len(axes) < 2 or not _distinct(manifest.cells, axes):
        return _running(manifest.cells, axes, room)
    plans = [
        _plan([axis for axis in axes if axis in chosen], [axis for axis in axes if axis not in chosen], room)
        for count in range(1, len(axes))
        for chosen in combinations(axes, count)
    ]
    best = min(
        plans,
        key=lambda plan: (
            plan.side < room.least - 1e-9,
            plan.pages,
            len(plan.columns),
            -round(plan.side, 3),
            -_size(plan.columns),
        ),
    )
    return tuple(_pages(manifest.cells, best))


def _distinct(cells: Sequence[Cell], axes: Sequence[Axis]) -> bool:
    return len({_place(cell, axes) for cell in cells}) == len(cells)


def _place(cell: Cell, axes: Sequence[Axis]) -> tuple[str, ...]:
    return tuple(repr(cell.parameters.get(axis.name)) for axis in axes)


def _plan(columns: Sequence[Axis], rows: Sequence[Axis], room: Room) -> _Plan:
    wide, high = _label_width(columns, rows), room.line * len(columns)
    most_across = max(1, int((room.width - wide) / (room.least + room.gap)))
    most_down = max(1, int((room.height - high) / (room.least + room.gap)))
    across, down = _part(columns, most_across), _part(rows, most_down)
    side = min((room.width - wide) / across - room.gap, (room.height - high) / down - room.gap)
    pages = ceil(_size(columns) / across) * ceil(_size(rows) / down)
    return _Plan(tuple(columns), tuple(rows), across, down, side, pages)


def _size(axes: Sequence[Axis]) -> int:
    return prod(len(axis.values) for axis in axes)


def _part(axes: Sequence[Axis], most: int) -> int:
    """How many of the nested values stand on one page: even parts, of whole inner axes where they fill it."""
    total = _size(axes)
    for start in range(1, len(axes)):
        inner = _size(axes[start:])
        outer = total // inner
        most_whole = most // inner
        if most_whole * inner >= FILLED * min(most, total):
            return ceil(outer / ceil(outer / most_whole)) * inner
    return ceil(total / ceil(total / most))


def _label_width(columns: Sequence[Axis], rows: Sequence[Axis]) -> float:
    """Width of the row labels in em: the longest word of the row axes, or name of a column axis."""
    words = [axis.name for axis in (*columns, *rows)]
    words += [value for axis in rows for value in _words(axis)]
    return min(MOST_LABEL, LETTER * max(map(len, words)) + 0.9)


def _words(axis: Axis) -> list[str]:
    return told(axis.values)


def _pages(cells: Sequence[Cell], plan: _Plan) -> list[Page]:
    columns, rows = _nested(plan.columns), _nested(plan.rows)
    at = {_place(cell, (*plan.columns, *plan.rows)): cell.index for cell in cells}
    pages = []
    for top in range(0, len(rows), plan.down):
        for left in range(0, len(columns), plan.across):
            down, across = rows[top : top + plan.down], columns[left : left + plan.across]
            spots = {
                at[(*over, *beside)]: (r, c)
                for (r, (beside, _)), (c, (over, _)) in product(enumerate(down), enumerate(across))
                if (*over, *beside) in at
            }
            pages.append(
                Page(
                    plan.across,
                    plan.down,
                    plan.side,
                    spots,
                    tuple(said for _, said in across),
                    tuple(said for _, said in down),
                    {},
                    _label_width(plan.columns, plan.rows),
                )
            )
    return [page for page in pages if page.spots]


def _nested(axes: Sequence[Axis]) -> list[tuple[tuple[str, ...], Labels]]:
    """(place, labels) of every combination, the last axis fastest."""
    each = [
        [(repr(value), (axis.name, word)) for value, word in zip(axis.values, _words(axis), strict=True)]
        for axis in axes
    ]
    return [(tuple(key for key, _ in one), tuple(said for _, said in one)) for one in product(*each)]


def _running(cells: Sequence[Cell], axes: Sequence[Axis], room: Room) -> tuple[Page, ...]:
    """Cells line by line, with labels of their own."""
    above = room.line * len(axes)

    def side(count: int, across: int) -> float:
        down = ceil(count / across)
        return min(room.width / across - room.gap, room.height / down - room.gap - above)

    most = max(1, int(room.width / (room.least + room.gap))) * max(
        1, int(room.height / (room.least + room.gap + above))
    )
    count = ceil(len(cells) / ceil(len(cells) / most))
    across = max(range(1, count + 1), key=lambda n: (round(side(count, n), 6), n))
    across = ceil(count / ceil(count / across))
    return tuple(
        Page(
            across,
            ceil(count / across),
            side(count, across),
            {cell.index: divmod(i, across) for i, cell in enumerate(part)},
            labels={cell.index: labels(cell, axes) for cell in part},
        )
        for part in (cells[start : start + count] for start in range(0, len(cells), count))
    )
