"""Frames: a figure whose still parts are drawn once and whose moving artists are drawn for each state.

In: views and a mosaic. Out: frames (H, W, 4) uint8, opaque RGBA, row 0 on top. A frame depends on its state
alone; `full` draws the same frame anew, by a plain matplotlib draw, to hold the fast way to it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from animator.core.language import speaking, spoken
from animator.design.layout import Box, Mosaic
from animator.design.style import Style
from animator.design.timeline import FrameState
from animator.drawing.compositor import Background, Compositor, parted
from animator.drawing.look import Look
from animator.drawing.panels.base import Panel
from animator.drawing.panels.map_panel import MapPanel
from animator.drawing.panels.registry import PanelSpec, kind_of, load, run_of
from animator.drawing.placing import narrowed, placed, shares_axes, spec_of, tiled
from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.color_bar import loss_bar
from animator.drawing.raster.layer import Rect, clip_of
from animator.drawing.readout import Readout
from animator.drawing.units import DPI, EDGES, em_of, inches
from animator.drawing.view import View

Frame = NDArray[np.uint8]
Shares = tuple[Sequence[float], Sequence[float]]
POINTS = 72.0
BAR = 1.1  # em: the width of a bar that several panels share


class Canvas:
    """The drawing of one film at one size; `draw(state)` gives its frames in any order.

    Parameters
    ----------
    views
        The runs, a View each.
    mosaic
        Rows of panel names.
    style
        Its looks.
    size
        (width, height) in pixels.
    title, caption
        Its heading, and the words under it.
    shares
        Relative widths of the mosaic's columns, and heights of its rows; empty for equal ones.
    said
        The captions of its events, which take the caption's place while they are said.
    dpi
        Pixels an inch; POINTS for print.

    Examples
    --------
    >>> film = animator.film("run.h5", layout="weights")
    >>> state = film.timeline(fps=30).state(0)
    >>> film.canvas((320, 180), fps=30).draw(state).shape
    (180, 320, 4)
    """

    def __init__(
        self,
        views: Sequence[View],
        mosaic: Mosaic,
        style: Style,
        size: tuple[int, int],
        title: str,
        caption: str,
        shares: Shares = ((), ()),
        said: Sequence[str] = (),
        dpi: float = DPI,
    ) -> None:
        width, height = self.width, self.height = size
        self.language = spoken()
        self.figure = Figure(
            figsize=(inches(width, dpi), inches(height, dpi)), dpi=dpi, facecolor=style.background
        )
        self.canvas = FigureCanvasAgg(self.figure)
        em = em_of(style.text_size, size)
        self.look = Look(self.figure, style, em)
        frame = Box(0, 0, width, height)
        each = [name for row in mosaic for name in row if run_of(name) is not None]
        told = any(kind_of(name) in ("surface", "loss") for name in each)
        self.readout = Readout(self.look, frame, views, title, caption, said, each_told=told)
        body = frame.inset(EDGES.left * em, self.readout.height, EDGES.right * em, self.readout.above)
        cells = placed(mosaic, body, shares, em)
        tiles = tiled(cells, views)
        shared = bool(tiles) and shares_axes(tiles, views)
        cells = narrowed(cells, tiles, em, shared) if tiles else cells
        self.panels = self._panels(
            cells, views, {name: spec_of(name, cells, tiles, shared) for name in cells}
        )
        if tiles:
            self._bar([panel for panel in self.panels if isinstance(panel, MapPanel) and not panel.spec.bar])
        self.moving = [artist for panel in self.panels for artist in panel.moving]
        self.moving += self.readout.moving
        self._compositor = self._composed(list(cells.values()))

    def _composed(self, cells: Sequence[Box]) -> Compositor:
        backgrounds = []
        layers = []
        for panel, cell in zip(self.panels, cells, strict=True):
            below, above = parted(panel.moving)
            layers += above
            if below:
                backgrounds.append(Background(below, self._region(below, cell)))
        return Compositor(backgrounds, [*layers, *self.readout.moving])

    def _region(self, artists: Sequence[Artist], cell: Box) -> Rect:
        """Where artists may draw: in their axes, if they all keep to those, else in the panel's cell."""
        frame = Rect(0, 0, self.height, self.width)
        areas: set[PlotArea | None] = {getattr(artist, "kept_in", None) for artist in artists}
        area = areas.pop() if len(areas) == 1 else None
        if area is not None:
            return clip_of(area, self.height).clip(frame)
        top, left = int(self.height - cell.bottom - cell.height), int(cell.left)
        whole = Rect(top, left, top + int(cell.height) + 2, left + int(cell.width) + 2)
        return whole.clip(frame)

    @property
    def changed(self) -> list[Rect] | None:
        """Where the latest frame differs from the one that was drawn before it; None for everywhere."""
        return self._compositor.changed

    def _bar(self, tiles: Sequence[MapPanel]) -> None:
        """The bar that `tiles` have in common, at their right, as high as all of them."""
        em = self.look.em
        boxes = [panel.ground.box for panel in tiles]
        left = max(box.left + box.width for box in boxes) + 0.9 * em
        low, high = min(box.bottom for box in boxes), max(box.bottom + box.height for box in boxes)
        first = tiles[0]
        bar = loss_bar(
            self.look, Box(left, low, BAR * em, high - low), first.ground.scale, first.view.value_name
        )
        if not first.by_loss:
            bar.set_xlim(0, 0.5)

    def _panels(
        self, cells: Mapping[str, Box], views: Sequence[View], specs: Mapping[str, PanelSpec]
    ) -> list[Panel]:
        """A panel in each of `cells`, named "kind" or "kind@run"."""
        seen = {name: views[run_of(name) or 0] for name in cells}
        return [
            load(name)(
                specs[name],
                self.look,
                cell,
                seen[name],
                title="" if run_of(name) is None else seen[name].name,
            )
            for name, cell in cells.items()
        ]

    def show(self, state: FrameState) -> None:
        """Let every panel show `state`; nothing is drawn, but all is where it will be."""
        for panel in self.panels:
            view = panel.view
            panel.update(state if panel.spec.shared else state.own(view.steps, view.ratio))
        self.readout.update(state)

    def draw(self, state: FrameState) -> Frame:
        """The frame of `state`: (H, W, 4). The array is mended by the next call; `changed` says where."""
        with speaking(self.language):
            return self._drawn(state)

    def _drawn(self, state: FrameState) -> Frame:
        begun = self._compositor.ready
        if not begun:
            self.canvas.draw()
            self._compositor.begin(np.array(self.canvas.buffer_rgba()))
        self.show(state)
        base = np.asarray(self.canvas.buffer_rgba())
        return self._compositor.compose(self.canvas.get_renderer(), base, whole=not begun)

    def print(self, state: FrameState, path: Path) -> None:
        """Write the frame of `state` to `path`, an .svg or a .pdf, as lines and letters; no date is kept.

        The canvas must have POINTS pixels an inch: that is what these formats count in.
        """
        with speaking(self.language):
            self._printed(state, path)

    def _printed(self, state: FrameState, path: Path) -> None:
        self.show(state)
        for artist in self.moving:
            artist.set_animated(False)
        kind = path.suffix[1:].lower()
        dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
        with rc_context({"svg.hashsalt": "animator", "svg.fonttype": "path", "pdf.fonttype": 3}):
            self.figure.savefig(path, format=kind, metadata=dates)
        for artist in self.moving:
            artist.set_animated(True)
        self._compositor.forget()

    def full(self, state: FrameState) -> Frame:
        """The frame of `state`, every artist drawn anew by matplotlib: (H, W, 4), a copy."""
        with speaking(self.language):
            return self._anew(state)

    def _anew(self, state: FrameState) -> Frame:
        self.show(state)
        for artist in self.moving:
            artist.set_animated(False)
        try:
            self.canvas.draw()
            return np.array(self.canvas.buffer_rgba())
        finally:
            for artist in self.moving:
                artist.set_animated(True)
            self._compositor.forget()
