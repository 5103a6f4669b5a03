"""What the model computes now: a curve over one input, or the plane of two with the decision boundary.

The data lie over it. Outputs were evaluated at the steps that the film shows.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.core.language import say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.raster.axis_ticks import ruled
from animator.drawing.raster.text_layer import Sprite
from animator.drawing.raster.vector_artists import Bands
from animator.drawing.view import present

SHADES = 10
MOST_DOTS = 600


class PredictionPanel(Panel):
    """view.prediction: outputs over the inputs, with the data's targets."""

    def create(self, cell: Box) -> None:
        self.found = present(self.view.prediction, "prediction")
        self.shown = -1
        over_plane = self.found.values.ndim == 3
        box = self.room
        box = box.shaped(1.0) if over_plane else box
        self.axes = ruled(self.look, box, grid=not over_plane)
        self.heading(box, self.title or (say("what the network says") if over_plane else say("prediction")))
        self.axes.set_xlim(self.found.x[0], self.found.x[-1])
        for axis in (self.axes.xaxis, self.axes.yaxis):
            axis.set_major_locator(MaxNLocator(3, min_n_ticks=2))
        if over_plane:
            self._plane()
        else:
            self._curve()

    def _plane(self) -> None:
        found = self.found
        style = self.look.style
        look = self.look
        self.axes.set_ylim(found.y[0], found.y[-1])
        low, high = float(found.targets.min()), float(found.targets.max())
        classes = max(2, round(high - low) + 1) if found.classes else 2
        colours = [np.array(to_rgb(style.lines[i % len(style.lines)])) for i in range(classes)]
        ground = np.array(to_rgb(style.panel))
        if found.classes:
            levels: Floats = np.asarray(np.arange(classes + 1) - 0.5 + low, np.float64)
            shades = [ground + (colour - ground) * 0.45 for colour in colours]
        else:
            levels = np.linspace(low, high, SHADES + 1, dtype=np.float64)
            share = (np.arange(SHADES) + 0.5) / SHADES * 2 - 1
            shades = [ground + (colours[int(t > 0)] - ground) * 0.55 * abs(t) for t in share]
        self.middle = (low + high) / 2
        filled = [(float(r), float(g), float(b), 1.0) for r, g, b in shades]
        line = to_rgba(style.ink, 0.9) if found.classes else to_rgba(style.ink, 0.0)
        self.bands = Bands(
            self.axes, found.x, found.y, levels, colours=filled, line=line, width=look.line(1.4)
        )
        self.axes.add_artist(self.bands)
        edge = Bands(
            self.axes,
            found.x,
            found.y,
            np.array([low, self.middle, high]),
            colours=[to_rgba(style.ink, 0.0)] * 2,
            line=to_rgba(style.ink, 0.95),
            width=look.line(2.0),
        )
        self.edge = None if found.classes else edge
        self.moving = [self.bands]
        if self.edge is not None:
            self.axes.add_artist(self.edge)
            self.moving.append(self.edge)
        self.moving.append(self._dots(colours, low))

    def _dots(self, colours: list[NDArray[np.float64]], low: float) -> Sprite:
        """The data, each in the colour of its target, in shapes that differ too."""
        found = self.found
        style = self.look.style
        high = float(found.targets.max())
        kinds = np.round(found.targets - low).astype(int) if found.classes else found.targets > self.middle
        kinds = np.asarray(kinds, int) if high > low else np.zeros(len(found.targets), int)
        dots: list[Artist] = []
        for kind in np.unique(kinds)[: len(colours)]:
            at = found.inputs[kinds == kind][:MOST_DOTS]
            dots += self.axes.plot(
                at[:, 0],
                at[:, 1],
                "os^Dv<>p"[kind % 8],
                color=tuple(colours[kind]),
                markersize=self.look.line(6),
                markeredgecolor=style.casing,
                markeredgewidth=self.look.line(0.8),
                zorder=3,
            )
        sprite = Sprite(dots, 3)
        self.axes.add_artist(sprite)
        return sprite

    def _curve(self) -> None:
        found = self.found
        style = self.look.style
        look = self.look
        known = np.concatenate([found.targets, found.values[-1].astype(float)])
        low, high = float(known.min()), float(known.max())
        room = 0.12 * (high - low) or 1.0
        self.axes.set_ylim(low - room, high + room)
        at = found.inputs[:MOST_DOTS]
        self.axes.plot(
            at[:, 0],
            found.targets[:MOST_DOTS],
            "o",
            color=style.muted,
            markersize=look.line(6),
            markeredgewidth=0,
            zorder=3,
        )
        (self.line,) = self.axes.plot([], [], color=style.dot, linewidth=look.line(3.2), zorder=4)
        self.moving = [self.line]

    def update(self, state: FrameState) -> None:
        at = max(0, int(np.searchsorted(self.found.steps, state.step, side="right")) - 1)
        if at == self.shown:
            return
        self.shown = at
        values = self.found.values[at]
        if values.ndim == 1:
            self.line.set_data(self.found.x, values)
            return
        self.bands.set_field(values)
        if self.edge is not None:
            self.edge.set_field(values)
