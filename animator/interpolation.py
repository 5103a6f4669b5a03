"""Heights between the points of a grid, whose lines need not be evenly apart."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def bilinear(x: Floats, y: Floats, z: Floats, a: Floats, b: Floats) -> Floats:
    """z (ny, nx) over ascending x (nx,) and y (ny,) at the points (a, b), linear in between; NaN outside."""
    i = np.clip(np.searchsorted(x, a, side="right") - 1, 0, len(x) - 2)
    j = np.clip(np.searchsorted(y, b, side="right") - 1, 0, len(y) - 2)
    u, v = (a - x[i]) / (x[i + 1] - x[i]), (b - y[j]) / (y[j + 1] - y[j])
    with np.errstate(invalid="ignore"):
        low = z[j, i] * (1 - u) + z[j, i + 1] * u
        high = z[j + 1, i] * (1 - u) + z[j + 1, i + 1] * u
        inside = (u >= -1e-9) & (u <= 1 + 1e-9) & (v >= -1e-9) & (v <= 1 + 1e-9)
        return np.asarray(np.where(inside, low * (1 - v) + high * v, np.nan))
