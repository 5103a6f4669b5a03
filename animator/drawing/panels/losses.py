"""The loss on all data of several runs over steps, on one log axis, in the colours of the race."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from animator.core.formatting import number
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.growing_curves import CLOCKS, Curves, Line
from animator.drawing.panels.loss_curves import loss_axis, lowest, shown
from animator.drawing.view import View

FAR = 1e3  # times the greatest first loss: a run that goes beyond leaves the panel, and hides no other


class LossesPanel(Panel):
    """The loss (K+1,) of each of view.rivals; of the batches where the loss on all data is absent."""

    shared = True

    @classmethod
    def named(cls, view: View) -> tuple[str, ...]:
        return tuple(run.name for run in view.rivals or (view,))

    def create(self, cell: Box) -> None:
        colours, lines = self.look.style.lines, []
        for run in self.view.rivals or (self.view,):
            whole = np.isfinite(run.loss).any()
            said = run.loss if whole else run.batch_loss
            values = shown(said)
            colour = colours[run.colour % len(colours)]
            lines.append(
                Line(
                    run.name,
                    run.unit * np.arange(len(values), dtype=np.float64),
                    values,
                    colour,
                    colour,
                    said=said,
                )
            )
        self.curves = Curves(self.look, cell, lines, lambda value: number(value, 2), CLOCKS[self.view.clock],
                             self.side)  # fmt: skip
        axes = self.curves.axes
        runs = self.view.rivals or (self.view,)
        loss_axis(axes, near([line.values for line in lines]), min(map(lowest, runs)))
        self.heading(self.curves.box, self.title or ("f" if self.view.of_function else "loss"))
        self.moving = list(self.curves.artists)

    def update(self, state: FrameState) -> None:
        self.curves.show(state.at * self.view.ratio * self.view.unit)


def near(runs: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The losses (n,) of `runs`, (K+1,) each, that are no more than FAR times the greatest first one."""
    known = [run[np.isfinite(run)] for run in runs]
    losses = np.concatenate(known)
    return losses[losses <= FAR * max((run[0] for run in known if len(run)), default=np.inf)]
