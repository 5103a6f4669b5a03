"""The units of a frame: pixels an inch, the em, and margins in it; no matplotlib is loaded for them.

In: a text size and a frame's size in pixels. Out: the size of normal text in pixels, boxes without their
margins, and the sentence for a frame that has no room.
"""

from dataclasses import dataclass
from math import inf, nextafter, sqrt

from animator.core.errors import SizeError
from animator.design.layout import Box

DPI = 100.0  # pixels an inch
SQUARE, HELD = 0.95, 1.35  # of a square's side, of a narrow frame's width: the height that text is for
LARGER = 0.07  # power of height / width by which text is larger on a frame that is higher than wide
LEAST = 1.0  # pixels a side of a panel's axes


@dataclass(frozen=True, slots=True)
class Margins:
    """What stays free around axes, in em."""

    left: float
    below: float
    right: float
    above: float

    def inside(self, box: Box, em: float) -> Box:
        """`box`, in pixels, without its margins; em: in pixels."""
        return box.inset(self.left * em, self.below * em, self.right * em, self.above * em)


EDGES = Margins(left=0.8, below=2.4, right=0.8, above=4.4)  # around all panels, at their least


def inches(pixels: float, dpi: float = DPI) -> float:
    """How long a side of `pixels` is, so that matplotlib makes as many of it again: some of its versions cut
    off what is 409.99999999999994.
    """
    length = pixels / dpi
    return nextafter(length, inf) if length * dpi < pixels else length


def em_of(text_size: float, size: tuple[int, int]) -> float:
    """The size of normal text in pixels on a frame of `size` (width, height): of one that is higher than wide
    as on a square of its area, for it is held in a hand.
    """
    width, height = size
    if height > width:
        held = SQUARE * sqrt(width * height) * float((height / width) ** LARGER)
        return text_size * min(held, HELD * width)
    return text_size * height * min(1.0, max(SQUARE, width / height / 1.5))


def refusal(width: float, height: float) -> SizeError:
    """The sentence for a frame without room; width and height in pixels."""
    return SizeError(
        f"A frame of {width:.0f}x{height:.0f} pixels has no room for all panels of this layout.",
        "Leave some out, or give the frame another shape with --size.",
    )
