"""A cell of a sweep as a tile of a contact sheet: its surface, the paths of its runs, its loss in a corner.

In: a Track, a square box of whole pixels. Out: a part of the page whose look at a state of the sheet's clock
depends on that state alone. It is a panel without axes, on the raster toolkit of the films.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from animator.core.formatting import number
from animator.core.language import say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.look import Look
from animator.drawing.panels.race import SHAPES
from animator.drawing.raster.axes_transform import Viewport
from animator.drawing.raster.band_raster import Banding
from animator.drawing.raster.layer import Layer
from animator.drawing.raster.loss_colors import BANDS, colour_map
from animator.drawing.raster.marker_layer import Mark, shape_of
from animator.drawing.raster.path_layer import Trail
from animator.drawing.raster.text_layer import Sprite, Stamp
from animator.drawing.view import View
from animator.sweeps.sheet.page_part import PagePart
from animator.sweeps.sheet.tile_data import Sheet, Track
from animator.sweeps.sheet.tile_paths import Corner, TilePath, as_curve, fate, on_surface

DOT, RING, CROSS = 7.2, 5.8, 8.6  # points at 720p: sizes of marks
EDGE, CASING, TRAIL, LINE = 1.0, 0.9, 1.75, 0.6  # points at 720p: widths of lines
NARROW = 7.0  # em: a tile so narrow tells two significant digits of its loss
SMALL = 0.86  # em: what is said on a tile, the least that films have
CLEAR = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Runner:
    """A run on a tile: its path, and the layers that draw it; trail: None where it has no finite place."""

    path: TilePath
    trail: Trail | None
    dot: Mark

    def show(self, own: FrameState) -> None:
        """Move to a state of the run's own clock."""
        end, head, colour = self.path.until(own)
        if self.trail is not None:
            self.trail.show(end, head, colour)
        self.dot.place = None if self.path.gone(own.step) else (float(head[0]), float(head[1]))


