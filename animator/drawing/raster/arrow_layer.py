"""An arrow as a layer: a shape of one colour with a casing, from one place of the frame to another."""

from collections.abc import Sequence

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from animator.core.arrays import Floats
from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.blend import Pane
from animator.drawing.raster.layer import EMPTY, WIDEST, Ink, Layer, Rect, clip_of, lay, picture_of, swapped
from animator.drawing.raster.pen import RGBA, pen
from animator.drawing.units import DPI

POINT, WING = 3.4, 0.42  # length of its point in widths of the arrow; half its breadth as a share of that
CASING = 0.35  # of its width


class Arrow(Layer):
    """An arrow from tail to head (pixels, rows counted upwards); width in points.

    One shorter than its own point is drawn as the point alone, smaller: its length is always true.
    clipped: whether the edges of `area` cut it.
    """

    def __init__(
        self, area: PlotArea, *, colour: RGBA, casing: RGBA, width: float, clipped: bool = True
    ) -> None:
        super().__init__()
        self.area = area
        self.colour = colour
        self.casing = casing
        self.width = width
        self.clipped = clipped
        self.ends = np.zeros((2, 2))
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
        seen = self._around().clip(self._limits())
        if not seen.area:
            return EMPTY
        scratch = RendererAgg(seen.right - seen.left, seen.bottom - seen.top, DPI)
        self._paint(scratch, np.array([seen.left, self.high - seen.bottom]))
        return picture_of(np.asarray(scratch.buffer_rgba()), seen.top, seen.left)

    def _around(self) -> Rect:
        """The pixels that it may touch."""
        reach = 4 * self.width * DPI / 72 + 4
        low, high = self.ends.min(axis=0) - reach, self.ends.max(axis=0) + reach
        return Rect(
            top=int(self.high - high[1]),
            left=int(low[0]),
            bottom=int(self.high - low[1]) + 1,
            right=int(high[0]) + 1,
        )

    def _limits(self) -> Rect:
        frame = Rect(0, 0, self.high, WIDEST)
        return frame.clip(clip_of(self.area, self.high)) if self.clipped else frame

    def _paint(self, renderer: RendererBase, corner: Floats, *, clip: bool = False) -> None:
        """Paint it on a sheet whose lower left corner is at `corner`; nothing when shorter than a pixel."""
        tail, head = self.ends
        if float(np.hypot(*(head - tail))) < 1:
            return
        gc = pen(renderer, self.casing, self.width * CASING, area=self.area if clip else None)
        shape = Path(arrow_shape(tail, head, self.width * DPI / 72), closed=True)
        renderer.draw_path(gc, shape, Affine2D().translate(*-corner), self.colour)
        gc.restore()

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        lay(picture, rect, self._picture)

    def trace(self, renderer: RendererBase) -> None:
        """See Layer."""
        self._paint(renderer, np.zeros(2), clip=self.clipped)


def arrow_shape(tail: Floats, head: Floats, width: float) -> Floats:
    """The outline (8, 2) of an arrow that is `width` wide; the first point is repeated at its end."""
    length = float(np.hypot(*(head - tail)))
    along = (head - tail) / np.hypot(*(head - tail))
    across = np.array([-along[1], along[0]])
    point = min(POINT * width, length)
    neck = head - point * along
    half = width / 2 * point / (POINT * width)
    wing = WING * point
    upper = [tail + half * across, neck + half * across, neck + wing * across]
    lower = [neck - wing * across, neck - half * across, tail - half * across]
    return np.array([*upper, head, *lower, upper[0]])
