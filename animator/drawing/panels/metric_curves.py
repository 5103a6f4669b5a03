"""Curves over steps: weights, accuracy, learning rate, rates of convergence, sharpness.

In: arrays of a View. Out: panels whose lines grow. A rate of convergence is by what factor the distance
shrinks in a step: for a quadratic the loss is the square of a distance, so (L_k / L_0)^(1 / 2k) tends to the
rate of the slowest direction (Goh 2017, "Why momentum really works"). Gradient descent on a quadratic is
stable only while the sharpness is below 2 / learning rate; in training of a network it rises to that line
and stays there (Cohen et al. 2021, "Gradient descent on neural networks typically occurs at the edge of
stability").
"""

from math import isfinite

import numpy as np

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.core.formatting import brief, number
from animator.core.language import digits, say, written
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.panels.growing_curves import ChartPanel, Curves, Line
from animator.drawing.view import View, present


class AccuracyPanel(ChartPanel):
    """Accuracy as Keras reports it, the running mean of its epoch: the first of view.running_means (K,) whose
    name holds "acc", at steps 1 to K.
    """

    def create(self, cell: Box) -> None:
        names = [name for name in self.view.running_means if "acc" in name]
        if not names:
            known = " ".join(self.view.running_means) or "none"
            raise AnimatorError(
                f"The panel 'accuracy' finds no accuracy in the recording, whose metrics are: {known}. "
                "Compile the model with metrics=['accuracy'], or leave the panel away."
            )
        style = self.look.style
        values = np.asarray(self.view.running_means[names[0]], float)
        line = Line(say("mean"), np.arange(1, len(values) + 1.0), values, style.lines[2], style.lines[2])
        title = self.title or say("accuracy (running mean)")
        self.curves = Curves(self.look, cell, [line], percent, title=title)
        self.curves.axes.set_ylim(min(0.5, float(np.nanmin(values)) - 0.05), 1.1)
        self.curves.axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        self.finish(title)


def percent(value: float) -> str:
    """A share in per cent; a dash before the first update, when nothing is known."""
    return digits(f"{value:.1%}") if np.isfinite(value) else "–"


class RatePanel(ChartPanel):
    """view.learning_rate (K,) at steps 1 to K: the rate of the update that led there."""

    def create(self, cell: Box) -> None:
        colours = self.look.style.beside_path
        line = _rate_line(self.view, say("rate"), colours[2 % len(colours)])
        title = self.title or say("learning rate over steps")
        self.curves = _rate_curves(self.look, cell, [line], title)
        self.finish(title)


class SchedulesPanel(ChartPanel):
    """The same of each of view.rivals, in its colour."""

    def create(self, cell: Box) -> None:
        colours = self.look.style.lines
        runs = self.view.rivals or (self.view,)
        lines = [_rate_line(run, run.name, colours[run.colour % len(colours)]) for run in runs]
        title = self.title or say("learning rate over steps")
        self.curves = _rate_curves(self.look, cell, lines, title)
        self.finish(title)


def _rate_line(view: View, name: str, colour: str) -> Line:
    """The learning rates of a run; where none were recorded, a line of nothing that says so."""
    rates = view.learning_rate
    absent = None if view.has_rate else np.ones(len(rates), bool)
    rates = rates if absent is None else np.full(len(rates), np.nan)
    return Line(name, np.arange(1, len(rates) + 1.0), rates, colour, colour, absent=absent)


def _rate_curves(look: Look, cell: Box, lines: list[Line], title: str) -> Curves:
    """Curves of learning rates, from 0 to a little above the largest; there is none at step 0."""
    curves = Curves(look, cell, lines, lambda v: digits(brief(v, 3)) if np.isfinite(v) else "–", title=title)
    known = np.concatenate([line.values[np.isfinite(line.values)] for line in lines])
    curves.axes.set_ylim(0, 1.12 * float(known.max(initial=0.0)) or 1.0)
    return curves


