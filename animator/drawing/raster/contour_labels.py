"""Labels of contour levels: losses on their lines, gliding with them when the surface changes.

In: losses on a grid, levels. Out: a layer. Levels are named where a fixed ray, from the middle of the picture
outwards, crosses them: a label moves as little as its line does.
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
from animator.drawing.raster.text_layer import Stamp, refreshed
from animator.landscape.bilinear import Places, placed, read
from animator.landscape.chebyshev import Mixture

SAMPLES = 240
EVERY = 3  # band edges from one label to the next
SIZE = 0.8
DIRECTIONS = 16
APART = 1.7  # em: from one number to the next
KEEP = 0.3  # em: how far a line may go before its number does
LEAP = 0.008  # of the frame's height: a line that goes farther in a slice has left its number
REST, STAY = 4, 8  # slices without a number that was left; slices that one is worth being written for


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
        self.words = [number(float(level), 2) for level in self.levels]
        self.pool = [
            look.stamp(0.0, 0.0, words, em=SIZE, color=look.style.ink, across="center", loose=True)
            for words in self.words
        ]
        for stamp in self.pool:
            stamp.halo = look.style.casing
        self.spots: list[tuple[Stamp, float, float]] = []
        self.marks: list[Floats] = []
        self._aimed: tuple[Extent, Sequence[tuple[Floats, Floats]]] = (0.0, 1.0, 0.0, 1.0), ()
        self.slices: Singles | Mixture = np.zeros((0, 2, 2), np.float32)
        self.places = np.zeros((0, 0, 2))  # in pixels, of each slice and level
        self._seen: tuple[Extent, Places] | None = None
        self.set_zorder(1.5)

    def aim(
        self, z: Floats, extent: Extent, paths: Sequence[Floats], covered: Sequence[tuple[Floats, Floats]]
    ) -> None:
        """Choose the ray that crosses most levels of z (ny, nx) and comes least near paths (n, 2) and boxes
        (low, high), in pixels.
        """
        lines = np.concatenate(paths) if paths else np.zeros((0, 2))
        self._aimed = extent, covered
        rays = list(self._rays())
        heights = read(z, self._placed(extent, np.concatenate(rays))).reshape(len(rays), SAMPLES)
        best = -np.inf
        self._seen = None
        above = heights[:, None] > self.levels[:, None]
        most = (above[..., 1:] != above[..., :-1]).any(axis=2).sum(axis=1)  # levels that a ray crosses
        for ray, along, crossed in zip(rays, heights, most, strict=True):
            if crossed <= best:
                continue
            at = np.array([(x, y) for _, x, y in self.crossings(along, extent, ray)]).reshape(-1, 2)
            if len(at) <= best:
                continue
            score = len(at) - 1.5 * self._hits(at, lines, covered)
            if score > best:
                best = score
                self.ray = ray

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

    def _hits(self, at: Floats, lines: Floats, covered: Sequence[tuple[Floats, Floats]]) -> int:
        """How many labels at (n, 2) would lie on a path or a box."""
        size = self._half
        close = np.abs(at[:, None] - lines[None]) < size
        hit: NDArray[np.bool_] = np.logical_or.reduce(close.all(axis=2), axis=1)
        for low, high in covered:
            hit |= ((at > low - size) & (at < high + size)).all(axis=1)
        return int(hit.sum())

    def follow(self, slices: Singles | Mixture) -> None:
        """Decide where numbers stand in each of slices (S, ny, nx), as seen where `aim` saw them: a number
        stays while its line is within KEEP, and goes for a while where the line leaps, or another is near.
        """
        self.slices = slices
        extent, covered = self._aimed
        at = self._placed(extent, self.ray)
        heights = np.stack([read(np.asarray(slices[i], float), at) for i in range(len(slices))])
        far = float(np.hypot(*(self.ray[1] - self.ray[0])))
        keep, leap = KEEP * self.look.em / far, LEAP * self.look.size[1] / far
        along = np.stack([_followed(heights, float(level), keep, leap) for level in self.levels], axis=1)
        self.places = self.ray[0] + along[..., None] * (self.ray[1] - self.ray[0])
        self._part(covered)

    def _part(self, covered: Sequence[tuple[Floats, Floats]]) -> None:
        """Hide what would lie on marks, on boxes, or on the number of a lower level."""
        size = APART * self.look.em * np.array([1.8, 1.0])
        marks = [np.broadcast_to(mark, self.places[:, 0].shape) for mark in self._marked(self._aimed[0])]
        for k in range(len(self.levels)):
            mine = self.places[:, k]
            others = [*marks, *(self.places[:, i] for i in range(k))]
            hidden = np.isnan(mine[:, 0])
            for other in others:
                hidden |= (np.abs(mine - other) <= size).all(axis=1)
            for low, high in covered:
                hidden |= ((mine > low - self._half) & (mine < high + self._half)).all(axis=1)
            self.places[_brief(~hidden), k] = np.nan

    @property
    def _half(self) -> Floats:
        """Half of what a number takes, in pixels."""
        return np.asarray(self.look.em * np.array([1.7, 0.9]))

    def show(self, slice: int, extent: Extent) -> None:
        """Name the levels of a slice, of which `extent` is seen."""
        if extent == self._aimed[0]:
            there = self.places[slice].tolist()
            self.spots = [(self.pool[k], x, y) for k, (x, y) in enumerate(there) if x == x]
            return
        if self._seen is None or self._seen[0] != extent:
            self._seen = extent, self._placed(extent, self.ray)
        heights = read(np.asarray(self.slices[slice], float), self._seen[1])
        self.spots = self.crossings(heights, extent, self.ray)

    def _placed(self, extent: Extent, at: Floats) -> Places:
        """Where pixels (n, 2) lie on the grid."""
        box = self.area.bbox
        a0, a1, b0, b1 = extent
        a = a0 + (at[:, 0] - box.x0) / box.width * (a1 - a0)
        b = b0 + (at[:, 1] - box.y0) / box.height * (b1 - b0)
        return placed(self.x, self.y, a, b)

    def crossings(self, heights: Floats, extent: Extent, ray: Floats) -> list[tuple[Stamp, float, float]]:
        """(label, x, y) in pixels where the ray first crosses each level, and not too near another one."""
        apart = APART * self.look.em
        taken = self._marked(extent)
        above = heights > self.levels[:, None]
        crossed = (above[:, 1:] != above[:, :-1]) & np.isfinite(heights[1:] + heights[:-1])
        first = crossed.argmax(axis=1)
        found: list[tuple[Stamp, float, float]] = []
        for k in np.flatnonzero(crossed[np.arange(len(first)), first]):
            i = first[k]
            share = (self.levels[k] - heights[i]) / (heights[i + 1] - heights[i])
            x, y = (ray[i] + share * (ray[i + 1] - ray[i])).tolist()
            if all(abs(x - u) > 1.8 * apart or abs(y - v) > apart for u, v in taken):
                taken.append((x, y))
                found.append((self.pool[k], x, y))
        return found

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


def _followed(heights: Floats, level: float, keep: float, leap: float) -> Floats:
    """(S,) where along a ray, in samples, the number of `level` stands, of heights (S, n) on it: where its
    line crossed it first, then within `keep` of the line; NaN where it is not, and after it went by a `leap`.
    """
    above = heights > level
    crossed = (above[:, 1:] != above[:, :-1]) & np.isfinite(heights[:, 1:] + heights[:, :-1])
    found = np.full(len(heights), np.nan)
    line = stands = np.nan
    rest = 0
    for i, (row, where) in enumerate(zip(heights, crossed, strict=True)):
        left = np.flatnonzero(where)
        if not len(left):
            line, rest = np.nan, REST
            continue
        at = left + (level - row[left]) / (row[left + 1] - row[left])
        near = at[0] if np.isnan(line) else at[np.abs(at - line).argmin()]
        if not abs(near - line) <= leap:
            line = stands = float(at[0])
            rest = REST if i else 0
        line = float(near) if rest == 0 or abs(near - line) <= leap else line
        stands = line + float(np.clip(stands - line, -keep, keep))
        found[i] = stands if rest == 0 else np.nan
        rest = max(0, rest - 1)
    return found


def _brief(shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where (S,) a number is not shown, or only for fewer than STAY slices on end, of more than that."""
    if len(shown) < STAY:
        return ~shown
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]]).astype(int)))
    hidden = ~shown
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < STAY and start > 0:
            hidden[start:end] = True
    return hidden
