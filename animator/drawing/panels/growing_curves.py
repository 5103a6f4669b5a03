"""Lines over steps that grow with the film; above them the names in a fixed order, each with its value.

A line has as many points as the panel has pixels: runs longer than that are drawn as the minimum and
maximum of each pixel column, so that a frame costs the same for a thousand steps and for a million.
"""

from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isfinite

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.core.language import Said, shown
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.event_marks import StepLines
from animator.drawing.look import Look
from animator.drawing.panels.base import Panel
from animator.drawing.panels.registry import CURVES
from animator.drawing.raster.axes_transform import Places
from animator.drawing.raster.axis_ticks import name_axes, ruled
from animator.drawing.raster.line_layers import Stroke
from animator.drawing.raster.marker_layer import Mark, shape_of
from animator.drawing.raster.text_fit import shortened
from animator.drawing.raster.text_layer import Stamp

CLOCKS: Mapping[str, str] = {
    "step": Said("step"),
    "epoch": Said("epoch"),
    "evaluations": Said("gradient evaluations"),
}
NAME = 0.9  # em: size of a name and of its value
KEY, KEY_GAP = 1.0, 0.45  # em: of the line that stands before a name, and after it
AFTER, BETWEEN = 0.5, 1.0  # em: from a name to its value, and on to the next name
BEHIND = 2.0  # em: from a title to names behind it
TRIED = 200  # values of a line whose widths are measured
BEFORE = 2.2  # em: names begin so far before the axes, with the numbers
PITCH = 1.25  # em: from one row of names to the next
MOST_NAMES = 0.4  # of a cell's height: what names may take; then they are told without values, or not at all
NOT_RECORDED = Said("not recorded")  # where there is room for it
EDGE = 4.0  # times a line's width: an arrowhead where it leaves the axes
NICE = [1, 2, 2.5, 4, 5, 10]


