"""Lines as layers: one that grows is added to, never drawn again; one between two places that move.

The coverage of a line is the greatest of its pieces' coverages. That does not depend on how many pieces were
added at a time, nor on what was drawn before: a frame still depends on its state alone.
"""

from collections.abc import Sequence
from math import isfinite

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from animator.core.arrays import Floats
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
    joined,
    lay,
    swapped,
)
from animator.drawing.raster.line_coverage import Capsules, capsule
from animator.drawing.raster.pen import RGBA, pen
from animator.drawing.units import DPI

SAME = 1e-6  # pixels: what is nearer is one place

Point = tuple[float, float]


class Stroke(Layer):
    """A line over (n,) x, y of `area` that grows: up to point `end`, then on to a last point.

    width in points. Points in pixels are found once: the area must not change after the first draw.
    """

    def __init__(self, area: PlotArea, x: Floats, y: Floats, *, colour: RGBA, width: float) -> None:
        super().__init__()
        self.area = area
        self.x = x
        self.y = y
        self.colour = colour
        self.width = width
        self.end = 0
        self.last: Point = (np.nan, np.nan)
        self.places = Places(area)
        self._drawn = 0
        self._head: Point = (np.nan, np.nan)
        self._ink: Ink | None = None
        self._tip = NOTHING
        self.set_zorder(3)

    def show(self, end: int, last: Point) -> None:
        """Draw points[:end], then on to `last`, in coordinates of the area."""
        self.end = end
        self.last = last

    def _prepare(self) -> Ink:
        """What the line is added to, and its pieces."""
        clip = clip_of(self.area, self.high).clip(Rect(0, 0, self.high, WIDEST))
        size = max(1, clip.bottom - clip.top), max(1, clip.right - clip.left)
        places = np.asarray(self.area.transData.transform(np.stack([self.x, self.y], 1)))
        pixels = np.stack([places[:, 0], self.high - places[:, 1]], axis=1)
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
            self.bounds = NOTHING
            self._drawn = 0
        for number in range(max(0, self._drawn - 1), self.end - 1):
            changed.append(self._add(self._ink, *self._capsules[number]))
        self._drawn = self.end
        self._head = self.last
        changed.append(self._put(self._ink))
        return changed

    def _add(self, ink: Ink, coverages: Sequence[Coverage], place: Rect) -> Rect:
        """Add a piece's coverage at its place; the rectangle that changed."""
        if place is not NOTHING:
            part = place.within(ink.place).of(ink.coverage.pixels)
            np.maximum(part, coverages[0], out=part)
            self.bounds = joined(self.bounds, place)
        return place

    def _put(self, ink: Ink) -> Rect:
        """Add the piece from the last point that is drawn to where the line ends; what was below is kept."""
        if self.end == 0:
            return NOTHING
        u, v = self._pixels[self.end - 1]
        x, up = self.places(*self.last)
        y = self.high - up
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

    def trace(self, renderer: RendererBase) -> None:
        """See Layer."""
        points = np.concatenate([np.stack([self.x, self.y], 1)[: self.end], [self.last]])
        places = self.area.transData.transform(points)
        gc = pen(renderer, self.colour, self.width, area=self.area, rounded=True)
        renderer.draw_path(gc, Path(places), IdentityTransform(), None)
        gc.restore()


class Span(Layer):
    """A straight line between two places of `area`, None to hide it; width in points."""

    def __init__(self, area: PlotArea, *, colour: RGBA, width: float) -> None:
        super().__init__()
        self.area = area
        self.colour = colour
        self.width = width
        self.places = Places(area)
        self.ends: tuple[Point, Point] | None = None
        self._shown: tuple[Point, Point] | None = None
        self._ink = EMPTY

    def refresh(self) -> Sequence[Rect]:
        """Draw it between its ends, if they have moved."""
        if self.ends == self._shown:
            return ()
        before, self._shown, self.bounds = self.bounds, self.ends, NOTHING
        if self.ends is not None:
            (x, y), (u, v) = (self.places(*end) for end in self.ends)
            frame = Rect(0, 0, self.high, WIDEST)
            radius = self.width * DPI / 144
            coverage, place = capsule((x, self.high - y), (u, self.high - v), radius, frame)
            self._ink = inked(coverage, self.colour[:3], place.top, place.left)
            self.bounds = self._ink.place
        return swapped(before, self.bounds)

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        lay(picture, rect.clip(self.bounds), self._ink)

    def trace(self, renderer: RendererBase) -> None:
        """See Layer."""
        if self.ends is not None:
            gc = pen(renderer, self.colour, self.width, rounded=True)
            places = self.area.transData.transform(self.ends)
            renderer.draw_path(gc, Path(places), IdentityTransform(), None)
            gc.restore()
