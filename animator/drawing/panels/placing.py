"""Where the panels of a layout go on a frame, and which of them have no room there.

In: a mosaic, the body of a frame in pixels, the em. Out: a cell for each panel that is shown. Larger text
leaves less room: a panel beside a hero that would be too small is left out, the last one first.
"""

from collections.abc import Mapping, Sequence

from animator.design.layout import Box, Mosaic, arrange, without_last
from animator.drawing.panels.registry import heroes_of

LEAST_WIDE, LEAST_HIGH = 9.0, 6.4  # em: of the cell of a panel beside a hero

Shares = tuple[Sequence[float], Sequence[float]]


def placed(mosaic: Mosaic, body: Box, shares: Shares, em: float) -> Mapping[str, Box]:
    """The cells of the panels that have room in `body`; shares: widths of columns, heights of rows."""
    names = [name for row in mosaic for name in row]
    heroes = heroes_of(names)
    cells = arrange(mosaic, body, *shares, heroes)
    small = [
        name
        for name, cell in cells.items()
        if name not in heroes and (cell.width < LEAST_WIDE * em or cell.height < LEAST_HIGH * em)
    ]
    fewer = without_last(mosaic, heroes) if small else None
    return cells if fewer is None else placed(fewer, body, ((), ()), em)
