"""The window of a surface: which part of a plane is shown, chosen from the path.

In: trajectory (K+1, 2), an optional point to keep in sight. Out: extent (a0, a1, b0, b1) in plane
coordinates, square, so that both axes have equal units.
"""

from dataclasses import dataclass, replace

import numpy as np

from animator.core.arrays import Floats
from animator.recordings.run_notes import RunNotes

MARGIN = 0.18
FAR = 8.0

Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """extent: (a0, a1, b0, b1). left_at: first step outside of it, or None when the path stays in."""

    extent: tuple[float, float, float, float]
    left_at: int | None


@dataclass(frozen=True, slots=True)
class Common:
    """What films that stand beside each other have in common; None: each film has its own.

    Parameters
    ----------
    extent
        (a0, a1, b0, b1): the part of the plane that is shown.
    loss_range
        The losses that have the colours of the ends.
    """

    extent: Extent | None = None
    loss_range: tuple[float, float] | None = None


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
    return Window(square(points), left_at)


def given(trajectory: Floats, extent: Extent) -> Window:
    """The window of a given extent, and where the path leaves it first."""
    a0, a1, b0, b1 = extent
    with np.errstate(invalid="ignore"):
        inside = ((trajectory >= [a0, b0]) & (trajectory <= [a1, b1])).all(axis=1)
    return Window(extent, None if inside.all() else int(np.argmin(inside)))


def around(paths: list[Floats], target: tuple[float, float]) -> Extent:
    """The square that holds all `paths` (n, 2) and the target, with the margin."""
    points = np.vstack([*(path[np.isfinite(path).all(axis=1)] for path in paths), [target]])
    return square(points)


def square(points: Floats) -> tuple[float, float, float, float]:
    """The smallest square around points (n, 2), widened by the margin on each side."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    half = float((high - low).max()) / 2
    half = (half if half > 1e-12 else max(1.0, float(np.abs(middle).max()) / 2)) * (1 + 2 * MARGIN)
    (a, b) = (float(m) for m in middle)
    return a - half, a + half, b - half, b + half
