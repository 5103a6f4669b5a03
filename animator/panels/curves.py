"""Lines over steps that grow with the film, each named and valued at its end.

A line has as many points as the panel has pixels: runs longer than that are drawn as the minimum and
maximum of each pixel column, so that a frame costs the same for a thousand steps and for a million.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isfinite

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from animator.layout import Box
from animator.panels.base import Look
from animator.panels.mark import Mark
from animator.panels.places import Places
from animator.panels.rulers import ruled
from animator.panels.stamps import Stamp
from animator.panels.strokes import Stroke
from animator.style import use_fonts

Floats = NDArray[np.float64]
LABEL_GAP = 0.9
CLOCKS = {"step": "step", "epoch": "epoch", "evaluations": "gradient evaluations"}
VALUE_WIDTH = 4.6
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

    said: the numbers to write, where they are not those drawn (a loss of 0 on a log axis).
    """

    name: str
    steps: Floats
    values: Floats
    color: str
    text_color: str
    width: float = 2.4
    said: Floats | None = None


class Curves:
    """Growing lines in one box, with a column of names and values at its right."""

    def __init__(self, look: Look, cell: Box, lines: list[Line], write: Callable[[float], str],
                 clock: str = "step") -> None:  # fmt: skip
        em = look.em
        self.look, self.lines, self.write = look, lines, write
        self.name_width = 0.5 + 0.68 * max(5, *(len(line.name) for line in lines))
        right = LABEL_GAP + self.name_width + VALUE_WIDTH
        self.box = cell.inset(3.6 * em, 3.1 * em, right * em, 2.0 * em)
        self.axes = step_axes(look, self.box, max(float(line.steps[-1]) for line in lines), clock)
        columns = max(16, int(self.box.width))
        self.places = Places(self.axes)
        self.thinned = [thin(line.steps, line.values, columns) for line in lines]
        self.strokes = [self._stroke(i) for i in range(len(lines))]
        self.heads = [self._head(line, i) for i, line in enumerate(lines)]
        self.names = [self._text(line, "bold") for line in lines]
        self.values = [self._text(line, "normal") for line in lines]
        for text, line in zip(self.names, lines, strict=True):
            text.set_text(line.name)
        self.artists = [*self.strokes, *self.heads, *self.names, *self.values]

    def _stroke(self, i: int) -> Stroke:
        line = self.lines[i]
        stroke = Stroke(self.axes, *self.thinned[i], to_rgba(line.color), self.look.line(line.width))
        stroke.set_zorder(3 + 0.01 * i)
        self.axes.add_artist(stroke)
        return stroke

    def _head(self, line: Line, order: int) -> Mark:
        head = Mark(self.axes, None, self.look.line(line.width * 2.6), to_rgba(line.color),
                    clipped=False)  # fmt: skip
        head.set_zorder(4 + 0.01 * order)
        self.axes.add_artist(head)
        return head

    def _text(self, line: Line, weight: str) -> Stamp:
        stamp = Stamp(
            0.0,
            0.0,
            "",
            color=line.text_color,
            fontsize=self.look.points * 0.95,
            verticalalignment="center",
            family=use_fonts(),
            fontweight=weight,
        )
        stamp.set_transform(IdentityTransform())
        self.look.figure.add_artist(stamp)
        return stamp

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
        places = spread(heights, 1.25 * em, self.box.bottom + 0.5 * em, top - 0.5 * em)
        left = self.box.left + self.box.width + LABEL_GAP * em
        for i, place in enumerate(places):
            self.names[i].set_position((left, place))
            self.values[i].set_position((left + self.name_width * em, place))
            self.values[i].set_text(self.write(now[i]))

    def _grow(self, i: int, step: float) -> float:
        line, (x, _) = self.lines[i], self.thinned[i]
        step = float(step)  # an int would make NumPy copy all steps
        end = int(x.searchsorted(step, side="right"))
        now = int(line.steps.searchsorted(step, side="right")) - 1
        if now < 0:
            self.strokes[i].show(0, (np.nan, np.nan))
            self.heads[i].place = None
            return float("nan")
        at, value = float(line.steps[now]), float(line.values[now])
        self.strokes[i].show(end, (at, value))
        low, high = self.limits
        self.heads[i].place = (at, value) if low <= value <= high else None
        return float(value if line.said is None else line.said[now])


def step_axes(look: Look, box: Box, last: float, clock: str = "step") -> Axes:
    """Axes over steps 0 to `last`, or what else the `clock` counts."""
    axes = ruled(look, box)
    axes.set_xlim(0, max(1.0, last))
    most = max(2, min(4, int(box.width / (4.4 * look.em))))
    axes.xaxis.set_major_locator(MaxNLocator(most, integer=True, min_n_ticks=2, steps=NICE))
    axes.xaxis.set_label_text(clock, color=look.style.muted, fontsize=look.points * 0.9, family=use_fonts())
    axes.xaxis.set_label_coords(0.5, -1.55 * look.em / box.height)
    return axes
