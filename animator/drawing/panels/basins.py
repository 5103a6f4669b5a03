"""Many runs over the map of basins: each in the colour of the minimum that it ends in.

The map says to which minimum each point of the surface runs down; contours lie over it. A minimum is marked,
and named by the true loss of the best run that ends there.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb

from animator.core.formatting import number, point
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.race import Runner
from animator.drawing.panels.surface_axes import Ground
from animator.drawing.raster.text_layer import Sprite
from animator.drawing.view import View, present

TINT = 0.5
MOST_NAMES = 6  # minima that are named


class BasinsPanel(Panel):
    """view.rivals over view.basins, on the surface that they share."""

    def create(self, cell: Box) -> None:
        em = self.look.em
        view = self.view
        self.found = present(view.basins, "basins")
        self.runs: tuple[View, ...] = view.rivals or (view,)
        box = self.room.square()
        self.heading(box, self.title or "which minimum it ends in", box.width + 1.1 * em)
        bar = Box(box.left + box.width + 1.5 * em, box.bottom, self.spec.bar * em, box.height)
        self.ground = Ground(self.look, box, bar, view, [run.trajectory for run in self.runs])
        self.ground.bar.set_xlim(0, 0.5)
        self.ground.settle()
        lines = self.look.style.lines
        self.ends = [self._basin(run) for run in self.runs]
        self.colours = {kind: lines[i % len(lines)] for kind, i in self.found.order(self.ends).items()}
        self._map()
        tags = self._minima()
        self.runners = [
            Runner(self.look, self.ground, run, self.colours.get(end, self.look.style.muted), i, 2.4, 8)
            for i, (run, end) in enumerate(zip(self.runs, self.ends, strict=True))
        ]
        self.moving += [runner.trail for runner in self.runners]
        self.moving += [runner.dot for runner in self.runners]
        if tags:
            names = Sprite(tags, 7)
            self.ground.axes.add_artist(names)
            self.moving.append(names)

    def _basin(self, run: View) -> int:
        """The number of the basin that `run` ends in; -1 outside of the surface."""
        field = self.ground.field
        return self.found.at(run.trajectory[-1], field.alpha, field.beta)

    def _map(self) -> None:
        """The basins as a tint between the surface's bands and what lies on them."""
        label = self.found.label
        tint = np.zeros((*label.shape, 4))
        for kind, colour in self.colours.items():
            tint[label == kind] = (*to_rgb(colour), TINT)
        self.ground.axes.imshow(
            tint,
            extent=self.ground.window.extent,
            origin="lower",
            aspect="auto",
            interpolation="nearest",
            zorder=1.5,
        )

    def _minima(self) -> list[Artist]:
        """Mark the minima; the names of the lowest, which lie over the paths."""
        tags: list[Artist] = []
        style = self.look.style
        named = sorted({end for end in self.ends if end >= 0})[:MOST_NAMES]
        for kind in dict.fromkeys(self.ends):
            if kind < 0:
                continue
            best = min(
                (run for run, end in zip(self.runs, self.ends, strict=True) if end == kind),
                key=lambda run: float(run.loss[-1]),
            )
            self.ground.marker(best.trajectory[-1], "P", 13, style.target, style.casing, 1.2)
            if kind in named:
                tags.append(self.ground.tag(best.trajectory[-1], _said(best), style.target))
        return tags

    def update(self, state: FrameState) -> None:
        for runner in self.runners:
            runner.show(state)


def _said(run: View) -> str:
    """What a minimum is named by: its loss, or of a function, where it is."""
    if run.of_function:
        return point(tuple(float(value) for value in run.trajectory[-1]))
    return number(float(run.loss[-1]), 4)
