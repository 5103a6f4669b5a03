"""The activation of a neuron as a curve, and on it what the neuron makes of its data now."""

from animator.core.language import say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.raster.axis_ticks import name_axes, ruled
from animator.drawing.view import present

ROOM = 0.12  # of the curve's range, above and below


class ActivationPanel(Panel):
    """view.activation, with the sums of its inputs at view.lines (K+1, P)."""

    def create(self, cell: Box) -> None:
        look = self.look
        style = look.style
        self.found = present(self.view.activation, "activation")
        self.axes = ruled(look, self.room)
        low, high = float(self.found.values.min()), float(self.found.values.max())
        room = ROOM * (high - low)
        self.axes.set_xlim(float(self.found.x[0]), float(self.found.x[-1]))
        self.axes.set_ylim(low - room, high + room)
        self.axes.set_xticks([-2, 0, 2])
        self.axes.set_yticks(sorted({round(low), 0, round(high)}))
        name_axes(look, self.axes, self.room, say("sum"), "")
        self.heading(self.room, self.title or self.found.name)
        self.axes.plot(self.found.x, self.found.values, color=style.muted, linewidth=look.line(2.0), zorder=2)
        (self.dots,) = self.axes.plot(
            [], [], "o", color=style.lines[0], markersize=look.line(5), markeredgewidth=0, zorder=3
        )
        self.moving = [self.dots]

    def update(self, state: FrameState) -> None:
        self.dots.set_data(*self.found.places(self.view.lines[state.step].astype(float)).T)
