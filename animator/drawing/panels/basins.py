"""Many runs over the map of basins: each in the colour of the minimum that it ends in.

The map says to which minimum each point of the surface runs down: a basin is painted when a first run comes
to its minimum. A minimum is marked, and named by the true loss of the best run that ends there.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb

from animator.core.formatting import number, point
from animator.core.language import say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.growing_curves import NAME
from animator.drawing.panels.race import PLAIN, Runner
from animator.drawing.panels.surface_axes import Ground
from animator.drawing.raster.fonts import drawable
from animator.drawing.raster.text_layer import Sprite, Stamp
from animator.drawing.view import View, present

TINT = 0.5
NEAR = 0.015  # of the picture's width: so near its end a run has arrived
FADE, SHADES = 0.6, 6  # of a run's way to its end: from then on its basin appears, in so many shades
COUNT = 2.2  # em: how many runs are in a basin
MOST_NAMES = 6  # minima that are named
BELOW, KEY = 3.4, 1.4  # em: from the picture down to names that stand below it, and from one to the next


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
        lines = self.look.style.lines
        self.ends = [self._basin(run) for run in self.runs]
        self.colours = {kind: lines[i % len(lines)] for kind, i in self.found.order(self.ends).items()}
        self._map()
        tags = self._minima()
        self.ground.settle()
        self.counts = self._counts()
        self.runners = [
            Runner(self.look, self.ground, run, self._colour(end), i, 2.4, 8, many=PLAIN + 1)
            for i, (run, end) in enumerate(zip(self.runs, self.ends, strict=True))
        ]
        self.moving += [runner.trail for runner in self.runners]
        self.moving += [runner.dot for runner in self.runners]
        self.moving += [layer for runner in self.runners for layer in runner.halts.layers]
        self.moving += self.counts.values()
        if tags:
            names = Sprite(tags, 7)
            self.ground.axes.add_artist(names)
            self.moving.append(names)

    def _colour(self, kind: int) -> str:
        """Of the runs that end in a basin."""
        return self.colours.get(kind, self.look.style.muted)

    def _basin(self, run: View) -> int:
        """The number of the basin that `run` ends in; -1 outside of the surface."""
        field = self.ground.field
        return self.found.at(run.trajectory[-1], field.alpha, field.beta)

    def _counts(self) -> dict[int, Stamp]:
        """Stamps for how many runs are in each basin, large, where they cover least; of one of each, none."""
        if len(set(self.ends)) == len(self.runs):
            return {}
        found = {}
        for kind in sorted(set(self.ends) - {-1}):
            rows, columns = np.nonzero(self.found.label == kind)
            field = self.ground.field
            points = np.stack([field.alpha[columns], field.beta[rows]], axis=1)
            middle = self.ground.free_among(points, COUNT)
            found[kind] = self.look.stamp(*middle, em=COUNT, color=self.look.style.ink, across="center")
            found[kind].halo = self.look.style.casing
        return found

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
                interpolation="bilinear",
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
        """Mark the minima; the names of the lowest, which lie over the surface."""
        style = self.look.style
        kinds = [kind for kind in dict.fromkeys(self.ends) if kind >= 0]
        best = {kind: self._best(kind) for kind in kinds}
        for run in best.values():
            self.ground.marker(run.trajectory[-1], "P", 13, style.target, style.casing, 1.2)
        named = {kind: _said(best[kind]) for kind in kinds if kind in sorted(kinds)[:MOST_NAMES]}
        tags = [
            self.ground.tag(best[kind].trajectory[-1], words, style.target, only_free=self._has_keys(named))
            for kind, words in named.items()
        ]
        if all(tags):
            return [part for tag in tags for part in tag]
        for tag in filter(None, tags):
            tag[0].remove()
        self.ground.taken.clear()
        self._keys(named)
        return []

    def _best(self, kind: int) -> View:
        """The run of the least loss that ends in a basin."""
        ends = (run for run, end in zip(self.runs, self.ends, strict=True) if end == kind)
        return min(ends, key=lambda run: float(run.loss[-1]))

    def _has_keys(self, named: Mapping[int, str]) -> bool:
        """Whether there is room for names below the picture."""
        box = self.ground.box
        return box.bottom - self.room.bottom > (BELOW + KEY * len(named)) * self.look.em

    def _keys(self, named: Mapping[int, str]) -> None:
        """The names below the picture, each in the colour of its basin, where paths leave no room in it."""
        look, box = self.look, self.ground.box
        for row, (kind, words) in enumerate(named.items()):
            up = box.bottom - (BELOW + KEY * row) * look.em
            look.text(box.left, up, drawable(words), em=NAME, color=self.colours[kind], fontweight="bold")

    def update(self, state: FrameState) -> None:
        for runner in self.runners:
            runner.show(state)
        for kind, tint in self.tints.items():
            tint.set_opacity(max(self._there(i, state) for i, end in enumerate(self.ends) if end == kind))
        now = [state.own(run.steps, run.ratio).step for run in self.runs]
        there = Counter(
            end for end, step, arrival in zip(self.ends, now, self.arrivals, strict=True) if step >= arrival
        )
        for kind, stamp in self.counts.items():
            stamp.set_text(str(there[kind]) if there[kind] else "")

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
