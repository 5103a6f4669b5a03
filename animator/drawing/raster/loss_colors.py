"""The scale that turns a loss into a colour: logarithmic in the distance from the lowest loss.

t(L) = (log(L - low + eps) - log eps) / (log(high - low + eps) - log eps) runs from 0 at the lowest
loss to 1 at the highest, with eps = (high - low) / 400, so that the basin has as many bands as the walls.
One scale serves all frames of a film.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from animator.core.arrays import Floats

BANDS = 15
CONTRAST = 400.0
APART, FIRST = 0.12, 0.03  # of the scale: between two ticks, and below the first


@dataclass(frozen=True, slots=True)
class LossScale:
    """Colours for losses from `low` to `high`; losses outside take the colour of the end."""

    low: float
    high: float
    contrast: float = CONTRAST
    bands: int = BANDS

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
        """Contour levels (bands + 1,) in loss units, even in t; the first is the lowest loss."""
        return self.loss(np.linspace(0, 1, self.bands + 1))

    def ticks(self) -> list[float]:
        """Round losses (1, 2 or 5 times a power of ten) for a colour bar, more than APART in t
        from each other."""
        return list(_ticks(self))


@lru_cache(maxsize=16)
def _ticks(scale: LossScale) -> tuple[float, ...]:
    """Those of a scale: the films of a sweep share theirs, and finding them takes as long as a frame."""
    chosen = _chosen(scale, _powers(scale.high)) if scale.low >= 0 else []
    return tuple(chosen if len(chosen) > 1 else _chosen(scale, _even(scale.low, scale.high)))


def _powers(high: float) -> list[float]:
    """1, 2 and 5 times powers of ten, from just above `high` down to 1e-7."""
    if high <= 0:
        return []
    powers = range(int(np.floor(np.log10(high))) + 1, -8, -1)
    return [m * 10.0**p for p in powers for m in (5, 2, 1)]


def _even(low: float, high: float) -> list[float]:
    """Round losses, from the greatest down, where low and high have no powers of ten between them."""
    evenly = MaxNLocator(12, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(loss) for loss in reversed(evenly) if loss > low]


def _chosen(scale: LossScale, losses: Iterable[float]) -> list[float]:
    """Of `losses`, in their order, those on the scale that are far enough from its start and each other."""
    chosen: list[float] = []
    for loss in losses:
        apart = all(abs(scale.position(loss) - scale.position(other)) > APART for other in chosen)
        if loss <= scale.high and scale.position(loss) > FIRST and apart:
            chosen.append(loss)
    return chosen


def colour_map(anchors: tuple[str, ...]) -> LinearSegmentedColormap:
    """A colour map through hex colours, from low to high."""
    return LinearSegmentedColormap.from_list("animator", list(anchors), N=256)
