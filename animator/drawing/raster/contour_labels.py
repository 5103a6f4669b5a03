"""Labels of contour levels: losses on their lines, gliding with them when the surface changes.

In: losses on a grid, levels. Out: a layer. Levels are named where a fixed ray, the one on which they are seen
longest, crosses them: a label moves as little as its line does, and with the camera as the plane does.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from matplotlib.backend_bases import RendererBase
from numpy.typing import NDArray

from animator.core.arrays import Floats, Singles
from animator.core.formatting import number
from animator.drawing.look import Look
from animator.drawing.raster.axes_transform import Extent, PlotArea
from animator.drawing.raster.blend import Pane
from animator.drawing.raster.layer import Layer, Rect
from animator.drawing.raster.tag_places import thinned
from animator.drawing.raster.text_layer import Stamp, refreshed
from animator.landscape.bilinear import Places, placed, read
from animator.landscape.chebyshev import Mixture

SAMPLES = 240
EVERY = 3  # band edges from one label to the next
SIZE = 0.86
DIRECTIONS = 16
APART = 1.7  # em: from one number to the next
KEEP = 0.3  # em: how far a line may go before its number does
LEAP = 0.016  # of the frame's height: a line that goes farther in a frame has left its number
FRAME = 1 / 30  # seconds
REST, STAY = 0.6, 1.0  # seconds without a number that was left; that one is worth being written for
HELD = 2.0  # seconds that the first slice stands longer, and the last one
LOOKS, CHOICE = 8, 12  # slices that are looked at for good rays; rays of which the best is taken
NOWHERE = np.zeros((0, 2))
THIN = 0.5  # em: from one point of a path to the next


class LevelLabels(Layer):
    """The losses of some of `levels` on their lines, in a picture of z (ny, nx) over x (nx,), y (ny,).

    marks: points (2,) of the plane that labels keep away from.
    """

    def __init__(self, look: Look, area: PlotArea, x: Floats, y: Floats, levels: Floats) -> None:
        super().__init__()
        self.look = look
        self.area = area
        self.x = x
        self.y = y
        self.levels = levels[EVERY:-1:EVERY]
        self.words = [number(float(f"{level:.2g}"), 2) for level in self.levels]
        self.pool = [
            look.stamp(0.0, 0.0, words, em=SIZE, color=look.style.ink, across="center", loose=True)
            for words in self.words
        ]
        for stamp in self.pool:
            stamp.halo = look.style.casing
        self.spots: list[tuple[Stamp, float, float]] = []
        self.marks: list[Floats] = []
        self._aimed: Extent = 0.0, 1.0, 0.0, 1.0
        self.slices: Singles | Mixture = np.zeros((0, 2, 2), np.float32)
        self.places = np.zeros((0, 0, 2))  # in pixels, of each slice and level
        self._path = NOWHERE
        self.set_zorder(1.5)

    def aim(
        self,
        slices: Singles | Mixture,
        seconds: Floats,
        extent: Extent,
        paths: Sequence[Floats],
        covered: Sequence[tuple[Floats, Floats]],
    ) -> None:
        """Choose the ray on which numbers are seen longest, and where they stand in slices (S, ny, nx).

        seconds (S,): when a slice comes. A number stays while its line is within KEEP, and goes for a while
        where the line leaps; paths (n, 2), boxes (low, high), in pixels, and a number that is near hide it.
        """
        self.slices = slices
        self._aimed = extent
        few = max(1, len(slices) // LOOKS)
        rays = np.stack(list(self._rays()))
        crossed = sum(self._crossed(heights) for heights in self._heights(rays, extent, few))
        rays = rays[np.argsort(-np.asarray(crossed), kind="stable")[: CHOICE if len(slices) > 1 else None]]
        heights = np.stack(list(self._heights(rays, extent, 1)))
        far = np.hypot(*(rays[:, 1] - rays[:, 0]).T)[:, None]
        keep, leap = KEEP * self.look.em / far, LEAP * self.look.size[1] / far
        along = np.stack(list(_followed(heights, self.levels, seconds, keep, leap)))
        places = rays[:, :1] + along[..., None] * (rays[:, 1:2] - rays[:, :1])
        self._path = thinned(paths, THIN * self.look.em)
        self._part(places, extent, self._path, covered)
        long = np.diff(seconds, append=seconds[-1] + HELD)
        long[0] += HELD
        best = int((np.isfinite(places[..., 0]) * long[:, None, None]).sum(axis=(0, 2)).argmax())
        self.places = places[:, best]
        for k in range(len(self.levels)):
            self.places[_brief(np.isfinite(self.places[:, k, 0]), seconds), k] = np.nan

    def _heights(self, rays: Floats, extent: Extent, every: int) -> Iterator[Floats]:
        """The losses (R, SAMPLES) along rays (R, SAMPLES, 2), of every so many slices, with the last."""
        at = self._placed(extent, rays.reshape(-1, 2))
        for i in range((len(self.slices) - 1) % every, len(self.slices), every):
            yield read(np.asarray(self.slices[i], float), at).reshape(rays.shape[:2])

    def _crossed(self, heights: Floats) -> NDArray[np.int64]:
        """(R,) how many levels are crossed, of heights (R, SAMPLES)."""
        above = heights[:, None] > self.levels[:, None]
        return np.asarray((above[..., 1:] != above[..., :-1]).any(axis=2).sum(axis=1))

    def _rays(self) -> Iterator[Floats]:
        """Lines (SAMPLES, 2) in pixels from nine places of the picture to near its edge."""
        box = self.area.bbox
        em = self.look.em
        low = np.array([box.x0, box.y0]) + 1.1 * em
        high = np.array([box.x1, box.y1]) - 1.1 * em
        for i, j in product((0.25, 0.5, 0.75), repeat=2):
            start = low + (high - low) * (i, j)
            for turn in np.arange(DIRECTIONS) / DIRECTIONS * 2 * np.pi:
                way = np.array([np.cos(turn), np.sin(turn)])
                way = np.where(np.abs(way) < 1e-9, 1e-9, way)
                far = float((np.where(way > 0, high - start, low - start) / way).min())
                yield start + np.linspace(0, far, SAMPLES)[:, None] * way

    def _part(
        self, places: Floats, extent: Extent, path: Floats, covered: Sequence[tuple[Floats, Floats]]
    ) -> None:
        """Take away, of places (S, R, levels, 2) in a picture of `extent`, what would lie on marks, a path
        (n, 2), boxes, or the number of a lower level.
        """
        half = self._half
        size = APART * self.look.em * np.array([1.8, 1.0])
        boxes = [(np.asarray(mark) - size, np.asarray(mark) + size) for mark in self._marked(extent)]
        boxes += [(low - half, high + half) for low, high in covered]
        boxes += [(point - half, point + half) for point in path]
        for low, high in boxes:
            places[((places > low) & (places < high)).all(axis=-1)] = np.nan
        for k in range(1, places.shape[2]):
            near = (np.abs(places[:, :, k, None] - places[:, :, :k]) <= size).all(axis=-1).any(axis=-1)
            places[:, :, k][near] = np.nan

    @property
    def _half(self) -> Floats:
        """Half of what a number takes, in pixels."""
        return np.asarray(self.look.em * np.array([1.7, 0.9]))

    def show(self, slice: int, extent: Extent) -> None:
        """Name the levels of a slice, of which `extent` is seen: a number stays where it is on the plane."""
        places = self.places[slice]
        if extent != self._aimed:
            places = self._moved(places, extent)
        self.spots = [(self.pool[k], x, y) for k, (x, y) in enumerate(places.tolist()) if x == x]

    def _moved(self, places: Floats, extent: Extent) -> Floats:
        """Places (levels, 2) in pixels as a camera shows them that sees `extent`, without what would lie on
        the path, on marks, on another number, or outside.
        """
        low, high = self._corners
        seen, half = self._as_seen(places, extent), self._half
        hidden = ~((seen > low + half) & (seen < high - half)).all(axis=1)
        path = self._as_seen(self._path, extent)
        hidden |= np.any(np.all(np.abs(seen[:, None] - path) < half, axis=2), axis=1)
        seen[hidden] = np.nan
        self._part(seen[None, None], extent, NOWHERE, ())
        return seen

    def _as_seen(self, at: Floats, extent: Extent) -> Floats:
        """Where pixels (n, 2) of what `aim` saw are in a picture of `extent`."""
        low, high = self._corners
        begun, aimed = np.array(self._aimed[::2]), np.array(self._aimed)
        plane = begun + (at - low) / (high - low) * (aimed[1::2] - begun)
        first, last = np.array(extent[::2]), np.array(extent[1::2])
        return np.asarray(low + (plane - first) / (last - first) * (high - low))

    @property
    def _corners(self) -> tuple[Floats, Floats]:
        """The lower left and upper right corner of the picture, in pixels."""
        box = self.area.bbox
        return np.array([box.x0, box.y0]), np.array([box.x1, box.y1])

    def _placed(self, extent: Extent, at: Floats) -> Places:
        """Where pixels (n, 2) lie on the grid."""
        box = self.area.bbox
        a0, a1, b0, b1 = extent
        a = a0 + (at[:, 0] - box.x0) / box.width * (a1 - a0)
        b = b0 + (at[:, 1] - box.y0) / box.height * (b1 - b0)
        return placed(self.x, self.y, a, b)

    def _marked(self, extent: Extent) -> list[tuple[float, float]]:
        """Where marks lie, in pixels."""
        box = self.area.bbox
        a0, a1, b0, _ = extent
        scale = box.width / (a1 - a0)
        return [(box.x0 + (a - a0) * scale, box.y0 + (b - b0) * scale) for a, b in map(tuple, self.marks)]

    def _place(self) -> None:
        shown = {id(stamp) for stamp, _, _ in self.spots}
        for stamp in self.pool:
            stamp.set_visible(id(stamp) in shown)
        for stamp, x, y in self.spots:
            stamp.set_position((x, y))

    def refresh(self) -> Sequence[Rect]:
        """Put the numbers where they are now."""
        self._place()
        return refreshed(self, self.pool)

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        for stamp in self.pool:
            stamp.blend(picture, rect)

    def trace(self, renderer: RendererBase) -> None:
        """See Layer."""
        self._place()
        for stamp, *_ in self.spots:
            stamp.draw(renderer)


def _followed(
    heights: Floats, levels: Floats, seconds: Floats, keep: Floats, leap: Floats
) -> Iterator[Floats]:
    """For each of heights (S, R, n) along R rays, where (R, levels), in samples, a level's number stands:
    where its line crossed the ray first, then within `keep` (R, 1) of the line; NaN where there is none, and
    for REST seconds after it went by a `leap` (R, 1), or by less where slices pass faster than frames.
    """
    line = stands = np.full((heights.shape[1], len(levels)), np.nan)
    gone = np.full(line.shape, -np.inf)  # until which second
    lasts = np.diff(seconds, prepend=seconds[0] - 1)
    for row, second, lasted in zip(heights, seconds, lasts, strict=True):
        first, near = _nearest(row[:, None], levels[:, None], line)
        went = np.abs(near - line) <= leap * min(1.0, lasted / FRAME)
        if second > seconds[0]:
            gone = np.where(went, gone, second + REST)
        line = np.where(went, near, first)
        stands = np.where(went, line + np.clip(stands - line, -keep, keep), line)
        yield np.where(second >= gone, stands, np.nan)


def _nearest(heights: Floats, levels: Floats, line: Floats) -> tuple[Floats, Floats]:
    """Where (R, levels) lines of levels (levels, 1) cross rays of heights (R, 1, n): first, and nearest to
    `line` (R, levels), in samples; NaN where they don't, or no line was.
    """
    heights = np.where(np.isinf(heights), np.nan, heights)
    above = heights > levels
    low, high = heights[..., :-1], heights[..., 1:]
    crossed = (above[..., 1:] != above[..., :-1]) & np.isfinite(low + high)
    share = np.divide(levels - low, high - low, out=np.full(crossed.shape, np.nan), where=crossed)
    at = np.arange(share.shape[-1]) + share
    gap = np.abs(at - line[..., None])
    nearest = np.where(np.isnan(gap), np.inf, gap).argmin(axis=-1)
    first, near = (
        np.take_along_axis(at, index[..., None], axis=-1)[..., 0]
        for index in (crossed.argmax(axis=-1), nearest)
    )
    return np.asarray(first, float), np.where(np.isnan(line), np.nan, near)


def _brief(shown: NDArray[np.bool_], seconds: Floats) -> NDArray[np.bool_]:
    """Where (S,) a number is not shown, or only for less than STAY seconds, if not at the start or end."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]]).astype(int)))
    hidden = ~shown
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if start > 0 and end < len(shown) and seconds[end] - seconds[start] < STAY:
            hidden[start:end] = True
    return hidden
