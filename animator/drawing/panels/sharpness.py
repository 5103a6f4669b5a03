"""Sharpness over steps: the Hessian's largest eigenvalue beside 2 / learning rate.

Gradient descent on a quadratic is stable only below that line; in training of a network the sharpness rises
to it and stays there (Cohen et al. 2021, "Gradient descent on neural networks typically occurs at the edge
of stability").
"""

import numpy as np

from animator.core.formatting import number
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.growing_curves import Curves, Line
from animator.drawing.view import View
from animator.landscape.model_outputs import Sharpness


class SharpnessPanel(Panel):
    """view.sharpness: eigenvalues at the steps where they were computed."""

    @classmethod
    def named(cls, view: View) -> tuple[str, ...]:
        return "2 / rate", "λ max"

    def create(self, cell: Box) -> None:
        assert self.view.sharpness is not None, "checked in prepare"
        found: Sharpness = self.view.sharpness
        style, rates = self.look.style, self.view.learning_rate
        steps = np.arange(self.view.steps + 1, dtype=float)
        limits = 2.0 / rates[np.maximum(steps.astype(int) - 1, 0)]
        lines = [
            Line("2 / rate", steps, limits, style.muted, style.muted, 1.8),
            Line("λ max", found.steps.astype(float), found.largest, style.lines[1], style.lines[1]),
        ]
        self.curves = Curves(self.look, cell, lines, lambda value: number(value, 3), side=self.side)
        top = float(np.nanmax(np.concatenate([limits, found.largest])))
        self.curves.axes.set_ylim(min(0.0, float(np.nanmin(found.largest))), 1.15 * top)
        self.heading(self.curves.box, self.title or "sharpness over steps")
        self.moving = list(self.curves.artists)

    def update(self, state: FrameState) -> None:
        self.curves.show(state.step)
