"""Bands of a slice as pixels, faster than contours: a hundred small pictures are painted in one frame.

The place on the colour scale is linear between grid points. Edges between bands are smoothed over one pixel
by their distance, place / slope, and carry a thin line as the films' contours do. No BLAS: the bytes do not
depend on the number of threads.
"""

import numpy as np
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from animator.design.style import Style
from animator.drawing.raster.band_raster import Reading, between, reading, shaded, table
from animator.drawing.raster.loss_colors import BANDS, colour_map
from animator.sweeps.sheet.tile_data import FULL, Extent, Relief

LINE = 0.35  # opacity of the line between bands

Small = NDArray[np.float32]
Pixels = NDArray[np.uint8]


class Raster:
    """Paints slices of `relief` in the window `extent` on side x side pixels; line: width between bands."""

    def __init__(self, relief: Relief, extent: Extent, side: int, style: Style, line: float) -> None:
        centres = (np.arange(side) + 0.5) / side
        x = extent[0] + centres * (extent[1] - extent[0])
        y = extent[3] - centres * (extent[3] - extent[2])
        self.relief = relief
        self._across, self._down = reading(relief.alpha, x), reading(relief.beta, y)
        self._inside = np.outer(self._down[2], self._across[2])
        shades = colour_map(style.surface_map)
        colours = np.array([shades((i + 0.5) / BANDS)[:3] for i in range(BANDS)])
        self._table = table(colours, to_rgba(style.contour, LINE), line)

    def places(self, number: int) -> Small:
        """Slice `number` as (side, side): its place on the scale, 0 to 1, row 0 on top."""
        return self._read(self.relief.heights[number] * np.float32(1 / FULL))

    def _read(self, grid: Small) -> Small:
        return between(grid, self._down, self._across)

    def paint(self, number: int) -> Pixels:
        """Slice `number` as RGBA (side, side, 4)."""
        value = self._read(self.relief.heights[number] * np.float32(BANDS / FULL))
        return shaded(value, self._table, BANDS).view(np.uint8).reshape(*value.shape, 4)

    def bands(self, number: int, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Pixels:
        """The bands' colours at the pixels where rows (n,) and columns (m,) cross: (n, m, 4)."""
        down, across = _some(self._down, rows), _some(self._across, columns)
        value = between(self.relief.heights[number] * np.float32(BANDS / FULL), down, across)
        band = np.clip(value.astype(np.int64), 0, BANDS - 1)
        shades = len(self._table) // (BANDS - 1)
        shown = np.where(band > 0, band * shades - 1, 0)
        return self._table[shown].view(np.uint8).reshape(*value.shape, 4)

    def known(self, number: int) -> NDArray[np.bool_] | None:
        """Where slice `number` is known (side, side), None for everywhere."""
        known = self.relief.known
        if known is None:
            return None if self._inside.all() else self._inside
        missing = self._read((~known[number]).astype(np.float32))
        return np.asarray(self._inside & (missing < 0.5))


def _some(at: Reading, which: NDArray[np.int64]) -> Reading:
    return at[0][which], at[1][which], at[2][which]
