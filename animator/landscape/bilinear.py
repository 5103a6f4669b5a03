"""Heights between the points of a grid, whose lines need not be evenly apart."""

from typing import NamedTuple

import numpy as np

from animator.core.arrays import Floats, Ints, Mask


class Places(NamedTuple):
    """Where points lie on a grid: columns i and rows j of the corners below, shares u and v of the way to the
    next ones, and whether they are inside, each (n,).
    """

    i: Ints
    j: Ints
    u: Floats
    v: Floats
    inside: Mask


def placed(x: Floats, y: Floats, a: Floats, b: Floats) -> Places:
    """The points (a, b), each (n,), on a grid over ascending x (nx,) and y (ny,)."""
    i = np.clip(np.searchsorted(x, a, side="right") - 1, 0, len(x) - 2)
    j = np.clip(np.searchsorted(y, b, side="right") - 1, 0, len(y) - 2)
    u, v = (a - x[i]) / (x[i + 1] - x[i]), (b - y[j]) / (y[j + 1] - y[j])
    inside = (u >= -1e-9) & (u <= 1 + 1e-9) & (v >= -1e-9) & (v <= 1 + 1e-9)
    return Places(i, j, u, v, inside)


def placed_evenly(shape: tuple[int, ...], a: Floats, b: Floats) -> Places:
    """The points (a, b), of one shape, on a grid of `shape` (ny, nx) that is even from -1 to 1 both ways."""
    ny, nx = shape
    across, up = (a + 1) / 2 * (nx - 1), (b + 1) / 2 * (ny - 1)
    i = np.clip(across.astype(np.int64), 0, nx - 2)
    j = np.clip(up.astype(np.int64), 0, ny - 2)
    inside = (across >= 0) & (up >= 0) & (across <= nx - 1) & (up <= ny - 1)
    return Places(i, j, across - i, up - j, inside)


def read(z: Floats, at: Places) -> Floats:
    """z (ny, nx) at places, linear in between; NaN outside."""
    i, j, u, v, inside = at
    flat = z.ravel()
    nx = z.shape[1]
    corner = j * nx + i
    with np.errstate(invalid="ignore"):
        low = flat[corner] * (1 - u) + flat[corner + 1] * u
        high = flat[corner + nx] * (1 - u) + flat[corner + nx + 1] * u
        return np.asarray(np.where(inside, low * (1 - v) + high * v, np.nan))


def bilinear(x: Floats, y: Floats, z: Floats, a: Floats, b: Floats) -> Floats:
    """z (ny, nx) over ascending x (nx,) and y (ny,) at the points (a, b), linear in between; NaN outside."""
    return read(z, placed(x, y, a, b))
