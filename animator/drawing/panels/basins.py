"""Many runs over the map of basins: each in the colour of the minimum that it ends in.

The map says to which minimum each point of the surface runs down: a basin is painted when a first run comes
to its minimum. A minimum is marked, and named by the true loss of the best run that ends there.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb

from animator.core.formatting import number, point
from animator.core.language import say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.race import Runner
from animator.drawing.panels.surface_axes import Ground
from animator.drawing.raster.text_layer import Sprite
from animator.drawing.view import View, present

TINT = 0.5
NEAR = 0.03  # of the picture's width: so near its end a run has arrived
FADE, SHADES = 0.6, 6  # of a run's way to its end: from then on its basin appears, in so many shades
MOST_NAMES = 6  # minima that are named


class BasinsPanel(Panel):
    """view.rivals over view.basins, on the surface that they share."""

    def create(self, cell: Box) -> None:
        view = self.view
        self.found = present(view.basins, "basins")
        self.runs: tuple[View, ...] = view.rivals or (view,)
        paths = [run.trajectory for run in self.runs]
        self.ground = Ground(self.look, self.room, view, paths, self.spec)
        words = self.title or say("colours: the minimum that it ends in")
        self.heading(self.ground.box, words, self.ground.title_left)
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
        """The basins as tints over the surface's bands, each shown once a run is there."""
        label = self.found.label
        self.tints: dict[int, Sprite] = {}
        for kind, colour in self.colours.items():
            tint = np.zeros((*label.shape, 4))
            tint[label == kind] = (*to_rgb(colour), TINT)
            picture = self.ground.axes.imshow(
                tint,
                extent=self._cells(),
                origin="lower",
                aspect="auto",
                interpolation="nearest",
                zorder=1.5,
            )
            if kind in self.ends:
                self.tints[kind] = Sprite([picture], 1.5)
                self.ground.axes.add_artist(self.tints[kind])
        self.moving += self.tints.values()
        self.arrivals = [self._arrival(run) for run in self.runs]

    def _arrival(self, run: View) -> int:
        """The step from which on `run` is NEAR where it ends."""
        a0, a1 = self.ground.whole[:2]
        far = np.linalg.norm(run.trajectory - run.trajectory[-1], axis=1) > NEAR * (a1 - a0)
        return int(np.flatnonzero(far)[-1]) + 1 if far.any() else 0

    def _cells(self) -> tuple[float, float, float, float]:
        """The grid's extent, with half a cell around its outer lines."""
        ends = []
        for lines in (self.ground.field.alpha, self.ground.field.beta):
            half = float(lines[1] - lines[0]) / 2
            ends += [float(lines[0]) - half, float(lines[-1]) + half]
        return ends[0], ends[1], ends[2], ends[3]

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
                tags += self.ground.tag(best.trajectory[-1], _said(best), style.target)
        return tags

    def update(self, state: FrameState) -> None:
        for runner in self.runners:
            runner.show(state)
        for kind, tint in self.tints.items():
            tint.set_opacity(max(self._there(i, state) for i, end in enumerate(self.ends) if end == kind))

    def _there(self, index: int, state: FrameState) -> float:
        """0 before a run arrives, 1 once it is there, in SHADES between."""
        run = self.runs[index]
        at = state.own(run.steps, run.ratio).at
        arrival = self.arrivals[index]
        share = (at - FADE * arrival) / max(1.0, (1 - FADE) * arrival)
        return round(SHADES * min(1.0, max(0.0, share))) / SHADES


def _said(run: View) -> str:
    """What a minimum is named by: its loss, or of a function, where it is."""
    if run.of_function:
        return point(tuple(float(value) for value in run.trajectory[-1]))
    return number(float(run.loss[-1]), 4)
