"""A flash check by WCAG 2.3.1: how many flashes a film has in its worst second.

Frames go in one at a time, as they are shown; they are looked at on a small grid. A flash is a pair of
opposing changes of relative luminance by 10 % of the maximum or more, the darker state below 0.80, of more
than a quarter of a window of 341 x 256 pixels on a display of 1024 x 768: a third of the picture's width and
height (WCAG 2.2, "general flash and red flash thresholds"). More than three a second can cause seizures.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from animator.vision import LUMINANCE

CELLS = 48  # across the picture's longer side
CHANGE = 0.10
DARK = 0.80
WINDOW = 1 / 3  # of the picture's width and height
AREA = 0.25  # of the window
ALLOWED = 3

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]
_encoded = np.arange(256) / 255
_LINEAR = np.where(_encoded <= 0.04045, _encoded / 12.92, ((_encoded + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)


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
        self._low: Floats | None = None
        self._high: Floats | None = None
        self._last = 0
        self.worst = 0

    def add(self, picture: Pixels, repeat: int = 1) -> None:
        """The next picture (H, W, 3 or 4), shown for `repeat` frames."""
        seen = small(picture)
        if self._low is None or self._high is None:
            self._low, self._high = seen.copy(), seen.copy()
        np.minimum(self._low, seen, out=self._low)
        np.maximum(self._high, seen, out=self._high)
        for way in (1, -1):
            self._turn(seen, way)
        self._frame += repeat

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
    height, width = picture.shape[:2]
    stride = max(1, max(height, width) // CELLS)
    taken = picture[stride // 2 :: stride, stride // 2 :: stride, :3]
    return np.asarray(_LINEAR[taken] @ LUMINANCE.astype(np.float32), np.float32)


def covered(changed: NDArray[np.bool_]) -> float:
    """The largest share (0 to 1) that `changed` (h, w) has of any window of a third of its sides."""
    high, wide = (max(1, round(side * WINDOW)) for side in changed.shape)
    sums = np.zeros((changed.shape[0] + 1, changed.shape[1] + 1), np.int64)
    sums[1:, 1:] = changed.cumsum(0).cumsum(1)
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    return float(inside.max() / (high * wide))


def watched(write: Callable[[Pixels, int], None], counter: FlashCounter) -> Callable[[Pixels, int], None]:
    """`write`, with every picture counted first."""

    def both(picture: Pixels, repeat: int) -> None:
        counter.add(picture, repeat)
        write(picture, repeat)

    return both


def sentence(worst: int) -> str:
    """What to say of a film with `worst` flashes in a second; empty when it is safe."""
    if worst <= ALLOWED:
        return ""
    return (
        f"This film flashes {worst} times in a second, and more than {ALLOWED} can cause seizures "
        "(WCAG 2.3.1). Play it slower, such as with a longer Pacing(play=), or with fewer frames a second."
    )
