"""Slices of a smooth loss along a line of offsets, from a few of them: Chebyshev interpolation.

The slices of a film often differ by one number only, such as a bias. Where the loss is analytic in it, the
polynomial through n Chebyshev points errs by rho^-n (Trefethen 2013, theorem 8.2), which is tried out on some
points of the grid and some of the film's own steps before it is believed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from animator.core.arrays import Array, Floats, Ints, Singles
from animator.core.errors import AnimatorError

COUNTS = ((4, 6, 8, 11), (16, 24, 32, 48))
TOLERANCE = 1e-6  # of the loss's largest value at a point of the grid
CHECKS = 16
LATTICE = 11
STEP = 16  # slices: float64 then stays in the processor's cache
GAIN = 2  # times fewer slices than the film has, or points along each axis, or it is not worth it
ALONE = 2**18  # multiplications: OpenBLAS makes products of no more in the thread that asks for them
SIDES = (20, 28, 40)
HOPELESS = 1000  # times TOLERANCE: more points do not mend it
_LINE = 1e-6  # of the offsets' span that they may be off the line: float32's rounding

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


class Mixture:
    """Slices (T, ny, nx) float32 as sums: shares (T, n) of some (n, ny, nx) float32.

    mixture[t] is a slice, np.asarray(mixture) all of them. None is below 0 where none of `some` is.

    They are added up STEP at a time, which decides their last bits, when one is asked for; the last STEP are
    kept, or all of them once all were asked for.
    """

    def __init__(self, shares: Floats, some: Singles) -> None:
        self.shares = shares
        self.some = some
        self.shape: tuple[int, ...] = (len(shares), *some.shape[1:])
        self._flat: Floats | None = None
        self._latest: tuple[int, Singles] | None = None
        self._whole: Singles | None = None

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, number: int) -> Singles:
        number = range(len(self))[number]
        if self._whole is not None:
            return np.asarray(self._whole[number])
        part = number // STEP
        if self._latest is None or self._latest[0] != part:
            self._latest = part, self._mixed(part)
        return np.asarray(self._latest[1][number % STEP])

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        if self._whole is None:
            self._whole = np.concatenate(list(self.parts()))
        return self._whole.astype(dtype or np.float32, copy=bool(copy))

    def parts(self) -> Iterator[Singles]:
        """All slices in turn, STEP at a time."""
        return (self._mixed(part) for part in range(-(-len(self) // STEP)))

    def _mixed(self, part: int) -> Singles:
        if self._flat is None:
            self._flat = self.some.reshape(len(self.some), -1).astype(np.float64)
        made = product(self.shares[part * STEP : (part + 1) * STEP], self._flat)
        if self.some.min() >= 0:
            np.maximum(made, 0, out=made)
        return made.astype(np.float32).reshape(-1, *self.shape[1:])


def product(left: Floats, right: Floats) -> Floats:
    """left (m, k) @ right (k, n), a few columns at a time: BLAS starts threads for larger products, and they
    wait for each other for longer than they work.
    """
    made = np.empty((len(left), right.shape[1]))
    wide = max(1, ALONE // max(1, left.size))
    for column in range(0, right.shape[1], wide):
        made[:, column : column + wide] = left @ right[:, column : column + wide]
    return made


def slices(
    losses: Losses,
    positions: Floats,
    points: Floats,
    shape: tuple[int, int],
    told: Callable[[int, int], None],
) -> Mixture | None:
    """Losses (T, ny, nx) at grid `points` (ny nx, 2) and `positions` (T,) of the line; None if not smooth.

    losses: from points (N, 2) and positions (N,) to (N,). told hears (slices done, of n). Where the loss is
    smooth along the grid too, its points come from fewer: within a millionth of the largest loss.
    """
    known = next((k for counts in COUNTS if (k := _enough(losses, positions, points, shape, counts))), None)
    if known is None:
        return None
    at = nodes(known.count)
    found = _from_few(losses, known, points, shape)
    if found is None:
        parts = []
        for position in at:
            parts.append(losses(points, np.full(len(points), position)))
            told(len(parts), known.count)
        found = np.stack(parts).reshape(known.count, *shape)
    told(known.count, known.count)
    return Mixture(weights(at, positions), found.astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """How many slices are enough, and true losses (m, r, c) at some positions, rows and columns."""

    count: int
    checks: Floats
    rows: Ints
    columns: Ints
    true: Floats


def _enough(
    losses: Losses, positions: Floats, points: Floats, shape: tuple[int, int], counts: tuple[int, ...]
) -> _Known | None:
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
            return _Known(n, checks, rows, columns, true.reshape(len(checks), len(rows), len(columns)))
    return None


def _from_few(losses: Losses, known: _Known, points: Floats, shape: tuple[int, int]) -> Floats | None:
    """Losses (n, ny, nx) of the n slices from Chebyshev points along both axes; None when none of SIDES is
    enough, or worth it. Where no loss that was evaluated is below 0, none is given.
    """
    grid = points.reshape(*shape, 2)
    across, down = _unit(grid[0, :, 0]), _unit(grid[:, 0, 1])
    allowed = TOLERANCE * float(np.abs(known.true).max())
    for side in (n for n in SIDES if GAIN**2 * n * n <= len(points)):
        values = _on_nodes(losses, known.count, side, grid)
        if not np.isfinite(values).all():
            return None
        rows, columns = weights(nodes(side), down), weights(nodes(side), across)
        found = rows @ values @ columns.T
        at = found[:, known.rows[:, None], known.columns].reshape(known.count, -1)
        apart = weights(nodes(known.count), known.checks) @ at - known.true.reshape(len(known.checks), -1)
        worst = float(np.abs(apart).max())
        if worst <= allowed:
            return np.maximum(found, 0.0) if min(values.min(), known.true.min()) >= 0 else found
        if worst > HOPELESS * allowed:
            return None
    return None


def _on_nodes(losses: Losses, count: int, side: int, grid: Floats) -> Floats:
    """Losses (count, side, side) at Chebyshev points of the line, the rows and the columns of a grid."""
    low, high = grid[0, 0], grid[-1, -1]
    middle, half = (low + high) / 2, (high - low) / 2
    beta, alpha = np.meshgrid(
        middle[1] + half[1] * nodes(side), middle[0] + half[0] * nodes(side), indexing="ij"
    )
    flat = np.stack([alpha, beta], axis=-1).reshape(-1, 2)
    at = np.repeat(nodes(count), len(flat))
    known = _in_blocks(losses, np.tile(flat, (count, 1)), at, grid.shape[0] * grid.shape[1])
    return known.reshape(count, side, side)


def _unit(line: Floats) -> Floats:
    """Ascending numbers (n,) as parts from -1 to 1 of the way from the first to the last."""
    return np.asarray((2 * line - line[0] - line[-1]) / (line[-1] - line[0]))


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
