"""Antialiased coverage of pieces of lines with round ends (capsules); many small ones in one go.

A pixel's coverage is told by the distance of its middle from the piece: radius + 1/2 - distance, cut to
[0, 1]. Pieces are (x, y, u, v) in pixels, from (x, y) to (u, v), rows counted downwards.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.drawing.raster.layer import NOTHING, Coverage, Rect

REACH = 1.5  # pixels around a line that its soft edge may touch
SMALL = 32  # pixels: pieces of which neither side is larger are found ahead
TOGETHER = 256  # of them at a time
TINY = np.float32(1e-30)

Small = NDArray[np.float32]
Piece = Sequence[float]
Pen = tuple[float, float]  # radius in pixels, opacity


def capsule(start: Piece, stop: Piece, radius: float, clip: Rect) -> tuple[Coverage, Rect]:
    """Coverage (h, w) of a round-ended line between two places, and where it lies in `clip`."""
    (coverage,), place = painted((*start, *stop), [(radius, 1.0)], clip)
    return coverage, place


def painted(piece: Piece, pens: Sequence[Pen], clip: Rect) -> tuple[list[Coverage], Rect]:
    """Coverages (h, w) of a piece by each of `pens`, of which none is wider than the first; and its place."""
    place = _around(piece, pens[0][0] + REACH, clip)
    if place is NOTHING:
        return [np.zeros((0, 0), np.uint8) for _ in pens], NOTHING
    x, y, u, v = piece
    across = np.arange(place.left, place.right, dtype=np.float32) + np.float32(0.5 - x)
    down = np.arange(place.top, place.bottom, dtype=np.float32) + np.float32(0.5 - y)
    distance = _apart(across, down[:, None], np.float32(u - x), np.float32(v - y))
    return [_covered(distance, *pen) for pen in pens], place


class Capsules:
    """The pieces between neighbours of points (n, 2): piece i leads from point i to point i + 1.

    Small ones are painted ahead. Where a point is not finite there is no piece: its place is NOTHING.
    """

    def __init__(self, points: Floats, pens: Sequence[Pen], clip: Rect) -> None:
        self._pens = pens
        self._clip = clip
        pieces = np.concatenate([points[:-1], points[1:]], axis=1)
        finite = np.isfinite(pieces).all(axis=1).tolist()
        self._pieces = pieces.tolist()
        reach = pens[0][0] + REACH
        self._places = [
            _around(piece, reach, clip) if known else NOTHING
            for piece, known in zip(self._pieces, finite, strict=True)
        ]
        self._ready: dict[int, list[Coverage]] = {}
        sizes = [(low - high, far - near) for high, near, low, far in self._places]
        small = [i for i, size in enumerate(sizes) if 0 < max(size) <= SMALL]
        small.sort(key=sizes.__getitem__)
        for first in range(0, len(small), TOGETHER):
            self._paint(small[first : first + TOGETHER], pieces)

    def _paint(self, numbers: Sequence[int], pieces: Floats) -> None:
        """Paint pieces of like size, all of them on sheets as large as the largest."""
        places = np.array([self._places[i] for i in numbers])
        rows, columns = (places[:, 2:] - places[:, :2]).max(axis=0).tolist()
        x, y, u, v = pieces[list(numbers)].T[:, :, None, None]
        across = (places[:, 1, None] + np.arange(columns)).astype(np.float32)[:, None]
        down = (places[:, 0, None] + np.arange(rows)).astype(np.float32)[:, :, None]
        way, fall = (u - x).astype(np.float32), (v - y).astype(np.float32)
        distance = _apart(
            across + (0.5 - x).astype(np.float32), down + (0.5 - y).astype(np.float32), way, fall
        )
        sheets = [_covered(distance, *pen) for pen in self._pens]
        for k, i in enumerate(numbers):
            high, near, low, far = self._places[i]
            self._ready[i] = [sheet[k, : low - high, : far - near] for sheet in sheets]

    def __getitem__(self, number: int) -> tuple[list[Coverage], Rect]:
        """Coverages (h, w) of a piece by each pen, and its place."""
        place = self._places[number]
        ready = self._ready.get(number)
        if ready is None and place is not NOTHING:
            return painted(self._pieces[number], self._pens, self._clip)
        return ready or [], place

    def between(self, start: Piece, stop: Piece) -> tuple[list[Coverage], Rect]:
        """The same for a piece between two places."""
        return painted((*start, *stop), self._pens, self._clip)


def _around(piece: Piece, reach: float, clip: Rect) -> Rect:
    """The pixels of `clip` up to `reach` around a piece, or NOTHING."""
    x, y, u, v = piece
    top, left = max(int(min(y, v) - reach), clip[0]), max(int(min(x, u) - reach), clip[1])
    bottom, right = min(int(max(y, v) + reach) + 1, clip[2]), min(int(max(x, u) + reach) + 1, clip[3])
    return Rect(top, left, bottom, right) if top < bottom and left < right else NOTHING


def _apart(across: Small, down: Small, way: Small | np.float32, fall: Small | np.float32) -> Small:
    """How far places (across, down), counted from where a piece starts, are from the piece to (way, fall)."""
    length = np.maximum(way * way + fall * fall, TINY)
    share = (across * way + down * fall) / length
    np.minimum(np.maximum(share, 0, out=share), 1, out=share)
    right, up = across - share * way, down - share * fall
    right *= right
    up *= up
    right += up
    return np.asarray(np.sqrt(right, out=right), np.float32)


def _covered(distance: Small, radius: float, opacity: float) -> Coverage:
    """Coverage of pixels whose middles are so far from a line, 255 times `opacity` at most."""
    most = np.float32(255 * opacity)
    ink = np.float32((radius + 0.5) * 255 * opacity) - most * distance
    np.minimum(np.maximum(ink, 0, out=ink), most, out=ink)
    ink += np.float32(0.5)
    return ink.astype(np.uint8)
