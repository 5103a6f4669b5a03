"""Weights over steps: the article's figure, each line named and valued at its end."""

from math import isfinite

import numpy as np
from matplotlib.ticker import MaxNLocator

from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.growing_curves import Curves, Line
from animator.drawing.view import View


class WeightsPanel(Panel):
    """view.lines (K+1, Q) as Q growing lines on a shared axis."""

    @classmethod
    def named(cls, view: View) -> tuple[str, ...]:
        return view.labels

    def create(self, cell: Box) -> None:
        colours = self.look.style.lines
        steps = np.arange(self.view.steps + 1, dtype=float)
        lines = [
            Line(label, steps, self.view.lines[:, i].astype(float), colour, colour)
            for i, label in enumerate(self.view.labels)
            for colour in [colours[i % len(colours)]]
        ]
        self.curves = Curves(self.look, cell, lines, short, side=self.side)
        low, high = self.view.line_range
        room = 0.08 * (high - low) or 1.0
        self.curves.axes.set_ylim(low - room, high + room)
        self.curves.axes.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2, steps=[1, 2, 2.5, 5, 10]))
        self.heading(self.curves.box, self.title or _title(self.view))
        self.moving = list(self.curves.artists)

    def update(self, state: FrameState) -> None:
        self.curves.show(state.step)


def _title(view: View) -> str:
    """ "x and y over steps" for the variables of a function, "weights over steps" for those of a model."""
    names = view.labels
    if not view.of_function or len(names) > 3:
        return "weights over steps"
    return f"{', '.join(names[:-1])}{' and ' if names[:-1] else ''}{names[-1]} over steps"


def short(value: float) -> str:
    """A value of at most seven characters, minus sign included."""
    if not isfinite(value):
        return "–"
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−")
    digits = 3 if abs(value) < 10 else (2 if abs(value) < 100 else 1)
    return f"{value:.{digits}f}".replace("-", "−")
