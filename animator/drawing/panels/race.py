"""Several runs on one surface: each with a line, colour and shape of its own, named above it in their order.

Colours tell runs apart, not losses: the surface's bar does that. Start and target are marked once.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.text import Text

from animator.core.arrays import Floats
from animator.core.language import say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.event_marks import Pointer
from animator.drawing.look import Look
from animator.drawing.panels.base import TITLE, Panel
from animator.drawing.panels.growing_curves import NAME
from animator.drawing.panels.surface_axes import Ground
from animator.drawing.raster.marker_layer import Shape
from animator.drawing.raster.path_layer import Trail, followed, visible
from animator.drawing.raster.text_fit import shortened
from animator.drawing.view import View, present

KEY, BETWEEN = 1.0, 0.9  # em: what a mark takes before a name, and from a name to the next mark
KEYS_PITCH = 1.35  # em: from one row of names to the next
TRIPOD = MarkerStyle((3, 1, 0))
SHAPES: tuple[Shape, ...] = (*"os^Dv<>pP*X", TRIPOD)  # as many as a sweep's race has runs
PLAIN = 8  # runs: of more, nobody tells shapes apart


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
        fill: str = "",
        many: int = 1,
    ) -> None:
        """fill: the colour of the dot, where it is not that of the trail. many: how many runs there are."""
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
        self.dot = ground.mark(shape_among(many, number), size, fill or colour, look.style.dot_edge, 1.6)
        self.dot.set_zorder(5 + 0.01 * number)
        self.halts = Pointer(look, run, ground.axes, self._pixels_at)

    def _pixels_at(self, state: FrameState) -> Floats:
        """Where the dot is, in pixels, at a state of the run's own."""
        here = self.pixels[state.step]
        return np.asarray(here + state.part * (self.pixels[state.onto] - here))

    def show(self, state: FrameState) -> Floats:
        """Move to where the run is on the film's clock; the dot's place (2,) in pixels."""
        run = self.run
        own = state.own(self.run.steps, self.run.ratio)
        step = own.step
        start, end = np.searchsorted(self.kept, [own.tail, step], side="right")
        head = self._pixels_at(own)
        self.trail.show(int(end), head, 0, max(0, int(start) - 1))
        gone = self.left_at is not None and step >= self.left_at
        place = run.place(own)
        self.dot.place = None if gone else (float(place[0]), float(place[1]))
        self.halts.show(own)
        return head


def shape_among(many: int, number: int) -> Shape:
    """The shape of a run's dot: one of its own, or of more than PLAIN runs a plain disc."""
    return SHAPES[number % len(SHAPES)] if many <= PLAIN else SHAPES[0]


class RacePanel(Panel):
    """view.rivals on the surface that they share."""

    def create(self, cell: Box) -> None:
        look = self.look
        style = look.style
        self.runs: tuple[View, ...] = self.view.rivals or (self.view,)
        self.colours = [style.lines[run.colour % len(style.lines)] for run in self.runs]
        room = self.room
        keys = self._keys(room)
        above = (len(keys) - 1) * KEYS_PITCH * look.em
        paths = [run.trajectory for run in self.runs]
        self.ground = Ground(look, room.inset(0, 0, 0, above), self.view, paths, self.spec)
        self.ground.bar.set_xlim(0, 0.5)
        self._marks()
        self.ground.settle()
        self.runners = [
            Runner(look, self.ground, run, self.colours[i], i, many=len(self.runs))
            for i, run in enumerate(self.runs)
        ]
        self._name(keys)
        self.moving += [runner.trail for runner in self.runners]
        self.moving += [runner.dot for runner in self.runners]
        self.moving += [layer for runner in self.runners for layer in runner.halts.layers]

    def _keys(self, room: Box) -> list[list[tuple[int, str, float]]]:
        """(number, name, left in pixels from the picture's edge) of every run, in rows above the picture."""
        em = self.look.em
        wide = self.look.ruler(NAME, "bold")
        names = shortened([run.name for run in self.runs], room.width - 4 * em, wide)
        rows: list[list[tuple[int, str, float]]] = [[]]
        start = left = 1.2 * em
        for i, name in enumerate(names):
            width = KEY * em + wide(name)
            if rows[-1] and left + width > room.width:
                rows.append([])
                left = start
            rows[-1].append((i, name, left))
            left += width + BETWEEN * em
        return rows

    def _name(self, keys: list[list[tuple[int, str, float]]]) -> None:
        """Write the runs' names above the picture, in their order, each behind its mark."""
        look = self.look
        em = look.em
        box = self.ground.box
        left = max(self.ground.title_left, box.left)
        self.names: list[Text] = []
        for row, line in enumerate(reversed(keys)):
            up = box.bottom + box.height + (TITLE + row * KEYS_PITCH) * em
            for i, name, at in line:
                mark = look.shape(left + at - 0.7 * em, up + 0.33 * em, shape_among(len(self.runs), i), 9)
                mark.set(color=self.colours[i], markeredgecolor=look.style.dot_edge)
                self.names.append(
                    look.text(left + at, up, name, em=NAME, color=self.colours[i], fontweight="bold")
                )

    def _marks(self) -> None:
        style = self.look.style
        starts = np.unique(np.array([run.trajectory[0] for run in self.runs]).round(6), axis=0)
        marks: list[Artist] = [self.ground.marker(at, "o", 11, "none", style.target, 2) for at in starts]
        if len(starts) == 1:
            marks += self.ground.tag(starts[0], say("start"), style.target)
        if self.view.target is not None:
            goal = np.asarray(self.view.target)
            marks.append(self.ground.marker(goal, "P", 13, style.target, style.casing, 1.2))
        for minimum in self.view.minima:
            marks.append(self.ground.marker(np.asarray(minimum), "P", 10, style.target, style.casing, 1.2))
        for mark in marks:
            mark.set_zorder(3)

    def update(self, state: FrameState) -> None:
        """Every dot where its run is at the clock's step."""
        for runner in self.runners:
            runner.show(state)
