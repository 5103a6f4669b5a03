"""Measured rates of convergence beside the theory's: by what factor the distance shrinks in a step.

For a quadratic the loss is the square of a distance, so (L_k / L_0)^(1 / 2k) tends to the rate at which the
slowest direction shrinks (Goh 2017, "Why momentum really works").
"""

import numpy as np
from numpy.typing import NDArray

from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.growing_curves import Curves, Line
from animator.drawing.view import View

Floats = NDArray[np.float64]


class RatesPanel(Panel):
    """For each of view.rivals: the rate over the last ten steps, and its theory as a still line."""

    shared = True

    @classmethod
    def named(cls, view: View) -> tuple[str, ...]:
        runs = view.rivals or (view,)
        return (*(run.name for run in runs), *("theory" for run in runs if run.theory is not None))

    def create(self, cell: Box) -> None:
        colours, lines = self.look.style.lines, []
        runs = self.view.rivals or (self.view,)
        for run in runs:
            colour = colours[run.colour % len(colours)]
            rates = measured(run.loss)
            lines.append(Line(run.name, np.arange(len(rates), dtype=float), rates, colour, colour))
        for run in runs:
            if run.theory is not None:
                steps, muted = np.arange(run.steps + 1.0), self.look.style.muted
                lines.append(Line("theory", steps, np.full(len(steps), run.theory), muted, muted, 1.4))
        self.curves = Curves(
            self.look,
            cell,
            lines,
            lambda value: f"{value:.3f}" if np.isfinite(value) else "–",
            side=self.side,
        )
        known = np.concatenate([line.values[np.isfinite(line.values)] for line in lines])
        self.curves.axes.set_ylim(max(0.0, float(known.min()) - 0.1), min(1.5, float(known.max()) + 0.1))
        self.heading(self.curves.box, self.title or "distance kept in a step")
        self.moving = list(self.curves.artists)

    def update(self, state: FrameState) -> None:
        self.curves.show(state.step)


def measured(loss: Floats, window: int = 10) -> Floats:
    """(K+1,) by what factor the distance shrank in a step, over the last `window` steps; NaN at step 0."""
    rates = np.full(len(loss), np.nan)
    for k in range(1, len(loss)):
        back = max(0, k - window)
        if loss[k] > 1e-14 and loss[back] > 0:
            rates[k] = (loss[k] / loss[back]) ** (0.5 / (k - back))
    return rates
