"""The loss over one weight as a curve, with a ball for each run that goes where the updates take it.

The line from place to place is the path: its corners are the true losses after every update.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from animator.core.arrays import Floats
from animator.core.formatting import brief
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.event_marks import Pointer
from animator.drawing.look import Look
from animator.drawing.panels.base import Panel
from animator.drawing.panels.surface_axes import surface_title
from animator.drawing.raster.axis_ticks import name_axes, ruled
from animator.drawing.raster.line_layers import Stroke
from animator.drawing.raster.marker_layer import Mark
from animator.drawing.view import View
from animator.landscape.curve import Curve

ROOM = 0.1  # of the losses' range on the path, below; three times as much above

Runs = Sequence[tuple[View, Curve]]


class Ball:
    """One run on the curve: the line that it leaves, and the ball at its end."""

    def __init__(self, look: Look, axes: Axes, run: View, curve: Curve, alone: bool) -> None:
        style = look.style
        colour = style.lines[1] if alone else style.lines[run.colour % len(style.lines)]
        self.run, self.path, self.ground = run, curve.path, curve
        self.stroke = Stroke(axes, curve.path, run.loss, colour=to_rgba(colour), width=look.line(2.2))
        fill = style.dot if alone else colour
        self.ball = Mark(
            axes,
            None,
            size=look.line(15 * style.dot_size),
            fill=to_rgba(fill),
            edge=to_rgba(style.dot_edge),
            edge_width=look.line(2.2),
        )
        for order, artist in enumerate((self.stroke, self.ball)):
            artist.set_zorder(4 + order)
            axes.add_artist(artist)
        self.axes = axes
        self.halts = Pointer(look, run, axes, self._pixels_at)

    def show(self, state: FrameState) -> None:
        """Put the ball where its run is on the film's clock; between two steps it rolls along the curve."""
        own = state.own(self.run.steps, self.run.ratio)
        place = self._place(own)
        self.stroke.show(own.step + 1, place)
        self.ball.place = place
        self.halts.show(own)

    def _place(self, own: FrameState) -> tuple[float, float]:
        """(x, loss) of the ball at a state of the run's own."""
        here = float(self.path[own.step])
        if not own.part:
            return here, float(self.run.loss[own.step])
        at = here + own.part * (float(self.path[own.onto]) - here)
        return at, float(np.interp(at, self.ground.x, self.ground.loss))

    def _pixels_at(self, own: FrameState) -> Floats:
        return np.asarray(self.axes.transData.transform(self._place(own)))


class CurvePanel(Panel):
    """view.curve: the loss (n,) over x (n,), and the loss (K+1,) of each of view.rivals at its path."""

    def create(self, cell: Box) -> None:
        look = self.look
        self.runs = runs_of(self.view.rivals or (self.view,))
        box = self.room
        self.heading(box, self.title or surface_title(self.view))
        axes = ruled(look, box)
        axes.set_xlim(min(float(c.x[0]) for _, c in self.runs), max(float(c.x[-1]) for _, c in self.runs))
        axes.set_ylim(*heights(self.runs))
        axes.yaxis.set_major_formatter(lambda value, _: brief(value))
        name_axes(look, axes, box, self.view.labels[0], "")
        axes.plot(*ground(self.runs), color=look.style.muted, linewidth=look.line(2.6), zorder=2)
        for run, curve in self.runs:
            axes.plot(
                curve.path[0],
                run.loss[0],
                marker="o",
                markersize=look.line(11),
                markerfacecolor="none",
                markeredgecolor=look.style.target,
                markeredgewidth=look.line(2),
                zorder=3,
            )
        self.balls = [Ball(look, axes, run, curve, len(self.runs) == 1) for run, curve in self.runs]
        self.moving += [ball.stroke for ball in self.balls]
        self.moving += [ball.ball for ball in self.balls]
        self.moving += [layer for ball in self.balls for layer in ball.halts.layers]

    def update(self, state: FrameState) -> None:
        for ball in self.balls:
            ball.show(state)


def runs_of(views: Iterable[View]) -> Runs:
    """The runs that have a curve, each with it."""
    return [(run, run.curve) for run in views if run.curve is not None]


def ground(runs: Runs) -> tuple[Floats, Floats]:
    """Places (n,), ascending, and losses (n,) there: the curves of all `runs` as one."""
    x = np.concatenate([curve.x for _, curve in runs])
    losses = np.concatenate([curve.loss for _, curve in runs])
    order = np.argsort(x, kind="stable")
    return x[order], losses[order]


def heights(runs: Runs) -> tuple[float, float]:
    """The limits of the losses: those of the curves at the bottom, those of the paths at the top."""
    lows, highs = [0.0], [0.0]
    for run, curve in runs:
        inside = (curve.path >= curve.x[0]) & (curve.path <= curve.x[-1]) & np.isfinite(run.loss)
        seen = curve.loss[np.isfinite(curve.loss)]
        lows += [float(seen.min())] if len(seen) else []
        highs += [float(run.loss[inside].max())] if inside.any() else []
    low, high = min(lows[1:] or lows), max(highs[1:] or highs)
    room = ROOM * (high - low) or 1.0
    return low - room, max(high, low) + 3 * room
