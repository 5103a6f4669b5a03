"""A part of a page that changes while the rest stands still: a small picture of its own, mended per frame.

In: a box of whole pixels on the page, what stands still in it, a state. Out: the picture of the part, and
where it has changed.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure

from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.compositor import Background, Compositor
from animator.drawing.look import Look
from animator.drawing.raster.layer import Layer, Pixels, Rect
from animator.drawing.units import DPI, inches


class PagePart(ABC):
    """A part in `box`, in pixels of the page, rows counted upwards.

    inside: the same box in pixels of the part itself. look: that of the page, on a figure of the part's size.
    """

    def __init__(self, look: Look, box: Box) -> None:
        wide, high = int(box.width), int(box.height)
        self.box = box
        self.inside = Box(0, 0, wide, high)
        self.look = replace(look, figure=Figure(figsize=(inches(wide), inches(high)), dpi=DPI))
        self._renderer = RendererAgg(wide, high, DPI)
        self._compositor = Compositor([], [])

    def compose(self, below: Sequence[Artist], layers: Sequence[Layer]) -> None:
        """Say what the part is made of: what Agg draws when it changes, and the layers over it."""
        region = Rect(0, 0, int(self.inside.height), int(self.inside.width))
        backgrounds = [Background(below, region)] if below else []
        for layer in layers:
            layer.set_figure(self.look.figure)
        self._compositor = Compositor(backgrounds, layers)

    @abstractmethod
    def key(self, state: FrameState) -> Hashable:
        """What the part's look depends on at `state` of the sheet's clock."""

    @abstractmethod
    def show(self, state: FrameState) -> None:
        """Set what the part is made of to `state` of the sheet's clock."""

    def region(self, height: int) -> Rect:
        """Where the part lies on a page so high, row 0 on top."""
        top = height - int(self.box.bottom + self.box.height)
        left = int(self.box.left)
        return Rect(top, left, top + int(self.inside.height), left + int(self.inside.width))

    def begin(self, still: Pixels) -> None:
        """Take what stands still (h, w, 4); the next picture is made anew."""
        self._compositor.forget()
        self._still = still

    def draw(self, state: FrameState) -> tuple[Pixels, list[Rect]]:
        """(the part (h, w, 4) at `state`, mended by the next call; the rectangles that have changed)."""
        self.show(state)
        anew = not self._compositor.ready
        if anew:
            self._compositor.begin(self._still)
        base = np.asarray(self._renderer.buffer_rgba())
        picture = self._compositor.compose(self._renderer, base, whole=anew)
        changed = self._compositor.changed
        return picture, [Rect(0, 0, *picture.shape[:2])] if changed is None else changed
