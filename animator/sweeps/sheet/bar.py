"""A colour bar that lies: the surface's colours above, the path's below, in loss units."""

from animator.core.formatting import brief
from animator.core.language import shown
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.color_bar import strip
from animator.drawing.raster.fonts import use_fonts
from animator.drawing.raster.loss_colors import BANDS, LossScale

APART = 1.0  # em: between two numbers


def loss_strip(look: Look, box: Box, scale: LossScale, value: str) -> None:
    """Draw the bar of `scale` into `box`, the name of its `value` at its left and numbers below."""
    style, em = look.style, look.em
    bar = look.axes(box)
    bar.grid(False)
    bar.set(xlim=(0, 1), ylim=(0, 1), yticks=[])
    strip(bar, style.surface_map, (0.5, 1), colours=BANDS, upright=False)
    strip(bar, style.path_map, (0, 0.5), upright=False)
    bar.set(xlim=(0, 1), ylim=(0, 1))
    ticks = spaced(scale, box.width / em)
    bar.set_xticks([float(scale.position(tick)) for tick in ticks], [brief(tick) for tick in ticks])
    for label in bar.get_xticklabels():
        label.set(fontfamily=use_fonts(), fontsize=0.86 * look.points)
    look.text(
        box.left - 0.6 * em, box.bottom + 0.22 * em, shown(value), em=0.95, color=style.muted, ha="right"
    )


def spaced(scale: LossScale, width: float) -> list[float]:
    """Round losses whose numbers do not touch on a bar of `width` em, nor stand out at its ends."""
    chosen: list[tuple[float, float, float]] = []
    for tick in scale.ticks():
        middle, half = float(scale.position(tick)) * width, 0.25 * len(brief(tick))
        free = all(abs(middle - other) > half + wide + APART for _, other, wide in chosen)
        if free and half - 1.0 <= middle <= width - half + 0.8:
            chosen.append((tick, middle, half))
    return sorted(tick for tick, _, _ in chosen)
