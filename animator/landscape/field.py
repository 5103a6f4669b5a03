"""The loss surface of one run as a film shows it: one slice for all steps, or one for each of many.

In: losses on a grid of the plane, evaluated elsewhere. Out: the slice of a step, its height under the dot.
"""

from dataclasses import dataclass, replace

import numpy as np

from animator.core.arrays import Floats, Ints, Singles
from animator.landscape.bilinear import bilinear
from animator.landscape.chebyshev import Mixture


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The loss surface of a view: one slice for all steps, or one for each of `steps`.

    alpha (nx,), beta (ny,): plane coordinates. slices (T, ny, nx): losses, rows follow beta; an array, or a
    Mixture, which makes a slice when it is asked for.
    steps (T,): the step that each slice goes through; one slice with steps (0,) serves all.
    lowest, highest: the finite losses' range over all slices. heights (S,): loss of the slice under the dot
    at `checked` (S,) steps, beside the true loss there.
    """

    alpha: Floats
    beta: Floats
    slices: Singles | Mixture
    steps: Ints
    lowest: float
    highest: float
    checked: Ints
    heights: Floats

    @property
    def moving(self) -> bool:
        """Whether the slice is cut again as the run goes on."""
        return len(self.slices) > 1

    def within(self, extent: tuple[float, float, float, float]) -> "Field":
        """The part of the surface over `extent` (a0, a1, b0, b1), as far as its grid lines lie in it."""
        rows, columns = self.lines_in(extent)
        if isinstance(self.slices, Mixture):
            slices: Singles | Mixture = Mixture(self.slices.shares, self.slices.some[:, rows, columns])
        else:
            slices = self.slices[:, rows, columns]
        return replace(self, alpha=self.alpha[columns], beta=self.beta[rows], slices=slices)

    def lines_in(self, extent: tuple[float, float, float, float]) -> tuple[slice, slice]:
        """(rows, columns) of the grid that lie in `extent` (a0, a1, b0, b1)."""
        return _inside(self.beta, *extent[2:]), _inside(self.alpha, *extent[:2])

    def drawn(self, step: int, place: Floats) -> float:
        """Height of the picture at a point (2,) of the plane: linear between the grid points of its slice."""
        z = np.asarray(self.slices[self.at(step)], float)
        return float(bilinear(self.alpha, self.beta, z, np.asarray(place[0]), np.asarray(place[1])))

    def height(self, step: int) -> float:
        """Loss of the slice under the dot at `step`; NaN at a step where it was not evaluated."""
        k = int(np.searchsorted(self.checked, step))
        return float(self.heights[k]) if k < len(self.checked) and self.checked[k] == step else float("nan")

    def at(self, step: int) -> int:
        """Index of the slice for `step`: the last one cut at or before it."""
        return max(0, int(np.searchsorted(self.steps, step, side="right")) - 1)


def _inside(lines: Floats, low: float, high: float) -> slice:
    """Which of the grid's lines (n,), rising, lie between `low` and `high`, both included."""
    slack = 1e-9 * (high - low)
    first, last = np.searchsorted(lines, [low - slack, high + slack])
    return slice(int(first), int(last))
