"""Whether a frame has room for all panels of a layout, and which size has: asked before anything is trained.

In: a layout and a size in pixels. Out: nothing, or the sentence that drawing the frame would end with. What
only a recording knows, such as how long the numbers are, is taken at its shortest: drawing has the last word.
A size that is proposed has room to spare, so that drawing agrees.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np

from animator.core.errors import SizeError
from animator.design.layout import Box, Mosaic
from animator.drawing.panels.registry import PANELS, kind_of
from animator.drawing.placing import placed
from animator.drawing.units import EDGES, LEAST, em_of, refusal
from animator.encoding.film_spec import LONGEST, SHORTEST

ROOMY = 2.0  # pixels, and em: the same, of a size that is proposed
SHAPES = 200  # proportions that are tried between those asked for and those of a screen
SCREEN = 16 / 9
Size = tuple[int, int]
Shares = tuple[Sequence[float], Sequence[float]]


def check(layout: Mosaic, shares: Shares, size: Size, text_size: float) -> None:
    """SizeError when a frame of `size` (width, height) in pixels cannot hold `layout`.

    shares: relative widths of the layout's columns and heights of its rows. text_size: as in a Style.
    """
    if not fits(layout, shares, size, text_size):
        raise refusal(*size)


def fits(
    layout: Mosaic, shares: Shares, size: Size, text_size: float, least: float = LEAST, spare: float = 0.0
) -> bool:
    """Whether it can; least: pixels a side of each panel's axes, spare: em."""
    em = em_of(text_size, size)
    side = max(least, spare * em)
    for name, box in boxes(layout, shares, size, em).items():
        spec = PANELS.get(kind_of(name))
        thin = spec is not None and 0 < spec.bar * em < least
        if min(box.width, box.height) < side or thin:
            return False
    return True


def mended(
    error: SizeError,
    layout: Mosaic,
    shares: Shares,
    size: Size,
    text_size: float,
    holds: Callable[[Size], bool],
) -> SizeError:
    """`error` with a size that has room, where those it proposes have none. holds: whether the files that are
    asked for can have a size; size: the one that was asked for.
    """

    def roomy(tried: Size) -> bool:
        return holds(tried) and fits(layout, shares, tried, text_size, ROOMY, ROOMY)

    if error.sizes and all(map(roomy, error.sizes)):
        return error
    found = proposal(size, roomy)
    if found is None:
        return error
    return SizeError(error.why, "Use --size {}x{} or more.".format(*found), [found])


def proposal(size: Size, roomy: Callable[[Size], bool]) -> Size | None:
    """The least size (width, height), both even, that is `roomy` and not smaller than `size`: of the same
    proportions, else of any between those and a screen's; None when none is.
    """
    asked = min(max(size[0], 1), LONGEST), min(max(size[1], 1), LONGEST)
    own = asked[0] / asked[1]
    found = _least(asked, own, roomy)
    if found is None:
        shapes = (float(shape) for shape in np.geomspace(own, SCREEN, SHAPES))
        others = [one for shape in shapes if (one := _least(asked, shape, roomy)) is not None]
        found = min(others, key=lambda one: one[0] * one[1], default=None)
    if found is None:
        return None
    whole = max(found[0], asked[0] + asked[0] % 2), max(found[1], asked[1] + asked[1] % 2)
    return whole if roomy(whole) else found


def _least(asked: Sequence[int], shape: float, roomy: Callable[[Size], bool]) -> Size | None:
    """The least roomy size of a shape, width / height, that holds what was asked for; found by halving."""
    longer = max(shape, 1 / shape)

    def size(half: int) -> Size:
        short, long = 2 * half, 2 * round(half * longer)
        return (long, short) if shape >= 1 else (short, long)

    short, long = asked if shape < 1 else reversed(asked)
    low, high = int(max(short, long / longer) / 2), int(min(SHORTEST, LONGEST / longer) / 2)
    if low > high or not roomy(size(high)):
        return None
    return size(bisect_left(range(high), True, low, high, key=lambda half: roomy(size(half))))


def boxes(layout: Mosaic, shares: Shares, size: Size, em: float) -> dict[str, Box]:
    """The axes of each panel of `layout` in pixels, at their largest, on a frame of `size`."""
    body = EDGES.inside(Box(0, 0, *size), em)
    cells = placed(layout, body, shares, em)
    known = {name: PANELS.get(kind_of(name)) for name in cells}
    return {
        name: cell if (spec := known[name]) is None else spec.margins.inside(cell, em)
        for name, cell in cells.items()
    }
