"""Gradient, momentum and update as arrows at the dot, to one scale, with a key.

The arrows are those of the update that comes next. Where a film takes its time for a step, they grow one
after the other, each where the last one ends, and then the update, their sum, which the dot follows; where it
halts, they grow and stand. They are drawn larger than life, by a factor that is written above them and that
changes in steps of 1, 2 and 5.
"""

from dataclasses import replace

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba

from animator.core.arrays import Floats
from animator.core.formatting import number
from animator.core.language import digits, say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import TITLE, Panel
from animator.drawing.panels.growing_curves import NAME
from animator.drawing.panels.race import Runner
from animator.drawing.panels.surface_axes import Ground
from animator.drawing.raster.arrow_layer import Arrow
from animator.drawing.raster.text_layer import Sprite, Stamp
from animator.drawing.view import present

LONGEST = 0.34  # of the picture's width
LAST = 0.6  # of a step's time: then the update is there, and the dot begins to move
AROUND = 0.04  # of the run: over how many steps the factor is chosen


class ArrowsPanel(Panel):
    """view.forces at view.trajectory on the loss surface."""

    def create(self, cell: Box) -> None:
        view = self.view
        style = self.look.style
        self.forces = present(view.forces, "forces")
        self.ground = Ground(self.look, self.room, view, [view.trajectory], self.spec)
        box = self.ground.box
        self._marks()
        self.ground.settle()
        self.shown = 0
        self.runner = Runner(self.look, self.ground, view, style.muted, 0, 2.2, 13, style.dot)
        self.factors = self._factors(box.width)
        parts = [(say("gradient"), self.forces.gradient, style.lines[0], 3.6)]
        if self.forces.heavy:
            parts.append((say("momentum"), self.forces.momentum, style.lines[1], 3.6))
        parts.append((say("update"), self.forces.update, style.dot, 5.0))
        self.moving += [*self.ground.moving, self.runner.trail, self.runner.dot]
        self.arrows = [self._arrow(colour, width) for *_, colour, width in reversed(parts)][::-1]
        self.runner.halts.ring.remove()  # the arrows point at the dot, and begin where it would stand
        self.moving += self.runner.halts.marks.values()
        self.values = [values for _, values, _, _ in parts]
        self._legend(box, [(name, colour, width) for name, _, colour, width in parts])

    def _marks(self) -> None:
        """Mark where the run starts, and its target."""
        style = self.look.style
        start = self.view.trajectory[0]
        marks: list[Artist] = [self.ground.marker(start, "o", 9, "none", style.target, 2)]
        marks += self.ground.tag(start, say("start"), style.target)
        if self.view.target is not None:
            goal = np.asarray(self.view.target)
            marks.append(self.ground.marker(goal, "P", 11, style.target, style.casing, 1.2))
        if self.ground.field.moving:
            sprite = Sprite(marks, 3)
            self.ground.axes.add_artist(sprite)
            self.moving.append(sprite)

    def _legend(self, box: Box, parts: list[tuple[str, str, float]]) -> None:
        """Above the picture, the names and lengths of the arrows, and the factor where it has room."""
        em = self.look.em
        wide = self.look.ruler(NAME, "bold")
        left = self.ground.title_left
        up = box.bottom + box.height + TITLE * em
        most = self.look.ruler(NAME)("0.000000")
        self.lengths = []
        for name, colour, width in parts:
            self._key(left, up + 0.3 * em, colour, width)
            left += 2.0 * em
            self.look.text(left, up, name, em=NAME, color=colour, fontweight="bold")
            left += wide(name) + 0.5 * em
            self.lengths.append(self._stamp(left, up))
            left += most + 0.6 * em
        words = say("drawn")
        self.factor = self._stamp(left + self.look.ruler(NAME)(words) + 0.4 * em, up)
        self.told = left + 6.0 * em < self.cell.left + self.cell.width
        if self.told:
            self.look.text(left, up, words, em=NAME, color=self.look.style.muted)

    def _key(self, left: float, middle: float, colour: str, width: float) -> None:
        """An arrow that stands before a name."""
        look = self.look
        key = Arrow(
            self.ground.axes,
            colour=to_rgba(colour),
            casing=to_rgba(look.style.background),
            width=look.line(width),
            clipped=False,
        )
        key.show((left, middle), (left + 1.6 * look.em, middle))
        look.figure.add_artist(key)
        self.moving.append(key)

    def _arrow(self, colour: str, width: float) -> Arrow:
        style = self.look.style
        arrow = Arrow(
            self.ground.axes,
            colour=to_rgba(colour),
            casing=to_rgba(style.casing),
            width=self.look.line(width),
        )
        arrow.set_zorder(6 + 0.01 * len(self.moving))
        self.ground.axes.add_artist(arrow)
        self.moving.append(arrow)
        return arrow

    def _stamp(self, x: float, y: float) -> Stamp:
        stamp = self.look.stamp(x, y, em=NAME, color=self.look.style.ink, up="baseline")
        self.moving.append(stamp)
        return stamp

    def _factors(self, width: float) -> Floats:
        """(K,) how many times larger than life the arrows of each update are drawn."""
        a0, a1 = self.ground.whole[:2]
        scale = width / (a1 - a0)
        parts = np.stack([self.forces.update, self.forces.momentum, self.forces.gradient])
        longest = np.nan_to_num(np.linalg.norm(parts, axis=2)).max(axis=0) * scale
        reach = max(1, round(AROUND * len(longest)))
        padded = np.pad(longest, reach, mode="edge")
        around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
        return larger(LONGEST * width / np.maximum(around, 1e-12 * width))

    def update(self, state: FrameState) -> None:
        wanted = self.ground.field.at(state.step)
        if wanted != self.shown:
            self.ground.bands.set_field(self.ground.field.slices[wanted])
            self.ground.name_levels(wanted)
            self.shown = wanted
        slow = state.onto > state.step
        moved = max(0.0, (state.part - LAST) / (1 - LAST))
        self.runner.show(replace(state, part=moved) if slow else state)
        going = state.step < len(self.forces.update) and bool(
            np.isfinite(self.forces.update[state.step]).all()
        )
        factor = float(self.factors[state.step]) if going else 1.0
        part = max(state.part, self.runner.halts.opened(state)) if slow else None
        self._point(state.step, factor, going=going, part=part)
        self.factor.set_text(digits(f"× {factor:g}") if going and self.told else "–" if self.told else "")

    def _point(self, step: int, factor: float, *, going: bool, part: float | None) -> None:
        """Set the arrows of the update after `step`; part: how far it has come, None for all at once."""
        a0, a1 = self.ground.whole[:2]
        scale = self.ground.axes.bbox.width / (a1 - a0)
        home = tail = self.runner.pixels[step]
        last = len(self.values) - 1
        for i, (values, arrow, length) in enumerate(zip(self.values, self.arrows, self.lengths, strict=True)):
            moved = values[step] if going else np.zeros(2)
            grown = 1.0 if part is None else min(1.0, max(0.0, part / LAST * last - i))
            if i == last:
                tail = home
                grown = 1.0 if part is None or part > LAST else 0.0
            head = tail + grown * moved * scale * factor
            arrow.show(tuple(tail), tuple(head))
            tail = home if part is None else head
            length.set_text(number(float(np.hypot(*moved)), 3) if going else "–")


def larger(most: Floats) -> Floats:
    """The largest of 1, 2 or 5 times a power of ten that is at most `most` (n,), which is positive."""
    power = 10.0 ** np.floor(np.log10(most))
    lead = most / power
    return np.asarray(np.where(lead >= 5, 5, np.where(lead >= 2, 2, 1)) * power)