class RatesPanel(ChartPanel):
    """For each of view.rivals: the rate over the last ten steps, and its theory as a still line."""

    def create(self, cell: Box) -> None:
        colours = self.look.style.lines
        lines: list[Line] = []
        theories: list[Line] = []
        runs = self.view.rivals or (self.view,)
        for run in runs:
            colour = colours[run.colour % len(colours)]
            rates = measured(run.loss)
            lines.append(Line(run.name, np.arange(len(rates), dtype=float), rates, colour, colour))
            if run.theory is not None:
                theories.append(self._theory(run.theory, run.steps, "" if theories else say("theory")))
        lines += theories
        title = self.title or say("distance left by a step")
        self.curves = Curves(
            self.look,
            cell,
            lines,
            lambda value: digits(f"{value:.3f}") if np.isfinite(value) else "–",
            title=title,
        )
        known = np.concatenate([line.values[np.isfinite(line.values)] for line in lines])
        self.curves.axes.set_ylim(max(0.0, float(known.min()) - 0.1), min(1.5, float(known.max()) + 0.1))
        self.finish(title)

    def _theory(self, rate: float, last: int, name: str) -> Line:
        """A still line at `rate` from step 0 to the last one, without a value; one name is enough for all."""
        steps = np.arange(last + 1.0)
        muted = self.look.style.muted
        return Line(name, steps, np.full(len(steps), rate), muted, muted, 1.4, valued=False)


def measured(loss: Floats, window: int = 10) -> Floats:
    """(K+1,) by what factor the distance shrank in a step, over the last `window` steps; NaN at step 0."""
    rates = np.full(len(loss), np.nan)
    for k in range(1, len(loss)):
        back = max(0, k - window)
        if loss[k] > 1e-14 and loss[back] > 0:
            rates[k] = (loss[k] / loss[back]) ** (0.5 / (k - back))
    return rates


class SharpnessPanel(ChartPanel):
    """view.sharpness, the Hessian's largest eigenvalue where it was computed, beside 2 / learning rate."""

    def create(self, cell: Box) -> None:
        found = present(self.view.sharpness, "sharpness")
        style = self.look.style
        ink = style.beside_path[2 % len(style.beside_path)]
        rates = self.view.learning_rate
        steps = np.arange(self.view.steps + 1, dtype=float)
        limits = 2.0 / rates[np.maximum(steps.astype(int) - 1, 0)]
        lines = [
            Line(say("2 / rate"), steps, limits, style.muted, style.muted, 1.8),
            Line(say("sharpness"), found.steps.astype(float), found.largest, ink, ink),
        ]
        title = self.title or say("sharpness over steps")
        self.curves = Curves(self.look, cell, lines, lambda value: number(value, 3), title=title)
        top = float(np.nanmax(np.concatenate([limits, found.largest])))
        self.curves.axes.set_ylim(min(0.0, float(np.nanmin(found.largest))), 1.15 * top)
        self.finish(title)


class WeightsPanel(ChartPanel):
    """view.lines (K+1, Q) as Q growing lines on a shared axis, straight between recorded steps."""

    def create(self, cell: Box) -> None:
        colours = self.look.style.beside_path
        known = self.view.recorded
        steps = known.astype(float)
        lines = [
            Line(label, steps, self.view.lines[known, i].astype(float), colour, colour)
            for i, label in enumerate(self.view.labels)
            for colour in [colours[i % len(colours)]]
        ]
        title = self.title or _title(self.view)
        self.curves = Curves(self.look, cell, lines, short, title=title)
        low, high = self.view.line_range
        room = 0.08 * (high - low) or 1.0
        self.curves.axes.set_ylim(low - room, high + room)
        self.finish(title)


def _title(view: View) -> str:
    """ "x and y over steps" for the variables of a function, "weights over steps" for those of a model."""
    names = view.labels
    if not view.of_function or len(names) > 3:
        return say("weights over steps")
    both = say("{some} and {last}", some=", ".join(names[:-1]), last=names[-1]) if names[:-1] else names[-1]
    return say("{kind} over steps", kind=both)


def short(value: float) -> str:
    """A value of few characters, minus sign included."""
    if not isfinite(value):
        return "–"
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        return digits(written(f"{value:.0e}").replace("-", "−"))
    places = 3 if abs(value) < 10 else (2 if abs(value) < 100 else 1)
    return digits(f"{value:.{places}f}".replace("-", "−"))
