"""The moving part of a contact sheet: one artist a cell, with its picture, its path and its loss.

A tile draws inside of its own box, from its state alone, and says by its key when it must be drawn again.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from numpy.typing import NDArray

from animator.core.formatting import number
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Look
from animator.drawing.raster.text_layer import Stamp
from animator.drawing.view import View
from animator.sweeps.sheet.ink import FINE, Ink, Pixels, Spot, spot
from animator.sweeps.sheet.strokes import CIRCLE, PLUS, RGBA, bounds, dot_shape, hatch, hatching, mark, stamp
from animator.sweeps.sheet.tile_bands import Raster
from animator.sweeps.sheet.tile_data import Sheet, Track
from animator.sweeps.sheet.tile_paths import BROKE, Corner, Way, as_curve, fate, on_surface

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
        self.inks = [self._ink(way) for way in self.ways]
        self.digits = 2 if box.width < NARROW * look.em else 3
        self.lines = hatching(box, 0.62 * look.em)
        self.loss = stamp(look, box.left, box.bottom, look.style.ink)
        self.loss.halo = look.style.casing
        self.notes = [self._note(i) for i in range(2)]
        self.states: tuple[FrameState, ...] = ()
        self._asked: tuple[FrameState, tuple[FrameState, ...]] | None = None
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
        if self._asked is None or self._asked[0] is not state:
            views = self.track.views
            mine = state.own(max(view.steps for view in views), self.track.ratio)
            self._asked = state, tuple(mine.own(view.steps, view.ratio) for view in views)
        return self._asked[1]

    def key(self, state: FrameState) -> Key:
        """What the tile looks like at `state` of the sheet's clock depends on."""
        return tuple((own.step, own.part, own.onto) for own in self.own(state))

    def number(self, state: FrameState) -> int | None:
        """The number of the slice that is shown at `state`; None without a surface."""
        return None if self.raster is None else self.raster.relief.at(self.own(state)[0].step)

    def show(self, state: FrameState) -> None:
        """Move on to `state` of the sheet's clock."""
        self.states = self.own(state)
        self.loss.set_text(loss_now(self.track.views[0], self.states[0].step, self.digits))
        said = fate(self.track.views, self.states)
        for note, words in zip(self.notes, said, strict=True):
            note.set_text(words)

    def draw(self, renderer: Any) -> None:
        """Paint the picture, what stands in it, and the words."""
        pixels, box = np.asarray(renderer.buffer_rgba()), self.box
        top, left, side = pixels.shape[0] - int(box.bottom + box.height), int(box.left), int(box.width)
        part = pixels[top : top + side, left : left + side]
        if self.raster is not None:
            self._paint(part, self.raster)
        for i, (path, still) in enumerate(self.inks):
            self._draw_way(part, i, path, still)
        if self.notes[0].get_text() == BROKE:
            gc = renderer.new_gc()
            gc.set_clip_rectangle(bounds(self.box))
            hatch(renderer, gc, self.lines, to_rgba(self.look.style.ink, 0.5), self._pixels(1.1))
            gc.restore()
        for words in (*self.notes, self.loss):
            if words.get_text():
                words.draw(renderer)

    def _pixels(self, at_720p: float) -> float:
        return at_720p * self.look.em / EM_AT_720P

    def _from_top(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 2) in pixels of the figure as pixels of the tile, y downwards."""
        return np.stack([points[:, 0] - self.box.left,
                         self.box.bottom + self.box.height - points[:, 1]], axis=1)  # fmt: skip

    def _ink(self, way: Way) -> tuple[Ink, list[Spot]]:
        """The path of a run, and the marks below it that stand still."""
        style, side = self.look.style, int(self.box.width)
        target, casing = to_rgba(style.target), to_rgba(style.casing, 0.85)
        path = Ink(self._from_top(way.points[way.kept]), way.bins[way.kept], way.colours, casing,
                   self._pixels(TRAIL), (side, side))  # fmt: skip

        def cross(renderer: Any, at: NDArray[np.float64]) -> None:
            gc = renderer.new_gc()
            mark(renderer, gc, PLUS, at, self._pixels(CROSS + 1), casing, self._pixels(4))
            mark(renderer, gc, PLUS, at, self._pixels(CROSS), target, self._pixels(2))

        def ring(renderer: Any, at: NDArray[np.float64]) -> None:
            mark(renderer, renderer.new_gc(), CIRCLE, at, self._pixels(RING), target, self._pixels(1.4))

        marks = [(cross, way.target), (ring, way.start)]
        reach = int(self._pixels(CROSS + 4)) + 2
        return path, [
            spot(paint, reach, self._from_top(at[None])[0]) for paint, at in marks if at is not None
        ]

    def _draw_way(self, part: Pixels, i: int, path: Ink, still: list[Spot]) -> None:
        way, own = self.ways[i], self.states[i]
        for below in still:
            below.lay(part)
        end, place, colour = way.until(own)
        head = self._from_top(place[None])[0]
        if end:
            path.lay(part, end, head, colour)
        if not way.gone(own.step):
            (column, x), (row, y) = (divmod(round(v * FINE), FINE) for v in head.tolist())
            self._dot(i, x, y).lay(part, row, column)

    def _dot(self, i: int, x: int, y: int) -> Spot:
        way, style = self.ways[i], self.look.style
        fill = way.colours[0] if len(way.colours) == 1 else to_rgba(style.dot)
        return _dot(dot_shape(i, len(self.ways)), self._pixels(DOT), fill, to_rgba(style.dot_edge),
                    self._pixels(1.4), x, y)  # fmt: skip

    def _paint(self, part: Pixels, raster: Raster) -> None:
        number = raster.relief.at(self.states[0].step)
        if self._picture is None or self._picture[0] != number:
            self._picture = (number, raster.paint(number), raster.known(number))
        _, picture, known = self._picture
        if known is None:
            part[...] = picture
        else:
            part[known] = picture[known]


@lru_cache(maxsize=4096)
def _dot(shape: tuple[Path, float], size: float, fill: RGBA, edge: RGBA, line: float, x: int, y: int) -> Spot:
    """A dot of (shape, radius of a disc of 1) whose place is x and y eighths of a pixel from its origin."""

    def paint(renderer: Any, at: NDArray[np.float64]) -> None:
        mark(renderer, renderer.new_gc(), shape[0], at, shape[1] * size, edge, line, fill)

    return spot(paint, int(shape[1] * size + line) + 2, np.array([x, y]) / FINE)


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
