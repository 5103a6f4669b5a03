"""One palette for a whole GIF, and the way from pixels to its entries.

Weighted k-means over the colours of some sample frames; a colour weighs the square root of its pixel count,
so that a small red dot is not lost beside a large ground. Colours and centres are whole numbers below
256, whose squared distances float32 holds exactly: the palette is the same on every machine.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

TRANSPARENT = 255  # the entry left for unchanged pixels; no colour is ever mapped to it
SIZE = 255  # colours beside it
_ROUNDS = 12
_MOST_COLOURS = 20_000
_CHUNK = 16_384

Bytes = NDArray[np.uint8]
Counts = NDArray[Any]  # pixels of each colour
Keys = NDArray[np.uint32]  # red + 256 green + 65536 blue


def choose(frames: Iterable[Bytes], exact: Sequence[tuple[int, int, int]] = ()) -> Bytes:
    """A palette (n, 3) uint8, n <= 255, for frames (height, width, 4) uint8; `exact` colours come first."""
    reserved = np.array(list(dict.fromkeys(exact)), dtype=np.uint8).reshape(-1, 3)
    if len(reserved) > SIZE:
        raise ValueError(f"a palette holds {SIZE} exact colours, not {len(reserved)}")
    keys, counts = _histogram(frames)
    wanted = ~np.isin(keys, _to_keys(reserved))
    keys, counts = keys[wanted], counts[wanted]
    if len(keys) + len(reserved) <= SIZE:
        return np.concatenate([reserved, _to_colours(keys)])
    colours, counts = _reduced(_to_colours(keys), counts)
    centres = _spread(colours, np.sqrt(counts), reserved)
    return _settled(colours, counts, centres, len(reserved))


def entries(palette: Bytes) -> Bytes:
    """The palette as a GIF encoder takes it: (256, 4) uint8, A, R, G, B, the last one transparent."""
    table = np.zeros((256, 4), np.uint8)
    table[:TRANSPARENT, 0] = 255
    table[: len(palette), 1:] = palette
    return table


class Indexer:
    """Maps frames to the nearest entries of a palette; each colour is looked for once."""

    def __init__(self, palette: Bytes) -> None:
        self._palette = palette
        self._table = np.full(1 << 24, TRANSPARENT, np.uint8)  # TRANSPARENT: not yet looked for

    def __call__(self, frame: Bytes) -> Bytes:
        """Indices (height, width) uint8 of a frame (height, width, 4) uint8, C order."""
        keys = frame_keys(frame)
        index = np.take(self._table, keys, mode="clip")
        unseen = index == TRANSPARENT
        if unseen.any():
            fresh = keys[unseen]
            found = np.unique(fresh)
            self._table[found] = nearest(_to_colours(found), self._palette)
            index[unseen] = self._table[fresh]
        return index


def frame_keys(frame: Bytes) -> Keys:
    """The colours of a frame (height, width, 4) as whole numbers (height, width)."""
    pixels: Keys = frame.view("<u4")[..., 0] & np.uint32(0xFFFFFF)
    return pixels


def nearest(colours: Bytes, palette: Bytes) -> NDArray[np.intp]:
    """For each colour (n, 3) the entry (n,) of the palette (m, 3) at the least squared distance."""
    centres = palette.astype(np.float32)
    offset = (centres**2).sum(axis=1)
    found = np.empty(len(colours), np.intp)
    for start in range(0, len(colours), _CHUNK):
        part = colours[start : start + _CHUNK].astype(np.float32)
        found[start : start + _CHUNK] = (offset - 2 * (part @ centres.T)).argmin(axis=1)
    return found


def _histogram(frames: Iterable[Bytes]) -> tuple[Keys, Counts]:
    """The colours of all frames, sorted, and the number of pixels of each."""
    keys: Keys = np.empty(0, np.uint32)
    counts: Counts = np.empty(0)
    for frame in frames:
        more, number = np.unique(frame_keys(frame), return_counts=True)
        keys, place = np.unique(np.concatenate([keys, more]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, number]))
    return keys, counts


def _reduced(colours: Bytes, counts: Counts) -> tuple[Bytes, Counts]:
    """At most _MOST_COLOURS colours: neighbours are stood for by the most frequent among them."""
    order = np.argsort(-counts, kind="stable")
    colours, counts = colours[order], counts[order]
    for shift in range(1, 8):
        if len(colours) <= _MOST_COLOURS:
            break
        _, first, place = np.unique(
            _to_keys(colours // np.uint8(1 << shift)), return_index=True, return_inverse=True
        )
        colours, counts = colours[first], np.bincount(place, counts)
    return colours, counts


def _spread(colours: Bytes, weights: Counts, reserved: Bytes) -> Bytes:
    """First centres: again and again the colour that is worst served by those there are."""
    start = reserved if len(reserved) else colours[weights.argmax()][None]
    centres = list(start)
    points = colours.astype(np.float64)
    distance = np.full(len(colours), np.inf)
    for centre in start:
        distance = np.minimum(distance, ((points - centre) ** 2).sum(axis=1))
    while len(centres) < SIZE:
        worst = int((weights * distance).argmax())
        centres.append(colours[worst])
        distance = np.minimum(distance, ((points - points[worst]) ** 2).sum(axis=1))
    return np.array(centres, np.uint8)


def _settled(colours: Bytes, counts: Counts, centres: Bytes, fixed: int) -> Bytes:
    """Centres after k-means, of which the first `fixed` stay; a colour that makes up more than half of its
    cluster's pixels becomes the centre, so that flat areas keep their colour."""
    weights = np.sqrt(counts)
    for _ in range(_ROUNDS):
        owner = nearest(colours, centres)
        total = np.bincount(owner, weights, SIZE)
        moved = centres.copy()
        held = (np.arange(SIZE) >= fixed) & (total > 0)
        for channel in range(3):
            mean = np.bincount(owner, weights * colours[:, channel], SIZE)[held] / total[held]
            moved[held, channel] = np.rint(mean)
        if np.array_equal(moved, centres):
            break
        centres = moved
    owner = nearest(colours, centres)
    main = counts > np.bincount(owner, counts, SIZE)[owner] / 2
    main &= owner >= fixed
    centres[owner[main]] = colours[main]
    return centres


def _to_keys(colours: Bytes) -> Keys:
    wide = colours.astype(np.uint32)
    keys: Keys = wide[:, 0] + 256 * wide[:, 1] + 65536 * wide[:, 2]
    return keys


def _to_colours(keys: Keys) -> Bytes:
    return np.stack([keys, keys >> 8, keys >> 16], axis=1).astype(np.uint8)
