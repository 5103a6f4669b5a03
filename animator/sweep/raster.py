"""Bands of a slice as pixels, faster than contours: a hundred small pictures are painted in one frame.

The place on the colour scale is linear between grid points. Edges between bands are smoothed over one pixel
by their distance, place / slope, and carry a thin line as the films' contours do. No BLAS: the bytes do not
depend on the number of threads.
"""

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from animator.panels.scale import BANDS, colour_map
from animator.style import Style
from animator.sweep.tracks import FULL, Extent, Relief

LINE = 0.35  # opacity of the line between bands
PARTS = 10  # of a pixel: how finely the distance to an edge is told
REACH = 16  # parts: as far as an edge is seen
SHADES = 2 * REACH + 1

Floats = NDArray[np.float64]
Small = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Reading = tuple[NDArray[np.int64], Small]


class Raster:
    """Paints slices of `relief` in the window `extent` on side x side pixels; line: width between bands."""

    def __init__(self, relief: Relief, extent: Extent, side: int, style: Style, line: float) -> None:
        centres = (np.arange(side) + 0.5) / side
        x = extent[0] + centres * (extent[1] - extent[0])
        y = extent[3] - centres * (extent[3] - extent[2])
        self.relief = relief
        self._across, self._down = _reading(relief.alpha, x), _reading(relief.beta, y)
        self._inside = np.outer(_within(relief.beta, y), _within(relief.alpha, x))
        self._table = _table(style, line)

    def places(self, number: int) -> Small:
        """Slice `number` as (side, side): its place on the scale, 0 to 1, row 0 on top."""
        return self._read(self.relief.heights[number] * np.float32(1 / FULL))

    def _read(self, grid: Small) -> Small:
        return _mixed(grid, self._down, self._across)

    def paint(self, number: int) -> Pixels:
        """Slice `number` as RGBA (side, side, 4)."""
        value = self._read(self.relief.heights[number] * np.float32(BANDS / FULL))
        edge = np.rint(value)
        np.minimum(np.maximum(edge, 1, out=edge), BANDS - 1, out=edge)
        apart = value - edge
        apart *= PARTS
        apart /= _slope(value)
        np.rint(apart, out=apart)
        np.minimum(np.maximum(apart, -REACH, out=apart), REACH, out=apart)
        edge *= SHADES
        edge += REACH - SHADES
        apart += edge
        colours = self._table.take(apart.astype(np.int32), mode="clip")
        return np.asarray(colours.view(np.uint8).reshape(*value.shape, 4))

    def bands(self, number: int, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Pixels:
        """The bands' colours at the pixels where rows (n,) and columns (m,) cross: (n, m, 4)."""
        down, across = (
            (low[at], share[at]) for (low, share), at in ((self._down, rows), (self._across, columns))
        )
        value = _mixed(self.relief.heights[number] * np.float32(BANDS / FULL), down, across)
        band = np.clip(value.astype(np.int64), 0, BANDS - 1)
        shown = np.where(band > 0, (band - 1) * SHADES + SHADES - 1, 0)
        return self._table[shown].view(np.uint8).reshape(*value.shape, 4)

    def known(self, number: int) -> NDArray[np.bool_] | None:
        """Where slice `number` is known (side, side), None for everywhere."""
        known = self.relief.known
        if known is None:
            return None if self._inside.all() else self._inside
        missing = self._read((~known[number]).astype(np.float32))
        return np.asarray(self._inside & (missing < 0.5))


def _table(style: Style, line: float) -> NDArray[np.uint32]:
    """Colours as RGBA in 32 bits: for each edge between bands, and each part of a pixel from it."""
    shades = colour_map(style.surface_map)
    bands = np.array([shades((i + 0.5) / BANDS)[:3] for i in range(BANDS)])
    apart = (np.arange(SHADES) - REACH) / PARTS
    mix = np.clip(apart + 0.5, 0, 1)[None, :, None]
    colours = bands[:-1, None] * (1 - mix) + bands[1:, None] * mix
    ink = LINE * np.clip(line / 2 + 0.5 - np.abs(apart), 0, min(1.0, line))[None, :, None]
    colours = colours * (1 - ink) + np.array(to_rgb(style.contour)) * ink
    opaque = np.ones((*colours.shape[:2], 1))
    pixels = np.rint(255 * np.concatenate([colours, opaque], axis=2)).astype(np.uint8)
    return np.ascontiguousarray(pixels).view(np.uint32).reshape(-1)


def _reading(grid: Floats, at: Floats) -> Reading:
    """(the grid point below, share of the way to the next) of `at` (n,) on a rising grid; ends are kept."""
    place = np.interp(at, grid, np.arange(len(grid)))
    low = np.minimum(place.astype(np.int64), len(grid) - 2)
    return low, (place - low).astype(np.float32)


def _mixed(grid: Small, down: Reading, across: Reading) -> Small:
    """`grid` (ny, nx) at the places `down` (n,) and `across` (m,): (n, m), linear between grid points."""
    wide = grid.take(across[0], axis=1)
    step = grid.take(across[0] + 1, axis=1)
    step -= wide
    step *= across[1]
    wide += step
    tall = wide.take(down[0], axis=0)
    step = wide.take(down[0] + 1, axis=0)
    step -= tall
    step *= down[1][:, None]
    tall += step
    return tall


def _within(grid: Floats, at: Floats) -> NDArray[np.bool_]:
    return np.asarray((at >= grid[0]) & (at <= grid[-1]))


def _slope(value: Small) -> Small:
    """How much (n, n) changes from one pixel to the next, at least a little."""
    across, down = np.empty_like(value), np.empty_like(value)
    np.subtract(value[:, 1:], value[:, :-1], out=across[:, :-1])
    np.subtract(value[1:], value[:-1], out=down[:-1])
    across[:, -1], down[-1] = across[:, -2], down[-2]
    across *= across
    down *= down
    across += down
    np.sqrt(across, out=across)
    across += np.float32(1e-6)
    return across
