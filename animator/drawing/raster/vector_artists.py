"""Artists that Agg draws and matplotlib lacks: contour bands, contour lines, lines as wide as numbers.

In: arrays and a PlotArea. Out: paths straight to the renderer: no objects are made for a frame but the paths
themselves. `version` counts how often what is drawn changed.
"""

from collections.abc import Sequence
from typing import TypedDict, Unpack, cast

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.layer import figure_of
from animator.drawing.raster.pen import RGBA, pen, pixels_of

Reals = NDArray[np.floating]


class BandLooks(TypedDict):
    """Colours of bands, from the lowest; colour and width (points) of the lines between."""

    colours: Sequence[RGBA]
    line: RGBA
    width: float


class Banded(Artist):
    """Bands over a grid x (nx,), y (ny,), with lines between; version: how often what is drawn changed."""

    def __init__(self, area: PlotArea, x: Floats, y: Floats, **looks: Unpack[BandLooks]) -> None:
        super().__init__()
        self.area = self.kept_in = area
        self.x = x
        self.y = y
        self.colours = looks["colours"]
        self.line = looks["line"]
        self.width = looks["width"]
        self.version = 0
        self.set_clip_box(area.bbox)
        self.set_zorder(1)


class Bands(Banded):
    """Filled contour bands of z (ny, nx), to be set by `set_field`, as paths.

    Band i (levels i to i+1) has colours[i]; each is painted over the one below, so no seams show.
    Points where z is not finite are left out.
    """

    def __init__(
        self, area: PlotArea, x: Floats, y: Floats, levels: Floats, **looks: Unpack[BandLooks]
    ) -> None:
        super().__init__(area, x, y, **looks)
        self.levels = levels
        self.paths: list[Path] = []

    def set_field(self, z: Reals) -> None:
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

    def draw(self, renderer: RendererBase) -> None:
        """Paint the bands from the lowest up."""
        gc = pen(renderer, self.line, self.width, area=self.area)
        for i, (path, colour) in enumerate(zip(self.paths, self.colours, strict=True)):
            if np.size(path.vertices):
                gc.set_linewidth(0 if i == 0 else pixels_of(renderer, self.width))
                gc.set_foreground(colour if i == 0 else self.line, isRGBA=True)
                renderer.draw_path(gc, path, self.area.transData, colour)
        gc.restore()


class Contours(Artist):
    """Lines of one colour and width (points) along `paths`, in coordinates of the area."""

    def __init__(self, area: PlotArea, *, colour: RGBA, width: float) -> None:
        super().__init__()
        self.area = self.kept_in = area
        self.colour = colour
        self.width = width
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

    def draw(self, renderer: RendererBase) -> None:
        """Paint the lines."""
        gc = pen(renderer, self.colour, self.width, area=self.area)
        for path in self.paths:
            renderer.draw_path(gc, path, self.area.transData, None)
        gc.restore()


class Strands(Artist):
    """Lines between pairs of points ends (n, 2, 2) in pixels: width is a number's size, looks its sign.

    A number v is as wide as `level` says: LEVELS steps up to `widest` points at |v| = `scale`; 0 is not
    drawn. Positive ones are solid, negative ones dashed, each in its colour; wide ones lie on top.
    """

    LEVELS = 12
    FAINTEST = 0.3

    def __init__(self, ends: Floats, *, scale: float, widest: float, positive: RGBA, negative: RGBA) -> None:
        super().__init__()
        self.ends = ends
        self.scale = scale
        self.widest = widest
        self.positive = positive
        self.negative = negative
        self.levels = np.zeros(len(ends), np.int64)
        self.version = 0
        self.set_zorder(2)

    def level(self, values: Reals) -> NDArray[np.int64]:
        """Which width each value (n,) has: ceil(LEVELS |v| / scale), with the sign of v; at most LEVELS."""
        sizes = np.ceil(self.LEVELS * np.minimum(np.abs(np.nan_to_num(values)) / self.scale, 1.0))
        return np.asarray(np.sign(np.nan_to_num(values)) * sizes, np.int64)

    def look(self, level: int) -> tuple[float, RGBA]:
        """Width in points and colour of the lines of a level."""
        share = abs(level) / self.LEVELS
        red, green, blue, alpha = self.negative if level < 0 else self.positive
        return self.widest * share, (red, green, blue, alpha * (self.FAINTEST + (1 - self.FAINTEST) * share))

    def show(self, values: Reals) -> None:
        """Draw values (n,)."""
        levels = self.level(values)
        self.version += int(not np.array_equal(levels, self.levels))
        self.levels = levels

    def draw(self, renderer: RendererBase) -> None:
        """Paint the lines of each level in one go, the thin ones first."""
        gc = renderer.new_gc()
        gc.set_clip_rectangle(cast(Bbox, figure_of(self).bbox))
        still = IdentityTransform()
        for level in sorted(set(self.levels.tolist()) - {0}, key=lambda level: (abs(level), level)):
            width, colour = self.look(level)
            ends = self.ends[self.levels == level].reshape(-1, 2)
            kinds = np.tile(np.array([Path.MOVETO, Path.LINETO], np.uint8), len(ends) // 2)
            gc.set_linewidth(pixels_of(renderer, width))
            gc.set_dashes(0, None if level > 0 else [1.2 * self.widest, 0.7 * self.widest])
            gc.set_foreground(colour, isRGBA=True)
            renderer.draw_path(gc, Path(ends, kinds), still, None)
        gc.restore()
