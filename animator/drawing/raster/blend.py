"""Alpha blending in place: a picture in memory that NumPy and Pillow both write to.

Pillow lays colours over a picture, by a coverage for each pixel, in a third of the time that NumPy takes. Its
public methods copy a picture whose memory is somebody else's; its core images work in place, and this is the
only module that knows them. Where Pillow does not work in place, NumPy does the same sums.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from PIL import _imaging

from animator.core.arrays import Bytes

SMALL, MANY = 4096, 512  # pixels, and parts of one colour, that are kept

Box = tuple[int, int, int, int]  # left, top, right, bottom: Pillow's order
Part = Any  # a core image of Pillow's, which has no type, or an array


class Pane(Protocol):
    """pixels: RGBA (h, w, 4), or a coverage (h, w) from 0 to 255; uint8, rows one after the other."""

    pixels: Bytes

    def part(self, box: Box) -> Part:
        """What lies in `box`, to be given to `lay`."""

    def lay(self, box: Box, colours: Part, coverage: Part) -> None:
        """Mix colours into `box` by their coverage, both parts of panes (h, w): each of the four channels
        becomes (below (255 - c) + colour c) / 255, rounded.
        """


class PillowPane:
    """See Pane."""

    __slots__ = ("_core", "_whole", "pixels")

    def __init__(self, pixels: Bytes) -> None:
        mode = "RGBA" if pixels.ndim == 3 else "L"
        high, wide = pixels.shape[:2]
        self.pixels = pixels
        self._core: Part = _imaging.map_buffer(pixels, (wide, high), "raw", 0, (mode, 0, 1))
        self._whole = (0, 0, wide, high)

    def part(self, box: Box) -> Part:
        """See Pane."""
        return self._core if box == self._whole else self._core.crop(box)

    def lay(self, box: Box, colours: Part, coverage: Part) -> None:
        """See Pane."""
        self._core.paste(colours, box, coverage)


class NumPyPane:
    """See Pane."""

    __slots__ = ("pixels",)

    def __init__(self, pixels: Bytes) -> None:
        self.pixels = pixels

    def part(self, box: Box) -> Part:
        """See Pane."""
        left, top, right, bottom = box
        return self.pixels[top:bottom, left:right]

    def lay(self, box: Box, colours: Part, coverage: Part) -> None:
        """See Pane."""
        below = self.part(box)
        share = coverage[..., None].astype(np.uint32)
        mixed = below * (255 - share) + colours * share + 128
        below[...] = (mixed + (mixed >> 8)) >> 8


def in_place() -> bool:
    """Whether Pillow writes to the memory that it is given."""
    pixels = np.zeros((1, 1, 4), np.uint8)
    white = np.full((1, 1, 4), 255, np.uint8)
    all_of_it = np.full((1, 1), 255, np.uint8)
    box = (0, 0, 1, 1)
    try:
        PillowPane(pixels).lay(box, PillowPane(white).part(box), PillowPane(all_of_it).part(box))
    except (AttributeError, TypeError, ValueError):  # another core than the one known here
        return False
    return bool(pixels.all())


class Flood:
    """One colour, RGBA from 0 to 255, as large as it is asked for; parts of small size are kept."""

    __slots__ = ("_kept", "_pixel")

    def __init__(self, colour: Sequence[int]) -> None:
        self._pixel = np.array(colour, np.uint8).view(np.uint32)
        self._kept: dict[tuple[int, int], Part] = {}

    def part(self, box: Box) -> Part:
        """A part of a pane, (h, w, 4), as large as `box`."""
        wide, high = size = box[2] - box[0], box[3] - box[1]
        part = self._kept.get(size)
        if part is None:
            pixels = np.full((high, wide), self._pixel, np.uint32).view(np.uint8).reshape(high, wide, 4)
            part = pane(pixels).part((0, 0, wide, high))
            if wide * high <= SMALL and len(self._kept) < MANY:
                self._kept[size] = part
        return part


KIND = PillowPane if in_place() else NumPyPane


def pane(pixels: Bytes) -> Pane:
    """`pixels`, RGBA (h, w, 4) or a coverage (h, w), as a pane over the same memory."""
    return KIND(pixels)
