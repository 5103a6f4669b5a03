"""Whether a frame has room for all panels of a layout: asked before anything is trained.

In: a layout and a size in pixels. Out: nothing, or the sentence that drawing the frame would end with. What
only a recording knows, such as how long the numbers are, is taken at its shortest: drawing has the last word.
"""

from collections.abc import Sequence

from animator.errors import AnimatorError
from animator.layout import Box, Mosaic, arrange

LEAST = 1.0  # pixels a side of a panel's axes
EDGES = (0.8, 4.4, 0.8, 5.2)  # em: left, below, right and above all panels
_CURVES = (3.6, 3.1, 9.4, 2.0)
MARGINS = {  # em: left, below, right and above the axes of each panel
    "surface": (4.2, 3.1, 6.6, 2.0), "surface3d": (1.0, 1.0, 6.0, 2.0), "basins": (4.2, 3.1, 6.0, 2.0),
    "race": (4.2, 3.1, 7.2, 2.0), "batch": (3.4, 2.9, 0.8, 2.0), "arrows": (3.4, 2.9, 13.3, 2.0),
    "prediction": (3.6, 3.1, 2.4, 2.0), "network": (2.4, 3.7, 2.4, 2.3), "card": (1.2, 1.0, 1.2, 2.0),
    "histogram": (3.6, 3.1, 1.2, 2.0), "updates": (3.6, 3.1, 1.2, 2.0),
    **dict.fromkeys(("weights", "loss", "losses", "rates", "rate", "accuracy", "sharpness"), _CURVES),
}  # fmt: skip
BARS = {"surface": 1.7, "surface3d": 1.7, "basins": 0.85, "race": 0.85}  # em: width of the bar of colours


def em_of(text_size: float, size: tuple[int, int]) -> float:
    """The size of normal text in pixels on a frame of `size` (width, height)."""
    width, height = size
    return text_size * min(height * min(1.0, max(0.95, width / height / 1.5)), width)


def refusal(width: float, height: float) -> AnimatorError:
    """The sentence for a frame without room."""
    return AnimatorError(
        f"A frame of {width:.0f}x{height:.0f} pixels has no room for all panels of this layout. "
        "Leave some out, or give the frame another shape with --size."
    )


def check(layout: Mosaic, shares: tuple[Sequence[float], Sequence[float]], size: tuple[int, int],
          text_size: float) -> None:  # fmt: skip
    """AnimatorError when a frame of `size` (width, height) in pixels cannot hold `layout`.

    shares: relative widths of the layout's columns and heights of its rows. text_size: as in a Style.
    """
    em = em_of(text_size, size)
    for name, box in boxes(layout, shares, size, em).items():
        kind = name.partition("@")[0]
        if min(box.width, box.height, BARS.get(kind, LEAST / em) * em) < LEAST:
            raise refusal(*size)


def boxes(layout: Mosaic, shares: tuple[Sequence[float], Sequence[float]], size: tuple[int, int],
          em: float) -> dict[str, Box]:  # fmt: skip
    """The axes of each panel of `layout` in pixels, at their largest, on a frame of `size`."""
    body = _within(Box(0, 0, *size), EDGES, em)
    return {
        name: _within(cell, MARGINS.get(name.partition("@")[0], (0.0,) * 4), em)
        for name, cell in arrange(layout, body, *shares).items()
    }


def _within(box: Box, margins: Sequence[float], em: float) -> Box:
    left, bottom, right, top = margins
    return box.inset(left * em, bottom * em, right * em, top * em)
