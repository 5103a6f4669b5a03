"""Colours for final losses, and the bar that tells them: logarithmic where the losses span decades."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.colors import LogNorm, Normalize, to_hex
from matplotlib.ticker import MaxNLocator

from animator.core.formatting import brief
from animator.core.language import digits, say
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.color_bar import strip
from animator.drawing.raster.fonts import use_fonts
from animator.drawing.raster.loss_colors import colour_map
from animator.sweeps.figure.axes import decades, round_numbers


@dataclass(frozen=True, slots=True)
class Shades:
    """Colours for losses from `low` to `high`, through `anchors` (hex)."""

    low: float
    high: float
    anchors: tuple[str, ...]

    @property
    def logarithmic(self) -> bool:
        """Whether the scale is."""
        return decades((self.low, self.high))

    def share(self, loss: float) -> float:
        """Where a loss is between low and high, 0 to 1."""
        if self.high <= self.low:
            return 0.0
        norm = LogNorm if self.logarithmic else Normalize
        return float(norm(self.low, self.high, clip=True)(loss))

    def colour(self, loss: float) -> str:
        """The colour of a loss."""
        return str(to_hex(colour_map(self.anchors)(self.share(loss))))

    def ticks(self, most: int) -> list[float]:
        """At most about `most` round losses."""
        if self.logarithmic:
            return round_numbers(self.low, self.high, most)
        found = MaxNLocator(max(2, most - 1)).tick_values(self.low, self.high)
        return [float(tick) for tick in found if self.low <= tick <= self.high]


def shades(losses: Sequence[float], anchors: tuple[str, ...]) -> Shades:
    """The colours for finite losses."""
    return Shades(min(losses, default=0.0), max(losses, default=1.0), anchors)


def shade_bar(look: Look, box: Box, colours: Shades) -> None:
    """A bar of the colours, upright, in loss units."""
    bar = look.axes(box)
    bar.grid(False)
    strip(bar, colours.anchors, (0, 1))
    bar.set(xlim=(0, 1), ylim=(0, 1), xticks=[])
    ticks = colours.ticks(max(3, int(box.height / look.em / 2.2)))
    bar.yaxis.tick_right()
    bar.set_yticks([colours.share(tick) for tick in ticks], [digits(brief(tick)) for tick in ticks])
    for label in bar.get_yticklabels():
        label.set_fontfamily(use_fonts())
    look.text(
        box.left, box.bottom + box.height + 0.5 * look.em, say("final loss"), em=0.95, color=look.style.muted
    )
