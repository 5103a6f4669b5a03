"""Accuracy over steps, as Keras reports it: the running mean of its epoch, and named so."""

import numpy as np

from animator.core.errors import AnimatorError
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.growing_curves import Curves, Line
from animator.drawing.view import View


class AccuracyPanel(Panel):
    """The first of view.running_means (K,) whose name holds "acc", at steps 1 to K."""

    @classmethod
    def named(cls, view: View) -> tuple[str, ...]:
        return ("mean",)

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
        line = Line("mean", np.arange(1, len(values) + 1.0), values, style.lines[2], style.lines[2])
        self.curves = Curves(self.look, cell, [line], percent, side=self.side)
        self.curves.axes.set_ylim(min(0.5, float(np.nanmin(values)) - 0.05), 1.02)
        self.curves.axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        self.heading(self.curves.box, self.title or "accuracy (running mean)")
        self.moving = list(self.curves.artists)

    def update(self, state: FrameState) -> None:
        self.curves.show(state.step)


def percent(value: float) -> str:
    """A share in per cent; a dash before the first update, when nothing is known."""
    return f"{value:.1%}" if np.isfinite(value) else "–"
