"""Artists that are cheap to draw again: text from a glyph atlas, and pictures of what never changes.

Laying out a text costs matplotlib a millisecond; a frame has a dozen that change. A Stamp puts each
glyph down from an atlas, digits in cells of one width, so that a number that changes moves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from numpy.typing import NDArray

from animator.panels.base import DPI
from animator.style import use_fonts

Pixels = NDArray[np.uint8]
X_HEIGHT_MIDDLE = 0.36
RIM = 0.75  # opacity of a halo


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One character: coverage (h, w) in [0, 1], its place from the pen, and the pen's advance, pixels."""

    coverage: NDArray[np.float32]
    left: int
    above: int
    advance: float


@lru_cache(maxsize=4096)
def glyph(character: str, points: float, weight: Any) -> Glyph:
    """`character` drawn once at `points`; all digits are as wide as the widest of them."""
    fonts = FontProperties(family=use_fonts(), size=points, weight=weight)
    size = int(points * DPI / 72 * 2) + 8
    renderer = RendererAgg(2 * size, 2 * size, DPI)
    gc = renderer.new_gc()
    gc.set_foreground("white")
    renderer.draw_text(gc, size // 2, int(1.4 * size), character, fonts, 0)
    alpha = np.asarray(renderer.buffer_rgba())[..., 3]

    def width(text: str) -> float:
        return float(renderer.get_text_width_height_descent(text, fonts, False)[0])

    advance = width(f"n{character}n") - width("nn")
    shift = 0.0
    if character.isdigit():
        cell = max(width(f"n{digit}n") - width("nn") for digit in "0123456789")
        shift, advance = (cell - advance) / 2, cell
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    if not len(rows):
        return Glyph(np.zeros((0, 0), np.float32), 0, 0, advance)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    coverage = (alpha[top:bottom, left:right] / 255).astype(np.float32)
    return Glyph(coverage, round(left - size // 2 + shift), int(1.4 * size) - int(top), advance)


class Stamp(Text):
    """A text in one line, horizontal, put down glyph by glyph; looks and placing are those of Text.

    opacity in [0, 1]: of the whole. halo: the colour of a rim around the glyphs, where there is one.
    """

    opacity = 1.0
    halo: str | None = None

    def draw(self, renderer: Any) -> None:
        """Put the glyphs down, the pen on whole pixels."""
        text = self.get_text()
        if not text or not self.get_visible() or self.opacity <= 0:
            return
        if not hasattr(renderer, "buffer_rgba"):  # lines and letters, for print
            self.set_alpha(self.opacity)
            super().draw(renderer)
            return
        points, weight = float(self.get_fontsize()), self.get_fontweight()
        line, above, left, advance = typeset(text, points, weight)
        x, y = self.get_transform().transform(self.get_position())
        if self.get_verticalalignment() == "center":
            y -= X_HEIGHT_MIDDLE * points * DPI / 72
        if self.get_horizontalalignment() != "left":
            x -= advance * (1.0 if self.get_horizontalalignment() == "right" else 0.5)
        pixels = np.asarray(renderer.buffer_rgba())
        colour = np.array(to_rgb(self.get_color()), np.float32) * 255
        line = line if self.opacity >= 1 else line * self.opacity
        top, start = pixels.shape[0] - round(y) - above, round(x) + left
        if self.halo is not None:
            reach = max(1, round(0.13 * points * DPI / 72))
            rim = np.array(to_rgb(self.halo), np.float32) * 255
            _cover(pixels, RIM * _rim(line, reach), rim, top - reach, start - reach)
        _cover(pixels, line, colour, top, start)


@lru_cache(maxsize=2048)
def typeset(text: str, points: float, weight: Any) -> tuple[NDArray[np.float32], int, int, float]:
    """`text` glyph by glyph: coverage (h, w), pixels above the baseline, pixels from the pen to its left,
    and the pen's advance.
    """
    glyphs = [glyph(character, points, weight) for character in text]
    pens = np.cumsum([0.0, *(g.advance for g in glyphs)])
    lefts = [round(pen) + g.left for g, pen in zip(glyphs, pens, strict=False)]
    left = min(lefts)
    above = max(g.above for g in glyphs)
    below = max(g.coverage.shape[0] - g.above for g in glyphs)
    width = max(at + g.coverage.shape[1] for g, at in zip(glyphs, lefts, strict=True)) - left
    line = np.zeros((above + below, width), np.float32)
    for g, at in zip(glyphs, lefts, strict=True):
        height, wide = g.coverage.shape
        part = line[above - g.above : above - g.above + height, at - left : at - left + wide]
        np.maximum(part, g.coverage, out=part)
    return line, above, left, sum(g.advance for g in glyphs)


def _rim(line: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Coverage (h, w) grown by `reach` pixels on every side: (h + 2 reach, w + 2 reach)."""
    height, width = line.shape
    grown = np.zeros((height + 2 * reach, width + 2 * reach), np.float32)
    for i in range(2 * reach + 1):
        for j in range(2 * reach + 1):
            if (i - reach) ** 2 + (j - reach) ** 2 <= reach**2 + 1:
                part = grown[i : i + height, j : j + width]
                np.maximum(part, line, out=part)
    return grown


class Sprite(Artist):
    """Artists that never change, drawn once into a picture that is laid over every frame."""

    def __init__(self, artists: Iterable[Artist], zorder: float) -> None:
        super().__init__()
        self.artists = list(artists)
        self.picture: tuple[NDArray[np.float32], NDArray[np.float32], int, int] | None = None
        self.opacity = 1.0
        self.set_zorder(zorder)
        for artist in self.artists:
            artist.set_animated(True)

    def set_opacity(self, opacity: float) -> None:
        """Let the picture show through: 1 is opaque, 0 invisible."""
        self.opacity = opacity

    def draw(self, renderer: Any) -> None:
        """Lay the picture over the frame."""
        if not hasattr(renderer, "buffer_rgba"):
            for artist in self.artists if self.get_visible() and self.opacity > 0 else ():
                artist.draw(renderer)
            return
        pixels = np.asarray(renderer.buffer_rgba())
        if self.picture is None:
            self.picture = self._take(pixels.shape[1], pixels.shape[0])
        coverage, colours, top, left = self.picture
        if coverage.size and self.get_visible() and self.opacity > 0:
            coverage = coverage if self.opacity >= 1 else coverage * self.opacity
            _cover(pixels, coverage, colours, top, left)

    def _take(self, width: int, height: int) -> tuple[Any, Any, int, int]:
        scratch = RendererAgg(width, height, DPI)
        for artist in self.artists:
            artist.draw(scratch)
        picture = np.asarray(scratch.buffer_rgba())
        rows, columns = np.flatnonzero(picture[..., 3].any(1)), np.flatnonzero(picture[..., 3].any(0))
        if not len(rows):
            return np.zeros((0, 0), np.float32), np.zeros((0, 0, 3), np.float32), 0, 0
        part = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
        return part[..., 3] / 255, part[..., :3], int(rows[0]), int(columns[0])


def _cover(pixels: Pixels, coverage: Any, colour: Any, top: int, left: int) -> None:
    """Blend colour (3,) or (h, w, 3) over pixels (H, W, 4) by coverage (h, w), cut at the frame's edge."""
    height, width = coverage.shape
    y0, x0 = max(0, -top), max(0, -left)
    y1, x1 = min(height, pixels.shape[0] - top), min(width, pixels.shape[1] - left)
    if y1 <= y0 or x1 <= x0:
        return
    part = pixels[top + y0 : top + y1, left + x0 : left + x1, :3]
    share = coverage[y0:y1, x0:x1, None]
    tint = colour[y0:y1, x0:x1] if getattr(colour, "ndim", 1) == 3 else colour
    part[...] = (part + (tint - part) * share + 0.5).astype(np.uint8)
