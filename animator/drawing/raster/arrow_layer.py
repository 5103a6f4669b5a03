"""An arrow as a layer: a shape of one colour with a casing, from one place of the frame to another."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.blend import Pane
from animator.drawing.raster.layer import EMPTY, WIDEST, Ink, Layer, Rect, clip_of, lay, picture_of, swapped
from animator.drawing.units import DPI

Floats = NDArray[np.float64]
RGBA = tuple[float, float, float, float]


class Arrow(Layer):
    """An arrow from tail to head (pixels, rows counted upwards); width in points.

    One shorter than its own point is drawn as the point alone, smaller: its length is always true.
    clipped: whether the axes' edges cut it.
    """

    def __init__(self, area: PlotArea, colour: RGBA, casing: RGBA, width: float) -> None:
        super().__init__()
        self.area, self.colour, self.casing, self.width = area, colour, casing, width
        self.ends = np.zeros((2, 2))
        self.clipped = True
        self._shown: bytes | None = None
        self._picture = EMPTY
        self.set_zorder(6)

    def show(self, tail: Sequence[float], head: Sequence[float]) -> None:
        """Point from `tail` to `head`."""
        self.ends = np.array([tail, head], float)

    def refresh(self) -> Sequence[Rect]:
        """Draw it where it points now, if that is somewhere else."""
        if self.ends.tobytes() == self._shown:
            return ()
        before, self._shown = self.bounds, self.ends.tobytes()
        self._picture = self._take()
        self.bounds = self._picture.place
        return swapped(before, self.bounds)

    def _take(self) -> Ink:
        """Its picture in the frame, EMPTY for one that cannot be seen."""
        height = self.high
        reach = 4 * self.width * DPI / 72 + 4
        low, high = self.ends.min(axis=0) - reach, self.ends.max(axis=0) + reach
        limits = Rect(0, 0, height, WIDEST)
        limits = limits.clip(clip_of(self.area, height)) if self.clipped else limits
        seen = Rect(int(height - high[1]), int(low[0]), int(height - low[1]) + 1, int(high[0]) + 1).clip(
            limits
        )
        if not seen.area:
            return EMPTY
        scratch = RendererAgg(seen.right - seen.left, seen.bottom - seen.top, DPI)
        self._paint(scratch, np.array([seen.left, height - seen.bottom]))
        return picture_of(np.asarray(scratch.buffer_rgba()), seen.top, seen.left)

    def _paint(self, renderer: Any, corner: Floats, clip: bool = False) -> None:
        """Paint it on a sheet whose lower left corner is at `corner`; nothing when shorter than a pixel."""
        tail, head = self.ends
        if float(np.hypot(*(head - tail))) < 1:
            return
        gc = renderer.new_gc()
        if clip:
            gc.set_clip_rectangle(self.area.bbox)
        gc.set_linewidth(renderer.points_to_pixels(self.width * 0.35))
        gc.set_foreground(self.casing, isRGBA=True)
        shape = arrow_shape(tail, head, self.width * DPI / 72)
        move = Affine2D().translate(*-corner)
        renderer.draw_path(gc, Path(shape, closed=True), move, self.colour)
        gc.restore()

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        lay(picture, rect, self._picture)

    def trace(self, renderer: Any) -> None:
        """See Layer."""
        self._paint(renderer, np.zeros(2), clip=self.clipped)


def arrow_shape(tail: Floats, head: Floats, width: float) -> Floats:
    """The outline (8, 2) of an arrow that is `width` wide; the first point is repeated at its end."""
    way = (head - tail) / np.hypot(*(head - tail))
    across = np.array([-way[1], way[0]])
    point = min(3.4 * width, float(np.hypot(*(head - tail))))
    neck, half, wing = head - point * way, width / 2 * point / (3.4 * width), 0.42 * point
    return np.array([
        tail + half * across, neck + half * across, neck + wing * across, head,
        neck - wing * across, neck - half * across, tail - half * across, tail + half * across,
    ])  # fmt: skip
