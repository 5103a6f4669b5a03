"""Why small batches wander: the loss of the batch in use, as lines, over the loss on all data.

The next step goes down the batch's surface, not down that of all data. The lines are those of the batch that
makes the next update, in the same loss units and at the same levels as the bands.
"""

import numpy as np
from contourpy import LineType, contour_generator
from matplotlib.colors import to_rgba
from matplotlib.path import Path

from animator.core.language import say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import TITLE
from animator.drawing.panels.growing_curves import NAME
from animator.drawing.panels.map_panel import MapPanel
from animator.drawing.panels.race import Runner
from animator.drawing.panels.surface_axes import Ground
from animator.drawing.raster.vector_artists import Contours
from animator.drawing.view import present

EVERY = 3  # bands from one line to the next


class BatchPanel(MapPanel):
    """view.trajectory on the surface of the race, view.batch_surface over it."""

    def create(self, cell: Box) -> None:
        view = self.view
        style = self.look.style
        self.surface = present(view.batch_surface, "batch surface")
        self.ground = Ground(self.look, self.room, view, [view.trajectory], self.spec)
        title = self.title or say("loss of the batch in use")
        ends = self.heading(self.ground.box, title, self.ground.title_left)
        self._name_lines(ends + self.look.em)
        colour = style.lines[view.colour % len(style.lines)]
        self.levels = self.ground.scale.levels()[1:-1:EVERY]
        self.lines = Contours(self.ground.axes, colour=to_rgba(style.target, 0.75), width=self.look.line(1.5))
        self.ground.axes.add_artist(self.lines)
        start = self.ground.marker(view.trajectory[0], "o", 9, "none", style.target, 2)
        start.set_zorder(3)
        self.shown = -1
        self.runner = Runner(self.look, self.ground, view, colour, view.colour, 2.6, 11)
        self.moving += [self.lines, self.runner.trail, self.runner.dot, *self.runner.halts.layers]

    def _name_lines(self, left: float) -> None:
        """Say what the lines are, from `left` on, above the first picture, if there is room."""
        look, box = self.look, self.ground.box
        words = say("lines: the batch's loss")
        if self.spec.tags and left + look.ruler(NAME)(words) <= box.left + box.width:
            look.text(left, box.bottom + box.height + TITLE * look.em, words, em=NAME)

    def update(self, state: FrameState) -> None:
        at = max(0, int(np.searchsorted(self.surface.steps, state.step, side="right")) - 1)
        if at != self.shown:
            made = contour_generator(
                self.surface.alpha,
                self.surface.beta,
                self.surface.slices[at],
                line_type=LineType.SeparateCode,
            )
            self.lines.paths = [
                Path(points, kinds)
                for level in self.levels
                for points, kinds in zip(*made.lines(level), strict=True)
            ]
            self.shown = at
        self.runner.show(state)
