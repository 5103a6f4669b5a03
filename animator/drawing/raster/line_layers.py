"""Lines and marks as layers: a line that grows is added to, never drawn again.

The coverage of a line is the greatest of its pieces' coverages. That does not depend on how many pieces were
added at a time, nor on what was drawn before: a frame still depends on its state alone.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from animator.drawing.raster.axes_transform import Places, PlotArea
from animator.drawing.raster.blend import Pane, pane
from animator.drawing.raster.layer import (
    EMPTY,
    NOTHING,
    WIDEST,
    Coverage,
    Ink,
    Layer,
    Rect,
    clip_of,
    flood,
    inked,
    lay,
    swapped,
)
from animator.drawing.raster.line_coverage import Capsules, capsule
from animator.drawing.units import DPI

Floats = NDArray[np.float64]
RGBA = tuple[float, float, float, float]
SAME = 1e-6  # pixels: what is nearer is one place


class Stroke(Layer):
    """A line over (n,) x, y of the axes that grows: up to point `end`, then on to a last point.

    width in points. Points in pixels are found once: the axes must not change after the first draw.
    """

    def __init__(self, area: PlotArea, x: Floats, y: Floats, colour: RGBA, width: float) -> None:
        super().__init__()
        self.area, self.x, self.y, self.colour, self.width = area, x, y, colour, width
        self.end, self.last = 0, (np.nan, np.nan)
        self.places = Places(area)
        self._ink: Ink | None = None
        self._drawn, self._head = 0, (np.nan, np.nan)
        self._tip, self._below = NOTHING, np.zeros((0, 0), np.uint8)

    def show(self, end: int, last: tuple[float, float]) -> None:
        """Draw points[:end], then on to `last`, in coordinates of the axes."""
        self.end, self.last = end, last

    def _prepare(self) -> Ink:
        """What the line is added to, and its pieces."""
        height = self.high
        clip = clip_of(self.area, height).clip(Rect(0, 0, height, WIDEST))
        size = max(1, clip.bottom - clip.top), max(1, clip.right - clip.left)
        places = np.asarray(self.area.transData.transform(np.stack([self.x, self.y], 1)))
        pixels = np.stack([places[:, 0], height - places[:, 1]], axis=1)
        self._capsules = Capsules(pixels, [(self.width * DPI / 144, 1.0)], clip)
        self._pixels = pixels.tolist()
        return Ink(pane(np.zeros(size, np.uint8)), flood(self.colour[:3]), clip)

    def refresh(self) -> Sequence[Rect]:
        """Add the pieces that are new; begin anew where the line is shorter than it was."""
        if self._ink is None:
            self._ink = self._prepare()
        if self.end == self._drawn and self.last == self._head:
            return ()
        changed = [self._tip]
        self._lift(self._ink)
        if self.end < self._drawn:
            changed.append(self.bounds)
            self._ink.coverage.pixels[:] = 0
            self.bounds, self._drawn = NOTHING, 0
        for number in range(max(0, self._drawn - 1), self.end - 1):
            changed.append(self._add(self._ink, *self._capsules[number]))
        self._drawn, self._head = self.end, self.last
        changed.append(self._put(self._ink))
        return changed

    def _add(self, ink: Ink, coverages: Sequence[Coverage], place: Rect) -> Rect:
        if place is not NOTHING:
            part = place.within(ink.place).of(ink.coverage.pixels)
            np.maximum(part, coverages[0], out=part)
            self.bounds = around(self.bounds, place)
        return place

    def _put(self, ink: Ink) -> Rect:
        """Add the piece from the last point that is drawn to where the line ends; what was below is kept."""
        if self.end == 0:
            return NOTHING
        (x, y), (u, v) = self.places(*self.last), self._pixels[self.end - 1]
        y = self.high - y
        if not isfinite(u + v + x + y) or abs(x - u) + abs(y - v) < SAME:
            return NOTHING
        coverages, self._tip = self._capsules.between((u, v), (x, y))
        if self._tip is not NOTHING:
            self._below = self._tip.within(ink.place).of(ink.coverage.pixels).copy()
        return self._add(ink, coverages, self._tip)

    def _lift(self, ink: Ink) -> None:
        """Take the piece to the end away."""
        if self._tip is not NOTHING:
            self._tip.within(ink.place).of(ink.coverage.pixels)[...] = self._below
            self._tip = NOTHING

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        if self._ink is not None:
            lay(picture, rect.clip(self.bounds), self._ink)

    def trace(self, renderer: Any) -> None:
        """See Layer."""
        points = np.concatenate([np.stack([self.x, self.y], 1)[: self.end], [self.last]])
        places = self.area.transData.transform(points)
        gc = pen(renderer, self.area, self.width, self.colour)
        renderer.draw_path(gc, Path(places), IdentityTransform(), None)
        gc.restore()


class Span(Layer):
    """A straight line between two places of `area`, None to hide it; width in points."""

    def __init__(self, area: PlotArea, colour: RGBA, width: float) -> None:
        super().__init__()
        self.area, self.colour, self.width = area, colour, width
        self.places = Places(area)
        self.ends: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._shown: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._ink = EMPTY

    def refresh(self) -> Sequence[Rect]:
        """Draw it between its ends, if they have moved."""
        if self.ends == self._shown:
            return ()
        before, self._shown, self.bounds = self.bounds, self.ends, NOTHING
        if self.ends is not None:
            height = self.high
            (x, y), (u, v) = (self.places(*end) for end in self.ends)
            ink, place = capsule((x, height - y), (u, height - v), self.width * DPI / 144,
                                 Rect(0, 0, height, WIDEST))  # fmt: skip
            self._ink = inked(ink, self.colour[:3], place.top, place.left)
            self.bounds = self._ink.place
        return swapped(before, self.bounds)

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        lay(picture, rect.clip(self.bounds), self._ink)

    def trace(self, renderer: Any) -> None:
        """See Layer."""
        if self.ends is not None:
            gc = pen(renderer, self.area, self.width, self.colour)
            gc.set_clip_rectangle(None)
            places = self.area.transData.transform(self.ends)
            renderer.draw_path(gc, Path(places), IdentityTransform(), None)
            gc.restore()


def around(one: Rect, other: Rect) -> Rect:
    """The rectangle around both, of which either may be nothing."""
    if not other.area:
        return one
    return one.join(other) if one.area else other


def pen(renderer: Any, area: PlotArea, width: float, colour: RGBA) -> Any:
    """A round pen, width in points, that stays inside of the axes."""
    gc = renderer.new_gc()
    gc.set_clip_rectangle(area.bbox)
    gc.set_linewidth(renderer.points_to_pixels(width))
    gc.set_joinstyle("round")
    gc.set_capstyle("round")
    gc.set_foreground(colour, isRGBA=True)
    return gc
