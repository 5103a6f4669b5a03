"""One palette for a whole GIF, and the way from pixels to its entries.

Weighted k-means over the colours of some sample frames; a colour weighs the square root of its pixel count,
so that a small red dot is not lost beside a large ground. What moves has the first 63 entries for its own:
LZW then starts with 7 bits a code, and fewer shades repeat more often. Colours and centres are whole numbers
below 256, whose squared distances float32 holds exactly: the palette is the same on every machine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Bytes

TRANSPARENT = 63  # the entry left for unchanged pixels; no colour is ever mapped to it
SIZE = 255  # colours beside it
MOVING = 63  # colours for what moves, before it
MUCH = 0.2  # share of the pixels that ever change: above it what moves has all colours
FAR = 3600  # squared distance, 35 in each of three channels: a moving pixel is never farther off than that
_ROUNDS = 12
_MOST_COLOURS = 8_000
_CHUNK = 320  # colours: products so small stay in the cache, and BLAS starts no threads for them
_RGB = np.uint32(0xFFFFFF)

Counts = NDArray[np.integer | np.floating]  # pixels of each colour
Keys = NDArray[np.uint32]  # red + 256 green + 65536 blue


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """colours: (n, 3) uint8, n <= 255; the first `moving` of them are enough for what moves.
    exact: (m, 3), those that were asked for."""

    colours: Bytes
    moving: int
    exact: Bytes


def choose(frames: Iterable[Bytes], exact: Sequence[tuple[int, int, int]] = (), size: int = SIZE) -> Palette:
    """A palette of `size` colours for frames (height, width, 4) uint8; all `exact` ones, which come first."""
    reserved = np.array(list(dict.fromkeys(exact)), dtype=np.uint8).reshape(-1, 3)
    if len(reserved) > SIZE:
        raise ValueError(f"a palette holds {SIZE} exact colours, not {len(reserved)}")
    size = max(size, len(reserved))
    (keys, counts), moved = _histograms(frames)
    others = keys[~np.isin(keys, _to_keys(reserved))]
    if len(others) + len(reserved) <= size:
        colours = np.concatenate([reserved, to_colours(others)])
        return Palette(colours, len(colours), reserved)
    moves = np.isin(_to_keys(reserved), moved[0])
    few = size <= MOVING or np.count_nonzero(moves) > MOVING
    if few or not 0 < moved[1].sum() <= MUCH * counts.sum():
        return Palette(_fitted(keys, counts, reserved, size), size, reserved)
    moving = _fitted(*moved, reserved[moves], MOVING)
    first = np.concatenate([moving, reserved[~moves]])
    return Palette(_fitted(keys, counts, first, size), len(moving), reserved)


def entries(colours: Bytes) -> Bytes:
    """A palette's colours (n, 3) as a GIF has them: (256, 3) uint8, a gap at TRANSPARENT."""
    table = np.zeros((256, 3), np.uint8)
    table[to_entry(np.arange(len(colours)))] = colours
    return table


def to_entry(number: NDArray[np.intp]) -> Bytes:
    """The entries of a palette's colours, of which TRANSPARENT is none."""
    return (number + (number >= TRANSPARENT)).astype(np.uint8)


class Indexer:
    """Maps frames to the nearest entries of a palette; each colour is looked for once.

    few: only the first so many colours are used, but for what is farther than FAR from all of them; `exact`
    colours (n, 3), which are among them all, are mapped to themselves.
    """

    def __init__(self, colours: Bytes, few: int = SIZE, exact: Bytes | None = None) -> None:
        self._colours = colours
        self._few = few
        self._table = np.zeros(1 << 24, np.uint8)  # entry ^ TRANSPARENT; 0: not yet looked for
        if exact is not None:
            own = to_entry(nearest(exact, colours))
            self._table[_to_keys(exact)] = own ^ np.uint8(TRANSPARENT)

    def __call__(self, pixels: Keys) -> Bytes:
        """Entries, in the shape of `pixels` (see pixels), of which alpha does not count."""
        keys = pixels & _RGB
        found: Bytes = np.take(self._table, keys, mode="clip")
        unseen = found == 0
        if unseen.any():
            fresh = keys[unseen]
            new = np.unique(fresh)
            self._table[new] = to_entry(self._nearest(to_colours(new))) ^ np.uint8(TRANSPARENT)
            found[unseen] = self._table[fresh]
        return found ^ np.uint8(TRANSPARENT)

    def _nearest(self, colours: Bytes) -> NDArray[np.intp]:
        found = nearest(colours, self._colours[: self._few])
        off = ((self._colours[found].astype(np.int32) - colours) ** 2).sum(axis=1)
        if (off > FAR).any():
            found[off > FAR] = nearest(colours[off > FAR], self._colours)
        return found


def pixels(frame: Bytes) -> Keys:
    """The pixels of a frame (height, width, 4), C order, as whole numbers (height, width), alpha on top."""
    return frame.view("<u4")[..., 0]


def to_colours(keys: Keys) -> Bytes:
    """The colours (n, 3) of pixels (n,)."""
    return np.stack([keys, keys >> 8, keys >> 16], axis=1).astype(np.uint8)


