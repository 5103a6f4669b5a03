"""The scale that turns a loss into a colour: logarithmic in the distance from the lowest loss.

t(L) = (log(L - low + eps) - log eps) / (log(high - low + eps) - log eps) runs from 0 at the lowest
loss to 1 at the highest, with eps = (high - low) / 400, so that the basin has as many bands as the walls.
One scale serves all frames of a film.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

BANDS = 15
CONTRAST = 400.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LossScale:
    """Colours for losses from `low` to `high`; losses outside take the colour of the end."""

    low: float
    high: float
    contrast: float = CONTRAST

    @property
    def eps(self) -> float:
        """The loss above the lowest at which the scale turns from linear to logarithmic."""
        return max((self.high - self.low) / self.contrast, 1e-12)

    def position(self, loss: Floats | float) -> Floats:
        """t(L) in [0, 1]; 1 where the loss is not finite."""
        with np.errstate(invalid="ignore", over="ignore"):
            height = np.clip(np.asarray(loss, float) - self.low, 0, self.high - self.low) + self.eps
            t = np.log(height / self.eps) / np.log((self.high - self.low) / self.eps + 1)
        return np.where(np.isfinite(t), t, 1.0)

    def loss(self, position: Floats | float) -> Floats:
        """The loss at t: the inverse of `position`."""
        span = np.log((self.high - self.low) / self.eps + 1)
        return np.asarray(self.low + self.eps * np.expm1(np.asarray(position, float) * span))

    def levels(self) -> Floats:
        """BANDS + 1 contour levels in loss units, even in t; the first is the lowest loss."""
        return self.loss(np.linspace(0, 1, BANDS + 1))

    def ticks(self) -> list[float]:
        """Round losses (1, 2 or 5 times a power of ten) for a colour bar, at least 0.09 apart in t."""
        return list(_ticks(self))

    def _round_ticks(self) -> list[float]:
        if self.low < 0:
            return self._even_ticks()
        powers = range(int(np.floor(np.log10(self.high))) + 1, -8, -1)
        candidates = [m * 10.0**p for p in powers for m in (5, 2, 1)]
        chosen: list[float] = []
        for loss in candidates:
            far = all(abs(self.position(loss) - self.position(c)) > 0.12 for c in chosen)
            if loss <= self.high and self.position(loss) > 0.03 and far:
                chosen.append(loss)
        return chosen if len(chosen) > 1 else self._even_ticks()

    def _even_ticks(self) -> list[float]:
        """Round losses where those from `low` to `high` are too alike to have powers of ten between them."""
        chosen: list[float] = []
        for loss in reversed(MaxNLocator(12, steps=[1, 2, 2.5, 5, 10]).tick_values(self.low, self.high)):
            far = all(abs(self.position(loss) - self.position(c)) > 0.12 for c in chosen)
            if self.low < loss <= self.high and self.position(loss) > 0.03 and far:
                chosen.append(float(loss))
        return chosen


@lru_cache(maxsize=16)
def _ticks(scale: LossScale) -> tuple[float, ...]:
    """Those of a scale: the films of a sweep share theirs, and finding them takes as long as a frame."""
    return tuple(scale._round_ticks())


def colour_map(anchors: tuple[str, ...]) -> LinearSegmentedColormap:
    """A colour map through hex colours, from low to high."""
    return LinearSegmentedColormap.from_list("animator", list(anchors), N=256)
