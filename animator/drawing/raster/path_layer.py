"""A path as a layer: it grows over the surface, in colours that change on the way, over a casing."""

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform, Transform
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.blend import Pane, pane
from animator.drawing.raster.layer import (
    NOTHING,
    WIDEST,
    Coverage,
    Ink,
    Layer,
    Rect,
    bytes_of,
    clip_of,
    flood,
    joined,
    lay,
    picture_of,
    swapped,
)
from animator.drawing.raster.line_coverage import Capsules
from animator.drawing.raster.pen import RGBA, pen, pixels_of
from animator.drawing.units import DPI

FADING, FADES = 0.5, 8  # of a path that fades: its oldest part, in so many steps
CASING = 1.75  # times as wide as the line on it

Words = NDArray[np.uint32]  # colours, four bytes in one number
Inks = tuple[Ink, Ink]  # casing, line
Shown = tuple[int, int, list[float], int, Transform]


class Trail(Layer):
    """A path through points (n, 2) in pixels, over a casing, in colours that change on the way.

    show(end, head) draws points[start:end] and on to `head`; bins (n,) index into colours: the piece that
    leads to point i has colours[bins[i]]. look: where a moving camera puts the pixels. width in points.
    """

    def __init__(
        self,
        area: PlotArea,
        points: Floats,
        bins: NDArray[np.int64],
        *,
        colours: Sequence[RGBA],
        casing: RGBA,
        width: float,
    ) -> None:
        super().__init__()
        self.area = area
        self.points = points
        self.bins = bins
        self.colours = colours
        self.casing = casing
        self.width = width
        self.start = 0
        self.end = 0
        self.head = points[0]
        self.head_bin = int(bins[0])
        self.look: Transform = IdentityTransform()
        self._drawn = 0
        self._shown: Shown | None = None
        self._inks: Inks | None = None
        self._anew: Ink | None = None
        self._tip = NOTHING
        self._below: tuple[Coverage, Coverage, Words] | None = None
        self.set_zorder(4)

    def show(self, end: int, head: Floats, head_bin: int, start: int = 0) -> None:
        """Draw points[start:end], then on to head (2,) in the colour of bin head_bin."""
        self.start = start
        self.end = end
        self.head = head
        self.head_bin = head_bin

    def refresh(self) -> Sequence[Rect]:
        """Add the pieces that are new; begin anew where the path is shorter, fades, or the camera moves."""
        shown = self.start, self.end, self.head.tolist(), self.head_bin, self.look
        if shown == self._shown:
            return ()
        self._shown = shown
        if self.start > 0 or not isinstance(self.look, IdentityTransform):
            before, self._anew = self.bounds, self._drawn_anew()
            self.bounds = self._anew.place
            self._inks = None
            self._tip = NOTHING
            return swapped(before, self.bounds)
        changed = [self._tip]
        if self._inks is None:
            self._inks = self._begin()
        self._lift()
        if self.end < self._drawn or self._anew is not None:
            changed.append(self.bounds)
            self._clear()
        for i in range(max(1, self._drawn), self.end):
            changed.append(self._add(self._capsules[i - 1], self._tints[self.bins[i]]))
        self._drawn = self.end
        changed.append(self._put())
        return changed

    def _begin(self) -> Inks:
        """What the path is added to, and its pieces."""
        clip = clip_of(self.area, self.high).clip(Rect(0, 0, self.high, WIDEST))
        size = max(1, clip.bottom - clip.top), max(1, clip.right - clip.left)
        radius = self.width * DPI / 144
        pens = [(radius * CASING, self.casing[3]), (radius, 1.0)]
        self._pixels = np.stack([self.points[:, 0], self.high - self.points[:, 1]], axis=1)
        self._capsules = Capsules(self._pixels, pens, clip)
        self._tints = np.array([bytes_of(colour[:3]) for colour in self.colours], np.uint8).view(np.uint32)
        casing, line = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
        colours = np.zeros((*size, 4), np.uint8)
        self._clip = clip
        self._sheets = casing, line, colours.view(np.uint32)[..., 0]
        return Ink(pane(casing), flood(self.casing[:3]), clip), Ink(pane(line), pane(colours), clip)

    def _clear(self) -> None:
        for sheet in self._sheets[:2]:
            sheet[:] = 0
        self.bounds = NOTHING
        self._drawn = 0
        self._anew = None

    def _add(self, piece: tuple[Sequence[Coverage], Rect], tint: NDArray[np.uint32]) -> Rect:
        """Lay a piece down: where it covers at least as much as what is there, it gives the colour."""
        coverages, place = piece
        if place is NOTHING:
            return NOTHING
        casing, line, tints = self._planes(place)
        np.maximum(casing, coverages[0], out=casing)
        own = coverages[1]
        newer = (own >= line) & (own > 0)
        np.copyto(line, own, where=newer)
        np.copyto(tints, tint, where=newer)
        self.bounds = joined(self.bounds, place)
        return place

    def _planes(self, place: Rect) -> tuple[Coverage, Coverage, Words]:
        """Casing, line and colours at `place`, views."""
        top, left, bottom, right = place.within(self._clip)
        casing, line, colours = self._sheets
        return casing[top:bottom, left:right], line[top:bottom, left:right], colours[top:bottom, left:right]

    def _put(self) -> Rect:
        """Lay the piece to the head down; what was below is kept."""
        x, y = self.head.tolist()
        last = self._pixels[self.end - 1].tolist()
        if not self.end or last == [x, self.high - y]:
            return NOTHING
        piece = self._capsules.between(last, (x, self.high - y))
        self._tip = piece[1]
        if self._tip is not NOTHING:
            casing, line, colours = self._planes(self._tip)
            self._below = casing.copy(), line.copy(), colours.copy()
        return self._add(piece, self._tints[self.head_bin])

    def _lift(self) -> None:
        """Take the piece to the head away."""
        if self._tip is not NOTHING and self._below is not None:
            casing, line, colours = self._planes(self._tip)
            casing[...], line[...], colours[...] = self._below
            self._tip = NOTHING

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        seen = rect.clip(self.bounds)
        for ink in (self._anew,) if self._anew is not None else self._inks or ():
            lay(picture, seen, ink)

    def _drawn_anew(self) -> Ink:
        """All of it drawn by Agg on clear ground."""
        clip = clip_of(self.area, self.high)
        width = max(1, clip.right)
        scratch = RendererAgg(width, self.high, DPI)
        self.trace(scratch)
        drawn = clip.clip(Rect(0, 0, self.high, width))
        return picture_of(drawn.of(np.asarray(scratch.buffer_rgba())), drawn.top, drawn.left)

    def trace(self, renderer: RendererBase) -> None:
        """Paint the casing, then each run of pieces of one colour."""
        points = np.vstack([self.points[self.start : self.end], self.head])
        bins = np.append(self.bins[self.start : self.end], self.head_bin)
        if len(points) < 2:
            return
        gc = pen(renderer, self.casing, self.width * CASING, area=self.area, rounded=True)
        shades = self._shades(len(points))
        for low, high, shade in _pieces(shades):
            gc.set_foreground((*self.casing[:3], self.casing[3] * shade), isRGBA=True)
            renderer.draw_path(gc, Path(points[low - 1 : high]), self.look, None)
        gc.set_linewidth(pixels_of(renderer, self.width))
        for low, high, code in _pieces(bins * (FADES + 1.0) + FADES * shades):
            colour = self.colours[int(code) // (FADES + 1)]
            gc.set_foreground((*colour[:3], (code % (FADES + 1)) / FADES), isRGBA=True)
            renderer.draw_path(gc, Path(points[low - 1 : high]), self.look, None)
        gc.restore()

    def _shades(self, count: int) -> Floats:
        """(count,) how strongly the pieces that lead to points are drawn: all of a path that has its start;
        of one that fades, the oldest FADING of them from nothing on, in FADES steps.
        """
        if self.start == 0:
            return np.ones(count)
        age = np.linspace(0, 1, count) / FADING
        return np.asarray(np.clip(np.ceil(FADES * age), 1, FADES) / FADES)


def _pieces(codes: Floats) -> Iterator[tuple[int, int, float]]:
    """(first, end, code) of the points of each run of equal codes (n,); the first point begins no piece."""
    cuts = np.flatnonzero(np.diff(codes[1:])) + 2
    for low, high in zip([1, *cuts], [*cuts, len(codes)], strict=True):
        yield int(low), int(high), float(codes[low])


def followed(path: Floats) -> Floats:
    """Points (n, 2) of which those that are not finite stay where the last finite one before them is."""
    known = np.isfinite(path).all(axis=1)
    last = np.maximum.accumulate(np.where(known, np.arange(len(path)), 0))
    return np.nan_to_num(path[last], posinf=1e6, neginf=-1e6)


def visible(pixels: Floats, most: int = 2_500) -> NDArray[np.int64]:
    """Indices of the points (n, 2) that can be told apart: first, last, each in a new pixel."""
    cells = np.floor(np.nan_to_num(pixels, nan=-1e9, posinf=1e9, neginf=-1e9))
    new = np.any(np.diff(cells, axis=0) != 0, axis=1)
    index = np.union1d([0, len(pixels) - 1], np.flatnonzero(new) + 1)
    few = np.unique(np.linspace(0, len(index) - 1, min(most, len(index))).astype(int))
    return np.asarray(index[few], np.int64)


def dense(pixels: Floats, most: int = 2_000, between: int = 24) -> Floats:
    """Points (m, 2) along the path through pixels (n, 2), close enough to tell what it crosses."""
    few = pixels[visible(pixels, most)]
    at = np.linspace(0, len(few) - 1, (len(few) - 1) * between + 1)
    return np.column_stack([np.interp(at, np.arange(len(few)), few[:, axis]) for axis in (0, 1)])
