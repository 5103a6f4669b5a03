"""Bands of a slice as pixels, faster than contours: a hundred small pictures are painted in one frame.

The place on the colour scale is linear between grid points; edges between bands are smoothed over one pixel
by their distance, place / slope, and carry a thin line as the films' contours do.
"""

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from animator.panels.scale import BANDS, colour_map
from animator.style import Style
from animator.sweep.tracks import FULL, Extent, Relief

LINE = 0.35  # opacity of the line between bands

Floats = NDArray[np.float64]
Small = NDArray[np.float32]
Pixels = NDArray[np.uint8]


class Raster:
    """Paints slices of `relief` in the window `extent` on side x side pixels; line: width between bands."""

    def __init__(self, relief: Relief, extent: Extent, side: int, style: Style, line: float) -> None:
        centres = (np.arange(side) + 0.5) / side
        x = extent[0] + centres * (extent[1] - extent[0])
        y = extent[3] - centres * (extent[3] - extent[2])
        self.relief, self.line = relief, line
        self._across, self._down = _between(relief.alpha, x).T, _between(relief.beta, y)
        self._inside = np.outer(_within(relief.beta, y), _within(relief.alpha, x))
        shades = colour_map(style.surface_map)
        self._colours = 255 * np.array([shades((i + 0.5) / BANDS)[:3] for i in range(BANDS)], np.float32)
        self._ink = 255 * np.array(to_rgb(style.contour), np.float32)

    def places(self, number: int) -> Small:
        """Slice `number` as (side, side): its place on the scale, 0 to 1, row 0 on top."""
        grid = self.relief.heights[number].astype(np.float32) / FULL
        return np.asarray(self._down @ grid @ self._across, np.float32)

    def paint(self, number: int) -> tuple[Pixels, NDArray[np.bool_]]:
        """(picture (side, side, 3), where it is known (side, side)) of slice `number`."""
        value = self.places(number) * BANDS
        slope = _slope(value)
        edge = np.clip(np.rint(value), 1, BANDS - 1)
        apart = (value - edge) / slope
        upper = edge.astype(np.int64)
        mix = np.clip(apart + 0.5, 0, 1)[..., None]
        low, high = self._colours[upper - 1], self._colours[upper]
        shade = low + (high - low) * mix
        ink = LINE * np.clip(self.line / 2 + 0.5 - np.abs(apart), 0, min(1.0, self.line))[..., None]
        shade += (self._ink - shade) * ink
        return (shade + 0.5).astype(np.uint8), self._known(number)

    def _known(self, number: int) -> NDArray[np.bool_]:
        known = self.relief.known
        if known is None:
            return self._inside
        missing = self._down @ (~known[number]).astype(np.float32) @ self._across
        return np.asarray(self._inside & (missing < 0.5))


def _between(grid: Floats, at: Floats) -> Small:
    """Weights (n, len(grid)) that read `at` (n,) linearly from values on a rising grid; ends are kept."""
    place = np.interp(at, grid, np.arange(len(grid)))
    low = np.minimum(place.astype(int), len(grid) - 2)
    weights = np.zeros((len(at), len(grid)), np.float32)
    rows = np.arange(len(at))
    weights[rows, low] = 1 - (place - low)
    weights[rows, low + 1] = place - low
    return weights


def _within(grid: Floats, at: Floats) -> NDArray[np.bool_]:
    return np.asarray((at >= grid[0]) & (at <= grid[-1]))


def _slope(value: Small) -> Small:
    """How much (n, n) changes from one pixel to the next, at least a little."""
    across, down = np.empty_like(value), np.empty_like(value)
    np.subtract(value[:, 1:], value[:, :-1], out=across[:, :-1])
    np.subtract(value[1:], value[:-1], out=down[:-1])
    across[:, -1], down[-1] = across[:, -2], down[-2]
    return np.asarray(np.sqrt(across * across + down * down) + 1e-6, np.float32)
