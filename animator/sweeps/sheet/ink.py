"""The ink of one run on a tile: its path, which grows, and marks, put down pixel by pixel.

A path's coverage of a pixel is the greatest of its pieces', each by the distance from the pixel's middle; the
latest piece of those that cover it most gives the colour. That depends on the pieces alone, not on how many
were added at a time: a frame depends on its state only. Only pixels with ink are touched.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from numpy.typing import NDArray

from animator.drawing.panels.base import DPI

CASING = 1.75  # times the path's width
REACH = 1.5  # pixels around a line that its soft edge may touch
MANY = 60_000  # pixels times pieces that are looked at in one go
FINE = 8  # of a pixel: places of marks that move

RGBA = tuple[float, float, float, float]
Floats = NDArray[np.float64]
Small = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Place = tuple[slice, slice]


class Ink:
    """The path through points (n, 2), (x, y) in pixels of a tile of (rows, columns), y downwards.

    The piece that leads to point i has colours[bins[i]]. width: of the path, in pixels.
    """

    def __init__(self, points: Floats, bins: NDArray[np.int64], colours: Sequence[RGBA], casing: RGBA,
                 width: float, shape: tuple[int, int]) -> None:  # fmt: skip
        self._points, self._bins = points.astype(np.float32), bins
        self._tints = np.array([colour[:3] for colour in colours], np.float32) * 255
        self._casing, self._opacity = np.array(casing[:3], np.float32) * 255, np.float32(casing[3])
        self._radius, self._shape = width / 2, shape
        self._begin()

    def _begin(self) -> None:
        self._drawn = 0
        self._around, self._line = np.zeros(self._shape, np.float32), np.zeros(self._shape, np.float32)
        self._colour = np.zeros(self._shape, np.int64)

    def lay(self, part: Pixels, end: int, head: Floats, colour: int) -> None:
        """Draw points[:end] and on to head (2,), in colour number `colour`, over a tile (h, w, 4)."""
        if end < self._drawn:
            self._begin()
        low = max(1, self._drawn)
        if end > low:
            self._add(self._points[low - 1 : end - 1], self._points[low:end], self._bins[low:end])
        self._drawn = end
        tip = np.asarray(head, np.float32)[None]
        last = self._points[end - 1 : end]
        place = _around(last, tip, self._reach, self._shape)
        kept = [plane[place].copy() for plane in self._planes]
        self._add(last, tip, np.array([colour]))
        self._blend(part)
        for plane, before in zip(self._planes, kept, strict=True):
            plane[place] = before

    @property
    def _planes(self) -> tuple[NDArray[Any], ...]:
        return self._around, self._line, self._colour

    @property
    def _reach(self) -> float:
        return CASING * self._radius + REACH

    def _add(self, starts: Small, stops: Small, bins: NDArray[np.int64]) -> None:
        """Add the pieces from `starts` to `stops` (m, 2), many at once where they lie close together."""
        rows, columns = place = _around(starts, stops, self._reach, self._shape)
        size = (rows.stop - rows.start) * (columns.stop - columns.start)
        if size == 0:
            return
        if size * len(bins) > MANY and len(bins) > 1:
            half = len(bins) // 2
            self._add(starts[:half], stops[:half], bins[:half])
            self._add(starts[half:], stops[half:], bins[half:])
            return
        far = distances(starts, stops, place)
        casing = np.minimum(np.float32(CASING * self._radius + 0.5) - far.min(axis=0), 1)
        np.maximum(self._around[place], casing, out=self._around[place])
        own = np.clip(np.float32(self._radius + 0.5) - far, 0, 1)
        latest = len(bins) - 1 - own[::-1].argmax(axis=0)
        most = own.max(axis=0)
        newer = most >= self._line[place]
        np.maximum(self._line[place], most, out=self._line[place])
        np.copyto(self._colour[place], bins[latest], where=newer & (most > 0))

    def _blend(self, part: Pixels) -> None:
        at = np.flatnonzero(self._around > 0)
        rows, columns = np.divmod(at, self._shape[1])
        around = self._around.take(at) * self._opacity
        line = self._line.take(at)
        below = part[rows, columns, :3]
        through = ((1 - around) * (1 - line))[:, None]
        made = below * through
        made += (around * (1 - line))[:, None] * self._casing
        made += line[:, None] * self._tints.take(self._colour.take(at), axis=0)
        made += np.float32(0.5)
        part[rows, columns, :3] = made


def _around(starts: Small, stops: Small, reach: float, shape: tuple[int, int]) -> Place:
    """Rows and columns of a tile that pieces may touch."""
    low = np.minimum(starts.min(axis=0), stops.min(axis=0)) - reach
    high = np.maximum(starts.max(axis=0), stops.max(axis=0)) + reach
    (left, top), (right, bottom) = low.tolist(), high.tolist()
    rows = max(0, int(top)), min(shape[0], int(bottom) + 1)
    columns = max(0, int(left)), min(shape[1], int(right) + 1)
    return slice(rows[0], max(rows)), slice(columns[0], max(columns))


def distances(starts: Small, stops: Small, place: Place) -> Small:
    """(m, h, w) in pixels, of pixels' middles from the pieces between `starts` and `stops` (m, 2)."""
    rows, columns = place
    x, y = starts[:, 0, None, None], starts[:, 1, None, None]
    across = np.arange(columns.start, columns.stop, dtype=np.float32)[None, None] + np.float32(0.5) - x
    down = np.arange(rows.start, rows.stop, dtype=np.float32)[None, :, None] + np.float32(0.5) - y
    way, fall = stops[:, 0, None, None] - x, stops[:, 1, None, None] - y
    length = way * way + fall * fall
    share = across * way + down * fall
    share /= np.maximum(length, np.float32(1e-12))
    np.clip(share, 0, 1, out=share)
    across = across - share * way
    down = down - share * fall
    across *= across
    down *= down
    across += down
    return np.asarray(np.sqrt(across, out=across))


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A small picture to be laid over others: below * through + ink, each (rows, columns, 4); top and left:
    where it stands from its origin.
    """

    top: int
    left: int
    through: Small
    ink: Small

    def lay(self, part: Pixels, row: int = 0, column: int = 0) -> None:
        """Put it over a tile (rows, columns, 4), the origin at (row, column); what stands out is cut off."""
        top, left = self.top + row, self.left + column
        high, wide = self.through.shape[:2]
        rows = slice(max(0, top), min(part.shape[0], top + high))
        columns = slice(max(0, left), min(part.shape[1], left + wide))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        own = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
        made = part[rows, columns] * self.through[own]
        made += self.ink[own]
        part[rows, columns] = made


def spot(paint: Callable[[Any, Floats], None], reach: int, at: Floats) -> Spot:
    """What paint(renderer, place in pixels, y upwards) draws around `at` (x, y), y downwards, up to `reach`
    pixels from it; the origin is that of `at`.
    """
    left, top = (int(v) for v in np.floor(at) - reach)
    side = 2 * reach + 1
    scratch = RendererAgg(side, side, DPI)
    paint(scratch, np.array([at[0] - left, side - (at[1] - top)]))
    drawn = np.asarray(scratch.buffer_rgba()).astype(np.float32)
    share = np.repeat(drawn[..., 3:] / np.float32(255), 4, axis=2)
    drawn[..., 3] = 255
    return Spot(top, left, 1 - share, drawn * share + np.float32(0.5))
