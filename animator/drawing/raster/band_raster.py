"""Filled contours of a loss surface as pixels: a slice takes a millisecond, contourpy and Agg several.

In: losses on a grid, a LossScale, axes. Losses are linear between grid points, as everywhere in a film; each
pixel takes the colour of its place on the scale. Edges between bands are smoothed over one pixel by their
distance, place / slope, and carry a thin line. For print the same bands are drawn as contours.
"""

from typing import Unpack

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.layer import Rect, clip_of
from animator.drawing.raster.loss_colors import LossScale
from animator.drawing.raster.pen import RGBA, pixels_of
from animator.drawing.raster.vector_artists import Banded, BandLooks, Bands

PARTS = 16  # of a pixel: how finely the distance to an edge is told
STRIP = 2**16  # pixels painted at a time, which stay in the processor's cache: half the time of all at once

Small = NDArray[np.float32]
Reading = tuple[NDArray[np.intp], Small, NDArray[np.bool_]]
Seen = tuple[Rect, tuple[float, ...]]  # what of the grid lies where: pixels, and the area with its limits


class Banding(Banded):
    """Bands of z (ny, nx) over x (nx,), y (ny,) on `scale`, as pixels.

    Points where z is not finite are left out, with the cells of the grid around them.
    """

    def __init__(
        self, area: PlotArea, x: Floats, y: Floats, scale: LossScale, **looks: Unpack[BandLooks]
    ) -> None:
        super().__init__(area, x, y, **looks)
        self.scale = scale
        self._z: NDArray[np.floating] = np.zeros((len(y), len(x)))
        self._table: NDArray[np.uint32] | None = None
        self._seen: tuple[Seen, tuple[Reading, Reading]] | None = None

    def set_field(self, z: NDArray[np.floating]) -> None:
        """Take z (ny, nx), rows following y."""
        self._z = z
        self.version += 1

    def draw(self, renderer: RendererBase) -> None:
        """Paint what the axes show of it."""
        if isinstance(renderer, RendererAgg):
            self._paint(np.asarray(renderer.buffer_rgba()), pixels_of(renderer, self.width))
            return
        bands = Bands(
            self.area,
            self.x,
            self.y,
            self.scale.levels(),
            colours=self.colours,
            line=self.line,
            width=self.width,
        )
        bands.set_field(self._z)
        bands.draw(renderer)

    def _paint(self, picture: NDArray[np.uint8], line: float) -> None:
        if self._table is None:
            self._table = table(np.array(self.colours)[:, :3], self.line, line)
        rect = clip_of(self.area, picture.shape[0])
        rows, columns = self._readings(rect, picture.shape[0])
        below = np.asarray(self._z, float) - self.scale.low
        finite = np.isfinite(below)
        whole = bool(finite.all())
        known = below if whole else np.where(finite, below, 0.0)
        wide, lacking = (
            across(known.astype(np.float32), columns),
            across((~finite).astype(np.float32), columns),
        )
        shown = rect.of(picture).view(np.uint32)[..., 0]
        high = max(1, STRIP // max(1, shown.shape[1]))
        for top in range(0, len(shown), high):
            strip = shown[top : top + high]
            places = self._places(down(wide, part_of(rows, top, high + 1)))
            colours = shaded(places, self._table, len(self.colours))[: len(strip)]
            inked = np.outer(rows[2][top : top + high], columns[2])
            if not whole:
                inked &= down(lacking, part_of(rows, top, high)) <= 0
            np.copyto(strip, colours, where=inked)

    def _readings(self, rect: Rect, height: int) -> tuple[Reading, Reading]:
        """Where the rows and the columns of pixels in `rect` lie on the grid."""
        box = self.area.bbox
        x0, x1 = self.area.get_xlim()
        y0, y1 = self.area.get_ylim()
        seen = rect, (*box.bounds, x0, x1, y0, y1)
        if self._seen is None or self._seen[0] != seen:
            across = (np.arange(rect.left, rect.right) + 0.5 - box.x0) / box.width
            up = (height - 0.5 - np.arange(rect.top, rect.bottom) - box.y0) / box.height
            columns = reading(self.x, np.asarray(x0 + across * (x1 - x0), np.float64))
            rows = reading(self.y, np.asarray(y0 + up * (y1 - y0), np.float64))
            self._seen = seen, (rows, columns)
        return self._seen[1]

    def _places(self, height: Small) -> Small:
        """The places (h, w), in bands, of losses so far above the lowest; see LossScale."""
        scale = self.scale
        bands = np.float32(len(self.colours))
        span, eps = np.float32(scale.high - scale.low), np.float32(scale.eps)
        np.clip(height, 0, span, out=height)
        height *= 1 / eps
        height += 1
        np.log(height, out=height)  # log1p is several times as slow, and the scale begins at one
        height *= bands / np.log1p(span / eps)
        return height


def reading(grid: Floats, at: Floats) -> Reading:
    """(the grid point below, share of the way to the next, whether inside) of `at` (n,) on a rising grid."""
    place = np.interp(at, grid, np.arange(len(grid)))
    low = np.minimum(place.astype(np.intp), len(grid) - 2)
    inside = (at >= grid[0] - 1e-9 * np.ptp(grid)) & (at <= grid[-1] + 1e-9 * np.ptp(grid))
    return low, (place - low).astype(np.float32), inside


def between(grid: Small, rows: Reading, columns: Reading) -> Small:
    """Values (len(rows), len(columns)) between the points of `grid` (ny, nx), linear in each direction."""
    return down(across(grid, columns), rows)


def across(grid: Small, columns: Reading) -> Small:
    """Values (ny, len(columns)) between the columns of `grid` (ny, nx)."""
    low, share, _ = columns
    wide = grid.take(low, axis=1)
    step = grid.take(low + 1, axis=1)
    step -= wide
    step *= share
    wide += step
    return wide


def down(grid: Small, rows: Reading) -> Small:
    """Values (len(rows), nx) between the rows of `grid` (ny, nx)."""
    low, share, _ = rows
    tall = grid.take(low, axis=0)
    step = grid.take(low + 1, axis=0)
    step -= tall
    step *= share[:, None]
    tall += step
    return tall


def part_of(rows: Reading, first: int, count: int) -> Reading:
    """`count` of them from `first` on."""
    low, share, inside = rows
    part = slice(first, first + count)
    return low[part], share[part], inside[part]


def shaded(places: Small, colours: NDArray[np.uint32], bands: int) -> NDArray[np.uint32]:
    """Colours (h, w), RGBA in 32 bits, of places in bands (h, w), from a `table`."""
    shades = len(colours) // (bands - 1)
    reach = shades // 2
    steps = np.divide(PARTS, slope(places))
    edge = np.clip(np.rint(places), 1, bands - 1)
    apart = places - edge
    apart *= steps
    np.clip(apart, -reach, reach, out=apart)
    edge *= shades
    apart += edge
    apart += reach - shades + 0.5
    return np.asarray(colours.take(apart.astype(np.int32), mode="clip"))


def slope(places: Small) -> Small:
    """How much (h, w) changes from one pixel to the next, at least a little."""
    steep = np.empty(places.shape, np.float32)
    flat = places.reshape(-1)
    wide = places.shape[1]
    across = steep.reshape(-1)
    np.subtract(flat[1:], flat[:-1], out=across[:-1])  # at a row's end it is that of the pixel before
    steep[:, -1] = steep[:, -2]
    steep *= steep
    down = flat[wide:] - flat[:-wide]
    down *= down
    across[:-wide] += down
    across[-wide:] += down[-wide:]
    steep += np.float32(1e-12)
    return np.sqrt(steep, out=steep)


def table(colours: Floats, line: RGBA, width: float) -> NDArray[np.uint32]:
    """Colours as RGBA in 32 bits: for each edge between bands of `colours` (n, 3), and each part of a pixel
    from it, as far as the line so wide (pixels) and the smoothing reach.
    """
    reach = int(np.ceil(PARTS * (max(width, 1.0) / 2 + 0.5)))
    apart = np.arange(-reach, reach + 1) / PARTS
    mix = np.clip(apart + 0.5, 0, 1)[None, :, None]
    mixed = colours[:-1, None] * (1 - mix) + colours[1:, None] * mix
    ink = line[3] * np.clip(width / 2 + 0.5 - np.abs(apart), 0, min(1.0, width))[None, :, None]
    mixed = mixed * (1 - ink) + np.array(line[:3]) * ink
    opaque = np.ones((*mixed.shape[:2], 1))
    pixels = np.rint(255 * np.concatenate([mixed, opaque], axis=2)).astype(np.uint8)
    return np.ascontiguousarray(pixels).view(np.uint32).reshape(-1)
