"""Lines over steps that grow with the film, each named and valued at its end.

A line has as many points as the panel has pixels: runs longer than that are drawn as the minimum and
maximum of each pixel column, so that a frame costs the same for a thousand steps and for a million.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isfinite
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.panels.registry import CURVES
from animator.drawing.raster.axes_transform import Places
from animator.drawing.raster.axis_ticks import ruled
from animator.drawing.raster.fonts import use_fonts
from animator.drawing.raster.line_layers import Stroke
from animator.drawing.raster.marker_layer import Mark, shape_of
from animator.drawing.raster.text_fit import READABLE, shortened
from animator.drawing.raster.text_layer import Stamp

LABEL_GAP = 0.9
CLOCKS = {"step": "step", "epoch": "epoch", "evaluations": "gradient evaluations"}
VALUE_WIDTH = 4.6
NAME, NAME_GAP = 0.95, 0.9  # em: size of a name, and what is free beside it
GAP = 1.25  # em: from one name to the next; less, and smaller names, where they are too many
NAME_WIDTH = 3.9  # em: the least
MOST_BESIDE, CROWDED = 0.45, 0.65  # of a panel's width: what names and values may take; where it is narrow
NAME_ROOM = 8.5  # em: of a name where the panel is narrow
NARROW = 18.0  # em: in a box so wide a value stands under its name, where there is room
PAIR = 2.34  # em: a name and its value below
NOT_RECORDED = "not recorded"  # where there is room for it
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


def spread(heights: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart in [low, high], as near to `heights` as their order allows."""
    order = sorted(range(len(heights)), key=lambda i: (heights[i], i))
    placed = [min(max(heights[i], low), high) for i in order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    if placed:
        placed[-1] = min(placed[-1], high)
    for i in range(len(placed) - 2, -1, -1):
        placed[i] = min(placed[i], placed[i + 1] - gap)
    places = [0.0] * len(heights)
    for i, place in zip(order, placed, strict=True):
        places[i] = place
    return places


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What to draw: values[i] at steps[i], under a name, in colours and a width in pixels at 720p.

    said: the numbers to write, where they are not those drawn (a loss of 0 on a log axis). absent: where
    there is no number because none was recorded.
    """

    name: str
    steps: Floats
    values: Floats
    color: str
    text_color: str
    width: float = 2.4
    said: Floats | None = None
    absent: NDArray[np.bool_] | None = None

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
class Beside:
    """What stands at the right of curves: their names, short enough for the cell, and the `width` in em that
    names and values take; stacked: a value stands below its name.
    """

    names: tuple[str, ...]
    width: float
    stacked: bool

    @classmethod
    def of(cls, look: Look, cell: Box, names: tuple[str, ...]) -> "Beside":
        """Beside the curves of a panel in `cell`."""
        room = _room(look, cell)
        em = look.em
        stacked = room.width < NARROW * em and room.height >= (len(names) * PAIR - 0.5) * em
        value = 0.0 if stacked else VALUE_WIDTH
        crowded = min(NAME_ROOM, CROWDED * room.width / em - value)
        most = max(MOST_BESIDE * room.width / em - value, crowded)
        wide = look.ruler(NAME, "bold")
        short = shortened(names, (max(most, NAME_WIDTH) - NAME_GAP) * em, wide)
        width = max(NAME_WIDTH, NAME_GAP + max(map(wide, short)) / em)
        return cls(short, max(width, VALUE_WIDTH) if stacked else width + VALUE_WIDTH, stacked)


def sides(look: Look, cells: Mapping[str, Box], names: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
    """em at the right of each panel's axes, such that those of panels in one column end at one place.

    cells: of panels of curves, which stand above each other where they begin and end at the same places;
    names: of the curves of each.
    """
    columns: dict[tuple[int, int], float] = {}
    places = {panel: (round(cell.left), round(cell.width)) for panel, cell in cells.items()}
    for panel, cell in cells.items():
        width = Beside.of(look, cell, names[panel]).width
        columns[places[panel]] = max(width, columns.get(places[panel], 0.0))
    return {panel: columns[place] for panel, place in places.items()}


def _room(look: Look, cell: Box) -> Box:
    """A cell without the margins of curves."""
    return cell.inset(
        CURVES.left * look.em, CURVES.below * look.em, LABEL_GAP * look.em, CURVES.above * look.em
    )


class Curves:
    """Growing lines in one box; at its right their names and values, side by side, or one below the other."""

    def __init__(
        self,
        look: Look,
        cell: Box,
        lines: list[Line],
        write: Callable[[float], str],
        clock: str = "step",
        side: float = 0.0,
    ) -> None:
        """side: em at the right of the axes, for names and values, where they need less than that."""
        em = look.em
        self.look = look
        self.lines = lines
        self.write = write
        beside = Beside.of(look, cell, tuple(line.name for line in lines))
        right = max(side, beside.width)
        self.stacked = beside.stacked
        self.across = 0.0 if self.stacked else right - VALUE_WIDTH
        self.box = _room(look, cell).inset(0, 0, right * em, 0)
        self.axes = step_axes(look, self.box, max(float(line.steps[-1]) for line in lines), clock)
        columns = max(16, int(self.box.width))
        self.places = Places(self.axes)
        self.thinned = [thin(*line.known, columns) for line in lines]
        self.strokes = [self._stroke(i) for i in range(len(lines))]
        self.heads = [self._head(line, i) for i, line in enumerate(lines)]
        self.tight = min(1.0, (self.box.height / em - 1.0) / max(1e-9, GAP * (len(lines) - 1)))
        self.names = [self._text(line, "bold") for line in lines]
        self.values = [self._text(line, "normal") for line in lines]
        for text, name in zip(self.names, beside.names, strict=True):
            text.set_text(name)
        self.edges: dict[int, tuple[Mark, Mark]] = {}
        self.artists = [*self.strokes, *self.heads, *self.names, *self.values]

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

    def _text(self, line: Line, weight: Literal["normal", "bold"]) -> Stamp:
        em = NAME * (1.0 if self.stacked else max(READABLE, self.tight))
        return self.look.stamp(0.0, 0.0, em=em, color=line.text_color, weight=weight)

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Of the y axis, which stay from the first frame on."""
        return self.axes.get_ylim()

    def show(self, step: float) -> None:
        """Grow every line to `step` and set its value beside its end; a value is never interpolated."""
        low, high = self.limits
        now = [self._grow(i, step) for i in range(len(self.lines))]
        top = self.box.bottom + self.box.height
        heights = [self.places(0.0, min(max(v, low), high))[1] if isfinite(v) else top for v in now]
        em = self.look.em
        left = self.box.left + self.box.width + LABEL_GAP * em
        if self.stacked:
            gap, down = PAIR * em, PAIR / 2 * em
        else:
            gap, down = GAP * em, 0.0
        edge = 0.5 * (em + down) - (0.25 * em if self.stacked else 0.0)
        if not self.stacked:
            gap *= self.tight
        places = spread(heights, gap, self.box.bottom + edge, top - edge)
        for i, place in enumerate(places):
            self.names[i].set_position((left, place + down / 2))
            self.values[i].set_position((left + self.across * em, place - down / 2))
            self.values[i].set_text(self._words(self.lines[i], step, now[i]))
            self._leave(i, step, now[i])

    def _words(self, line: Line, step: float, value: float) -> str:
        """What is written beside a line that stands at `value`."""
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


def step_axes(look: Look, box: Box, last: float, clock: str = "step") -> Axes:
    """Axes over steps 0 to `last`, or what else the `clock` counts."""
    axes = ruled(look, box)
    axes.set_xlim(0, max(1.0, last))
    most = max(2, min(4, int(box.width / (4.4 * look.em))))
    axes.xaxis.set_major_locator(MaxNLocator(most, integer=True, min_n_ticks=2, steps=NICE))
    axes.xaxis.set_label_text(clock, color=look.style.muted, fontsize=look.points * 0.9, family=use_fonts())
    axes.xaxis.set_label_coords(0.5, -1.55 * look.em / box.height)
    return axes
