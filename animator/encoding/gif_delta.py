"""What a GIF shows, and of each next frame the part that has to be stored: entries, or transparent.

A pixel stays when what is shown is nearly as good as what it would be given now, measured from the colour it
should have: errors are those of one mapping, and do not add up. What moves has the palette's few moving
colours, unless much of the picture changes at once; ground that it leaves has its own colour again where
those would leave a ghost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Bytes, Mask
from animator.encoding.formats import Box
from animator.encoding.gif_writer import NOTHING, Part
from animator.encoding.palette import TRANSPARENT, Indexer, Keys, Palette, entries, to_colours

NEAR = 400  # squared distance: a pixel stays when what is shown is off by no more than this above the least
GHOST = 100  # squared distance: ground left behind may be off by no more than this above the least
BUSY = 0.02  # share of a picture's pixels that changes: above it all colours are used
GAP = 20  # pixels: shorter gaps between changed ones repeat what is shown, which LZW takes for less
Places = NDArray[np.intp]  # row * width + column


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What has changed: `shown`, entries (height, width) of the canvas from (top, left) on, and at which
    places of it, in order, they are new."""

    top: int
    left: int
    shown: Bytes
    at: Places

    def part(self) -> Part:
        """The part to store: all but the new entries transparent, short gaps filled in if colours are few."""
        flat = self.shown.reshape(-1)
        entries = np.full(flat.size, TRANSPARENT, np.uint8)
        entries[self.at] = flat[self.at]
        if entries[self.at].max() < TRANSPARENT:
            fill(entries, self.at, flat)
        return Part(self.top, self.left, entries.reshape(self.shown.shape))


class GifCanvas:
    """The entries (height, width) that a GIF shows so far."""

    def __init__(self, palette: Palette) -> None:
        self.nearest = Indexer(palette.colours)
        self._moving = Indexer(palette.colours, palette.moving, palette.exact)
        self._colours = entries(palette.colours).astype(np.int32)
        self._entries: Bytes | None = None
        self._first = np.empty(0, np.uint8)  # (height * width,): entries of the first picture

    def next(self, pixels: Keys, changed: Sequence[Box] | None) -> Part | Change:
        """What to store for a frame's `pixels` (height, width); `changed`: see IncrementalEncoder.prepare."""
        if self._entries is None:
            self._entries = self.nearest(pixels)
            self._first = self._entries.reshape(-1).copy()
            return Part(0, 0, self._entries.copy())
        flat = self._entries.reshape(-1)
        if changed is None:
            at = np.flatnonzero(self.nearest(pixels).reshape(-1) != flat)
        else:
            at = places(changed, pixels.shape[1])
        at, new = self._change(at, pixels.reshape(-1)[at], flat[at], self._first[at], flat.size)
        flat[at] = new
        return _around(self._entries, at) if len(at) else NOTHING

    def _change(self, at: Places, now: Keys, before: Bytes, first: Bytes, size: int) -> tuple[Places, Bytes]:
        """Of the places of pixels `now`, those to change, and to what.

        before, first: the entries that are shown there, and those of the first picture; size: pixels of the
        whole canvas.
        """
        best = self.nearest(now)
        moving = self._moving(now)
        differs = (moving != before) & (best != before)
        if np.count_nonzero(differs) > BUSY * size:
            differs = best != before
            return at[differs], best[differs]
        left = np.flatnonzero((best == first) & (best != before))
        wanted = to_colours(now[left]).astype(np.int32)
        left = left[self._off(moving[left], wanted) > self._off(best[left], wanted) + GHOST]
        moving[left], differs[left] = best[left], True
        at, now, before, after = at[differs], now[differs], before[differs], moving[differs]
        worth = self._worth(to_colours(now).astype(np.int32), before, after)
        return at[worth], after[worth]

    def _worth(self, wanted: NDArray[np.int32], before: Bytes, after: Bytes) -> Mask:
        """Where `before` is farther off than `after` by more than NEAR; and where `after` is exact, so that
        flat areas and artists' colours are."""
        was, off = (self._off(which, wanted) for which in (before, after))
        worth: Mask = (off == 0) | (was > off + NEAR)
        return worth

    def _off(self, entries: Bytes, wanted: NDArray[np.int32]) -> NDArray[np.int32]:
        """The squared distances (n,) of `entries` (n,) from the colours `wanted` (n, 3)."""
        off: NDArray[np.int32] = ((self._colours[entries] - wanted) ** 2).sum(axis=1, dtype=np.int32)
        return off


def _around(shown: Bytes, at: Places) -> Change:
    """The smallest change that holds the places `at` of what is shown."""
    rows, columns = np.divmod(at, shown.shape[1])
    top, left = int(rows.min()), int(columns.min())
    below = shown[top : int(rows.max()) + 1, left : int(columns.max()) + 1].copy()
    return Change(top, left, below, np.sort((rows - top) * below.shape[1] + columns - left))


def places(boxes: Sequence[Box], width: int) -> Places:
    """The places of all pixels in the boxes of a picture so wide."""
    rows = [
        (np.arange(top, bottom)[:, None] * width + np.arange(left, right)).reshape(-1)
        for top, left, bottom, right in boxes
    ]
    return np.concatenate([np.empty(0, np.intp), *rows])


def fill(part: Bytes, at: Places, shown: Bytes) -> None:
    """Give short gaps between the places `at` of `part` what is `shown` there, in place; all of them flat.

    Rows follow each other, as they do in the file; nothing is filled in with an entry that would need more
    bits than the part does.
    """
    most = part[at].max()
    gaps = np.diff(at)
    for length in range(2, GAP + 2):
        starts = at[:-1][gaps == length]
        if len(starts):
            inner = starts[:, None] + np.arange(1, length)
            inner = inner[(shown[inner] <= most).all(axis=1)]
            part[inner] = shown[inner]
