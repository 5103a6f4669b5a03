"""The camera over a surface: which part of the window a frame shows, and where the grid must be fine for it.

In: the window's extent (a0, a1, b0, b1) and the trajectory (K+1, 2). Out: an extent for a step with its
fraction, square, inside the window, with the dot in it. A camera depends on the step alone.
"""

from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Floats

NEAR = 0.36  # half the width that a camera shows that follows, of the window's
CLOSEST = 1 / 14  # the most that a zoom magnifies
ROOM = 1.45  # what a zoom shows beyond the dot's distance from the basin
SMOOTH = 0.03  # of the run: how far a camera looks back and ahead, so that it does not shake
NEARBY = 0.5  # of the window: how far from the last place a target may be to be kept in sight
LAST = 0.15  # of the run: what must be seen well at the end of a zoom

Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """centre (K+1, 2) and half (K+1,): middle and half the width of what is shown at every step."""

    whole: Extent
    centre: Floats
    half: Floats

    def extent(self, at: float) -> Extent:
        """What is shown at step `at`, which may lie between two steps."""
        low = min(int(at), len(self.half) - 1)
        high = min(low + 1, len(self.half) - 1)
        part = at - low
        (x, y) = ((1 - part) * self.centre[low] + part * self.centre[high]).tolist()
        half = float((1 - part) * self.half[low] + part * self.half[high])
        a0, a1, b0, b1 = self.whole
        x, y = min(max(x, a0 + half), a1 - half), min(max(y, b0 + half), b1 - half)
        return x - half, x + half, y - half, y + half

    @property
    def closest(self) -> float:
        """The least share of the window's width that is ever shown."""
        return float(self.half.min() / _half(self.whole))


def camera(
    kind: str, whole: Extent, trajectory: Floats, target: tuple[float, float] | None = None
) -> Camera | None:
    """The camera called "follow" or "zoom" over `trajectory` (K+1, 2); None for one that never moves.

    A zoom ends on the last place, and keeps a target in sight that is not far from it.
    """
    if kind not in ("follow", "zoom"):
        return None
    half = _half(whole)
    path = np.clip(np.nan_to_num(trajectory, nan=0.0), (whole[0], whole[2]), (whole[1], whole[3]))
    if kind == "follow":
        return Camera(whole, smoothed(path), np.maximum(NEAR * half, _off(path) * ROOM).clip(max=half))
    end = path[-1]
    distance = np.abs(path - end).max(axis=1)
    last = distance[int((1 - LAST) * (len(path) - 1)) :].max()
    gap = float(np.abs(np.asarray(target) - end).max()) if target is not None else np.inf
    last = max(last, gap) if gap < NEARBY * half else last
    ahead = np.maximum.accumulate(distance[::-1])[::-1]
    wanted = np.maximum(smoothed(ahead[:, None])[:, 0], ahead)
    shown = np.clip(ROOM * np.maximum(wanted, last), CLOSEST * half, half)
    shown[0] = half if len(path) > 1 else shown[0]
    return Camera(whole, np.repeat(end[None], len(path), axis=0), shown)


def grid_lines(kind: str, low: float, high: float, focus: float, count: int) -> Floats:
    """Where a grid of `count` points an axis has its lines when a camera looks at [low, high].

    A zoom has as many in every window around `focus` that is half as wide as the last, a quarter of them new;
    a camera that follows has 1 / NEAR times as many everywhere.
    """
    if kind == "follow":
        return np.linspace(low, high, int(count / (2 * NEAR)) | 1)
    lines = [np.linspace(low, high, count)]
    half = (high - low) / 2
    share = 0.5
    while kind == "zoom" and share > CLOSEST / 2:
        middle = min(max(focus, low + share * half), high - share * half)
        lines.append(np.linspace(middle - share * half, middle + share * half, count // 2 + 1))
        share /= 2
    merged = np.unique(np.concatenate(lines))
    apart = np.append(np.diff(merged) > 1e-9 * (high - low), True)
    return np.asarray(merged[apart])


def smoothed(values: Floats) -> Floats:
    """values (K+1, n), each the mean of its neighbours up to SMOOTH of the run away, the ends repeated."""
    reach = round(SMOOTH * (len(values) - 1))
    if reach == 0:
        return values
    padded = np.concatenate([np.repeat(values[:1], reach, 0), values, np.repeat(values[-1:], reach, 0)])
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(padded, axis=0)])
    width = 2 * reach + 1
    return np.asarray((sums[width:] - sums[:-width]) / width)


def _off(path: Floats) -> Floats:
    """How far every point is from the camera that smoothly follows."""
    return np.asarray(np.abs(path - smoothed(path)).max(axis=1))


def _half(extent: Extent) -> float:
    return (extent[1] - extent[0]) / 2
