"""Several runs on one surface: each with a line, colour and shape of its own, and a name that travels.

Colours tell runs apart, not losses: the surface's bar does that. Start and target are marked once.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle

from animator.core.arrays import Floats
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.look import Look
from animator.drawing.panels.base import Panel
from animator.drawing.panels.growing_curves import NAME, spread
from animator.drawing.panels.surface_axes import Ground, surface_title
from animator.drawing.raster.marker_layer import Shape
from animator.drawing.raster.path_layer import Trail, followed, visible
from animator.drawing.raster.text_fit import shortened
from animator.drawing.view import View, present

LEAST = 0.62  # em: what names take at least
RIGHT = 6.6  # em: at the right of the surface, beside the names
NAMES = 0.25  # of the panel's width: what they may take where the surface could be wider
TRIPOD = MarkerStyle((3, 1, 0))
SHAPES: tuple[Shape, ...] = (*"os^Dv<>pP*X", TRIPOD)  # as many as a sweep's race has runs


class Runner:
    """One run on the ground: its trail, and its dot of a shape of its own; sizes in pixels at 720p."""

    def __init__(
        self,
        look: Look,
        ground: Ground,
        run: View,
        colour: str,
        number: int,
        width: float = 3.0,
        size: float = 12,
    ) -> None:
        self.run = run
        self.left_at = present(run.window, "window").left_at
        pixels = ground.axes.transData.transform(followed(run.trajectory))
        self.pixels = np.clip(pixels, -1e5, 1e5)
        self.kept = visible(self.pixels)
        bins = np.zeros(len(self.kept), np.int64)
        self.trail = Trail(
            ground.axes,
            self.pixels[self.kept],
            bins,
            colours=[to_rgba(colour)],
            casing=to_rgba(look.style.casing, 0.85),
            width=look.line(width),
        )
        self.trail.set_zorder(4 + 0.01 * number)
        ground.axes.add_artist(self.trail)
        shape = SHAPES[number % len(SHAPES)]
        self.dot = ground.mark(shape, size, colour, look.style.dot_edge, 1.6)
        self.dot.set_zorder(5 + 0.01 * number)

    def show(self, state: FrameState) -> Floats:
        """Move to where the run is on the film's clock; the dot's place (2,) in pixels."""
        run = self.run
        own = state.own(self.run.steps, self.run.ratio)
        step = own.step
        start, end = np.searchsorted(self.kept, [own.tail, step], side="right")
        head = self.pixels[step] + own.part * (self.pixels[own.onto] - self.pixels[step])
        self.trail.show(int(end), head, 0, max(0, int(start) - 1))
        gone = self.left_at is not None and step >= self.left_at
        place = run.place(own)
        self.dot.place = None if gone else (float(place[0]), float(place[1]))
        return np.asarray(head)


class RacePanel(Panel):
    """view.rivals on the surface that they share."""

    def create(self, cell: Box) -> None:
        em = self.look.em
        look = self.look
        margins = self.spec.margins
        self.runs: tuple[View, ...] = self.view.rivals or (self.view,)
        wide = look.ruler(NAME, "bold")
        high = cell.height - (margins.below + margins.above) * em
        free = cell.width - (margins.left + RIGHT) * em - high  # beside the largest square
        self.names = shortened([run.name for run in self.runs], max(free, NAMES * cell.width), wide)
        side = max(LEAST * em, *map(wide, self.names))
        box = cell.inset(margins.left * em, margins.below * em, RIGHT * em + side, margins.above * em)
        box = box.square()
        self.heading(box, self.title or surface_title(self.view), box.width + 1.1 * em)
        bar_box = Box(box.left + box.width + 1.9 * em + side, box.bottom, self.spec.bar * em, box.height)
        self.ground = Ground(look, box, bar_box, self.view, [run.trajectory for run in self.runs])
        self.ground.bar.set_xlim(0, 0.5)
        self.box = box
        style = look.style
        self.colours = [style.lines[run.colour % len(style.lines)] for run in self.runs]
        self._marks()
        self.ground.settle()
        self.runners = [Runner(look, self.ground, run, self.colours[i], i) for i, run in enumerate(self.runs)]
        self.labels = [
            look.stamp(0.0, 0.0, name, em=NAME, color=colour, weight="bold")
            for name, colour in zip(self.names, self.colours, strict=True)
        ]
        self.moving += [runner.trail for runner in self.runners]
        self.moving += [runner.dot for runner in self.runners]
        self.moving += self.labels

    def _marks(self) -> None:
        style = self.look.style
        starts = np.unique(np.array([run.trajectory[0] for run in self.runs]).round(6), axis=0)
        marks: list[Artist] = [self.ground.marker(at, "o", 11, "none", style.target, 2) for at in starts]
        if len(starts) == 1:
            marks.append(self.ground.tag(starts[0], "start", style.target))
        if self.view.target is not None:
            goal = np.asarray(self.view.target)
            marks.append(self.ground.marker(goal, "P", 13, style.target, style.casing, 1.2))
        for minimum in self.view.minima:
            marks.append(self.ground.marker(np.asarray(minimum), "P", 10, style.target, style.casing, 1.2))
        for mark in marks:
            mark.set_zorder(3)

    def update(self, state: FrameState) -> None:
        """Every dot where its run is at the clock's step; its name beside the surface at its height."""
        heights = []
        for runner in self.runners:
            height = float(runner.show(state)[1])
            heights.append(float(np.clip(height, self.box.bottom, self.box.bottom + self.box.height)))
        em = self.look.em
        low = self.box.bottom
        places = spread(heights, 1.3 * em, low + 0.5 * em, low + self.box.height - 0.5 * em)
        for label, place_y in zip(self.labels, places, strict=True):
            label.set_position((self.box.left + self.box.width + 0.5 * em, place_y))
