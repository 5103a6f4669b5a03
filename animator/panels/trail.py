"""A path as a layer: it grows over the surface, in colours that change on the way, over a casing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform, Transform
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
    picture_of,
    row_of,
    swapped,
)
from animator.panels.strokes import REACH, RGBA, around, inked, nearness, pen

CASING = 1.75  # times as wide as the line on it

Floats = NDArray[np.float64]


class Trail(Layer):
    """A path through points (n, 2) in pixels, over a casing, in colours that change on the way.

    show(end, head) draws points[start:end] and on to `head`; bins (n,) index into colours: the piece that
    leads to point i has colours[bins[i]]. look: where a moving camera puts the pixels. width in points.
    """

    def __init__(self, axes: Axes, points: Floats, bins: NDArray[np.int64], colours: Sequence[RGBA],
                 casing: RGBA, width: float) -> None:  # fmt: skip
        super().__init__()
        self.ground, self.points, self.bins, self.colours = axes, points, bins, colours
        self.casing, self.width = casing, width
        self.start, self.end, self.head, self.head_bin = 0, 0, points[0], int(bins[0])
        self.look: Transform = IdentityTransform()
        self._drawn, self._shown = 0, ()
        self._sums: tuple[Coverage, Coverage, Coverage] | None = None
        self._faded: tuple[Coverage, Coverage, Rect] | None = None
        self._tip: tuple[tuple[float, ...], int] | None = None
        self._tip_place = NOTHING
        self.set_zorder(4)

    def show(self, end: int, head: Floats, head_bin: int, start: int = 0) -> None:
        """Draw points[start:end], then on to head (2,) in the colour of bin head_bin."""
        self.start, self.end, self.head, self.head_bin = start, end, head, head_bin

    def refresh(self) -> Sequence[Rect]:
        """Add the pieces that are new; begin anew where the path is shorter, fades, or the camera moves."""
        shown = (self.start, self.end, *self.head.tolist(), self.head_bin, self.look)
        if shown == self._shown:
            return ()
        self._shown = shown
        if self.start > 0 or not isinstance(self.look, IdentityTransform):
            before, self._faded = self.bounds, self._drawn_anew()
            self.bounds, self._drawn, self._sums = self._faded[2], 0, None
            return swapped(before, self.bounds)
        return self._grown()

    def _grown(self) -> list[Rect]:
        """The path in full, by the pieces that were added to it."""
        changed = [self._tip_place]
        if self._sums is None or self.end < self._drawn or self._faded is not None:
            changed.append(self.bounds)
            self._begin()
        height = self.high
        low = max(1, self._drawn)
        for i in range(low, self.end):
            changed.append(self._add(self._piece(self.points[i - 1], self.points[i], height), self.bins[i]))
        self._drawn = self.end
        self._tip, self._tip_place = None, NOTHING
        if self.end and not np.array_equal(self.points[self.end - 1], self.head):
            piece = self._piece(self.points[self.end - 1], self.head, height)
            self._tip, self._tip_place = (piece, self.head_bin), self._place(piece)
            self.bounds = around(self.bounds, self._tip_place)
        return [*changed, self._tip_place]

    def _begin(self) -> None:
        height = self.high
        self._clip = clip_of(self.ground, height).clip(Rect(0, 0, height, WIDEST))
        size = self._clip.bottom - self._clip.top, 4 * (self._clip.right - self._clip.left)
        self._sums = np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.float32)
        self._tints = [row_of(colour[:3]) for colour in self.colours]
        self._radius = self.width * DPI / 144
        self.bounds, self._drawn, self._faded = NOTHING, 0, None

    def _piece(self, a: Floats, b: Floats, height: int) -> tuple[float, ...]:
        return float(a[0]), height - float(a[1]), float(b[0]), height - float(b[1])

    def _place(self, piece: tuple[float, ...]) -> Rect:
        return nearness(piece[:2], piece[2:], self._radius * CASING + REACH, self._clip)[1]

    def _add(self, piece: tuple[float, ...], colour: int) -> Rect:
        assert self._sums is not None, "begun before"
        place = _lay_piece(piece, self._tints[colour], self._radius, self._clip, self._clip, self._sums)
        self.bounds = around(self.bounds, place)
        return place

    def blend(self, flat: Flat, rect: Rect) -> None:
        """See Layer."""
        if self._faded is not None:
            lay(flat, rect, *self._faded)
            return
        seen = rect.clip(self.bounds)
        if not seen.area or self._sums is None:
            return
        with self._with_tip(seen):
            casing, line, tints = (seen.within(self._clip).flat(part) for part in self._sums)
            part = seen.flat(flat)
            cover(part, casing * np.float32(self.casing[3]), row_of(self.casing[:3])[: part.shape[1]])
            cover(part, line, tints)

    @contextmanager
    def _with_tip(self, seen: Rect) -> Iterator[None]:
        """The sums with the piece to the head, where it is seen; then as they were."""
        place = seen.clip(self._tip_place)
        if self._tip is None or self._sums is None or not place.area:
            yield
            return
        parts = [place.within(self._clip).flat(part) for part in self._sums]
        before = [part.copy() for part in parts]
        piece, colour = self._tip
        _lay_piece(
            piece, self._tints[colour], self._radius, self._clip, place, (parts[0], parts[1], parts[2])
        )
        yield
        for part, kept in zip(parts, before, strict=True):
            part[...] = kept

    def _drawn_anew(self) -> tuple[Coverage, Coverage, Rect]:
        """All of it drawn by Agg on clear ground: (coverage, colours, place)."""
        height = self.high
        clip = clip_of(self.ground, height)
        width = max(1, clip.right)
        scratch = RendererAgg(width, height, DPI)
        self.trace(scratch)
        drawn = clip.clip(Rect(0, 0, height, width))
        return picture_of(drawn.of(np.asarray(scratch.buffer_rgba())), drawn.top, drawn.left)

    def trace(self, renderer: Any) -> None:
        """Paint the casing, then each run of pieces of one colour."""
        points = np.vstack([self.points[self.start : self.end], self.head])
        bins = np.append(self.bins[self.start : self.end], self.head_bin)
        if len(points) < 2:
            return
        gc = pen(renderer, self.ground, self.width * CASING, self.casing)
        renderer.draw_path(gc, Path(points), self.look, None)
        gc.set_linewidth(renderer.points_to_pixels(self.width))
        cuts = np.flatnonzero(np.diff(bins[1:])) + 2
        for low, high in zip([1, *cuts], [*cuts, len(points)], strict=True):
            gc.set_foreground(self.colours[bins[low]], isRGBA=True)
            renderer.draw_path(gc, Path(points[low - 1 : high]), self.look, None)
        gc.restore()


def _lay_piece(piece: tuple[float, ...], tint: Coverage, radius: float, clip: Rect, frame: Rect,
               sums: tuple[Coverage, Coverage, Coverage]) -> Rect:  # fmt: skip
    """Add a piece with its casing to (casing, line, colours) of the rectangle `frame`; where it lies.

    Where it covers at least as much as what is there, it gives the colour.
    """
    casing, line, tints = sums
    distance, place = nearness(piece[:2], piece[2:], radius * CASING + REACH, clip)
    seen = place.clip(frame)
    if not seen.area:
        return place
    distance, inside = seen.within(place).flat(distance), seen.within(frame)
    part = inside.flat(casing)
    np.maximum(part, inked(distance, radius * CASING), out=part)
    own, part = inked(distance, radius), inside.flat(line)
    newer = (own >= part) & (own > 0)
    np.copyto(part, own, where=newer)
    np.copyto(inside.flat(tints), tint[: part.shape[1]], where=newer)
    return place
