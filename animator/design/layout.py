"""Where things go on a frame, in pixels: a mosaic of panels between a header and a footer.

A mosaic is rows of panel names; a name that repeats spans its cells. On a frame that is not wide, the
mosaic is transposed: columns become rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

Mosaic = tuple[tuple[str, ...], ...]
WHOLE = 1.4
WIDE = 1.55
LEADS = 1.5  # height of a panel that had a column to itself, where the others stand in pairs
TALL = 0.75
ABREAST = 2  # panels side by side on a frame that is not wide


def mosaic(layout: str | Sequence[str | Sequence[str]]) -> Mosaic:
    """The rows of a layout: given as rows, or as text, "surface weights; surface loss"."""
    if isinstance(layout, str):
        layout = [row for row in layout.replace("\n", ";").split(";") if row.strip()]
    return tuple(tuple(row.split() if isinstance(row, str) else row) for row in layout)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, origin at the frame's lower left corner."""

    left: float
    bottom: float
    width: float
    height: float

    def inset(self, left: float, bottom: float, right: float, top: float) -> "Box":
        """The box without its margins, in pixels."""
        return Box(
            self.left + left,
            self.bottom + bottom,
            self.width - left - right,
            self.height - bottom - top,
        )

    def square(self) -> "Box":
        """The largest square in the middle of the box."""
        side = min(self.width, self.height)
        return Box(self.left + (self.width - side) / 2, self.bottom + (self.height - side) / 2, side, side)


def arrange(
    mosaic: Mosaic, body: Box, widths: Sequence[float] = (), heights: Sequence[float] = ()
) -> dict[str, Box]:
    """A cell for every name of the mosaic; rows from the top. widths, heights: of columns and rows, relative.

    Without heights, a row that one name spans is WHOLE times as high as one that is shared. On a body that is
    not wide, columns become rows; on one that is high, panels stand one above the other, each as high as
    the cells that it spans.
    """
    crowded = max(len(set(row)) for row in mosaic) > ABREAST
    if crowded and body.width < WIDE * body.height:
        mosaic, widths = _in_pairs(mosaic), ()
        heights = [LEADS if len(set(row)) > 1 else 1.0 for row in mosaic]
    elif body.width < TALL * body.height:
        names = [name for row in mosaic for name in row]
        mosaic, widths = tuple((name,) for name in dict.fromkeys(names)), ()
        heights = [names.count(row[0]) ** 0.5 for row in mosaic]
    elif body.width < WIDE * body.height:
        once = [row for row, _ in groupby(mosaic)]  # a row that repeats to be higher would be wider
        widths, heights = heights if len(once) == len(mosaic) else (), widths
        mosaic = tuple(zip(*once, strict=True))
        if max(len(set(row)) for row in mosaic) > ABREAST:
            alone = {row[0] for row in mosaic if len(set(row)) == 1}
            mosaic, widths = _in_pairs(mosaic), ()
            heights = [LEADS if row[0] in alone else 1.0 for row in mosaic]
        elif not heights and len(mosaic[0]) > 1:
            heights = [LEADS if len(set(row)) == 1 else 1.0 for row in mosaic]
    weights = list(heights) or [WHOLE if len(row) > 1 and len(set(row)) == 1 else 1.0 for row in mosaic]
    tops = [body.height * (1 - sum(weights[:i]) / sum(weights)) for i in range(len(mosaic) + 1)]
    columns = list(widths) or [1.0] * len(mosaic[0])
    lefts = [body.width * sum(columns[:i]) / sum(columns) for i in range(len(columns) + 1)]
    cells: dict[str, Box] = {}
    for name in dict.fromkeys(name for row in mosaic for name in row):
        spots = [(r, c) for r, row in enumerate(mosaic) for c, n in enumerate(row) if n == name]
        top, bottom = min(r for r, _ in spots), max(r for r, _ in spots) + 1
        left, right = min(c for _, c in spots), max(c for _, c in spots) + 1
        cells[name] = Box(
            body.left + lefts[left],
            body.bottom + tops[bottom],
            lefts[right] - lefts[left],
            tops[top] - tops[bottom],
        )
    return cells


def _in_pairs(mosaic: Mosaic) -> Mosaic:
    """The mosaic in two columns: rows of many names become rows of two, or of one that spans both."""
    rows: list[tuple[str, ...]] = []
    for row in mosaic:
        names = list(dict.fromkeys(row))
        rows += [(names[i], names[min(i + 1, len(names) - 1)]) for i in range(0, len(names), ABREAST)]
    return tuple(rows)
