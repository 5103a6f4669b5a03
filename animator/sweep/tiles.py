"""The moving part of a contact sheet: one artist a cell, with its picture, its path and its loss.

A tile draws inside of its own box, from its state alone, and says by its key when it must be drawn again.
"""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from animator.layout import Box
from animator.panels.base import Look
from animator.panels.stamps import Stamp
from animator.sweep.raster import Raster
from animator.sweep.strokes import CIRCLE, PLUS, bounds, dot_shape, hatch, hatching, mark, stamp, trail
from animator.sweep.tracks import Sheet, Track
from animator.sweep.ways import BROKE, Corner, Way, as_curve, fate, on_surface
from animator.timeline import FrameState
from animator.view import View
from animator.words import number

DOT, RING, CROSS, TRAIL = 5.0, 4.0, 5.0, 2.4  # pixels at 720p: radii, and the width of the path
EM_AT_720P = 19.44  # pixels
NARROW = 7.0  # em: a tile so narrow tells two significant digits of its loss

Key = tuple[Any, ...]


class Tile(Artist):
    """A cell in `box`, whole pixels and square; its loss stands in a corner of it."""

    def __init__(self, look: Look, box: Box, track: Track, sheet: Sheet) -> None:
        super().__init__()
        self.look, self.box, self.track = look, box, track
        self.raster = _raster(look, box, track, sheet)
        self.ways = [self._way(i, sheet) for i in range(len(track.views))]
        self.digits = 2 if box.width < NARROW * look.em else 3
        self.lines = hatching(box, 0.62 * look.em)
        self.loss = stamp(look, box.left, box.bottom, look.style.ink)
        self.loss.halo = look.style.casing
        self.notes = [self._note(i) for i in range(2)]
        self.states: tuple[FrameState, ...] = ()
        self._picture: tuple[int, NDArray[np.uint8], NDArray[np.bool_] | None] | None = None

    def _way(self, number: int, sheet: Sheet) -> Way:
        view, style = self.track.views[number], self.look.style
        colour = style.lines[number % len(style.lines)] if len(self.track.views) > 1 else None
        extent = sheet.extent or self.track.extent
        if self.raster is None or extent is None or sheet.scale is None:
            return as_curve(view, self.box, sheet.losses, colour or style.loss_line)
        return on_surface(view, self.box, extent, sheet.scale, style, colour)

    def say_loss_at(self, corner: Corner) -> None:
        """Put the loss into a corner of the tile."""
        em, box, (right, top) = self.look.em, self.box, corner
        self.loss.set_horizontalalignment("right" if right else "left")
        self.loss.set_position((box.left + (box.width - 0.35 * em if right else 0.35 * em),
                                box.bottom + (box.height - 0.62 * em if top else 0.62 * em)))  # fmt: skip

    def _note(self, line: int) -> Stamp:
        middle = self.box.bottom + self.box.height / 2
        made = stamp(self.look, self.box.left + self.box.width / 2, middle + (0.5 - line) * self.look.em,
                     self.look.style.ink)  # fmt: skip
        made.set(horizontalalignment="center", fontweight="bold")
        made.halo = self.look.style.casing
        return made

    def own(self, state: FrameState) -> tuple[FrameState, ...]:
        """`state` of the sheet's clock on that of each run."""
        views = self.track.views
        mine = state.own(max(view.steps for view in views), self.track.ratio)
        return tuple(mine.own(view.steps, view.ratio) for view in views)

    def key(self, state: FrameState) -> Key:
        """What the tile looks like at `state` of the sheet's clock depends on."""
        return tuple((own.step, own.part, own.onto) for own in self.own(state))

    def show(self, state: FrameState) -> None:
        """Move on to `state` of the sheet's clock."""
        self.states = self.own(state)
        self.loss.set_text(loss_now(self.track.views[0], self.states[0].step, self.digits))
        said = fate(self.track.views, self.states)
        for note, words in zip(self.notes, said, strict=True):
            note.set_text(words)

    def draw(self, renderer: Any) -> None:
        """Paint the picture, what stands in it, and the words."""
        if self.raster is not None:
            self._paint(renderer, self.raster)
        gc = renderer.new_gc()
        gc.set_clip_rectangle(bounds(self.box))
        for i in range(len(self.ways)):
            self._draw_way(renderer, gc, i)
        if self.notes[0].get_text() == BROKE:
            hatch(renderer, gc, self.lines, to_rgba(self.look.style.ink, 0.5), self._pixels(1.1))
        gc.restore()
        for words in (*self.notes, self.loss):
            words.draw(renderer)

    def _pixels(self, at_720p: float) -> float:
        return at_720p * self.look.em / EM_AT_720P

    def _draw_way(self, renderer: Any, gc: Any, i: int) -> None:
        way, own, style = self.ways[i], self.states[i], self.look.style
        target, casing = to_rgba(style.target), to_rgba(style.casing, 0.85)
        if way.target is not None:
            mark(renderer, gc, PLUS, way.target, self._pixels(CROSS + 1), casing, self._pixels(4))
            mark(renderer, gc, PLUS, way.target, self._pixels(CROSS), target, self._pixels(2))
        if way.start is not None:
            mark(renderer, gc, CIRCLE, way.start, self._pixels(RING), target, self._pixels(1.4))
        points, bins = way.until(own)
        trail(renderer, gc, points, bins, way.colours, casing, self._pixels(TRAIL))
        if not way.gone(own.step):
            fill = way.colours[0] if len(way.colours) == 1 else to_rgba(style.dot)
            shape, radius = dot_shape(i, len(self.ways))
            mark(renderer, gc, shape, points[-1], radius * self._pixels(DOT), to_rgba(style.dot_edge),
                 self._pixels(1.4), fill)  # fmt: skip

    def _paint(self, renderer: Any, raster: Raster) -> None:
        number = raster.relief.at(self.states[0].step)
        if self._picture is None or self._picture[0] != number:
            self._picture = (number, raster.paint(number), raster.known(number))
        pixels, box = np.asarray(renderer.buffer_rgba()), self.box
        top, left, side = pixels.shape[0] - int(box.bottom + box.height), int(box.left), int(box.width)
        part = pixels[top : top + side, left : left + side]
        _, picture, known = self._picture
        if known is None:
            part[...] = picture
        else:
            part[known] = picture[known]


def loss_now(view: View, step: int, digits: int = 3) -> str:
    """The loss on all data at `step`, or that of the batch in use where it is absent."""
    if np.isfinite(view.loss).any() or not len(view.batch_loss):
        return number(float(view.loss[step]), digits)
    return number(float(view.batch_loss[min(step, view.steps - 1)]), digits)


def _raster(look: Look, box: Box, track: Track, sheet: Sheet) -> Raster | None:
    extent = sheet.extent or track.extent
    if track.relief is None or extent is None:
        return None
    return Raster(track.relief, extent, int(box.width), look.style, 0.8 * look.em / EM_AT_720P)
