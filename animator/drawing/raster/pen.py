"""Pens: what Agg, or a printer of lines and letters, draws lines and shapes with.

In: a renderer, a colour, a width in points. Out: matplotlib's graphics context, to be restored after use.
"""

from typing import cast

from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.transforms import Bbox

from animator.drawing.raster.axes_transform import PlotArea

RGBA = tuple[float, float, float, float]


def pen(
    renderer: RendererBase,
    colour: RGBA,
    width: float,
    *,
    area: PlotArea | None = None,
    rounded: bool = False,
) -> GraphicsContextBase:
    """A pen `width` points wide; area: outside of which it draws nothing. rounded: its ends and corners."""
    gc = renderer.new_gc()
    if area is not None:
        gc.set_clip_rectangle(cast(Bbox, area.bbox))
    gc.set_linewidth(pixels_of(renderer, width))
    gc.set_foreground(colour, isRGBA=True)
    if rounded:
        gc.set_joinstyle("round")
        gc.set_capstyle("round")
    return gc


def pixels_of(renderer: RendererBase, points: float) -> float:
    """A width in points as pixels of what `renderer` draws on."""
    return float(cast(float, renderer.points_to_pixels(points)))
