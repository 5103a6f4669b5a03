"""Slices of a smooth loss along a line of offsets, from a few of them: Chebyshev interpolation.

The slices of a film often differ by one number only, such as a bias. Where the loss is analytic in it, the
polynomial through n Chebyshev points errs by rho^-n (Trefethen 2013, theorem 8.2), which is tried out on some
points of the grid and some of the film's own steps before it is believed.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from animator.errors import AnimatorError

COUNTS = ((4, 6, 8, 11), (16, 24, 32, 48))
TOLERANCE = 1e-6  # of the loss's largest value at a point of the grid
CHECKS = 16
LATTICE = 11
GAIN = 2  # times fewer slices than the film has, or it is not worth it
_LINE = 1e-6  # of the offsets' span that they may be off the line: float32's rounding

Floats = NDArray[np.float64]
Losses = Callable[[Floats, Floats], Floats]


def line(offsets: Floats) -> tuple[Floats, Floats, Floats] | None:
    """(start (P,), direction (P,), positions (T,) from -1 to 1) of `offsets` (T, P) on a line, or None."""
    far = offsets - offsets[0]
    if not np.isfinite(far).all():
        return None
    longest = far[int(np.argmax(np.linalg.norm(far, axis=1)))]
    length = float(longest @ longest)
    if length == 0:
        return None
    along = far @ longest / length
    if np.abs(far - along[:, None] * longest).max() > _LINE * np.sqrt(length):
        return None
    low, high = float(along.min()), float(along.max())
    middle, half = (low + high) / 2, (high - low) / 2
    return offsets[0] + middle * longest, half * longest, (along - middle) / half


def slices(losses: Losses, positions: Floats, points: Floats, shape: tuple[int, int],
           told: Callable[[int, int], None]) -> NDArray[np.float32] | None:  # fmt: skip
    """Losses (T, ny, nx) at grid `points` (ny nx, 2) and `positions` (T,) of the line; None if not smooth.

    losses: from points (N, 2) and positions (N,) to (N,). told hears (slices done, of n).
    """
    count = next((n for counts in COUNTS if (n := _enough(losses, positions, points, shape, counts))), None)
    if count is None:
        return None
    at, found = nodes(count), []
    for k, position in enumerate(at):
        found.append(losses(points, np.full(len(points), position)))
        told(k + 1, count)
    made = (weights(at, positions) @ np.stack(found)).astype(np.float32)
    return made.reshape(len(positions), *shape)


def _enough(losses: Losses, positions: Floats, points: Floats, shape: tuple[int, int],
            counts: tuple[int, ...]) -> int | None:  # fmt: skip
    """The first of `counts` that interpolates well enough; None when none does, or it is not worth it."""
    counts = tuple(n for n in counts if GAIN * n <= len(positions))
    if not counts:
        return None
    rows, columns = (np.unique(np.linspace(0, n - 1, LATTICE).astype(int)) for n in shape)
    chosen = points.reshape(*shape, 2)[np.ix_(rows, columns)].reshape(-1, 2)
    checks = positions[np.unique(np.linspace(0, len(positions) - 1, CHECKS).astype(int))]
    at = np.concatenate([checks, *(nodes(n) for n in counts)])
    known = _in_blocks(losses, np.tile(chosen, (len(at), 1)), np.repeat(at, len(chosen)), len(points))
    true, *trials = np.split(known.reshape(len(at), -1), np.cumsum([len(checks), *counts[:-1]]))
    if not np.isfinite(known).all():
        return None
    allowed = TOLERANCE * np.abs(known.reshape(len(at), -1)).max(axis=0)
    for n, values in zip(counts, trials, strict=True):
        if (np.abs(weights(nodes(n), checks) @ values - true) <= allowed).all():
            return n
    return None


def _in_blocks(losses: Losses, points: Floats, positions: Floats, size: int) -> Floats:
    """Losses (N,) asked for `size` at a time, so that each question has the same shape."""
    padding = -len(points) % size
    points = np.concatenate([points, np.repeat(points[-1:], padding, axis=0)])
    positions = np.concatenate([positions, np.repeat(positions[-1:], padding)])
    parts = [losses(points[k : k + size], positions[k : k + size]) for k in range(0, len(points), size)]
    return np.concatenate(parts)[: len(points) - padding]


def nodes(count: int) -> Floats:
    """The `count` Chebyshev points of the first kind in (-1, 1)."""
    if count < 1:
        raise AnimatorError(f"{count} Chebyshev points are none. Use 1 or more.")
    return np.cos((np.arange(count) + 0.5) * np.pi / count)


def weights(at: Floats, positions: Floats) -> Floats:
    """(T, n) what each value at Chebyshev points `at` (n,) adds at `positions` (T,): the barycentric formula
    (Berrut and Trefethen 2004, equation 4.2).
    """
    n = len(at)
    share = (-1.0) ** np.arange(n) * np.sin((np.arange(n) + 0.5) * np.pi / n)
    apart = positions[:, None] - at
    hit = apart == 0
    with np.errstate(divide="ignore"):
        terms = share / apart
    terms[hit.any(axis=1)] = hit[hit.any(axis=1)]
    return np.asarray(terms / terms.sum(axis=1, keepdims=True))
