"""Ways to choose a Plane from a Recording.

A recording and a choice go in, a Plane comes out; nothing is evaluated here.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from animator.errors import AnimatorError
from animator.plane import Plane

if TYPE_CHECKING:
    from animator.recording import Recording


def weights(run: "Recording", i: int | str, j: int | str, names: tuple[str, str] | None = None) -> Plane:
    """The plane of two single weights: coordinates (a, b) are the values of parameters i and j.

    All other parameters stay at their last recorded values that are finite. `i` and `j` are indices
    or names such as "dense/kernel[0,0]"; `names` label the axes, by default with those names.
    """
    first, second = run.index(i), run.index(j)
    if first == second:
        raise AnimatorError(
            f"A plane needs two different weights, but both axes are {run.parameter_names[first]!r}: "
            "they span a line. Choose another weight for one of them."
        )
    origin = _last_finite(run)
    origin[[first, second]] = 0.0
    basis = np.zeros((2, origin.size))
    basis[0, first] = basis[1, second] = 1.0
    return Plane(origin, basis, names or (run.parameter_names[first], run.parameter_names[second]))


def _last_finite(run: "Recording") -> npt.NDArray[np.float64]:
    """The last row (P,) of weights without nan or inf; row 0 when there is none."""
    for step in range(run.steps, -1, -1):
        row = np.array(run.weights[step], np.float64)
        if np.isfinite(row).all():
            break
    return row
