"""The contract of a panel: create its artists once, update them from a FrameState.

What never changes is drawn once into the frame's background; `moving` artists are drawn again, in
their order, whenever the state has changed. An update may depend on its state alone.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from animator.design.layout import Box
from animator.design.style import Style
from animator.design.timeline import FrameState
from animator.drawing.raster.fonts import drawable, families, use_fonts
from animator.drawing.raster.text_fit import READABLE, Measure, clipped, fit, given, ruler, shortened
from animator.drawing.view import View
from animator.films.panel_fit import LEAST, refusal

DPI = 100.0
SMALLEST = 0.8  # em: a title that must be smaller is cut


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

    def line(self, pixels_at_720p: float) -> float:
        """A line width in points that looks like `pixels_at_720p` on a frame 720 pixels high."""
        return pixels_at_720p * self.points / 14.0

    def axes(self, box: Box, background: str = "panel", grid: bool = True) -> Axes:
        """Axes that fill `box`, in the style's colours, without ticks' clutter; grid: whether with lines."""
        wide, high = self.figure.get_size_inches() * self.figure.dpi
        if min(box.width, box.height) < LEAST:
            raise refusal(wide, high)
        axes = self.figure.add_axes((box.left / wide, box.bottom / high, box.width / wide, box.height / high))
        axes.set_facecolor(getattr(self.style, background))
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(colors=self.style.muted, labelsize=self.points * 0.86, length=0,
                         pad=self.points * 0.35, labelfontfamily=use_fonts())  # fmt: skip
        if grid:
            axes.grid(True, color=self.style.grid, linewidth=self.line(1.0))
        axes.set_axisbelow(True)
        return axes

    def text(self, left: float, bottom: float, words: str, **looks: Any) -> Text:
        """Text at a place in pixels of the frame; size in em (default 1). Dollars are dollars, unless
        parse_math is given.
        """
        wide, high = self.figure.get_size_inches() * self.figure.dpi
        size = float(looks.pop("em", 1.0))
        options: dict[str, Any] = {"color": self.style.ink, "va": "baseline", "family": families(words),
                                   "parse_math": False, **looks}  # fmt: skip
        text = self.figure.text(left / wide, bottom / high, drawable(words), **options)
        text.set_fontsize(self.points * size)
        return text

    def fitted(self, left: float, bottom: float, words: str, room: float, **looks: Any) -> Text:
        """As `text`, in one line that is no wider than `room` pixels: smaller, and then cut."""
        em, weight = float(looks.pop("em", 1.0)), looks.get("fontweight", "normal")
        line = fit(words, room, self.ruler(em, weight), [(given(1), READABLE)])
        return self.text(left, bottom, line.lines[0], em=em * line.size, **looks)

    def ruler(self, em: float = 1.0, weight: str = "normal") -> Measure:
        """What measures words in one line at `em`, in pixels."""
        return ruler(self.points * em, float(self.figure.dpi), weight)


class Panel(ABC):
    """One thing about one run, drawn in one cell of the frame.

    shared: the panel draws several runs, and takes the state as the film's clock has it. side: em at the
    right of the axes of curves, which those that stand one above the other have in common.
    """

    shared = False

    def __init__(self, look: Look, cell: Box, view: View, title: str, side: float = 0.0) -> None:
        self.look = look
        self.cell = cell
        self.view = view
        self.title = title
        self.side = side
        self.moving: list[Artist] = []
        self.create(cell)
        for artist in self.moving:
            artist.set_animated(True)

    @abstractmethod
    def create(self, cell: Box) -> None:
        """Make the artists; list those that change in `moving`, lowest first."""

    @abstractmethod
    def update(self, state: FrameState) -> None:
        """Set the moving artists to `state`."""

    @classmethod
    def named(cls, view: View) -> tuple[str, ...]:
        """What stands at the right of the panel's axes, beside the ends of its curves; a panel of curves
        has them as its own.
        """
        return ()

    def heading(self, box: Box, words: str, room: float = np.inf) -> None:
        """The panel's title above its axes. In `room` pixels, and in the panel's cell, it is smaller where it
        must be, and then cut, a run's name in its middle.
        """
        room = min(room, self.cell.left + self.cell.width - box.left)
        wide = self.look.ruler()(words)
        size = max(SMALLEST, min(1.0, room / max(1e-9, wide)))
        measure = self.look.ruler(size)
        if words == self.title:
            words = shortened([words], room, measure)[0]
        self.look.text(box.left, box.bottom + box.height + 0.55 * self.look.em,
                       clipped(words, room, measure), em=size, color=self.look.style.muted)  # fmt: skip
