"""A colour bar that lies: the surface's colours above, the path's below, in loss units."""

import numpy as np
from matplotlib.patches import Rectangle

from animator.core.formatting import brief
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.fonts import use_fonts
from animator.drawing.raster.loss_colors import BANDS, LossScale, colour_map

APART = 1.0  # em: between two numbers


def loss_strip(look: Look, box: Box, scale: LossScale, value: str) -> None:
    """Draw the bar of `scale` into `box`, the name of its `value` at its left and numbers below."""
    style, em = look.style, look.em
    bar = look.axes(box)
    bar.grid(False)
    bar.set(xlim=(0, 1), ylim=(0, 1), yticks=[])
    shades = colour_map(style.surface_map)
    for i in range(BANDS):
        bar.add_patch(
            Rectangle(
                (i / BANDS, 0.5),
                1 / BANDS,
                0.5,
                linewidth=0,
                antialiased=False,
                facecolor=shades((i + 0.5) / BANDS),
            )
        )
    bar.imshow(
        np.linspace(0, 1, 256)[None],
        extent=(0, 1, 0, 0.5),
        aspect="auto",
        cmap=colour_map(style.path_map),
        interpolation="nearest",
    )
    bar.set(xlim=(0, 1), ylim=(0, 1))
    ticks = spaced(scale, box.width / em)
    bar.set_xticks([float(scale.position(tick)) for tick in ticks], [brief(tick) for tick in ticks])
    for label in bar.get_xticklabels():
        label.set(fontfamily=use_fonts(), fontsize=0.86 * look.points)
    look.text(box.left - 0.6 * em, box.bottom + 0.22 * em, value, em=0.95, color=style.muted, ha="right")


def spaced(scale: LossScale, width: float) -> list[float]:
    """Round losses whose numbers do not touch on a bar of `width` em, nor stand out at its ends."""
    chosen: list[tuple[float, float, float]] = []
    for tick in scale.ticks():
        middle, half = float(scale.position(tick)) * width, 0.25 * len(brief(tick))
        free = all(abs(middle - other) > half + wide + APART for _, other, wide in chosen)
        if free and half - 1.0 <= middle <= width - half + 0.8:
            chosen.append((tick, middle, half))
    return sorted(tick for tick, _, _ in chosen)
