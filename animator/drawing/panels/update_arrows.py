"""Gradient, momentum and update as arrows at the dot, to one scale, with a key.

The arrows are those of the update that comes next; the update is the sum of the others. They are drawn
larger than life, by a factor that is written beside them and changes in steps of 1, 2 and 5.
"""

import numpy as np
from matplotlib.colors import to_rgba

from animator.core.arrays import Floats
from animator.core.formatting import number
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.race import Runner
from animator.drawing.panels.surface_axes import Ground
from animator.drawing.raster.arrow_layer import Arrow
from animator.drawing.raster.text_layer import Stamp
from animator.drawing.view import present

LONGEST = 0.34  # of the picture's width
AROUND = 0.04  # of the run: over how many steps the factor is chosen


class ArrowsPanel(Panel):
    """view.forces at view.trajectory on the loss surface."""

    def create(self, cell: Box) -> None:
        view = self.view
        style = self.look.style
        self.forces = present(view.forces, "forces")
        box = self.room.square()
        self.heading(box, self.title or "what moves the weights")
        self.ground = Ground(self.look, box, None, view, [view.trajectory])
        self.ground.settle()
        self.shown = 0
        self.runner = Runner(self.look, self.ground, view, style.muted, 0, 2.2, 9)
        self.factors = self._factors(box.width)
        parts = [("update", self.forces.update, style.dot, 5.0)]
        if self.forces.heavy:
            parts.append(("momentum", self.forces.momentum, style.lines[1], 3.6))
        parts.append(("gradient", self.forces.gradient, style.lines[0], 3.6))
        self.moving += [*self.ground.moving, self.runner.trail, self.runner.dot]
        self.parts = [(values, self._arrow(colour, width)) for _, values, colour, width in parts]
        self._legend(box, [(name, colour, width) for name, _, colour, width in parts])

    def _legend(self, box: Box, parts: list[tuple[str, str, float]]) -> None:
        """Names and lengths, the factor, and the update rule where there is room for it."""
        em = self.look.em
        style = self.look.style
        left = box.left + box.width + 1.0 * em
        self.lengths = []
        y = box.bottom + box.height - 0.8 * em
        for name, colour, width in parts:
            key = Arrow(
                self.ground.axes,
                colour=to_rgba(colour),
                casing=to_rgba(style.background),
                width=self.look.line(width),
                clipped=False,
            )
            key.show((left, y), (left + 2.2 * em, y))
            self.look.figure.add_artist(key)
            self.moving.append(key)
            self._stamp(left + 2.7 * em, y, colour, bold=True).set_text(name)
            self.lengths.append(self._stamp(left + 8.6 * em, y, style.ink))
            y -= 1.6 * em
        self.look.text(left, y - 0.34 * em, "drawn", color=style.muted)
        self.factor = self._stamp(left + 3.5 * em, y, style.ink, bold=True)
        if y - 4.2 * em > box.bottom:
            rule = self.look.text(left, y - 1.6 * em, self.forces.rule, color=style.muted, parse_math=True)
            rule.set(math_fontfamily="stixsans", fontsize=self.look.points * 1.1, verticalalignment="top")

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

    def _stamp(self, x: float, y: float, colour: str, *, bold: bool = False) -> Stamp:
        stamp = self.look.stamp(x, y, em=0.95, color=colour, weight="bold" if bold else "normal")
        self.moving.append(stamp)
        return stamp

    def _factors(self, width: float) -> Floats:
        """(K,) how many times larger than life the arrows of each update are drawn."""
        a0, a1 = self.ground.window.extent[:2]
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
        self.runner.show(state)
        head = self.runner.pixels[state.step]
        going = state.step < len(self.forces.update) and bool(
            np.isfinite(self.forces.update[state.step]).all()
        )
        a0, a1 = self.ground.window.extent[:2]
        scale = self.ground.axes.bbox.width / (a1 - a0)
        factor = float(self.factors[state.step]) if going else 1.0
        for (values, arrow), length in zip(self.parts, self.lengths, strict=True):
            moved = values[state.step] if going else np.zeros(2)
            arrow.show(tuple(head), tuple(head + moved * scale * factor))
            length.set_text(number(float(np.hypot(*moved)), 3) if going else "–")
        self.factor.set_text(f"× {factor:g}" if going else "–")


def larger(most: Floats) -> Floats:
    """The largest of 1, 2 or 5 times a power of ten that is at most `most` (n,), which is positive."""
    power = 10.0 ** np.floor(np.log10(most))
    lead = most / power
    return np.asarray(np.where(lead >= 5, 5, np.where(lead >= 2, 2, 1)) * power)
