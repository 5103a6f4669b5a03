"""The window of a surface: which part of a plane is shown, chosen from the path.

In: trajectory (K+1, 2), an optional point to keep in sight. Out: a square of the plane, (a0, a1, b0, b1) in
its coordinates, and the part of it that must be seen. A picture that is not square shows more on its sides,
in equal units: `seen` says what.
"""

from dataclasses import dataclass, replace

import numpy as np

from animator.core.arrays import Floats
from animator.recordings.run_notes import RunNotes

MARGIN = 0.18
FAR = 8.0
BROADEST = 1.6  # width / height of what a picture shows; the surface is evaluated as far
THINNEST = 0.4  # of the longer side: the least that must be seen across

Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """extent: (a0, a1, b0, b1), a square where nobody asked for another. left_at: first step outside of it,
    or None when the path stays in. held: what of it must be seen, all of it by default.
    """

    extent: Extent
    left_at: int | None
    held: Extent | None = None

    def seen(self, aspect: float) -> Extent:
        """What a picture shows that is `aspect` times as wide as high, up to BROADEST: what must be seen, and
        around it as much as there is room for, in equal units, and no more than is evaluated.
        """
        a0, a1, b0, b1 = self.held or self.extent
        high = max(b1 - b0, (a1 - a0) / aspect)
        return (
            *_within((a0 + a1) / 2, aspect * high, reach(self.extent)),
            *_within((b0 + b1) / 2, high, self.extent[2:]),
        )


def reach(extent: Extent) -> tuple[float, float]:
    """From where to where a surface is evaluated along the first axis: BROADEST times as far as up."""
    a0, a1, b0, b1 = extent
    half = max(a1 - a0, BROADEST * (b1 - b0)) / 2
    return (a0 + a1) / 2 - half, (a0 + a1) / 2 + half


def extended(lines: Floats, extent: Extent) -> Floats:
    """`lines` (n,) of a grid along the first axis of `extent`, and more at both ends, as far as `reach`."""
    low, _ = reach(extent)
    step = float(lines[1] - lines[0])
    more = max(0, int(np.ceil((float(lines[0]) - low) / step - 1e-6)))
    before = lines[0] - step * np.arange(more, 0, -1)
    return np.concatenate([before, lines, lines[-1] + step * np.arange(1, more + 1)])


def _within(middle: float, length: float, ends: tuple[float, float]) -> tuple[float, float]:
    """A stretch of `length` around `middle`, moved as little as keeps it between `ends`, or all of that."""
    length = min(length, ends[1] - ends[0])
    low = max(ends[0], min(middle - length / 2, ends[1] - length))
    return low, low + length


@dataclass(frozen=True, slots=True)
class Common:
    """What films that stand beside each other have in common; None: each film has its own.

    Parameters
    ----------
    extent
        (a0, a1, b0, b1): the part of the plane that is shown.
    loss_range
        The losses that have the colours of the ends.
    held
        What of that must be seen, all of it by default.

    Examples
    --------
    >>> both = animator.Common(extent=(-2, 2, -1, 3), loss_range=(0.0, 5.0))
    >>> both.held is None
    True
    """

    extent: Extent | None = None
    loss_range: tuple[float, float] | None = None
    held: Extent | None = None


ALONE = Common()


def with_notes(common: Common, notes: RunNotes) -> Common:
    """`common`, with the window that a recording's notes ask for where films share none."""
    if common.extent is not None or notes.window is None:
        return common
    return replace(common, extent=notes.window)


def choose(trajectory: Floats, target: tuple[float, float] | None) -> Window:
    """A square window that holds the whole path and the target, with a margin of 18 %.

    A path that runs away (a point that is not finite, or farther than 8 times the distance from start
    to target, at least 8 units) would make all else a speck: the window then holds the part before.
    """
    start = trajectory[0]
    far = ~np.isfinite(trajectory).all(axis=1)
    if target is not None:
        reach = FAR * max(1.0, float(np.hypot(*(np.asarray(target) - start))))
        distance = np.linalg.norm(np.where(np.isfinite(trajectory), trajectory, 0) - start, axis=1)
        far |= distance > reach
    left_at = int(np.argmax(far)) if far.any() else None
    held = trajectory[: left_at if left_at is not None else len(trajectory)]
    points = held if target is None else np.vstack([held, [target]])
    return Window(square(points), left_at, around_all(points))


def given(trajectory: Floats, extent: Extent, held: Extent | None = None) -> Window:
    """The window of a given extent, and where the path leaves it first."""
    a0, a1, b0, b1 = extent
    with np.errstate(invalid="ignore"):
        inside = ((trajectory >= [a0, b0]) & (trajectory <= [a1, b1])).all(axis=1)
    return Window(extent, None if inside.all() else int(np.argmin(inside)), held)


def around(paths: list[Floats], target: tuple[float, float]) -> tuple[Extent, Extent]:
    """(the square that holds all `paths` (n, 2) and the target, what of it must be seen), with the margin."""
    points = np.vstack([*(path[np.isfinite(path).all(axis=1)] for path in paths), [target]])
    return square(points), around_all(points)


def around_all(points: Floats) -> Extent:
    """What of the square around points (n, 2) must be seen: it is as narrow as they allow."""
    a0, a1, b0, b1 = square(points)
    across, up = np.ptp(points, axis=0) * (1 + 2 * MARGIN) / 2
    least = THINNEST * (a1 - a0) / 2
    a, b = (a0 + a1) / 2, (b0 + b1) / 2
    wide, high = (float(min((a1 - a0) / 2, max(least, half))) for half in (across, up))
    return a - wide, a + wide, b - high, b + high


def square(points: Floats) -> tuple[float, float, float, float]:
    """The smallest square around points (n, 2), widened by the margin on each side."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    half = float((high - low).max()) / 2
    half = (half if half > 1e-12 else max(1.0, float(np.abs(middle).max()) / 2)) * (1 + 2 * MARGIN)
    (a, b) = (float(m) for m in middle)
    return a - half, a + half, b - half, b + half
