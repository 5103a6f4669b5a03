"""Loss over steps on a log axis: of each batch and on all data, or on all data of several runs.

Losses that are all alike are drawn on a linear axis: there is no power of ten between them to be named.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.core.formatting import brief, number
from animator.core.language import Said, say
from animator.design.layout import Box
from animator.drawing.panels.growing_curves import CLOCKS, ChartPanel, Curves, Line, count_up
from animator.drawing.view import View

NARROW = 4.0  # times the lowest loss: up to there an axis is linear
FAR = 1e2  # times the greatest first loss: a run that goes beyond leaves the panel, and hides no other
DEEPEST = 1e-12  # losses farther below the highest leave the axis, which says so
RACE = 1e-6  # of the greatest first loss, where runs race: deeper down, nobody sees any more who is ahead


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is known of a loss: values (n,) at steps (n,), and where (n,) none was recorded."""

    name: str
    steps: Floats
    values: Floats
    absent: NDArray[np.bool_] | None = None


def told_of(view: View) -> list[Told]:
    """The losses that `view` has: of the batches and on all data; where there are neither, the running means
    that the training reported, those named after a loss before all others.
    """
    steps = np.arange(view.steps + 1, dtype=float)
    if view.of_function:  # there are no batches: an update is made from the function itself
        return [Told("f", steps, view.loss, view.unrecorded())]
    whole = bool(np.isfinite(view.loss).any())
    found = [Told(Said("batch"), steps[:-1], view.batch_loss)] if view.has_batch_loss else []
    if whole and found and np.allclose(view.batch_loss, view.loss[:-1], rtol=1e-3, atol=0, equal_nan=True):
        return [Told(Said("loss"), steps, view.loss, view.unrecorded())]  # every batch is all data
    if whole:
        found.append(Told(Said("all"), steps, view.loss, view.unrecorded()))
    if found:
        return found
    means = {name: values for name, values in view.running_means.items() if np.isfinite(values).any()}
    losses = {name: values for name, values in means.items() if "loss" in name} or means
    found = [Told(name, steps[1:], values) for name, values in losses.items()]
    return found or [Told(Said("loss"), steps, np.full(len(steps), np.nan), np.ones(len(steps), bool))]


class LossPanel(ChartPanel):
    """view.batch_loss (K,) at steps 0 to K-1 (the weights it was computed with), view.loss (K+1,)."""

    def create(self, cell: Box) -> None:
        view = self.view
        style = self.look.style
        known = told_of(view)
        whole = style.loss_line
        looks = {
            "batch": (style.batch_line, style.muted, 1.4),
            "all": (whole, whole, 2.4),
            "f": (whole, whole, 2.4),
            "loss": (whole, whole, 2.4),
        }
        lines = []
        for i, told in enumerate(known):
            ink = style.lines[i % len(style.lines)]
            lines.append(line_of(told, *looks.get(told.name, (ink, ink, 2.4))))
        values = np.concatenate([line.values for line in lines])
        digits = digits_of(values)
        means = not any(told.name in (*looks, "loss") for told in known)
        kind = say("running means") if means else view.value_name
        title = self.title or say("{kind} over steps", kind=kind)
        self.curves = Curves(self.look, cell, lines, lambda value: number(value, digits), title=title)
        axes = self.curves.axes
        axes.set_xlim(0, max(1, view.steps))
        loss_axis(axes, values, count_up(self.look, self.curves.box), lowest(view))
        self.curves.settle()
        self.finish(title)


def line_of(told: Told, color: str, text_color: str, width: float, unit: float = 1.0) -> Line:
    """The line of a loss, on an axis that is logarithmic unless there are losses below 0."""
    below = bool((told.values[np.isfinite(told.values)] < 0).any())
    values = np.where(np.isfinite(told.values), told.values, np.nan) if below else positive(told.values)
    return Line(told.name, unit * told.steps, values, color, text_color, width, told.values, told.absent)


class LossesPanel(ChartPanel):
    """The loss (K+1,) of each of view.rivals; of the batches where the loss on all data is absent."""

    def create(self, cell: Box) -> None:
        colours = self.look.style.lines
        lines = []
        for run in self.view.rivals or (self.view,):
            colour = colours[run.colour % len(colours)]
            name = run.name if self.spec.tags else ""
            told = replace(told_of(run)[-1 if np.isfinite(run.loss).any() else 0], name=name)
            line = line_of(told, colour, colour, 2.4, run.unit)
            lines.append(replace(line, valued=self.spec.tags))
        title = self.title or self.view.value_name
        clock = CLOCKS[self.view.clock]
        self.curves = Curves(self.look, cell, lines, lambda value: number(value, 2), clock, title)
        axes = self.curves.axes
        runs = self.view.rivals or (self.view,)
        most = count_up(self.look, self.curves.box)
        values = near([line.values for line in lines])
        starts = positive(np.array([line.values[0] for line in lines]))
        deepest = RACE * np.nanmax(starts, initial=0.0) if not (values < 0).any() else -np.inf
        loss_axis(axes, values, most, max(deepest, min(map(lowest, runs))))
        self.curves.settle()
        self.finish(title, self.view.ratio * self.view.unit)


def loss_axis(axes: Axes, values: Floats, most: int, least: float = -np.inf) -> None:
    """Make the y axis of `axes` hold losses (n,): logarithmic, or linear where they span less than NARROW or
    where some are below 0; from `least` up. most: numbers beside it.
    """
    low, high, is_log = loss_limits(values, least)
    axes.yaxis.set_minor_locator(NullLocator())
    if not is_log:
        axes.set_ylim(low, high)
        axes.yaxis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
    else:
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        axes.yaxis.set_major_locator(LogLocator(numticks=most + 1))
        axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: brief(value)))


def loss_limits(values: Floats, least: float = -np.inf) -> tuple[float, float, bool]:
    """(low, high) of an axis that holds losses (n,), and whether it is logarithmic; see `loss_axis`."""
    known = values[np.isfinite(values)]
    known = known[known >= least] if (known >= least).any() else known
    if not len(known) or (known.min() >= 0 and known.max() > NARROW * known.min()):
        return *limits(known), True
    room = 0.1 * float(known.max() - known.min()) or 0.1 * abs(float(known.max())) or 1.0
    return float(known.min()) - room, float(known.max()) + room, False


def digits_of(values: Floats) -> int:
    """How many digits tell losses (n,) apart: two, or three where all lie within a factor of two."""
    known = values[np.isfinite(values)]
    return 3 if len(known) and known.min() > 0 and known.max() < 2 * known.min() else 2


def lowest(view: View) -> float:
    """The least loss that curves show of `view`: a function without a lower bound is followed as far down as
    its surface shows.
    """
    return view.field.lowest if view.of_function and view.field is not None else -np.inf


def positive(values: Floats) -> Floats:
    """Values that a log axis can show; the others are gaps."""
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def limits(values: Floats) -> tuple[float, float]:
    """Limits of a log axis that holds all values (n,), at least one power of ten apart."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.1, 1.0)
    low = max(low, high * DEEPEST)
    return low / 1.6, min(max(high * 1.6, low * 10), sys.float_info.max)


def near(runs: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The losses (n,) of `runs`, (K+1,) each, that are no more than FAR times the greatest first one."""
    known = [run[np.isfinite(run)] for run in runs]
    losses = np.concatenate(known)
    return losses[losses <= FAR * max((run[0] for run in known if len(run)), default=np.inf)]