def nearest(colours: Bytes, palette: Bytes) -> NDArray[np.intp]:
    """For each colour (n, 3) the entry (n,) of the palette (m, 3) at the least squared distance."""
    centres = palette.astype(np.float32)
    offset = (centres**2).sum(axis=1)
    found = np.empty(len(colours), np.intp)
    for start in range(0, len(colours), _CHUNK):
        part = colours[start : start + _CHUNK].astype(np.float32)
        found[start : start + _CHUNK] = (offset - 2 * (part @ centres.T)).argmin(axis=1)
    return found


def _histograms(frames: Iterable[Bytes]) -> tuple[tuple[Keys, Counts], tuple[Keys, Counts]]:
    """The sorted colours of all frames with the pixels of each, and the same of those pixels that ever differ
    from the first frame."""
    first: Keys | None = None
    shown = 0
    new: tuple[Keys, Counts] = (np.empty(0, np.uint32), np.empty(0))
    for frame in frames:
        keys = pixels(frame)
        shown = shown + 1
        if first is None:
            first = keys.copy()
            times = np.zeros(keys.shape, np.uint16)
        differs = keys != first
        times += differs
        new = _together(new, np.unique(keys[differs] & _RGB, return_counts=True))
    if first is None:
        return new, new
    ever = times > 0
    moved = _together(new, _weighed(first[ever] & _RGB, shown - times[ever]))
    still, counts = np.unique(first[~ever] & _RGB, return_counts=True)
    return _together(moved, (still, counts * shown)), moved


def _weighed(keys: Keys, weights: Counts) -> tuple[Keys, Counts]:
    found, place = np.unique(keys, return_inverse=True)
    return found, np.bincount(place, weights, len(found))


def _together(one: tuple[Keys, Counts], two: tuple[Keys, Counts]) -> tuple[Keys, Counts]:
    return _weighed(np.concatenate([one[0], two[0]]), np.concatenate([one[1], two[1]]))


def _fitted(keys: Keys, counts: Counts, reserved: Bytes, size: int) -> Bytes:
    """At most `size` colours, the `reserved` ones first."""
    wanted = ~np.isin(keys, _to_keys(reserved))
    keys, counts = keys[wanted], counts[wanted]
    if len(keys) + len(reserved) <= size:
        return np.concatenate([reserved, to_colours(keys)])
    colours, counts = _reduced(to_colours(keys), counts)
    weights = np.sqrt(counts)
    if len(reserved) >= MOVING:  # what moves has its colours: the rest goes by the pixels
        weights = weights * np.sqrt(weights)
    centres = _spread(colours, weights, reserved, size)
    return _settled(colours, counts, weights, centres, len(reserved))


def _reduced(colours: Bytes, counts: Counts) -> tuple[Bytes, Counts]:
    """At most _MOST_COLOURS colours: neighbours are stood for by the most frequent among them."""
    for shift in range(1, 8):
        order = np.argsort(-counts, kind="stable")
        colours, counts = colours[order], counts[order]
        if len(colours) <= _MOST_COLOURS:
            break
        near = _to_keys(colours >> np.uint8(shift))
        _, first, place = np.unique(near, return_index=True, return_inverse=True)
        colours = colours[first]
        counts = np.bincount(place, counts)
    return colours, counts


def _spread(colours: Bytes, weights: Counts, reserved: Bytes, size: int) -> Bytes:
    """First centres: again and again the colour that is worst served by those there are."""
    start = reserved if len(reserved) else colours[weights.argmax()][None]
    centres = list(start)
    points = np.ascontiguousarray(colours.T, np.float64)
    distance = np.full(len(colours), np.inf)
    for centre in start:
        distance = np.minimum(distance, ((points - centre[:, None]) ** 2).sum(axis=0))
    while len(centres) < size:
        worst = int((weights * distance).argmax())
        centres.append(colours[worst])
        distance = np.minimum(distance, ((points - points[:, worst, None]) ** 2).sum(axis=0))
    return np.array(centres, np.uint8)


def _settled(colours: Bytes, counts: Counts, weights: Counts, centres: Bytes, fixed: int) -> Bytes:
    """Centres after k-means, of which the first `fixed` stay; a colour that makes up more than half of its
    cluster's pixels becomes the centre, so that flat areas keep their colour."""
    size = len(centres)
    for _ in range(_ROUNDS):
        owner = nearest(colours, centres)
        total = np.bincount(owner, weights, size)
        moved = centres.copy()
        held = (np.arange(size) >= fixed) & (total > 0)
        for channel in range(3):
            mean = np.bincount(owner, weights * colours[:, channel], size)[held] / total[held]
            moved[held, channel] = np.rint(mean)
        if np.array_equal(moved, centres):
            break
        centres = moved
    owner = nearest(colours, centres)
    main = counts > np.bincount(owner, counts, size)[owner] / 2
    main &= owner >= fixed
    centres[owner[main]] = colours[main]
    return centres


def _to_keys(colours: Bytes) -> Keys:
    wide = colours.astype(np.uint32)
    keys: Keys = wide[:, 0] + 256 * wide[:, 1] + 65536 * wide[:, 2]
    return keys
