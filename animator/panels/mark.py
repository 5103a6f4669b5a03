"""Small shapes as layers: dots, diamonds, arrowheads that move, each picture of them drawn once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from animator.panels.base import DPI
from animator.panels.layers import (
    NOTHING,
    WIDEST,
    Coverage,
    Flat,
    Layer,
    Rect,
    clip_of,
    lay,
    picture_of,
    row_of,
    swapped,
)
from animator.panels.places import Places
from animator.panels.strokes import RGBA, capsule

FINE = 8  # of a pixel: places of marks


class Mark(Layer):
    """A small shape of one colour at a place: a disc, a diamond, an arrowhead.

    shape: in units of half its size, None for a disc; size and edge width in points. place: in coordinates of
    `ground`, None to hide it. clipped: whether the axes' edges cut it. still: whether the axes keep their
    limits.
    """

    def __init__(self, ground: Axes, shape: Path | None, size: float, fill: RGBA, edge: RGBA | None = None,
                 width: float = 0.0, clipped: bool = True, still: bool = True) -> None:  # fmt: skip
        super().__init__()
        self.ground, self.shape, self.size, self.fill = ground, shape, size, fill
        self.edge, self.width, self.clipped = edge, width, clipped
        self.place: tuple[float, float] | None = None
        self._places = Places(ground) if still else None
        self._asked: tuple[Any, bool] = (None, False)
        self._shown: tuple[int, int] | None = None
        self._taken: dict[tuple[float, float], tuple[Coverage, Coverage, Rect]] = {}
        self._picture: tuple[Coverage, Coverage, Rect] | None = None

    def _pixels(self) -> tuple[float, float] | None:
        if self.place is None or not self.get_visible():
            return None
        x, y = self._places(*self.place) if self._places else self.ground.transData.transform(self.place)
        return (float(x), float(y)) if np.isfinite(x) and np.isfinite(y) else None

    def refresh(self) -> Sequence[Rect]:
        """Take the picture of where it is now, if it has moved by an eighth of a pixel."""
        asked = self.place, self.get_visible()
        if self._places is not None and asked == self._asked:
            return ()
        self._asked = asked
        pixels = self._pixels()
        spot = None if pixels is None else (round(pixels[0] * FINE), round(pixels[1] * FINE))
        if spot == self._shown:
            return ()
        before, self._shown = self.bounds, spot
        self._picture, self.bounds = None, NOTHING
        if spot is not None:
            height = self.high
            (left, part), (bottom, other) = (divmod(v, FINE) for v in spot)
            self._picture = self._moved(left, height - bottom, part / FINE, other / FINE)
            self.bounds = self._picture[2].clip(self._limits(height))
        return swapped(before, self.bounds)

    def _moved(self, left: int, row: int, part: float, other: float) -> tuple[Coverage, Coverage, Rect]:
        """The picture with its origin (0, 0), a whole pixel, at column `left` and above row `row`."""
        if (part, other) not in self._taken:
            self._taken[part, other] = self._take(part, other)
        coverage, colours, (top, near, bottom, far) = self._taken[part, other]
        return coverage, colours, Rect(top + row, near + left, bottom + row, far + left)

    def _take(self, x: float, y: float) -> tuple[Coverage, Coverage, Rect]:
        """Its picture around the origin, rows counted downwards, when it stands at (x, y), in [0, 1)."""
        reach = int((self.size * 0.75 + self.width) * DPI / 72) + 3
        if self.shape is None and self.edge is None:
            at = (x + reach, reach - y)
            ink, (top, left, bottom, right) = capsule(
                at, at, self.size * DPI / 144, Rect(0, 0, 2 * reach, 2 * reach)
            )
            return ink, row_of(self.fill[:3]), Rect(top - reach, left - reach, bottom - reach, right - reach)
        scratch = RendererAgg(2 * reach, 2 * reach, DPI)
        self._paint(scratch, x + reach, y + reach)
        return picture_of(np.asarray(scratch.buffer_rgba()), -reach, -reach)

    def _limits(self, height: int) -> Rect:
        frame = Rect(0, 0, height, WIDEST)
        return clip_of(self.ground, height).clip(frame) if self.clipped else frame

    def _paint(self, renderer: Any, x: float, y: float, clip: bool = False) -> None:
        gc = renderer.new_gc()
        if clip:
            gc.set_clip_rectangle(self.ground.bbox)
        gc.set_joinstyle("miter")
        gc.set_linewidth(renderer.points_to_pixels(self.width) if self.edge is not None else 0)
        gc.set_foreground(self.edge or self.fill, isRGBA=True)
        half = renderer.points_to_pixels(self.size) / 2
        renderer.draw_path(
            gc, self.shape or Path.unit_circle(), Affine2D().scale(half).translate(x, y), self.fill
        )
        gc.restore()

    def blend(self, flat: Flat, rect: Rect) -> None:
        """See Layer."""
        if self._picture is not None:
            lay(flat, rect.clip(self.bounds), *self._picture)

    def trace(self, renderer: Any) -> None:
        """See Layer."""
        pixels = self._pixels()
        if pixels is not None:
            self._paint(renderer, *pixels, clip=self.clipped)


def shape_of(marker: str) -> Path:
    """matplotlib's marker as a path, in units of half its size."""
    style = MarkerStyle(marker)
    return style.get_path().transformed(style.get_transform() + Affine2D().scale(2))
