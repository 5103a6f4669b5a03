"""Lines and marks as layers: a line that grows is added to, never drawn again.

The coverage of a line is the greatest of its pieces' coverages. That does not depend on how many pieces were
added at a time, nor on what was drawn before: a frame still depends on its state alone.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from animator.panels.base import DPI
from animator.panels.layers import (
    NOTHING,
    WIDEST,
    Coverage,
    Flat,
    Layer,
    Rect,
    clip_of,
    cover,
    lay,
    row_of,
    swapped,
)
from animator.panels.places import Places

Floats = NDArray[np.float64]
RGBA = tuple[float, float, float, float]
ACROSS = np.repeat(np.arange(WIDEST, dtype=np.float32), 4)  # the column of every number of a flat row
SAME = 1e-6  # pixels: what is nearer is one place
REACH = 1.5  # pixels around a line that its soft edge may touch


def nearness(start: Sequence[float], stop: Sequence[float], reach: float,
             clip: Rect) -> tuple[Coverage, Rect]:  # fmt: skip
    """Distance in pixels, flat, of pixels' middles from the line between two places, and where they lie.

    start, stop: (x, y), rows counted downwards. Only pixels of `clip` up to `reach` around the line.
    """
    (x, y), (u, v) = start, stop
    place = Rect(int(min(y, v) - reach), int(min(x, u) - reach),
                 int(max(y, v) + reach) + 1, int(max(x, u) + reach) + 1).clip(clip)  # fmt: skip
    if not place.area:
        return np.zeros((0, 0), np.float32), NOTHING
    across = ACROSS[4 * place.left : 4 * place.right] + np.float32(0.5 - x)
    down = (np.arange(place.top, place.bottom, dtype=np.float32) + np.float32(0.5 - y))[:, None]
    way, fall = np.float32(u - x), np.float32(v - y)
    length = way * way + fall * fall
    if length > 0:
        share = (across * way + down * fall) / length
        np.minimum(np.maximum(share, 0, out=share), 1, out=share)
        across, down = across - share * way, down - share * fall
    return np.sqrt(across * across + down * down), place


def inked(distance: Coverage, radius: float) -> Coverage:
    """Coverage of pixels whose middles are so far from a line: radius + 1/2 - distance, cut to [0, 1]."""
    ink = np.float32(radius + 0.5) - distance
    np.minimum(np.maximum(ink, 0, out=ink), 1, out=ink)
    return ink


def capsule(start: Sequence[float], stop: Sequence[float], radius: float,
            clip: Rect) -> tuple[Coverage, Rect]:  # fmt: skip
    """Coverage, flat, of a round-ended line from start to stop (x, y, rows downwards), and its place."""
    distance, place = nearness(start, stop, radius + REACH, clip)
    return inked(distance, radius), place


def pieces_of(points: Floats) -> list[tuple[float, float, float, float] | None]:
    """The pieces (x, y, u, v) between neighbours of points (n, 2); None where one is not finite."""
    pieces = np.concatenate([points[:-1], points[1:]], axis=1)
    known = np.isfinite(pieces).all(axis=1).tolist()
    return [tuple(piece) if finite else None for piece, finite in zip(pieces.tolist(), known, strict=True)]


class Stroke(Layer):
    """A line over (n,) x, y of the axes that grows: up to point `end`, then on to a last point.

    width in points. Points in pixels are found once: the axes must not change after the first draw.
    """

    def __init__(self, axes: Axes, x: Floats, y: Floats, colour: RGBA, width: float) -> None:
        super().__init__()
        self.ground, self.x, self.y, self.colour, self.width = axes, x, y, colour, width
        self.end, self.last = 0, (np.nan, np.nan)
        self.places = Places(axes)
        self._pixels: Floats | None = None
        self._drawn, self._head = 0, (np.nan, np.nan)
        self._tip: tuple[Coverage, Rect] = (np.zeros((0, 0), np.float32), NOTHING)

    def show(self, end: int, last: tuple[float, float]) -> None:
        """Draw points[:end], then on to `last`, in coordinates of the axes."""
        self.end, self.last = end, last

    def _prepare(self) -> Floats:
        """Points in pixels, rows counted downwards; the picture that they are added to."""
        height = self.high
        self._clip = clip_of(self.ground, height).clip(Rect(0, 0, height, WIDEST))
        self._radius = self.width * DPI / 144
        places = np.asarray(self.ground.transData.transform(np.stack([self.x, self.y], 1)))
        self._sum: Coverage = np.zeros(
            (self._clip.bottom - self._clip.top, 4 * (self._clip.right - self._clip.left)), np.float32
        )
        self._tint = row_of(self.colour[:3])
        pixels = np.stack([places[:, 0], height - places[:, 1]], axis=1)
        self._pieces = pieces_of(pixels)
        return pixels

    def refresh(self) -> Sequence[Rect]:
        """Add the pieces that are new; begin anew where the line is shorter than it was."""
        if self._pixels is None:
            self._pixels = self._prepare()
        if self.end == self._drawn and self.last == self._head:
            return ()
        changed = [self._tip[1]]
        if self.end < self._drawn:
            changed.append(self.bounds)
            self._sum[:] = 0
            self.bounds, self._drawn = NOTHING, 0
        if self.end > self._drawn:
            new = self._pieces[max(0, self._drawn - 1) : self.end - 1]
            changed += [self._add(piece) for piece in new if piece is not None]
        self._drawn, self._head = self.end, self.last
        self._tip = self._to_last()
        self.bounds = around(self.bounds, self._tip[1])
        return [*changed, self._tip[1]]

    def _add(self, piece: tuple[float, float, float, float]) -> Rect:
        coverage, place = capsule(piece[:2], piece[2:], self._radius, self._clip)
        if place.area:
            part = place.within(self._clip).flat(self._sum)
            np.maximum(part, coverage, out=part)
            self.bounds = around(self.bounds, place)
        return place

    def _to_last(self) -> tuple[Coverage, Rect]:
        """The piece from the last point that is drawn to where the line ends now."""
        assert self._pixels is not None, "refresh prepares"
        if self.end == 0 or not np.isfinite(self.last).all():
            return np.zeros((0, 0), np.float32), NOTHING
        x, y = self.places(*self.last)
        u, v = self._pixels[self.end - 1].tolist()
        y = self.high - y
        if not np.isfinite(u + v + x + y) or abs(x - u) + abs(y - v) < SAME:
            return np.zeros((0, 0), np.float32), NOTHING
        return capsule((u, v), (x, y), self._radius, self._clip)

    def blend(self, flat: Flat, rect: Rect) -> None:
        """See Layer."""
        seen = rect.clip(self.bounds)
        if not seen.area:
            return
        coverage = seen.within(self._clip).flat(self._sum)
        both = seen.clip(self._tip[1])
        if both.area:
            coverage = coverage.copy()
            part = both.within(seen).flat(coverage)
            np.maximum(part, both.within(self._tip[1]).flat(self._tip[0]), out=part)
        cover(seen.flat(flat), coverage, self._tint[: coverage.shape[1]])

    def trace(self, renderer: Any) -> None:
        """See Layer."""
        points = np.concatenate([np.stack([self.x, self.y], 1)[: self.end], [self.last]])
        places = self.ground.transData.transform(points)
        gc = pen(renderer, self.ground, self.width, self.colour)
        renderer.draw_path(gc, Path(places), IdentityTransform(), None)
        gc.restore()


class Span(Layer):
    """A straight line between two places of `ground`, None to hide it; width in points."""

    def __init__(self, ground: Axes, colour: RGBA, width: float) -> None:
        super().__init__()
        self.ground, self.colour, self.width = ground, colour, width
        self.places = Places(ground)
        self.ends: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._shown: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._ink: Coverage = np.zeros((0, 0), np.float32)

    def refresh(self) -> Sequence[Rect]:
        """Draw it between its ends, if they have moved."""
        if self.ends == self._shown:
            return ()
        before, self._shown, self.bounds = self.bounds, self.ends, NOTHING
        if self.ends is not None:
            height = self.high
            (x, y), (u, v) = (self.places(*end) for end in self.ends)
            self._ink, self.bounds = capsule((x, height - y), (u, height - v), self.width * DPI / 144,
                                             Rect(0, 0, height, WIDEST))  # fmt: skip
        return swapped(before, self.bounds)

    def blend(self, flat: Flat, rect: Rect) -> None:
        """See Layer."""
        lay(flat, rect, self._ink, row_of(self.colour[:3]), self.bounds)

    def trace(self, renderer: Any) -> None:
        """See Layer."""
        if self.ends is not None:
            gc = pen(renderer, self.ground, self.width, self.colour)
            gc.set_clip_rectangle(None)
            places = self.ground.transData.transform(self.ends)
            renderer.draw_path(gc, Path(places), IdentityTransform(), None)
            gc.restore()


def around(one: Rect, other: Rect) -> Rect:
    """The rectangle around both, of which either may be nothing."""
    if not other.area:
        return one
    return one.join(other) if one.area else other


def pen(renderer: Any, ground: Axes, width: float, colour: RGBA) -> Any:
    """A round pen, width in points, that stays inside of the axes."""
    gc = renderer.new_gc()
    gc.set_clip_rectangle(ground.bbox)
    gc.set_linewidth(renderer.points_to_pixels(width))
    gc.set_joinstyle("round")
    gc.set_capstyle("round")
    gc.set_foreground(colour, isRGBA=True)
    return gc
