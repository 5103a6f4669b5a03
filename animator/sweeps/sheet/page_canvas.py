"""The drawing of one page of a contact sheet: what is still is drawn once, its parts where they have changed.

In: a page, its tracks, and words. Out: frames (H, W, 4) uint8, opaque RGBA, row 0 on top. A frame depends on
its state alone; `full` makes the same frame anew, to hold the fast way to it.
"""

from collections.abc import Hashable, Mapping

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from animator.core.language import digits, say
from animator.design.layout import Box
from animator.design.style import Style
from animator.design.timeline import FrameState
from animator.drawing.look import Look
from animator.drawing.raster.layer import Pixels, Rect
from animator.drawing.units import DPI, em_of, inches
from animator.sweeps.folder.manifest import Cell
from animator.sweeps.sheet.page_frame import FOOT, MARGIN, PageFrame, head
from animator.sweeps.sheet.page_part import PagePart
from animator.sweeps.sheet.pages import Page, Room
from animator.sweeps.sheet.tile import Tile
from animator.sweeps.sheet.tile_data import Sheet, Track
from animator.sweeps.sheet.tile_paths import free_corner


class PageCanvas:
    """One page at `size` (width, height) in pixels; cells without a track are said to have failed."""

    def __init__(
        self,
        page: Page,
        tracks: Mapping[int, Track],
        cells: Mapping[int, Cell],
        sheet: Sheet,
        style: Style,
        size: tuple[int, int],
        *,
        title: str,
        caption: str,
    ) -> None:
        self.width, self.height = size
        self.figure = Figure(figsize=(inches(size[0]), inches(size[1])), dpi=DPI, facecolor=style.background)
        self.canvas = FigureCanvasAgg(self.figure)
        self.look = Look(self.figure, style, em_of(style.text_size, size))
        self.frame = PageFrame(self.look, size, page, sheet, title, caption, runs_of(tracks))
        self.tiles: list[Tile] = []
        for index in page.spots:
            self.frame.ground(index, cells[index], tracks.get(index))
            if index in tracks:
                self.tiles.append(Tile(self.look, self.frame.box(index), tracks[index], sheet))
        corner = free_corner([path for tile in self.tiles for path in tile.paths], self.look.em)
        for tile in self.tiles:
            tile.say_loss_at(corner)
        self.counter = Counter(self.look, sheet)
        self.parts: list[PagePart] = [*self.tiles, self.counter]
        self.changed: list[Rect] | None = None
        self._picture: Pixels | None = None
        self._keys: list[Hashable] = []

    def _begun(self) -> Pixels:
        """All that does not move (H, W, 4), a copy, and every part to be drawn anew."""
        self.canvas.draw()
        still = np.array(self.canvas.buffer_rgba())
        for part in self.parts:
            part.begin(part.region(self.height).of(still).copy())
        self._keys = [None] * len(self.parts)
        return still

    def draw(self, state: FrameState) -> Pixels:
        """The frame of `state`; the array is mended by the next call, and `changed` says where."""
        whole = self._picture is None
        picture = self._picture = self._begun() if self._picture is None else self._picture
        mended: list[Rect] = []
        for i, part in enumerate(self.parts):
            key = part.key(state)
            if key == self._keys[i]:
                continue
            self._keys[i] = key
            region = part.region(self.height)
            pixels, changed = part.draw(state)
            for rect in changed:
                rect.of(region.of(picture))[...] = rect.of(pixels)
            mended += [rect.within(Rect(-region.top, -region.left, 0, 0)) for rect in changed]
        self.changed = None if whole else mended
        return picture

    def full(self, state: FrameState) -> Pixels:
        """The frame of `state`, all of it made anew: (H, W, 4)."""
        self._picture = None
        picture = self.draw(state)
        self._picture = None
        return picture


class Counter(PagePart):
    """How far the clock is, at the lower left: the step, or the share of each run where they differ."""

    def __init__(self, look: Look, sheet: Sheet) -> None:
        em = look.em
        super().__init__(look, Box(int(MARGIN * em), int(0.35 * em), int(14 * em), int(2.2 * em)))
        self.sheet = sheet
        middle = 1.35 * em - self.box.bottom
        shares = sheet.by_share
        muted, ink = look.style.muted, look.style.ink
        words = say("of each run") if shares else say("step")
        left_of_name = 3.4 * em if shares else 0.0
        left_of_value = 0.0 if shares else max(2.9 * em, self.look.ruler(0.95)(words) + 0.7 * em)
        self.name = self.look.stamp(left_of_name, middle, words, em=0.95, color=muted)
        self.value = self.look.stamp(left_of_value, middle, em=1.3, color=ink)
        self.compose([], [self.name, self.value])

    def key(self, state: FrameState) -> str:
        """The words at `state`."""
        if self.sheet.by_share:
            return f"{100 * state.step // max(1, self.sheet.steps)}%"
        return digits(f"{state.step:,} / {self.sheet.steps:,}")

    def show(self, state: FrameState) -> None:
        """See PagePart."""
        self.value.set_text(self.key(state))


def runs_of(tracks: Mapping[int, Track]) -> tuple[str, ...]:
    """The names of the runs that every tile has, where there are several."""
    names = max((tuple(view.name for view in track.views) for track in tracks.values()), key=len, default=())
    return names if len(names) > 1 else ()


def room_of(size: tuple[int, int], style: Style) -> Room:
    """The room for tiles on a page of this size, in em."""
    em = em_of(style.text_size, size)
    return Room(size[0] / em - 2 * MARGIN, size[1] / em - head(size, em) - FOOT)
