"""Text from a glyph atlas, and pictures of what never changes, as layers that are cheap to draw again.

Laying out a text costs matplotlib a millisecond; a frame has a dozen that change. A Stamp puts each
glyph down from an atlas, digits in cells of one width, so that a number that changes moves nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform
from matplotlib.typing import ColorType

from animator.drawing.raster.blend import Pane
from animator.drawing.raster.fonts import drawable, families
from animator.drawing.raster.layer import (
    NOTHING,
    Coverage,
    Ink,
    Layer,
    Rect,
    faded,
    figure_of,
    inked,
    joined,
    lay,
    picture_of,
    swapped,
)
from animator.drawing.units import DPI

X_HEIGHT_MIDDLE = 0.36
RIM = 0.75  # opacity of a halo

Weight = str | int


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One character: coverage (h, w), its place from the pen, and the pen's advance, pixels."""

    coverage: Coverage
    left: int
    above: int
    advance: float
    high: int
    wide: int


@lru_cache(maxsize=4096)
def glyph(character: str, points: float, weight: Weight) -> Glyph:
    """`character` drawn once at `points`; all digits are as wide as the widest of them."""
    family = families(character)
    fonts = FontProperties(family=family, size=points, weight=weight)
    character = drawable(character)
    size = int(points * DPI / 72 * 2) + 8
    renderer = RendererAgg(2 * size, 2 * size, DPI)
    gc = renderer.new_gc()
    gc.set_foreground("white")
    renderer.draw_text(gc, size // 2, int(1.4 * size), character, fonts, 0)
    alpha = np.asarray(renderer.buffer_rgba())[..., 3]
    advance = _advance(character, family, points, weight)
    shift = 0.0
    if character.isdecimal():  # raised ones are narrower
        cell = max(_advance(digit, family, points, weight) for digit in "0123456789")
        shift, advance = (cell - advance) / 2, cell
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    if not len(rows):
        return Glyph(np.zeros((0, 0), np.uint8), 0, 0, advance, 0, 0)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    coverage = alpha[top:bottom, left:right].copy()
    above = int(1.4 * size) - int(top)
    return Glyph(coverage, round(left - size // 2 + shift), above, advance, *coverage.shape)


@lru_cache(maxsize=4096)
def _advance(text: str, family: tuple[str, ...], points: float, weight: Weight) -> float:
    """How far `text` moves the pen between two letters, pixels: measured once, the ten digits for all ten."""
    fonts = FontProperties(family=family, size=points, weight=weight)
    renderer = RendererAgg(1, 1, DPI)

    def width(words: str) -> float:
        return float(renderer.get_text_width_height_descent(words, fonts, False)[0])

    return width(f"n{text}n") - width("nn")


class Stamp(Layer, Text):
    """A text in one line, horizontal, put down glyph by glyph; looks and placing are those of Text.

    opacity in [0, 1]: of the whole. halo: the colour of a rim around the glyphs, where there is one.
    """

    opacity = 1.0
    halo: str | None = None
    _said: tuple[object, ...] = ()
    _seen = -1.0
    _parts: tuple[Ink, ...] = ()

    def set_position(self, xy: tuple[float, float]) -> None:
        """Move it; where it stays, nothing has changed."""
        if xy != self.get_position():
            super().set_position(xy)

    def set_visible(self, b: bool) -> None:
        """Show or hide it; where it stays so, nothing has changed."""
        if b != self.get_visible():
            super().set_visible(b)

    def refresh(self) -> Sequence[Rect]:
        """Set the glyphs anew where anything has changed, the pen on whole pixels."""
        if not self.stale and self.opacity == self._seen:
            return ()
        self._seen = self.opacity
        self.stale = not isinstance(self.get_transform(), IdentityTransform)  # moves with its axes
        text = self.get_text() if self.get_visible() and self.opacity > 0 else ""
        x, y = self._pen()
        weight = self.get_fontweight()
        size = self.get_fontsize()
        said = (text, x, y, self.get_color(), self.opacity, weight, size)
        if said == self._said:
            return ()
        before, self._said = self.bounds, said
        self._parts = self._set(text, x, y, float(size), weight) if text else ()
        self.bounds = reduce(joined, (ink.place for ink in self._parts), NOTHING)
        return swapped(before, self.bounds)

    def _pen(self) -> tuple[int, int]:
        """The whole pixel, rows counted upwards, at which the text is aligned."""
        x, y = self.get_position()
        if not isinstance(self.get_transform(), IdentityTransform):
            x, y = self.get_transform().transform((x, y))
        if self.get_verticalalignment() == "center":
            y -= X_HEIGHT_MIDDLE * float(self.get_fontsize()) * DPI / 72
        return round(x), round(y)

    def _set(self, text: str, x: int, y: int, points: float, weight: Weight) -> tuple[Ink, ...]:
        """The ink of the rim, if there is one, and of the glyphs; the pen at (x, y)."""
        line, above, left, advance = letters_of(text, points, weight, self.get_color())
        if self.get_horizontalalignment() != "left":
            x -= round(advance * (1.0 if self.get_horizontalalignment() == "right" else 0.5))
        top, start = self.high - y - above, x + left
        glyphs = faded(line.at(top, start), self.opacity)
        if self.halo is None:
            return (glyphs,)
        reach = max(1, round(0.13 * points * DPI / 72))
        rim = inked(_rim(text, points, weight, reach), self.halo, top - reach, start - reach)
        return faded(rim, RIM * self.opacity), glyphs

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        for ink in self._parts:
            lay(picture, rect, ink)

    def trace(self, renderer: RendererBase) -> None:
        """See Layer."""
        if self.opacity > 0:
            self.set_alpha(self.opacity)
            Text.draw(self, renderer)


@lru_cache(maxsize=2048)
def letters_of(text: str, points: float, weight: Weight, colour: ColorType) -> tuple[Ink, int, int, float]:
    """What `typeset` gives, in a colour, at the corner of the frame."""
    line, above, left, advance = typeset(text, points, weight)
    return inked(line, colour, 0, 0), above, left, advance


def typeset(text: str, points: float, weight: Weight) -> tuple[Coverage, int, int, float]:
    """`text` glyph by glyph: coverage, pixels above the baseline, pixels from the pen to its left, and the
    pen's advance.
    """
    glyphs = [glyph(character, points, weight) for character in text]
    pen = 0.0
    lefts = []
    for g in glyphs:
        lefts.append(round(pen) + g.left)
        pen += g.advance
    left = min(lefts)
    above = max([g.above for g in glyphs])
    below = max([g.high - g.above for g in glyphs])
    width = max([at + g.wide for g, at in zip(glyphs, lefts, strict=True)]) - left
    line = np.zeros((above + below, width), np.uint8)
    for g, at in zip(glyphs, lefts, strict=True):
        top, start = above - g.above, at - left
        part = line[top : top + g.high, start : start + g.wide]
        np.maximum(part, g.coverage, out=part)
    return line, above, left, pen


@lru_cache(maxsize=4096)
def _rim(text: str, points: float, weight: Weight, reach: int) -> Coverage:
    """Coverage of `text` grown by `reach` pixels on every side: (h + 2 reach, w + 2 reach)."""
    line, *_ = typeset(text, points, weight)
    height, width = line.shape
    grown = np.zeros((height + 2 * reach, width + 2 * reach), np.uint8)
    for i in range(2 * reach + 1):
        for j in range(2 * reach + 1):
            if (i - reach) ** 2 + (j - reach) ** 2 <= reach**2 + 1:
                part = grown[i : i + height, j : j + width]
                np.maximum(part, line, out=part)
    return grown


class Sprite(Layer):
    """Artists that never change, each drawn once into a picture that is laid over every frame."""

    def __init__(self, artists: Iterable[Artist], zorder: float) -> None:
        super().__init__()
        self.artists = list(artists)
        self.pictures: list[Ink] | None = None
        self._parts: list[Ink] = []
        self.opacity = 1.0
        self._shown: tuple[float, bool] = (0.0, False)
        self.set_zorder(zorder)
        for artist in self.artists:
            artist.set_animated(True)

    def set_opacity(self, opacity: float) -> None:
        """Let the picture show through: 1 is opaque, 0 invisible."""
        self.opacity = opacity

    def refresh(self) -> Sequence[Rect]:
        """Take the pictures once; then see whether they are shown, and how strongly."""
        visible = bool(self.get_visible()) and self.opacity > 0
        if (self.opacity, visible) == self._shown:
            return ()
        if self.pictures is None:
            self.pictures = self._take()
        before, self._shown = self.bounds, (self.opacity, visible)
        self._parts = [faded(picture, self.opacity) for picture in self.pictures] if visible else []
        self.bounds = reduce(joined, (ink.place for ink in self._parts), NOTHING)
        return swapped(before, self.bounds)

    def blend(self, picture: Pane, rect: Rect) -> None:
        """See Layer."""
        for ink in self._parts:
            lay(picture, rect, ink)

    def trace(self, renderer: RendererBase) -> None:
        """See Layer."""
        for artist in self.artists if self.get_visible() and self.opacity > 0 else ():
            artist.draw(renderer)

    def _take(self) -> list[Ink]:
        """A picture of each artist that has ink, so that what is empty between them is not laid down."""
        frame = figure_of(self).bbox
        width, height = round(frame.width), round(frame.height)
        scratch = RendererAgg(width, height, DPI)
        pictures = []
        for artist in self.artists:
            scratch.clear()
            artist.draw(scratch)
            pictures.append(picture_of(np.asarray(scratch.buffer_rgba())))
        return [picture for picture in pictures if picture.place.area]


def refreshed(whole: Layer, parts: Sequence[Stamp]) -> list[Rect]:
    """Refresh the stamps that a layer is made of, and its bounds."""
    changed = [rect for stamp in parts for rect in stamp.refresh()]
    if changed:
        whole.bounds = reduce(joined, (stamp.bounds for stamp in parts), NOTHING)
    return changed
