"""Where things go on a frame, in pixels: a mosaic of panels between a header and a footer.

A mosaic is rows of panel names; a name that repeats spans its cells. On a frame that is not wide, the
mosaic is transposed: columns become rows.
"""

from dataclasses import dataclass
from itertools import groupby

Mosaic = tuple[tuple[str, ...], ...]
WHOLE = 1.4


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


def arrange(mosaic: Mosaic, body: Box) -> dict[str, Box]:
    """A cell for every name of the mosaic; rows from the top, columns of equal width.

    A row that one name spans is WHOLE times as high as one that is shared.
    """
    if body.width < 1.4 * body.height:
        once = [row for row, _ in groupby(mosaic)]  # a row that repeats to be higher would be wider
        mosaic = tuple(zip(*once, strict=True))
    weights = [WHOLE if len(row) > 1 and len(set(row)) == 1 else 1.0 for row in mosaic]
    tops = [body.height * (1 - sum(weights[:i]) / sum(weights)) for i in range(len(mosaic) + 1)]
    width = body.width / len(mosaic[0])
    cells: dict[str, Box] = {}
    for name in dict.fromkeys(name for row in mosaic for name in row):
        spots = [(r, c) for r, row in enumerate(mosaic) for c, n in enumerate(row) if n == name]
        top, bottom = min(r for r, _ in spots), max(r for r, _ in spots) + 1
        left, right = min(c for _, c in spots), max(c for _, c in spots) + 1
        cells[name] = Box(
            body.left + left * width,
            body.bottom + tops[bottom],
            (right - left) * width,
            tops[top] - tops[bottom],
        )
    return cells
