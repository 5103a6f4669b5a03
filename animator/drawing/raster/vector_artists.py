"""Artists that matplotlib lacks: contour bands, a path coloured by a number, lines as wide as numbers.

All draw straight to the renderer: no objects are made for a frame but the paths themselves.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib.artist import Artist
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.layer import figure_of

Floats = NDArray[np.float64]
RGBA = tuple[float, float, float, float]


class Bands(Artist):
    """Filled contour bands with thin lines between, of z (ny, nx) over x (nx,), y (ny,).

    Band i (levels i to i+1) has colours[i]; each is painted over the one below, so no seams show.
    Points where z is not finite are left out. version counts how often they changed.
    """

    def __init__(self, area: PlotArea, x: Floats, y: Floats, levels: Floats, colours: Sequence[RGBA],
                 line: RGBA, width: float) -> None:  # fmt: skip
        super().__init__()
        self.x, self.y, self.levels, self.colours = x, y, levels, colours
        self.line, self.width = line, width
        self.paths: list[Path] = []
        self.version = 0
        self.area = self.kept_in = area
        self.set_clip_box(area.bbox)
        self.set_zorder(1)

    def set_field(self, z: NDArray[np.floating[Any]]) -> None:
        """Take z (ny, nx), rows following y."""
        clipped = np.ma.masked_invalid(np.asarray(z, float))
        generator = contour_generator(self.x, self.y, clipped, fill_type=FillType.OuterCode)
        self.paths = []
        for i, level in enumerate(self.levels[:-1]):
            points, codes = generator.filled(-np.inf if i == 0 else level, np.inf)
            vertices = np.concatenate(points) if points else np.empty((0, 2))
            kinds = np.concatenate(codes) if codes else np.empty(0, np.uint8)
            self.paths.append(Path(vertices, kinds))
        self.version += 1

    def draw(self, renderer: Any) -> None:
        """Paint the bands from the lowest up."""
        gc = renderer.new_gc()
        gc.set_clip_rectangle(self.area.bbox)
        gc.set_linewidth(self.width * renderer.points_to_pixels(1.0))
        transform = self.area.transData
        for i, (path, colour) in enumerate(zip(self.paths, self.colours, strict=True)):
            if np.size(path.vertices):
                gc.set_linewidth(0 if i == 0 else renderer.points_to_pixels(self.width))
                gc.set_foreground(colour if i == 0 else self.line, isRGBA=True)
                renderer.draw_path(gc, path, transform, colour)
        gc.restore()


class Contours(Artist):
    """Lines of one colour and width (points) along `paths`, in coordinates of the axes."""

    def __init__(self, area: PlotArea, colour: RGBA, width: float) -> None:
        super().__init__()
        self.area, self.colour, self.width = area, colour, width
        self.kept_in = area
        self.version = 0
        self._paths: list[Path] = []
        self.set_zorder(2)

    @property
    def paths(self) -> list[Path]:
        """What is drawn; to be set as a whole."""
        return self._paths

    @paths.setter
    def paths(self, paths: list[Path]) -> None:
        self._paths = paths
        self.version += 1

    def draw(self, renderer: Any) -> None:
        """Paint the lines."""
        gc = renderer.new_gc()
        gc.set_clip_rectangle(self.area.bbox)
        gc.set_foreground(self.colour, isRGBA=True)
        gc.set_linewidth(renderer.points_to_pixels(self.width))
        for path in self.paths:
            renderer.draw_path(gc, path, self.area.transData, None)
        gc.restore()


class Strands(Artist):
    """Lines between pairs of points ends (n, 2, 2) in pixels: width is a number's size, looks its sign.

    A number v is as wide as `level` says: LEVELS steps up to `widest` at |v| = `scale`; 0 is not drawn.
    Positive ones are solid in colours[0], negative ones dashed in colours[1]; wide ones lie on top.
    """

    LEVELS = 12
    FAINTEST = 0.3

    def __init__(self, area: PlotArea, ends: Floats, scale: float, widest: float,
                 colours: tuple[RGBA, RGBA]) -> None:  # fmt: skip
        super().__init__()
        self.area, self.ends, self.scale, self.widest = area, ends, scale, widest
        self.colours = colours
        self.levels = np.zeros(len(ends), np.int64)
        self.version = 0
        self.set_zorder(2)

    def level(self, values: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
        """Which width each value (n,) has: ceil(LEVELS |v| / scale), with the sign of v; at most LEVELS."""
        sizes = np.ceil(self.LEVELS * np.minimum(np.abs(np.nan_to_num(values)) / self.scale, 1.0))
        return np.asarray(np.sign(np.nan_to_num(values)) * sizes, np.int64)

    def look(self, level: int) -> tuple[float, RGBA]:
        """Width in points and colour of the lines of a level."""
        share = abs(level) / self.LEVELS
        red, green, blue, alpha = self.colours[int(level < 0)]
        return self.widest * share, (red, green, blue, alpha * (self.FAINTEST + (1 - self.FAINTEST) * share))

    def show(self, values: NDArray[np.floating[Any]]) -> None:
        """Draw values (n,)."""
        levels = self.level(values)
        self.version += int(not np.array_equal(levels, self.levels))
        self.levels = levels

    def draw(self, renderer: Any) -> None:
        """Paint the lines of each level in one go, the thin ones first."""
        gc = renderer.new_gc()
        gc.set_clip_rectangle(figure_of(self).bbox)
        still = IdentityTransform()
        for level in sorted(set(self.levels.tolist()) - {0}, key=lambda level: (abs(level), level)):
            width, colour = self.look(level)
            ends = self.ends[self.levels == level].reshape(-1, 2)
            kinds = np.tile(np.array([Path.MOVETO, Path.LINETO], np.uint8), len(ends) // 2)
            gc.set_linewidth(renderer.points_to_pixels(width))
            gc.set_dashes(0, None if level > 0 else [1.2 * self.widest, 0.7 * self.widest])
            gc.set_foreground(colour, isRGBA=True)
            renderer.draw_path(gc, Path(ends, kinds), still, None)
        gc.restore()


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