def thin(steps: Floats, values: Floats, columns: int) -> tuple[Floats, Floats]:
    """At most 2 points for each of `columns` groups of neighbours: least and greatest, in order."""
    if len(values) <= 2 * columns:
        return steps, values
    edges = np.linspace(0, len(values), columns + 1).astype(int)
    keep: set[int] = {0, len(values) - 1}
    for low, high in pairwise(edges):
        part = values[low:high]
        if np.isfinite(part).any():
            keep |= {int(low + np.nanargmin(part)), int(low + np.nanargmax(part))}
    index = np.array(sorted(keep))
    return steps[index], values[index]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What to draw: values[i] at steps[i], under a name, in colours and a width in pixels at 720p.

    said: the numbers to write, where they are not those drawn (a loss of 0 on a log axis). absent: where
    there is no number because none was recorded. valued: whether its value is written behind its name; a line
    without a name is told by another's.
    """

    name: str
    steps: Floats
    values: Floats
    color: str
    text_color: str
    width: float = 2.4
    said: Floats | None = None
    absent: NDArray[np.bool_] | None = None
    valued: bool = True

    @property
    def known(self) -> tuple[Floats, Floats]:
        """Steps and values without those that were not recorded: between known points lines are straight."""
        there = slice(None) if self.absent is None else ~self.absent
        return self.steps[there], self.values[there]

    @property
    def told(self) -> Floats:
        """The numbers to write."""
        return self.values if self.said is None else self.said


@dataclass(frozen=True, slots=True)
class Names:
    """The names above curves: short enough for the cell, in rows, `lefts` pixels from where these begin;
    valued: whether values stand behind them; beside: whether they stand behind the title, and take no row.
    """

    names: tuple[str, ...]
    lefts: tuple[float, ...]
    valued: bool
    beside: bool = False

    @property
    def abreast(self) -> int:
        """How many stand in a row."""
        return max(1, len(self.lefts))

    @property
    def rows(self) -> int:
        """How many rows they take."""
        return 0 if self.beside else -(-len(self.names) // self.abreast)

    @classmethod
    def of(
        cls, look: Look, room: Box, names: tuple[str, ...], values: tuple[float, ...], title: str
    ) -> "Names":
        """Above the curves of a panel that has `room`, under or behind its `title`: all that can be told in
        MOST_NAMES of its height; values: the pixels that each one's value takes, 0 for one that has none.
        """
        if not names:
            return cls((), (), valued=False)
        em = look.em
        wide = look.ruler(NAME, "bold")
        most = int(MOST_NAMES * room.height / (PITCH * em))
        before = look.ruler(1.0)(title) + BEHIND * em
        for valued in (True, False):
            behind = [value + AFTER * em if valued and value else 0.0 for value in values]
            spare = max(behind, default=0.0)
            short = shortened(names, max(room.width - (KEY + KEY_GAP) * em - spare, 2 * em), wide)
            named = [(KEY + KEY_GAP) * em + wide(name) for name in short]
            for abreast in range(len(short), 0, -1):
                lefts, end = _columns(named, behind, abreast, BETWEEN * em)
                if title and short == names and abreast == len(short) and before + end <= room.width:
                    return cls(short, lefts, valued, beside=True)
                if end <= room.width or abreast == 1:
                    found = cls(short, lefts, valued)
                    break
            if found.rows <= most:
                return found
        return cls((), (), valued=False)


def _columns(
    names: list[float], behind: list[float], abreast: int, between: float
) -> tuple[tuple[float, ...], float]:
    """(where so many columns begin, where the last one ends), each as wide as the widest of the names in it,
    and of what stands behind them.
    """
    widths = [max(names[i::abreast]) + max(behind[i::abreast]) + between for i in range(abreast)]
    return tuple(sum(widths[:i]) for i in range(abreast)), sum(widths) - between


class ChartPanel(Panel, ABC):
    """A panel of growing lines, which `create` makes, and finishes."""

    curves: "Curves"

    def finish(self, title: str, unit: float | None = None) -> None:
        """Write the title, and mark the film's events, once the limits of the axes stand; unit: what a step
        of the film's clock is on the axis, where that is none of steps.
        """
        self.unit = unit
        self.heading(self.curves.top, title)
        each = unit or (1.0 if self.spec.shared else self.view.ratio)
        at = [halt.step * each for halt in self.view.halts]
        self.events = StepLines(self.look, self.curves.axes, at, self.curves.thinned)
        self.moving = [*self.events.layers, *self.curves.artists]

    def update(self, state: FrameState) -> None:
        at = state.at * (self.unit or 1.0)
        self.curves.show(at if self.unit else state.step)
        self.events.show(at)


class Curves:
    """Growing lines in one box; above it their names and values, in the order in which they are given."""

    def __init__(
        self,
        look: Look,
        cell: Box,
        lines: list[Line],
        write: Callable[[float], str],
        clock: str = CLOCKS["step"],
        title: str = "",
    ) -> None:
        """title: what will stand above them; names that have room behind it are written there."""
        em = look.em
        self.look = look
        self.lines = lines
        self.write = write
        room = CURVES.inside(cell, em)
        self.left = room.left - BEFORE * em
        above = room.inset(-BEFORE * em, 0, 0, 0)
        title = shown(title)
        self.named = [i for i, line in enumerate(lines) if line.name]
        names = tuple(shown(lines[i].name) for i in self.named)
        values = tuple(self._widest(lines[i]) for i in self.named)
        self.told = Names.of(look, above, names, values, title)
        self.behind = look.ruler(1.0)(title) + BEHIND * em if self.told.beside else 0.0
        self.box = room.inset(0, 0, 0, self.told.rows * PITCH * em)
        self.axes = step_axes(look, self.box, max(float(line.steps[-1]) for line in lines), clock)
        columns = max(16, int(self.box.width))
        self.places = Places(self.axes)
        self.thinned = [thin(*line.known, columns) for line in lines]
        self.strokes = [self._stroke(i) for i in range(len(lines))]
        self.heads = [self._head(line, i) for i, line in enumerate(lines)]
        self.names: list[Text] = []
        self.values = self._names() if self.told.names else []
        self.edges: dict[int, tuple[Mark, Mark]] = {}
        self.artists = [*self.strokes, *self.heads, *self.values]

    @property
    def top(self) -> Box:
        """The axes with their numbers and the names above them, over which a title stands."""
        return self.box.inset(self.left - self.box.left, 0, 0, -self.told.rows * PITCH * self.look.em)

    def _widest(self, line: Line) -> float:
        """Pixels that the value of a line takes at most, 0 where none is written."""
        known = line.told[:: max(1, len(line.told) // TRIED)] if line.valued else line.told[:0]
        words = {self.write(value) for value in [*known.tolist(), *line.told[-1:].tolist()]}
        return max(map(self.look.ruler(NAME), words)) if line.valued else 0.0

    def _names(self) -> list[Stamp]:
        """Write the names, each behind a piece of its line; stamps for the values, where these are told."""
        look = self.look
        em = look.em
        wide = look.ruler(NAME, "bold")
        first = self.box.bottom + self.box.height + max(0, self.told.rows - 1) * PITCH * em + 0.45 * em
        values = []
        for i, name in enumerate(self.told.names):
            line = self.lines[self.named[i]]
            row, column = divmod(i, self.told.abreast)
            left, up = self.left + self.behind + self.told.lefts[column], first - row * PITCH * em
            look.rule(left, up + 0.31 * em, KEY * em, line.color, line.width)
            left += (KEY + KEY_GAP) * em
            self.names.append(look.text(left, up, name, em=NAME, color=line.text_color, fontweight="bold"))
            if self.told.valued:
                after = max(map(wide, self.told.names[column :: self.told.abreast])) + AFTER * em
                values.append(look.stamp(left + after, up, em=NAME, color=line.text_color, up="baseline"))
        return values

    def _stroke(self, i: int) -> Stroke:
        line = self.lines[i]
        stroke = Stroke(
            self.axes, *self.thinned[i], colour=to_rgba(line.color), width=self.look.line(line.width)
        )
        stroke.set_zorder(3 + 0.01 * i)
        self.axes.add_artist(stroke)
        return stroke

    def _head(self, line: Line, order: int) -> Mark:
        size = self.look.line(line.width * 2.6)
        fill = to_rgba(line.color)
        head = Mark(self.axes, None, size=size, fill=fill, clipped=False)
        head.set_zorder(4 + 0.01 * order)
        self.axes.add_artist(head)
        return head

    def settle(self) -> None:
        """Once the limits of the axes stand: arrowheads at the edges for lines that leave between them."""
        low, high = self.limits
        for i, line in enumerate(self.lines):
            known = line.told[np.isfinite(line.told)]
            if ((known < low) | (known > high)).any():
                self.edges[i] = self._edge(line, "v"), self._edge(line, "^")
                self.artists += self.edges[i]

    def _edge(self, line: Line, shape: str) -> Mark:
        mark = Mark(
            self.axes,
            shape_of(shape),
            size=self.look.line(EDGE * line.width),
            fill=to_rgba(line.color),
            clipped=False,
        )
        mark.set_zorder(5)
        self.axes.add_artist(mark)
        return mark

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Of the y axis, which stay from the first frame on."""
        return self.axes.get_ylim()

    def show(self, step: float) -> None:
        """Grow every line to `step` and write its value; a value is never interpolated."""
        now = [self._grow(i, step) for i in range(len(self.lines))]
        for i, text in zip(self.named, self.values, strict=False):
            text.set_text(self._words(self.lines[i], step, now[i]) if self.lines[i].valued else "")
        for i, value in enumerate(now):
            self._leave(i, step, value)

    def _words(self, line: Line, step: float, value: float) -> str:
        """What is written for a line that stands at `value`."""
        if line.absent is not None and not isfinite(value):
            at = int(line.steps.searchsorted(float(step), side="right")) - 1
            if at >= 0 and line.absent[at]:
                return "–"
        return self.write(value)

    def _leave(self, i: int, step: float, value: float) -> None:
        """An arrowhead at the edge beyond which the line goes on, while it is there."""
        if i in self.edges:
            low, high = self.limits
            last = float(self.lines[i].steps[-1])
            below, above = self.edges[i]
            below.place = (min(step, last), low) if value < low else None
            above.place = (min(step, last), high) if high < value < np.inf else None

    def _grow(self, i: int, step: float) -> float:
        line = self.lines[i]
        x, y = self.thinned[i]
        step = float(step)  # an int would make NumPy copy all steps
        end = int(x.searchsorted(step, side="right"))
        now = int(line.steps.searchsorted(step, side="right")) - 1
        if now < 0:
            self.strokes[i].show(0, (np.nan, np.nan))
            self.heads[i].place = None
            return float("nan")
        at, value = float(line.steps[now]), float(line.values[now])
        if end and line.absent is not None and line.absent[now]:
            at, value = float(x[end - 1]), float(y[end - 1])
        self.strokes[i].show(end, (at, value))
        low, high = self.limits
        self.heads[i].place = (at, value) if low <= value <= high else None
        return float(line.told[now])


def count_up(look: Look, box: Box) -> int:
    """How many numbers stand beside axes that high, at most."""
    return max(1, min(4, int(box.height / (1.9 * look.em))))


def step_axes(look: Look, box: Box, last: float, clock: str = CLOCKS["step"]) -> Axes:
    """Axes over steps 0 to `last`, or what else the `clock` counts."""
    axes = ruled(look, box)
    axes.set_xlim(0, max(1.0, last))
    most = max(2, min(4, int(box.width / (4.4 * look.em))))
    axes.xaxis.set_major_locator(MaxNLocator(most, integer=True, min_n_ticks=2, steps=NICE))
    axes.yaxis.set_major_locator(MaxNLocator(count_up(look, box), steps=[1, 2, 2.5, 5, 10]))
    name_axes(look, axes, box, clock, "")
    return axes
