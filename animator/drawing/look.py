"""How a frame looks: the figure, its style and its unit of size; what makes axes, text and stamps alike.

In: a matplotlib figure, a Style, the em in pixels. Out: artists in the style's colours and fonts, at places
in pixels of the frame, rows counted upwards.
"""

from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from animator.design.layout import Box
from animator.design.style import Style
from animator.drawing.raster.fonts import drawable, families, use_fonts
from animator.drawing.raster.text_fit import READABLE, Measure, fit, given, ruler
from animator.drawing.raster.text_layer import Stamp
from animator.drawing.units import LEAST, refusal


@dataclass(frozen=True, slots=True)
class Look:
    """The figure, its style and its unit: `em` is the size of normal text in pixels."""

    figure: Figure
    style: Style
    em: float

    @property
    def points(self) -> float:
        """The size of normal text in points."""
        return self.em * 72 / self.figure.dpi

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the frame in pixels."""
        wide, high = self.figure.get_size_inches() * self.figure.dpi
        return float(wide), float(high)

    def line(self, pixels_at_720p: float) -> float:
        """A line width in points that looks like `pixels_at_720p` on a frame 720 pixels high."""
        return pixels_at_720p * self.points / 14.0

    def axes(self, box: Box, background: str = "panel", grid: bool = True) -> Axes:
        """Axes that fill `box`, in the style's colours, without ticks' clutter; grid: whether with lines."""
        wide, high = self.size
        if min(box.width, box.height) < LEAST:
            raise refusal(wide, high)
        axes = self.figure.add_axes((box.left / wide, box.bottom / high, box.width / wide, box.height / high))
        axes.set_facecolor(getattr(self.style, background))
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(
            colors=self.style.muted,
            labelsize=self.points * 0.9,
            length=0,
            pad=self.points * 0.35,
            labelfontfamily=use_fonts(),
        )
        if grid:
            axes.grid(True, color=self.style.grid, linewidth=self.line(1.0))
        axes.set_axisbelow(True)
        return axes

    def text(self, left: float, bottom: float, words: str, *, em: float = 1.0, **looks: object) -> Text:
        """Text at a place in pixels of the frame; em: its size. Dollars are dollars, unless parse_math is
        given.
        """
        wide, high = self.size
        options = {
            "color": self.style.ink,
            "va": "baseline",
            "family": families(words),
            "parse_math": False,
            **looks,
        }
        text = self.figure.text(left / wide, bottom / high, drawable(words), None, **options)
        text.set_fontsize(self.points * em)
        return text

    def rule(self, left: float, middle: float, length: float, color: str, width: float) -> None:
        """A piece of a line at a place in pixels of the frame; width in pixels at 720p."""
        wide, high = self.size
        ends = [left / wide, (left + length) / wide]
        line = Line2D(ends, [middle / high] * 2, color=color, linewidth=self.line(width))
        self.figure.add_artist(line)

    def shape(self, left: float, middle: float, marker: str | MarkerStyle, size: float) -> Line2D:
        """A marker at a place in pixels of the frame; size in pixels at 720p."""
        wide, high = self.size
        edge = self.line(1.0)
        mark = Line2D(
            [left / wide], [middle / high], marker=marker, markersize=self.line(size), markeredgewidth=edge
        )
        self.figure.add_artist(mark)
        return mark

    def fitted(
        self,
        left: float,
        bottom: float,
        words: str,
        room: float,
        *,
        em: float = 1.0,
        fontweight: str = "normal",
        least: float = READABLE,
        **looks: object,
    ) -> Text:
        """As `text`, in one line that is no wider than `room` pixels: smaller, down to a share `least` of its
        size, and then cut.
        """
        line = fit(words, room, self.ruler(em, fontweight), [(given(1), least)])
        return self.text(left, bottom, line.lines[0], em=em * line.size, fontweight=fontweight, **looks)

    def stamp(
        self,
        left: float,
        bottom: float,
        words: str = "",
        *,
        em: float = 1.0,
        color: str,
        weight: Literal["normal", "bold"] = "normal",
        across: Literal["left", "center", "right"] = "left",
        up: Literal["center", "baseline"] = "center",
        loose: bool = False,
    ) -> Stamp:
        """A text that changes, at a place in pixels of the frame; em: its size.

        across, up: what of the text stands there. loose: whoever made it draws it, not the figure.
        """
        stamp = Stamp(left, bottom, words, color=color, family=use_fonts(), fontweight=weight)
        stamp.set_fontsize(self.points * em)
        stamp.set_horizontalalignment(across)
        stamp.set_verticalalignment(up)
        stamp.set_transform(IdentityTransform())
        if loose:
            stamp.set_figure(self.figure)
        else:
            self.figure.add_artist(stamp)
        return stamp

    def ruler(self, em: float = 1.0, weight: str = "normal") -> Measure:
        """What measures words in one line at `em`, in pixels."""
        return ruler(self.points * em, float(self.figure.dpi), weight)
