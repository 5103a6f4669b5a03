"""The drawing of one page of a contact sheet: what is still is drawn once, tiles where they have moved.

In: a page, its tracks, and words. Out: frames (H, W, 4) uint8, opaque RGBA, row 0 on top. A frame depends on
its state alone; `full` draws the same frame anew, by a plain matplotlib draw, to hold the fast way to it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from animator.design.layout import Box
from animator.design.style import Style
from animator.design.timeline import FrameState
from animator.drawing.panels.base import DPI, Look
from animator.sweeps.folder.manifest import Cell
from animator.sweeps.sheet.page_frame import FOOT, MARGIN, Frame, head
from animator.sweeps.sheet.pages import Page, Room
from animator.sweeps.sheet.strokes import stamp
from animator.sweeps.sheet.tile import Tile
from animator.sweeps.sheet.tile_data import Sheet, Track
from animator.sweeps.sheet.tile_paths import free_corner

Pixels = NDArray[np.uint8]
Region = tuple[int, int, int, int]  # top, left, bottom, right


class Board:
    """One page at `size` (width, height) in pixels; cells without a track are said to have failed."""

    def __init__(self, page: Page, tracks: Mapping[int, Track], cells: Mapping[int, Cell], sheet: Sheet,
                 style: Style, size: tuple[int, int], words: tuple[str, str]) -> None:  # fmt: skip
        """words: title and caption."""
        width, height = self.width, self.height = size
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=style.background)
        self.canvas = FigureCanvasAgg(self.figure)
        self.look = Look(self.figure, style, em_of(size, style))
        self.frame = Frame(self.look, size, page, sheet, *words, runs_of(tracks))
        self.tiles = [
            Tile(self.look, self.frame.box(index), tracks[index], sheet)
            for index in page.spots
            if index in tracks
        ]
        for index in page.spots:
            self.frame.ground(index, cells[index], tracks.get(index))
        corner = free_corner([(tile.box, way) for tile in self.tiles for way in tile.ways], self.look.em)
        for tile in self.tiles:
            tile.say_loss_at(corner)
        self.counter = Counter(self.look, sheet)
        self.artists: list[Tile | Counter] = [*self.tiles, self.counter]
        for artist in self.artists:
            artist.set_animated(True)
            artist.set_zorder(10)
            self.figure.add_artist(artist)
        self._regions = [
            *map(self._region, (tile.box for tile in self.tiles)),
            self._region(self.counter.box),
        ]
        self._still: Pixels | None = None
        self._keys: list[object] = []
        self.changed: Sequence[Region] | None = None

    def _region(self, box: Box) -> Region:
        top = self.height - int(box.bottom + box.height)
        return top, int(box.left), self.height - int(box.bottom), int(box.left + box.width)

    def still(self) -> Pixels:
        """All that does not move: (H, W, 4), not to be changed."""
        if self._still is None:
            self.canvas.draw()
            self._still = np.array(self.canvas.buffer_rgba())
            self._keys = []
        return self._still

    def draw(self, state: FrameState) -> Pixels:
        """The frame of `state`; the array is mended by the next call, and `changed` says where."""
        still = self.still()
        whole = not self._keys
        self._keys = self._keys or [None] * len(self.artists)
        renderer, pixels = self.canvas.get_renderer(), np.asarray(self.canvas.buffer_rgba())
        mended: list[Region] = []
        keys = [artist.key(state) for artist in self.artists]
        for i, (artist, region) in enumerate(zip(self.artists, self._regions, strict=True)):
            if keys[i] == self._keys[i]:
                continue
            top, left, bottom, right = region
            pixels[top:bottom, left:right] = still[top:bottom, left:right]
            artist.show(state)
            artist.draw(renderer)
            mended.append(region)
        self._keys = list(keys)
        self.changed = None if whole else mended
        return pixels

    def full(self, state: FrameState) -> Pixels:
        """The frame of `state`, every artist drawn anew by matplotlib: (H, W, 4), a copy."""
        for artist in self.artists:
            artist.show(state)
            artist.set_animated(False)
        try:
            self.canvas.draw()
            return np.array(self.canvas.buffer_rgba())
        finally:
            for artist in self.artists:
                artist.set_animated(True)
            self._still = None


class Counter(Artist):
    """How far the clock is, at the lower left: the step, or the share of each run where they differ."""

    def __init__(self, look: Look, sheet: Sheet) -> None:
        super().__init__()
        em = look.em
        self.sheet = sheet
        self.box = Box(int(MARGIN * em), int(0.35 * em), int(14 * em), int(2.2 * em))
        left, middle = self.box.left, 1.35 * em
        self.name = stamp(look, left, middle, look.style.muted, 0.95)
        self.name.set_text("of each run" if sheet.by_share else "step")
        self.value = stamp(look, left + (0 if sheet.by_share else 2.9) * em, middle, look.style.ink, 1.3)
        if sheet.by_share:
            self.name.set_position((left + 3.4 * em, middle))

    def key(self, state: FrameState) -> str:
        """The words at `state`."""
        if self.sheet.by_share:
            return f"{100 * state.step // max(1, self.sheet.steps)}%"
        return f"{state.step:,} / {self.sheet.steps:,}"

    def show(self, state: FrameState) -> None:
        """Move on to `state`."""
        self.value.set_text(self.key(state))

    def draw(self, renderer: RendererBase) -> None:
        """Put the words down."""
        self.name.draw(renderer)
        self.value.draw(renderer)


def runs_of(tracks: Mapping[int, Track]) -> tuple[str, ...]:
    """The names of the runs that every tile has, where there are several."""
    names = max((tuple(view.name for view in track.views) for track in tracks.values()), key=len, default=())
    return names if len(names) > 1 else ()


def em_of(size: tuple[int, int], style: Style) -> float:
    """The size of normal text in pixels, as films of this size have it."""
    width, height = size
    return style.text_size * min(height * min(1.0, max(0.95, width / height / 1.5)), width)


def room_of(size: tuple[int, int], style: Style) -> Room:
    """The room for tiles on a page of this size, in em."""
    em = em_of(size, style)
    return Room(size[0] / em - 2 * MARGIN, size[1] / em - head(size, em) - FOOT)
