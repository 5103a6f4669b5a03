"""The loss over one weight as a curve, with a ball that goes where the updates take it.

The line from place to place is the path: its corners are the true losses after every update.
"""

import numpy as np
from matplotlib.colors import to_rgba

from animator.core.formatting import number
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.surface_axes import surface_title
from animator.drawing.raster.axis_ticks import ruled
from animator.drawing.raster.fonts import use_fonts
from animator.drawing.raster.line_layers import Stroke
from animator.drawing.raster.marker_layer import Mark

ROOM = 0.06  # of the losses' range, above and below


class CurvePanel(Panel):
    """view.curve: the loss (n,) over x (n,), and view.loss (K+1,) at curve.path (K+1,)."""

    def create(self, cell: Box) -> None:
        assert self.view.curve is not None, "checked in prepare"
        curve, look, em = self.view.curve, self.look, self.look.em
        box = cell.inset(4.2 * em, 3.1 * em, 1.5 * em, 2.0 * em)
        self.heading(box, self.title or surface_title(self.view))
        axes = ruled(look, box)
        seen = curve.loss[np.isfinite(curve.loss)]
        low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
        room = ROOM * (high - low) or 1.0
        axes.set_xlim(float(curve.x[0]), float(curve.x[-1]))
        axes.set_ylim(low - room, high + room)
        axes.yaxis.set_major_formatter(lambda value, _: number(value, 2))
        axes.xaxis.set_label_text(self.view.labels[0], color=look.style.muted, fontsize=look.points * 0.95,
                                  family=use_fonts())  # fmt: skip
        axes.xaxis.set_label_coords(0.5, -1.55 * em / box.height)
        axes.plot(curve.x, curve.loss, color=look.style.muted, linewidth=look.line(2.6), zorder=2)
        self.axes, self.curve = axes, curve
        self._marks()
        self._ball()

    def _marks(self) -> None:
        style, path = self.look.style, self.curve.path
        self.axes.plot(path[0], self.view.loss[0], marker="o", markersize=self.look.line(11), markerfacecolor="none",
                       markeredgecolor=style.target, markeredgewidth=self.look.line(2), zorder=3)  # fmt: skip

    def _ball(self) -> None:
        style, look = self.look.style, self.look
        colour = to_rgba(style.lines[1])
        self.stroke = Stroke(self.axes, self.curve.path, self.view.loss, colour, look.line(2.2))
        self.ball = Mark(self.axes, None, look.line(15), to_rgba(style.dot), to_rgba(style.dot_edge), look.line(2.2))
        for order, artist in enumerate((self.stroke, self.ball)):
            artist.set_zorder(4 + order)
            self.axes.add_artist(artist)
        self.moving += [self.stroke, self.ball]

    def update(self, state: FrameState) -> None:
        here = float(self.curve.path[state.step])
        at, height = here, float(self.view.loss[state.step])
        if state.part:
            at += state.part * (float(self.curve.path[state.onto]) - here)
            height = float(np.interp(at, self.curve.x, self.curve.loss))
        self.stroke.show(state.step + 1, (at, height))
        self.ball.place = (at, height)
