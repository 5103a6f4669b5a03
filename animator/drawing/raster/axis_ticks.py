"""Grid lines and numbers of axes without matplotlib's ticks, five objects each; and numbers that move.

Where they stand and what they say is still the axes' locators' and formatters' affair. Numbers come from the
glyph atlas. Words that the atlas has not (powers in mathtext, an offset such as 1e-5) are left to matplotlib.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox, IdentityTransform

from animator.core.language import digits as localized
from animator.core.language import shown
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.axes_transform import Extent
from animator.drawing.raster.blend import Pane
from animator.drawing.raster.fonts import drawable, families, use_fonts
from animator.drawing.raster.layer import Layer, Rect
from animator.drawing.raster.text_fit import shortened
from animator.drawing.raster.text_layer import Stamp, refreshed
from animator.drawing.units import DPI

SIZE = 0.9  # em
NAME = 0.9  # em: of an axis' name
PAD = 0.35  # em: from the axes to the numbers
NUMBERS = 2.7  # em: what the numbers beside an axis take
LONGEST = 0.45  # of an axis: its name, where it stands among the numbers
BEFORE = 2.1  # em: its name, where it stands before them
FREE = 0.5  # em: what stays free before it
SLACK = 1e-9  # of the axis: how far beyond its ends a tick still counts


def ruled(look: Look, box: Box, background: str = "panel", grid: bool = True) -> Axes:
    """Axes that fill `box`, as Look.axes makes them, with Rulers; grid: whether there are lines."""
    axes = look.axes(box, background, grid=False)
    axes.add_artist(Rulers(axes, look, grid))
    return axes


def name_axes(look: Look, axes: Axes, box: Box, across: str, up: str, *, ends: bool = False) -> float:
    """Name both axes of `box`: the first one before its numbers, or where it `ends`, or is too long to stand
    there, among them; the other above its numbers. "" for none. Gives where the second name ends, in pixels.
    """
    em = look.em
    wide = look.ruler(NAME)
    ends = ends or wide(shown(across)) > BEFORE * em
    across = shortened([shown(across)], LONGEST * box.width, wide)[0]
    up = shortened([shown(up)], box.width, wide)[0]
    below = -(PAD * em + ascent(look.points * SIZE) * look.figure.dpi / DPI)
    first = (box.width, below, "right") if ends else (-0.9 * em, below, "right")
    fits = wide(up) < (NUMBERS - 2 * PAD) * em
    second = (-(2 * PAD if fits else NUMBERS) * em, box.height + 0.5 * em, "right" if fits else "left")
    for axis, name, (x, y, side) in ((axes.xaxis, across, first), (axes.yaxis, up, second)):
        axis.set_label_text(
            drawable(name),
            color=look.style.muted,
            parse_math=False,
            fontsize=look.points * NAME,
            family=families(name),
            ha=side,
            va="baseline",
            rotation=0,
        )
        axis.set_label_coords(x / box.width, y / box.height)
    return box.left if fits else box.left + wide(up) - (NUMBERS - 1) * em


def room_for_name(look: Look, box: Box, across: str) -> float:
    """Pixels at the end of the first axis that its name takes, and what stays free before it."""
    return min(look.ruler(NAME)(across), LONGEST * box.width) + FREE * look.em


class Rulers(Artist):
    """Grid lines, numbers and names of both axes of `axes`, drawn below its other artists."""

    def __init__(self, axes: Axes, look: Look, grid: bool) -> None:
        super().__init__()
        self.ruled = axes
        self.look = look
        self.grid = grid
        self.stamps: list[Stamp] = []
        self.set_zorder(0.5)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_visible(False)

    def get_children(self) -> list[Artist]:
        """The numbers that were drawn last."""
        return list(self.stamps)

    def draw(self, renderer: RendererBase) -> None:
        """Draw the lines, then the numbers and the names."""
        self.stamps = []
        for axis, along in ((self.ruled.xaxis, 0), (self.ruled.yaxis, 1)):
            ticks = told(axis)
            if ticks is None:
                self._leave(axis, renderer)
                continue
            places = self._pixels([place for place, _ in ticks], along)
            if self.grid:
                self._lines(renderer, places, along)
            named = Bbox.null()
            if axis.label.get_text():
                axis.label.draw(renderer)
                named = axis.label.get_window_extent(renderer)
            for at, (_, words) in zip(places, ticks, strict=True):
                half = self.look.ruler(SIZE)(words) / 2 + FREE * self.look.em
                if along == 1 or at + half < named.x0 or at - half > named.x1:
                    self._number(words, at, along)
        for stamp in self.stamps:
            stamp.draw(renderer)

    def _leave(self, axis: Axis, renderer: RendererBase) -> None:
        """Let matplotlib draw an axis."""
        axis.set_visible(True)
        axis.grid(self.grid, color=self.look.style.grid, linewidth=self.look.line(1.0))
        axis.draw(renderer)
        axis.set_visible(False)

    def _pixels(self, places: list[float], along: int) -> list[float]:
        """Where places of an axis are, in pixels."""
        points = np.full((len(places), 2), np.array([self.ruled.get_xlim()[0], self.ruled.get_ylim()[0]]))
        points[:, along] = places
        found: list[float] = self.ruled.transData.transform(points)[:, along].tolist()
        return found

    def _lines(self, renderer: RendererBase, places: list[float], along: int) -> None:
        box = self.ruled.bbox
        low, high = (box.y0, box.y1) if along == 0 else (box.x0, box.x1)
        gc = renderer.new_gc()
        gc.set_clip_rectangle(box)
        gc.set_foreground(self.look.style.grid)
        gc.set_linewidth(self.look.line(1.0))
        gc.set_capstyle("projecting")
        for at in places:
            ends = [(at, low), (at, high)] if along == 0 else [(low, at), (high, at)]
            renderer.draw_path(gc, Path(ends), IdentityTransform(), None)
        gc.restore()

    def _number(self, words: str, at: float, along: int) -> None:
        look = self.look
        box = self.ruled.bbox
        pad = look.em * PAD
        up = ascent(look.points * SIZE) * look.figure.dpi / DPI
        side: Literal["left", "center", "right"]
        if along == 0:
            left, bottom, side = at, box.y0 - pad - up, "center"
        elif self.ruled.yaxis.get_ticks_position() == "right":
            left, bottom, side = box.x1 + pad, at - up / 2, "left"
        else:
            left, bottom, side = box.x0 - pad, at - up / 2, "right"
        self.stamps.append(
            look.stamp(
                left, bottom, words, em=SIZE, color=look.style.muted, across=side, up="baseline", loose=True
            )
        )


def told(axis: Axis) -> list[tuple[float, str]] | None:
    """(place, words) of the major ticks within the limits of `axis`; None where words are more than plain."""
    along = axis.get_transform().transform  # of a logarithmic axis the slack is a part of its decades
    low, high = sorted(along(np.asarray(axis.get_view_interval(), float)))
    formatter = axis.get_major_formatter()
    slack = SLACK * (high - low)
    places = [float(place) for place in axis.get_majorticklocs()]
    words = formatter.format_ticks(places)
    if any("$" in word for word in words) or formatter.get_offset():
        return None
    return [
        (place, localized(word))
        for place, at, word in zip(places, along(np.asarray(places)), words, strict=True)
        if low - slack <= at <= high + slack
    ]


@lru_cache(maxsize=64)
def ascent(points: float) -> float:
    """Pixels from the top of a line to its baseline, as matplotlib aligns it: as high as "lp" in all."""
    fonts = FontProperties(family=use_fonts(), size=points)
    return float(RendererAgg(8, 8, DPI).get_text_width_height_descent("lp", fonts, False)[1])


def ticks_along(look: Look, side: float) -> int:
    """How many numbers an axis `side` pixels long has at most."""
    return max(2, min(6, int(side / (4.0 * look.em))))


class MovingTicks(Layer):
    """Numbers at round places of the two axes around `box`, for a window that moves; and grid lines none."""

    MOST = 9

    def __init__(self, look: Look, box: Box, end: float = 0.0) -> None:
        """end: pixels at the end of the first axis where no number stands."""
        super().__init__()
        self.look = look
        self.box = box
        self.end = end
        self.locators = [MaxNLocator(ticks_along(look, side)) for side in (box.width, box.height)]
        sides: tuple[Literal["center"], Literal["right"]] = ("center", "right")  # of the x and the y axis
        self.pools = [
            [
                look.stamp(0.0, 0.0, em=SIZE, color=look.style.muted, across=side, loose=True)
                for _ in range(self.MOST)
            ]
            for side in sides
        ]
        self.set_zorder(2)

    def show(self, extent: Extent) -> None:
        """Name the places of `extent`."""
        em = self.look.em
        box = self.box
        for axis, (low, high) in enumerate((extent[:2], extent[2:])):
            places = [p for p in self.locators[axis].tick_values(low, high) if low <= p <= high][: self.MOST]
            gap = places[1] - places[0] if len(places) > 1 else 1.0
            digits = max(0, int(np.ceil(-np.log10(gap) - 1e-9)) + int(_odd(gap)))
            for stamp in self.pools[axis]:
                stamp.set_text("")
            for stamp, place in zip(self.pools[axis], places, strict=False):
                share = (place - low) / (high - low)
                stamp.set_text(localized(f"{place:.{digits}f}").replace("-", "−"))
                if axis == 0:
                    wide = self.look.ruler(SIZE)(stamp.get_text())
                    if share * box.width + wide / 2 > box.width - self.end:
                        stamp.set_text("")
                    stamp.set_position((box.left + share * box.width, box.bottom - 0.78 * em))
                else:
                    stamp.set_position((box.left - 0.45 * em, box.bottom + share * box.height))

    @property
    def _all(self) -> list[Stamp]:
        return [stamp for pool in self.pools for stamp in pool]

    def refresh(self) -> Sequence[Rect]:
        """Put the numbers where they are now."""
        return refreshed(self, self._all)

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        for stamp in self._all:
            stamp.blend(picture, rect)

    def trace(self, renderer: RendererBase) -> None:
        """See Layer."""
        for stamp in self._all:
            stamp.draw(renderer)


def _odd(gap: float) -> bool:
    """Whether a gap such as 0.25 needs one digit more than its size says."""
    lead = gap / 10.0 ** np.floor(np.log10(gap) + 1e-9)
    return bool(abs(lead - round(lead)) > 1e-6)