class Tile(PagePart):
    """A cell in `box` of a page, whole pixels and square; the loss of its first run stands in a corner."""

    def __init__(self, look: Look, box: Box, track: Track, sheet: Sheet) -> None:
        super().__init__(look, box)
        self.track = track
        self.sheet = sheet
        self._slice: int | None = None  # the number of the one that is shown
        self.bands = _bands(self.look, self.inside, track, sheet)
        self.area = Viewport(self.inside, (0.0, box.width, 0.0, box.height))  # of pixels in pixels
        self.runners = [self._runner(i, sheet) for i in range(len(track.views))]
        self.hatching = self._hatching()
        self.digits = 2 if box.width < NARROW * look.em else 3
        self.notes = [self._note(i) for i in range(2)]
        self.loss = self.look.stamp(0, 0, em=SMALL, color=look.style.ink)
        self.loss.halo = look.style.casing
        self.states: tuple[FrameState, ...] = ()
        layers: list[Layer] = [mark for runner in self.runners for mark in self._marks(runner.path)]
        for runner in self.runners:
            layers += [runner.dot] if runner.trail is None else [runner.trail, runner.dot]
        self.compose([self.bands] if self.bands else [], [*layers, self.hatching, *self.notes, self.loss])

    @property
    def paths(self) -> list[TilePath]:
        """Those of all runs."""
        return [runner.path for runner in self.runners]

    def _runner(self, index: int, sheet: Sheet) -> _Runner:
        view = self.track.views[index]
        style = self.look.style
        several = len(self.track.views) > 1
        colour = style.lines[index % len(style.lines)] if several else None
        extent = sheet.extent or self.track.extent
        if self.bands is None or extent is None or self.track.scale is None:
            path = as_curve(view, self.inside, sheet.losses, colour or style.loss_line)
        else:
            path = on_surface(view, self.inside, extent, self.track.scale, style, colour)
        trail = None
        if len(path.kept):
            casing = to_rgba(style.casing, 0.85)
            width = self.look.line(TRAIL)
            points = path.points[path.kept]
            trail = Trail(
                self.area, points, path.bins[path.kept], colours=path.colours, casing=casing, width=width
            )
        return _Runner(path, trail, self._dot(index, path))

    def _dot(self, index: int, path: TilePath) -> Mark:
        """The dot of a run; of several, each has its own colour and shape."""
        style = self.look.style
        edge = to_rgba(style.dot_edge)
        width = self.look.line(EDGE)
        if len(self.track.views) == 1:
            fill = path.colours[0] if len(path.colours) == 1 else to_rgba(style.dot)
            return Mark(self.area, None, size=self.look.line(DOT), fill=fill, edge=edge, edge_width=width)
        shape = shape_of(SHAPES[index % len(SHAPES)])
        return Mark(
            self.area,
            shape,
            size=self.look.line(1.2 * DOT),
            fill=path.colours[0],
            edge=edge,
            edge_width=width,
        )

    def _marks(self, path: TilePath) -> list[Mark]:
        """The goals and the start of a run, where it has them."""
        style = self.look.style
        target = to_rgba(style.target)
        marks = []
        for goal in path.goals:
            cross = Mark(
                self.area,
                shape_of("P"),
                size=self.look.line(CROSS),
                fill=target,
                edge=to_rgba(style.casing),
                edge_width=self.look.line(CASING),
            )
            cross.place = (float(goal[0]), float(goal[1]))
            marks.append(cross)
        if path.start is not None:
            ring = Mark(
                self.area,
                None,
                size=self.look.line(RING),
                fill=CLEAR,
                edge=target,
                edge_width=self.look.line(EDGE),
            )
            ring.place = (float(path.start[0]), float(path.start[1]))
            marks.append(ring)
        return marks

    def _hatching(self) -> Sprite:
        """Lines over the whole tile, for losses that are not finite any more."""
        lines = Rectangle(
            (0, 0),
            self.inside.width,
            self.inside.height,
            transform=None,
            hatch="////",
            facecolor="none",
            edgecolor=to_rgba(self.look.style.ink, 0.5),
            linewidth=0,
        )
        lines.set_figure(self.look.figure)
        return Sprite([lines], 6)

    def _note(self, line: int) -> Stamp:
        """A line in the middle of the tile, the first or the second."""
        middle = self.inside.height / 2 + (0.5 - line) * self.look.em
        style = self.look.style
        note = self.look.stamp(
            self.inside.width / 2, middle, em=SMALL, color=style.ink, weight="bold", across="center"
        )
        note.halo = style.casing
        return note

    def say_loss_at(self, corner: Corner) -> None:
        """Put the loss into a corner of the tile."""
        right, top = corner
        em = self.look.em
        self.loss.set_horizontalalignment("right" if right else "left")
        x = self.inside.width - 0.35 * em if right else 0.35 * em
        y = self.inside.height - 0.62 * em if top else 0.62 * em
        self.loss.set_position((x, y))

    def own(self, state: FrameState) -> tuple[FrameState, ...]:
        """`state` of the sheet's clock on that of each run."""
        views = self.track.views
        mine = state.own(max(view.steps for view in views), self.track.ratio)
        return tuple(mine.own(view.steps, view.ratio) for view in views)

    def key(self, state: FrameState) -> Hashable:
        """See PagePart."""
        return tuple((own.step, own.part, own.onto) for own in self.own(state))

    def show(self, state: FrameState) -> None:
        """See PagePart."""
        self.states = self.own(state)
        first = self.states[0].step
        self._show_surface(first)
        for runner, own in zip(self.runners, self.states, strict=True):
            runner.show(own)
        self.loss.set_text(loss_now(self.track.views[0], first, self.digits))
        said = fate(self.track.views, self.states)
        for note, words in zip(self.notes, said, strict=True):
            note.set_text(words)
        self.hatching.set_visible(said[0] == say("not finite"))

    def _show_surface(self, step: int) -> None:
        surface = self.track.surface
        scale = self.track.scale
        if self.bands is None or surface is None or scale is None:
            return
        number = surface.at(step)
        if number != self._slice:
            self._slice = number
            self.bands.set_field(surface.losses(number, scale))


def _bands(look: Look, box: Box, track: Track, sheet: Sheet) -> Banding | None:
    """The surface of a cell in the window that it is shown in, if it has one."""
    extent = sheet.extent or track.extent
    if track.surface is None or extent is None or track.scale is None:
        return None
    surface_map = colour_map(look.style.surface_map)
    return Banding(
        Viewport(box, extent),
        track.surface.alpha,
        track.surface.beta,
        track.scale,
        colours=[surface_map((i + 0.5) / BANDS) for i in range(BANDS)],
        line=to_rgba(look.style.contour, 0.35),
        width=look.line(LINE),
    )


def loss_now(view: View, step: int, digits: int = 3) -> str:
    """The loss on all data at `step`, or that of the batch in use where it is absent."""
    if np.isfinite(view.loss).any() or not len(view.batch_loss):
        return number(float(view.loss[step]), digits)
    return number(float(view.batch_loss[min(step, view.steps - 1)]), digits)
