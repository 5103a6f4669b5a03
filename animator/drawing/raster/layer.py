"""Layers: artists that know what they cover and say what has changed, so that a frame is mended, not redrawn.

A layer is a coverage in [0, 1] and a colour for each pixel of its bounds. Laying it over a picture is a
function of each pixel alone: a part laid over a part gives the same bytes as the whole over the whole.
Coverages, colours and pictures are flat, (h, 4 w): each number stands four times, once for each channel,
which NumPy walks through four times as fast as (h, w, 4).
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.blend import Flood, Pane, pane

Pixels = NDArray[np.uint8]  # (H, W, 4)
Coverage = NDArray[np.uint8]  # (h, w)
Number = TypeVar("Number", bound=np.generic)


class Rect(NamedTuple):
    """Pixels of a frame, row 0 on top: rows top to bottom (exclusive), columns left to right (exclusive)."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def area(self) -> int:
        """Number of pixels; 0 when there is nothing in it."""
        return max(0, self.bottom - self.top) * max(0, self.right - self.left)

    def clip(self, other: "Rect") -> "Rect":
        """What lies in both."""
        return Rect(
            top=max(self.top, other.top),
            left=max(self.left, other.left),
            bottom=min(self.bottom, other.bottom),
            right=min(self.right, other.right),
        )

    def join(self, other: "Rect") -> "Rect":
        """The smallest rectangle around both."""
        return Rect(
            top=min(self.top, other.top),
            left=min(self.left, other.left),
            bottom=max(self.bottom, other.bottom),
            right=max(self.right, other.right),
        )

    def of(self, picture: NDArray[Number]) -> NDArray[Number]:
        """The part of a picture (H, W, ...), a view."""
        return picture[self.top : self.bottom, self.left : self.right]

    def within(self, frame: "Rect") -> "Rect":
        """The same rectangle, counted from the corner of `frame`."""
        return Rect(
            top=self.top - frame.top,
            left=self.left - frame.left,
            bottom=self.bottom - frame.top,
            right=self.right - frame.left,
        )


NOTHING = Rect(0, 0, 0, 0)
WIDEST = 7680
OPAQUE = 1 << 24  # from here on a pixel's four bytes, read as one number, are not transparent


class Layer(Artist):
    """An artist of which parts can be laid over a picture. bounds: where it has ink, or NOTHING."""

    bounds: Rect = NOTHING
    _high: int | None = None

    @property
    def high(self) -> int:
        """Height in pixels of the frame that it stands in, which stays."""
        if self._high is None:
            self._high = round(figure_of(self).bbox.height)
        return self._high

    @abstractmethod
    def refresh(self) -> Sequence[Rect]:
        """Take in what was set; the rectangles that look different since the last refresh."""

    @abstractmethod
    def blend(self, picture: Pane, rect: Rect) -> None:
        """Lay what falls into `rect` over a picture (H, W, 4)."""

    @abstractmethod
    def trace(self, renderer: RendererBase) -> None:
        """Draw as lines and letters, for print."""

    def draw(self, renderer: RendererBase) -> None:
        """Draw all of it."""
        if not isinstance(renderer, RendererAgg):
            self.trace(renderer)
            return
        self.refresh()
        pixels = np.asarray(renderer.buffer_rgba())
        shown = self.bounds.clip(Rect(0, 0, *pixels.shape[:2]))
        if shown.area:
            self.blend(pane(pixels), shown)


def figure_of(artist: Artist) -> Figure:
    """The figure that an artist stands in; ValueError where it stands in none."""
    figure = artist.get_figure(root=True)
    if figure is None:
        raise ValueError(f"a {type(artist).__name__} is drawn in a figure: add it to one first")
    return figure


def clip_of(area: PlotArea, height: int) -> Rect:
    """The pixels of axes on a frame `height` pixels high, as Agg clips to them."""
    box = area.bbox
    left, bottom, right, top = (int(np.floor(v + 0.5)) for v in (box.x0, box.y0, box.x1, box.y1))
    return Rect(height - top, left, height - bottom, right)


