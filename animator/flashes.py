"""A flash check by WCAG 2.3.1: how many flashes a film has in its worst second.

Frames go in one at a time, as they are shown; they are looked at on a small grid. A flash is a pair of
opposing changes of relative luminance by 10 % of the maximum or more, the darker state below 0.80, of more
than a quarter of a window of 341 x 256 pixels on a display of 1024 x 768: a third of the picture's width and
height (WCAG 2.2, "general flash and red flash thresholds"). More than three a second can cause seizures.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from animator.vision import LUMINANCE

CELLS = 48  # across the picture's longer side
CHANGE = 0.10
DARK = 0.80
WINDOW = 1 / 3  # of the picture's width and height
AREA = 0.25  # of the window
ALLOWED = 3
MUCH = 0.1  # of the picture: from there on all of it is looked at again

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]
_encoded = np.arange(256) / 255
_LINEAR = np.where(_encoded <= 0.04045, _encoded / 12.92, ((_encoded + 0.055) / 1.055) ** 2.4)
_SHARES = [(share * _LINEAR).astype(np.float32) for share in LUMINANCE]  # of red, green and blue


class FlashCounter:
    """Counts flashes at `fps` frames a second; `worst` is the most in any second so far.

    Each cell of the grid keeps its least and greatest luminance since its last change. When cells of
    more than a quarter of a window change the same way in one frame, and the last ones went the other way,
    that is half a flash.
    """

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._frame = 0
        self._turns: deque[tuple[int, int]] = deque()
        self._seen: Floats | None = None
        self._low: Floats | None = None
        self._high: Floats | None = None
        self._last = 0
        self.worst = 0

    def add(self, picture: Pixels, repeat: int = 1, changed: Sequence[Box] | None = None) -> None:
        """The next picture (H, W, 3 or 4), shown for `repeat` frames.

        changed: boxes (top, left, bottom, right) outside of which it equals the one before; a cell that stays
        as it is cannot turn, so that only those inside are looked at.
        """
        if (
            changed is None
            or self._seen is None
            or _area(changed) > MUCH * picture.shape[0] * picture.shape[1]
        ):
            self._seen = small(picture)
            self._low = self._seen.copy() if self._low is None else np.minimum(self._low, self._seen)
            self._high = self._seen.copy() if self._high is None else np.maximum(self._high, self._seen)
            turning = True
        else:
            turning = self._look(picture, changed)
        for way in (1, -1) if turning else ():
            self._turn(self._seen, way)
        self._frame += repeat

    def _look(self, picture: Pixels, changed: Sequence[Box]) -> bool:
        """Look again at the cells in the boxes; whether any of them has changed enough to turn."""
        assert self._seen is not None and self._low is not None and self._high is not None
        stride = _stride(picture)
        rows, columns = cells_in(changed, stride, *self._seen.shape)
        if not rows:
            return False
        i, j = np.array(rows), np.array(columns)
        seen = _luminance(picture[i * stride + stride // 2, j * stride + stride // 2, :3])
        low, high = np.minimum(self._low[i, j], seen), np.maximum(self._high[i, j], seen)
        self._seen[i, j], self._low[i, j], self._high[i, j] = seen, low, high
        return bool(((seen - low >= CHANGE) | (high - seen >= CHANGE)).any())

    def _turn(self, seen: Floats, way: int) -> None:
        """Count a change upwards (1) or downwards (-1), where enough of the picture made it now."""
        assert self._low is not None and self._high is not None
        if way > 0:
            changed = (seen - self._low >= CHANGE) & (self._low < DARK)
        else:
            changed = (self._high - seen >= CHANGE) & (seen < DARK)
        if not changed.any():
            return
        large = covered(changed) > AREA
        self._low[changed] = seen[changed]
        self._high[changed] = seen[changed]
        if large and way != self._last:
            self._last = way
            self._turns.append((self._frame, way))
            while self._turns and self._turns[0][0] <= self._frame - self._fps:
                self._turns.popleft()
            self.worst = max(self.worst, len(self._turns) // 2)


def small(picture: Pixels) -> Floats:
    """Relative luminance (h, w) of a picture (H, W, 3 or 4), at the middle of each of its cells."""
    stride = _stride(picture)
    return _luminance(picture[stride // 2 :: stride, stride // 2 :: stride, :3])


def middles(size: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the pixels that stand for the cells of a picture of size (H, W)."""
    stride = max(1, max(size) // CELLS)
    rows, columns = (np.arange(stride // 2, side, stride) for side in size)
    return rows, columns


def cells_in(boxes: Sequence[Box], stride: int, high: int, wide: int) -> tuple[list[int], list[int]]:
    """Rows and columns of the cells, `stride` pixels apart, whose middles are in the boxes."""
    rows: list[int] = []
    columns: list[int] = []
    half = stride // 2
    for top, left, bottom, right in boxes:
        for i in range(max(0, -((half - top) // stride)), min(high, -((half - bottom) // stride))):
            inside = range(max(0, -((half - left) // stride)), min(wide, -((half - right) // stride)))
            rows.extend([i] * len(inside))
            columns.extend(inside)
    return rows, columns


def _area(boxes: Sequence[Box]) -> int:
    return sum((bottom - top) * (right - left) for top, left, bottom, right in boxes)


def _stride(picture: Pixels) -> int:
    longest: int = max(picture.shape[:2])
    return max(1, longest // CELLS)


def _luminance(colours: Pixels) -> Floats:
    """Relative luminance (...) of colours (..., 3)."""
    red, green, blue = (share[colours[..., i]] for i, share in enumerate(_SHARES))
    return np.asarray(red + green + blue, np.float32)


def covered(changed: NDArray[np.bool_]) -> float:
    """The largest share (0 to 1) that `changed` (h, w) has of any window of a third of its sides."""
    high, wide = (max(1, round(side * WINDOW)) for side in changed.shape)
    sums = np.zeros((changed.shape[0] + 1, changed.shape[1] + 1), np.int64)
    sums[1:, 1:] = changed.cumsum(0).cumsum(1)
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    return float(inside.max() / (high * wide))


def sentence(worst: int) -> str:
    """What to say of a film with `worst` flashes in a second; empty when it is safe."""
    if worst <= ALLOWED:
        return ""
    return (
        f"This film flashes {worst} times in a second, and more than {ALLOWED} can cause seizures "
        "(WCAG 2.3.1). Play it slower, such as with a longer Pacing(play=), or with fewer frames a second."
    )
