"""A flash check by WCAG 2.3.1: how many flashes a film has in its worst second.

Frames go in one at a time, as they are shown; they are looked at on a small grid. A flash is a pair of
opposing changes of relative luminance by 10 % of the maximum or more, the darker state below 0.80, of more
than a quarter of a window of 341 x 256 pixels on a display of 1024 x 768: a third of the picture's width and
height (WCAG 2.2, "general flash and red flash thresholds"). More than three a second can cause seizures.
"""

from collections import deque
from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Singles
from animator.core.color_vision import LUMINANCE

CELLS = 48  # across the picture's longer side
CHANGE = 0.10
DARK = 0.80
WINDOW = 1 / 3  # of the picture's width and height
AREA = 0.25  # of the window
ALLOWED = 3

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]
_encoded = np.arange(256) / 255
_LINEAR = np.where(_encoded <= 0.04045, _encoded / 12.92, ((_encoded + 0.055) / 1.055) ** 2.4)
_SHARES = [(share * _LINEAR).astype(np.float32) for share in LUMINANCE]  # of red, green and blue


class FlashCounter:
    """Counts flashes at `fps` frames a second; `worst` is the most in any second so far, `latest` are the
    colours (h, w, 3) of the latest picture's cells.

    Each cell of the grid keeps its least and greatest luminance since its last change. When cells of
    more than a quarter of a window change the same way in one frame, and the last ones went the other way,
    that is half a flash.
    """

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._frame = 0
        self._turns: deque[tuple[int, int]] = deque()
        self.latest: Pixels | None = None
        self._low: Singles | None = None
        self._high: Singles | None = None
        self._last = 0
        self.worst = 0

    def add(self, picture: Pixels, repeat: int = 1, changed: Sequence[Box] | None = None) -> None:
        """The next picture (H, W, 3 or 4), shown for `repeat` frames.

        changed: boxes (top, left, bottom, right) outside of which it equals the one before.
        """
        if changed is None or self.latest is None:
            self.latest = cells(picture).copy()
        else:
            _take(self.latest, picture, changed)
        seen = luminance(self.latest)
        if self._low is None or self._high is None:
            self._low, self._high = seen.copy(), seen.copy()
        np.minimum(self._low, seen, out=self._low)
        np.maximum(self._high, seen, out=self._high)
        if (self._high - self._low).max() >= CHANGE:
            for way in (1, -1):
                self._turn(seen, self._low, self._high, way)
        self._frame += repeat

    def _turn(self, seen: Singles, lows: Singles, highs: Singles, way: int) -> None:
        """Count a change upwards (1) or downwards (-1), where enough of the picture made it now."""
        if way > 0:
            changed = (seen - lows >= CHANGE) & (lows < DARK)
        else:
            changed = (highs - seen >= CHANGE) & (seen < DARK)
        if not changed.any():
            return
        large = np.count_nonzero(changed) > AREA * prod(_sides(changed)) and covered(changed) > AREA
        lows[changed] = seen[changed]
        highs[changed] = seen[changed]
        if large and way != self._last:
            self._last = way
            self._turns.append((self._frame, way))
            while self._turns and self._turns[0][0] <= self._frame - self._fps:
                self._turns.popleft()
            self.worst = max(self.worst, len(self._turns) // 2)


def cells(picture: Pixels) -> Pixels:
    """Colours (h, w, 3) of a picture (H, W, 3 or 4) at the middle of each of its cells, a view."""
    stride = _stride(picture)
    return picture[stride // 2 :: stride, stride // 2 :: stride, :3]


def _take(kept: Pixels, picture: Pixels, boxes: Sequence[Box]) -> None:
    """Look again at the cells whose middles are in the boxes."""
    stride, now = _stride(picture), cells(picture)
    ahead = stride - 1 - stride // 2
    for box in boxes:
        top, left, bottom, right = ((side + ahead) // stride for side in box)
        if top < bottom and left < right:
            kept[top:bottom, left:right] = now[top:bottom, left:right]


def _stride(picture: Pixels) -> int:
    longest: int = max(picture.shape[:2])
    return max(1, longest // CELLS)


def luminance(colours: Pixels) -> Singles:
    """Relative luminance (...) of colours (..., 3)."""
    red, green, blue = (share[colours[..., i]] for i, share in enumerate(_SHARES))
    return np.asarray(red + green + blue, np.float32)


def covered(changed: NDArray[np.bool_]) -> float:
    """The largest share (0 to 1) that `changed` (h, w) has of any window of a third of its sides."""
    high, wide = _sides(changed)
    sums = np.zeros((changed.shape[0] + 1, changed.shape[1] + 1), np.int64)
    sums[1:, 1:] = changed.cumsum(0).cumsum(1)
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    return float(inside.max() / (high * wide))


def _sides(changed: NDArray[np.bool_]) -> tuple[int, int]:
    """How many cells of (h, w) a window is high and wide."""
    high, wide = (max(1, round(side * WINDOW)) for side in changed.shape)
    return high, wide


def sentence(worst: int) -> str:
    """What to say of a film with `worst` flashes in a second; empty when it is safe."""
    if worst <= ALLOWED:
        return ""
    return (
        f"This film flashes {worst} times in a second, and more than {ALLOWED} can cause seizures "
        "(WCAG 2.3.1). Play it slower, such as with a longer Pacing(play=), or with fewer frames a second."
    )