def merged(rects: Iterable[Rect], frame: Rect) -> list[Rect]:
    """Rectangles that hold all `rects` inside of `frame`; those that overlap are joined."""
    _, _, height, width = frame
    done: list[tuple[int, int, int, int]] = []
    for top, left, bottom, right in rects:
        if top < 0 or left < 0 or bottom > height or right > width:
            top, left, bottom, right = max(top, 0), max(left, 0), min(bottom, height), min(right, width)
        if top >= bottom or left >= right:
            continue
        i = 0
        while i < len(done):
            high, near, low, far = done[i]
            if high >= bottom or low <= top or near >= right or far <= left:
                i += 1
                continue
            if high <= top and low >= bottom and near <= left and far >= right:
                break
            top, left, bottom, right = min(top, high), min(left, near), max(bottom, low), max(right, far)
            del done[i]
            i = 0
        else:
            done.append((top, left, bottom, right))
    return [Rect(*rect) for rect in done]


def swapped(before: Rect, after: Rect) -> Sequence[Rect]:
    """What looks different when ink moves from one place to another: one rectangle where they overlap."""
    top, left, bottom, right = before
    high, near, low, far = after
    if high < bottom and low > top and near < right and far > left:
        return (before.join(after),)
    return before, after


def joined(one: Rect, other: Rect) -> Rect:
    """The rectangle around both, of which either may be nothing."""
    if not other.area:
        return one
    return one.join(other) if one.area else other


class Ink(NamedTuple):
    """What a layer lays down at `place`: coverage (h, w), colours (h, w, 4), opaque."""

    coverage: Pane
    colours: Pane | Flood
    place: Rect

    def at(self, top: int, left: int) -> "Ink":
        """The same at another place."""
        high, near, low, far = self.place
        return Ink(self.coverage, self.colours, Rect(top, left, top + low - high, left + far - near))


EMPTY = Ink(pane(np.zeros((1, 1), np.uint8)), pane(np.zeros((1, 1, 4), np.uint8)), NOTHING)


def lay(picture: Pane, rect: Rect, ink: Ink) -> None:
    """Lay down what falls into `rect`."""
    high, near, low, far = ink.place
    top, left = max(rect[0], high), max(rect[1], near)
    bottom, right = min(rect[2], low), min(rect[3], far)
    if top < bottom and left < right:
        inside = left - near, top - high, right - near, bottom - high
        picture.lay((left, top, right, bottom), ink.colours.part(inside), ink.coverage.part(inside))


@lru_cache(maxsize=256)
def flood(colour: ColorType) -> Flood:
    """One colour, opaque."""
    return Flood(bytes_of(colour))


@lru_cache(maxsize=256)
def bytes_of(colour: ColorType) -> tuple[int, int, int, int]:
    """A colour, opaque, from 0 to 255."""
    red, green, blue = (round(255 * part) for part in to_rgb(colour))
    return red, green, blue, 255


def inked(coverage: Coverage, colour: ColorType, top: int, left: int) -> Ink:
    """A coverage (h, w) of one colour at (top, left)."""
    high, wide = coverage.shape
    if not coverage.size:
        return EMPTY
    return Ink(pane(coverage), flood(colour), Rect(top, left, top + high, left + wide))


def faded(ink: Ink, opacity: float) -> Ink:
    """The same ink, its coverage times `opacity`, in [0, 1]."""
    if opacity >= 1 or not ink.place.area:
        return ink
    weaker = (ink.coverage.pixels * np.float32(opacity) + np.float32(0.5)).astype(np.uint8)
    return ink._replace(coverage=pane(weaker))


def picture_of(drawn: Pixels, top: int = 0, left: int = 0) -> Ink:
    """What was drawn on a clear ground (H, W, 4) that stands at (top, left)."""
    pixels = drawn.view("<u4")[..., 0]  # alpha is the highest byte
    rows = np.flatnonzero(pixels.max(axis=1, initial=0) >= OPAQUE)
    if not len(rows):
        return EMPTY
    high, low = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(pixels[high:low].max(axis=0) >= OPAQUE)
    inner = Rect(high, int(columns[0]), low, int(columns[-1]) + 1)
    colours = np.array(inner.of(drawn))
    coverage = np.ascontiguousarray(colours[..., 3])
    colours[..., 3] = 255
    return Ink(pane(coverage), pane(colours), inner.within(Rect(-top, -left, 0, 0)))
