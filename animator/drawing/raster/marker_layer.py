"""Small shapes as layers: dots, diamonds, arrowheads that move, a picture of each; rings that grow."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from animator.drawing.raster.axes_transform import Places, PlotArea
from animator.drawing.raster.blend import Pane
from animator.drawing.raster.layer import (
    EMPTY,
    NOTHING,
    WIDEST,
    Ink,
    Layer,
    Rect,
    clip_of,
    faded,
    inked,
    lay,
    picture_of,
    swapped,
)
from animator.drawing.raster.line_coverage import capsule
from animator.drawing.raster.pen import RGBA, pen, pixels_of
from animator.drawing.units import DPI

Shape = str | MarkerStyle
Point = tuple[float, float]
FINE = 8  # of a pixel: places of marks
CASED = 1.9  # times as wide as a ring is what lies around it


class Mark(Layer):
    """A small shape of one colour at a place: a disc, a diamond, an arrowhead.

    shape: in units of half its size, None for a disc; size and edge_width in points. place: in coordinates of
    `area`, None to hide it. clipped: whether the area's edges cut it. still: whether the area keeps its
    limits.
    """

    def __init__(
        self,
        area: PlotArea,
        shape: Path | None,
        *,
        size: float,
        fill: RGBA,
        edge: RGBA | None = None,
        edge_width: float = 0.0,
        clipped: bool = True,
        still: bool = True,
    ) -> None:
        super().__init__()
        self.area = area
        self.shape = shape
        self.size = size
        self.fill = fill
        self.edge = edge
        self.edge_width = edge_width
        self.clipped = clipped
        self.place: Point | None = None
        self._places = Places(area) if still else None
        self._asked: tuple[Point | None, bool] = (None, False)
        self._shown: tuple[int, int] | None = None
        self._clip: Rect | None = None
        self._taken: dict[Point, Ink] = {}
        self._picture = EMPTY

    def _pixels(self) -> Point | None:
        """Where it stands in pixels, None where it is hidden."""
        if self.place is None or not self.get_visible():
            return None
        x, y = self._places(*self.place) if self._places else self.area.transData.transform(self.place)
        return (float(x), float(y)) if isfinite(x) and isfinite(y) else None

    def refresh(self) -> Sequence[Rect]:
        """Take the picture of where it is now, if it has moved by an eighth of a pixel."""
        asked = self.place, self.get_visible()
        if self._places is not None and asked == self._asked:
            return ()
        self._asked = asked
        pixels = self._pixels()
        spot = None if pixels is None else (round(pixels[0] * FINE), round(pixels[1] * FINE))
        if spot == self._shown:
            return ()
        before, self._shown = self.bounds, spot
        self._picture = EMPTY
        self.bounds = NOTHING
        if spot is not None:
            left, part = divmod(spot[0], FINE)
            bottom, other = divmod(spot[1], FINE)
            self._picture = self._moved(left, self.high - bottom, part / FINE, other / FINE)
            self.bounds = self._picture.place.clip(self._limits())
        return swapped(before, self.bounds)

    def _moved(self, left: int, row: int, part: float, other: float) -> Ink:
        """The picture with its origin (0, 0), a whole pixel, at column `left` and above row `row`."""
        if (part, other) not in self._taken:
            self._taken[part, other] = self._take(part, other)
        taken = self._taken[part, other]
        return taken.at(taken.place.top + row, taken.place.left + left)

    def _take(self, x: float, y: float) -> Ink:
        """Its picture around the origin, rows counted downwards, when it stands at (x, y), in [0, 1)."""
        reach = int((self.size * 0.75 + self.edge_width) * DPI / 72) + 3
        if self.shape is None and self.edge is None:
            at = (x + reach, reach - y)
            disc, place = capsule(at, at, self.size * DPI / 144, Rect(0, 0, 2 * reach, 2 * reach))
            return inked(disc, self.fill[:3], place.top - reach, place.left - reach)
        scratch = RendererAgg(2 * reach, 2 * reach, DPI)
        self._paint(scratch, x + reach, y + reach)
        return picture_of(np.asarray(scratch.buffer_rgba()), -reach, -reach)

    def _limits(self) -> Rect:
        """Where it may have ink; the area does not move."""
        if self._clip is None:
            frame = Rect(0, 0, self.high, WIDEST)
            self._clip = clip_of(self.area, self.high).clip(frame) if self.clipped else frame
        return self._clip

    def _paint(self, renderer: RendererBase, x: float, y: float, *, clip: bool = False) -> None:
        width = self.edge_width if self.edge is not None else 0.0
        gc = pen(renderer, self.edge or self.fill, width, area=self.area if clip else None)
        gc.set_joinstyle("miter")
        half = pixels_of(renderer, self.size) / 2
        shape = self.shape or Path.unit_circle()
        renderer.draw_path(gc, shape, Affine2D().scale(half).translate(x, y), self.fill)
        gc.restore()

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        lay(picture, rect.clip(self.bounds), self._picture)

    def trace(self, renderer: RendererBase) -> None:
        """See Layer."""
        pixels = self._pixels()
        if pixels is not None:
            self._paint(renderer, *pixels, clip=self.clipped)


class Ring(Layer):
    """A circle with a casing, around a place in pixels, rows counted upwards; nothing without a place.

    width in points; area: outside of which it has no ink.
    """

    def __init__(self, area: PlotArea | None, *, colour: RGBA, casing: RGBA, width: float) -> None:
        super().__init__()
        self.area = area
        self.colour = colour
        self.casing = casing
        self.width = width
        self._asked: tuple[int, int, float, float] | None = None
        self._shown: tuple[int, int, float, float] | None = None
        self._picture = EMPTY
        self.set_zorder(8)

    def show(self, place: Point | None, radius: float = 0.0, opacity: float = 1.0) -> None:
        """Stand around `place`, `radius` pixels away; opacity in [0, 1]."""
        self._asked = None
        if place is not None and isfinite(place[0]) and isfinite(place[1]) and opacity > 0:
            self._asked = round(place[0] * FINE), round(place[1] * FINE), radius, opacity

    def refresh(self) -> Sequence[Rect]:
        """Take the picture of it, if it has moved or grown."""
        if self._asked == self._shown:
            return ()
        before, self._shown = self.bounds, self._asked
        self._picture = EMPTY if self._asked is None else self._take(*self._asked)
        self.bounds = self._picture.place.clip(self._limits()) if self._asked else NOTHING
        return swapped(before, self.bounds)

    def _take(self, x: int, y: int, radius: float, opacity: float) -> Ink:
        """Its picture in the frame, with its middle at eighths of pixels."""
        left, part = divmod(x, FINE)
        bottom, other = divmod(y, FINE)
        reach = int(radius + self.width * CASED * DPI / 72) + 3
        scratch = RendererAgg(2 * reach, 2 * reach, DPI)
        self._paint(scratch, (reach + part / FINE, reach + other / FINE), radius)
        taken = picture_of(np.asarray(scratch.buffer_rgba()), self.high - bottom - reach, left - reach)
        return faded(taken, opacity)

    def _limits(self) -> Rect:
        frame = Rect(0, 0, self.high, WIDEST)
        return frame if self.area is None else clip_of(self.area, self.high).clip(frame)

    def _paint(self, renderer: RendererBase, place: Point, radius: float, *, clip: bool = False) -> None:
        circle = Affine2D().scale(radius).translate(*place)
        for colour, width in ((self.casing, CASED * self.width), (self.colour, self.width)):
            gc = pen(renderer, colour, width, area=self.area if clip else None)
            renderer.draw_path(gc, Path.unit_circle(), circle, None)
            gc.restore()

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        lay(picture, rect.clip(self.bounds), self._picture)

    def trace(self, renderer: RendererBase) -> None:
        """See Layer."""
        if self._asked is not None:
            x, y, radius, _ = self._asked
            self._paint(renderer, (x / FINE, y / FINE), radius, clip=True)


def shape_of(marker: Shape) -> Path:
    """matplotlib's marker, by its letter or as it is, as a path, in units of half its size."""
    style = MarkerStyle(marker)
    return style.get_path().transformed(style.get_transform() + Affine2D().scale(2))
