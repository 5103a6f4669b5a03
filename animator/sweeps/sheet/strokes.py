"""What tiles are drawn with, straight to the renderer: marks, hatching and small texts, in pixels."""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform
from numpy.typing import NDArray

from animator.design.layout import Box
from animator.drawing.panels.base import Look
from animator.drawing.panels.race import SHAPES
from animator.drawing.raster.fonts import use_fonts
from animator.drawing.raster.marker_layer import shape_of
from animator.drawing.raster.text_layer import Stamp

RGBA = tuple[float, float, float, float]
Floats = NDArray[np.float64]

CIRCLE = Path.unit_circle()
PLUS = Path(np.array([[-1.0, 0.0], [1, 0], [0, -1], [0, 1]]), [Path.MOVETO, Path.LINETO] * 2)
SMALL = 0.86  # em: what is said on a tile, the least that films have


def bounds(box: Box) -> Bbox:
    """A box as matplotlib clips to it."""
    return Bbox.from_bounds(box.left, box.bottom, box.width, box.height)


def stamp(look: Look, left: float, bottom: float, colour: str, em: float = SMALL) -> Stamp:
    """An empty text at a place in pixels, its middle at `bottom`; size in em."""
    made = Stamp(left, bottom, "", color=colour, family=use_fonts())
    made.set(fontsize=em * look.points, verticalalignment="center")
    made.set_transform(IdentityTransform())
    made.set_figure(look.figure)
    return made


@lru_cache(maxsize=64)
def dot_shape(number: int, runs: int) -> tuple[Path, float]:
    """(shape, radius that makes it as large as a disc of 1) of the dot of a run of several, each its own."""
    if runs == 1:
        return CIRCLE, 1.0
    return shape_of(SHAPES[number % len(SHAPES)]), 1.2


def mark(renderer: Any, gc: Any, shape: Path, at: Floats, radius: float, line: RGBA, width: float,
         fill: RGBA | None = None) -> None:  # fmt: skip
    """A shape around `at` (2,); radius and the line's width in pixels."""
    gc.set_linewidth(width)
    gc.set_foreground(line, isRGBA=True)
    renderer.draw_path(gc, shape, Affine2D().scale(radius).translate(*at.tolist()), fill)


def hatching(box: Box, apart: float) -> Path:
    """Lines from lower left to upper right across a box, `apart` pixels from each other along its edge."""
    side = box.width + box.height
    starts = np.arange(-box.height + apart / 2, box.width, apart)
    low = np.stack([box.left + starts, np.full(len(starts), box.bottom)], axis=1)
    ends = np.stack([low, low + side], axis=1).reshape(-1, 2)
    return Path(ends, np.tile(np.array([Path.MOVETO, Path.LINETO], np.uint8), len(starts)))


def hatch(renderer: Any, gc: Any, lines: Path, colour: RGBA, width: float) -> None:
    """Draw the lines of `hatching`."""
    gc.set_linewidth(width)
    gc.set_foreground(colour, isRGBA=True)
    renderer.draw_path(gc, lines, IdentityTransform(), None)
