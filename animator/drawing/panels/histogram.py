"""Histograms: how many weights have which value, how many updates which size, now and at first.

The outline is the histogram of the first step that has one. Bars of all frames stand on one axis.
"""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import IdentityTransform

from animator.core.arrays import Floats
from animator.core.language import say, written
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.look import Look
from animator.drawing.panels.base import Panel
from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.axis_ticks import name_axes, ruled
from animator.drawing.raster.pen import RGBA, pen
from animator.landscape.panel_data.histograms import Histogram


class Bars(Artist):
    """Filled steps: heights (B,) over edges (B+1,), in coordinates of the area."""

    def __init__(self, area: PlotArea, edges: Floats, *, colour: RGBA, width: float = 0.0) -> None:
        super().__init__()
        self.area = area
        self.edges = edges
        self.colour = colour
        self.width = width
        self.heights: Floats = np.zeros(len(edges) - 1)
        self.set_zorder(2 if width else 1.5)

    def draw(self, renderer: RendererBase) -> None:
        """Paint the bars, or their outline where there is a width (points)."""
        x = np.repeat(self.edges, 2)
        y = np.concatenate([[0], np.repeat(self.heights, 2), [0]])
        points = self.area.transData.transform(np.stack([x, y], 1))
        gc = pen(renderer, self.colour, self.width, area=self.area)
        renderer.draw_path(gc, Path(points), IdentityTransform(), None if self.width else self.colour)
        gc.restore()


class Counts:
    """The bars of a histogram in `cell`, and the outline of its first."""

    def __init__(self, look: Look, box: Box, found: Histogram, unit: str) -> None:
        em = look.em
        style = look.style
        self.found = found
        self.box = box
        self.axes = ruled(look, self.box)
        top = float(found.counts.max())
        self.axes.set_xlim(float(found.edges[0]), float(found.edges[-1]))
        self.axes.set_ylim(0, 1.08 * top or 1.0)
        most = max(2, min(5, int(self.box.width / (4.4 * em))))
        self.axes.xaxis.set_major_locator(MaxNLocator(most))
        self.axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        self.axes.yaxis.set_major_formatter(
            FuncFormatter(lambda v, _: f"{v / 1000:g}k" if v >= 1e4 else f"{v:g}")
        )
        name_axes(look, self.axes, self.box, unit, "")
        self.bars = Bars(self.axes, found.edges, colour=to_rgba(style.lines[0], 0.85))
        self.first = Bars(self.axes, found.edges, colour=to_rgba(style.muted), width=look.line(1.6))
        started = np.flatnonzero(found.counts.any(axis=1))
        self.first.heights = found.counts[started[0] if len(started) else 0].astype(float)
        for artist in (self.bars, self.first):
            self.axes.add_artist(artist)

    def show(self, step: int) -> None:
        """The bars of the last step at or before `step`."""
        at = max(0, int(np.searchsorted(self.found.steps, step, side="right")) - 1)
        self.bars.heights = self.found.counts[at].astype(float)


class WeightsHistogram(Panel):
    """view.histograms["histogram"]: values of all weights."""

    def create(self, cell: Box) -> None:
        self.counts = Counts(self.look, self.room, self.view.histograms["histogram"], say("weight"))
        self.heading(self.counts.box, self.title or say("weights (outline: at the start)"))
        self.moving = [self.counts.bars, self.counts.first]

    def update(self, state: FrameState) -> None:
        self.counts.show(state.step)


class UpdatesHistogram(Panel):
    """view.histograms["updates"]: sizes of the update that led here, as powers of ten."""

    def create(self, cell: Box) -> None:
        found = self.view.histograms["updates"]
        self.counts = Counts(self.look, self.room, found, say("size of update"))
        self.counts.axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        self.counts.axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: written(f"1e{v:g}")))
        self.heading(self.counts.box, self.title or say("updates (outline: the first)"))
        self.moving = [self.counts.bars, self.counts.first]

    def update(self, state: FrameState) -> None:
        self.counts.show(state.step)
