"""Where things go on a frame, in pixels: a mosaic of panels between a header and a footer.

A mosaic is rows of panel names; a name that repeats spans its cells. The panels that a film is about, its
heroes, take most of the frame. On a frame that is not wide they stand above the others.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

Mosaic = tuple[tuple[str, ...], ...]
WIDE, TALL = 1.4, 0.8  # width / height of the body: from where on panels stand beside, or below, each other
HERO = 3.2  # width of the heroes' columns, of another one's
LEADS, LEADS_UPRIGHT = 3.1, 2.6  # height of the heroes' rows, of another one's
HIGHEST = 0.9  # of a hero's width, on a body that is not wide: the picture beside its bar is a square then
WHOLE = 1.4  # height of a row that one panel spans, where there is no hero
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

    def shaped(self, aspect: float) -> "Box":
        """The largest box in the middle of this one that is `aspect` times as wide as high."""
        width = min(self.width, aspect * self.height)
        height = width / aspect
        left = self.left + (self.width - width) / 2
        return Box(left, self.bottom + (self.height - height) / 2, width, height)


def arrange(
    mosaic: Mosaic,
    body: Box,
    widths: Sequence[float] = (),
    heights: Sequence[float] = (),
    heroes: Collection[str] = (),
) -> dict[str, Box]:
    """A cell for every name of the mosaic; rows from the top.

    widths, heights: of columns and rows, relative, on a body that is WIDE. heroes: names of the panels that a
    film is about. Without widths, a column of theirs is HERO times as wide as others, together; without
    heights, a row of theirs is LEADS times as high as one without any. A column or row that repeats is taken
    at its word. On a body that is not wide they stand on top, as wide as it is, and the others below them, in
    pairs; where it is TALL, as for a phone's hand, those of the first kind alone, and have no cell else.
    """
    aspect = body.width / body.height
    if aspect < WIDE:
        mosaic, heights = _upright(mosaic, body, heroes)
        widths = ()
    columns = list(widths) or _weights(list(zip(*mosaic, strict=True)), heroes, HERO)
    rows = list(heights) or _weights(list(mosaic), heroes, LEADS)
    return _cells(mosaic, body, columns, rows)


def _weights(lines: Sequence[Sequence[str]], heroes: Collection[str], times: float) -> list[float]:
    """How wide columns are, or how high rows: those with a hero together `times` as much as another one."""
    leading = [not set(line).isdisjoint(heroes) for line in lines]
    count = sum(leading)
    if len(set(lines)) < len(lines) or count in (0, len(lines)):
        alone = [len(line) > 1 and len(set(line)) == 1 for line in lines]
        return [WHOLE if whole and not heroes else 1.0 for whole in alone]
    return [max(1.0, times / count) if leads else 1.0 for leads in leading]


def _upright(mosaic: Mosaic, body: Box, heroes: Collection[str]) -> tuple[Mosaic, list[float]]:
    """(the mosaic for a body that is not wide, heights of its rows): the heroes first, no higher than is of
    use to what is as wide as they are, and the others below; on a TALL one those of one kind.
    """
    aspect = body.width / body.height
    names = list(dict.fromkeys(name for row in mosaic for name in row))
    first = [name for name in names if name in heroes]
    others = [name for name in names if name not in heroes]
    tall = aspect < TALL
    if tall and first:
        others = [name for name in others if _kind(name) == _kind(others[0])]
    differ = not tall and len({_kind(name) for name in first}) > 1  # a map and a square picture, say
    abreast = ABREAST if differ or len(first) > ABREAST else 1
    top = _rows(first, abreast)
    below = _rows(others, 1 if (tall and len(others) <= ABREAST) or not first else ABREAST)
    share = LEADS_UPRIGHT / (LEADS_UPRIGHT + len(below)) / max(1, len(top))
    if below:
        share = min(share, HIGHEST * body.width / abreast / body.height)
    rest = (1 - share * len(top)) / max(1, len(below))
    high = [share] * len(top) + [rest] * len(below)
    wide = max(len(row) for row in (*top, *below))
    return tuple(_stretched(row, wide) for row in (*top, *below)), high


def _kind(name: str) -> str:
    """The kind of a panel: "loss" of "loss@1"."""
    return name.partition("@")[0]


def _rows(names: Sequence[str], abreast: int) -> list[tuple[str, ...]]:
    """`names` in rows of `abreast`; one that is left over spans its row."""
    return [tuple(names[i : i + abreast]) for i in range(0, len(names), abreast)]


def _stretched(row: tuple[str, ...], wide: int) -> tuple[str, ...]:
    """`row` in `wide` cells, each name in as many as another."""
    return tuple(row[i * len(row) // wide] for i in range(wide))


def _cells(mosaic: Mosaic, body: Box, columns: Sequence[float], rows: Sequence[float]) -> dict[str, Box]:
    """A cell for every name; columns, rows: their relative sizes."""
    tops = [body.height * (1 - sum(rows[:i]) / sum(rows)) for i in range(len(rows) + 1)]
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


def without_last(mosaic: Mosaic, heroes: Collection[str]) -> Mosaic | None:
    """The mosaic without its last panel that is no hero, whose cells fall to those above or below it, or a
    column of it alone to nothing; None where there is no such panel.
    """
    others = [name for row in mosaic for name in row if name not in heroes]
    if not others or not heroes:
        return None
    last = list(dict.fromkeys(others))[-1]
    columns = [_filled(column, last) for column in zip(*mosaic, strict=True) if set(column) != {last}]
    left = tuple(zip(*columns, strict=True))
    return left if left and all(_whole(left, name) for row in left for name in row) else None


def _filled(column: Sequence[str], gone: str) -> list[str]:
    """`column` with the nearest name above, or else below, in the place of the one that is gone."""
    filled: list[str] = []
    for i, name in enumerate(column):
        kept = [*reversed(column[:i]), *column[i:]]
        filled.append(name if name != gone else next(other for other in kept if other != gone))
    return filled


def _whole(mosaic: Mosaic, name: str) -> bool:
    """Whether the cells of `name` are a rectangle."""
    spots = [(r, c) for r, row in enumerate(mosaic) for c, other in enumerate(row) if other == name]
    high = len({r for r, _ in spots})
    return len(spots) == high * len({c for _, c in spots})
