"""The learning rate of each update, over steps."""

import numpy as np

from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.growing_curves import Curves, Line
from animator.drawing.view import View


class RatePanel(Panel):
    """view.learning_rate (K,) at steps 1 to K: the rate of the update that led there."""

    @classmethod
    def named(cls, view: View) -> tuple[str, ...]:
        return ("rate",)

    def create(self, cell: Box) -> None:
        rates, style = self.view.learning_rate, self.look.style
        line = Line("rate", np.arange(1, len(rates) + 1.0), rates, style.lines[1], style.lines[1])
        self.curves = Curves(self.look, cell, [line], lambda value: f"{value:.3g}", side=self.side)
        self.curves.axes.set_ylim(0, 1.12 * float(np.nanmax(rates)) or 1.0)
        self.heading(self.curves.box, self.title or "learning rate over steps")
        self.moving = list(self.curves.artists)

    def update(self, state: FrameState) -> None:
        self.curves.show(state.step)
