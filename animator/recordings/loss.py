"""What a loss is: the contract that surfaces are cut by, and a NumPy function of rows of weights as one.

A loss gives values (N,) at rows of weights (N, P); on a plane, it gives them at N coordinates. Derivatives
are asked for by the planes and panels that need them alone.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.core.progress import Progress, quiet

ROOM = 64 * 2**20  # bytes of weights that a function gets at once

Function = Callable[[Floats], Any]  # rows (N, P) -> values (N,)


class Loss(Protocol):
    """The loss as a function of weights (P,). state (S,) or (N, S): statistics that belong to the weights
    (those of BatchNormalization), for the losses that have some.
    """

    def __call__(self, rows: ArrayLike, state: ArrayLike | None = None) -> Floats:
        """Values (N,) at rows (N, P); those that are not finite stay so."""

    def on_plane(
        self,
        origin: ArrayLike,
        basis: ArrayLike,
        coordinates: ArrayLike,
        progress: Progress = quiet,
        state: ArrayLike | None = None,
    ) -> Floats:
        """Values (N,) at origin (P,) + coordinates (N, 2) @ basis (2, P)."""

    def hessian_product(self, row: ArrayLike, direction: ArrayLike, state: ArrayLike | None = None) -> Floats:
        """The Hessian (P, P) at row (P,) times direction (P,)."""


class RowLoss:
    """The loss of a NumPy `function` from rows (N, P) to values (N,).

    hessian_product: from (row, direction), (P,) each, to (P,), where the function's maker has one.
    """

    def __init__(
        self, function: Function, hessian_product: Callable[[Floats, Floats], Any] | None = None
    ) -> None:
        self._function, self._product = function, hessian_product

    def __call__(self, rows: ArrayLike, state: ArrayLike | None = None) -> Floats:
        weights = np.asarray(rows, np.float64)
        each = max(1, ROOM // (8 * max(1, weights.shape[1])))
        parts = [self._values(weights[low : low + each]) for low in range(0, len(weights), each)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def on_plane(
        self,
        origin: ArrayLike,
        basis: ArrayLike,
        coordinates: ArrayLike,
        progress: Progress = quiet,
        state: ArrayLike | None = None,
    ) -> Floats:
        start, directions = np.asarray(origin, np.float64), np.asarray(basis, np.float64)
        points = np.asarray(coordinates, np.float64)
        each = max(1, ROOM // (8 * start.size))
        values = np.empty(len(points))
        for low in range(0, len(points), each):
            part = points[low : low + each]
            values[low : low + each] = self._values(start + part @ directions)
            progress("surface", min(len(points), low + each), len(points))
        return values

    def hessian_product(self, row: ArrayLike, direction: ArrayLike, state: ArrayLike | None = None) -> Floats:
        if self._product is None:
            raise AnimatorError(
                "This loss is a function of weights alone, without derivatives, so there is no Hessian of "
                "it. Use plane='weights', 'pca', 'random' or 'through', and leave the panel 'sharpness' away."
            )
        return np.asarray(self._product(np.asarray(row, np.float64), np.asarray(direction, np.float64)))

    def _values(self, rows: Floats) -> Floats:
        found = np.asarray(self._function(rows), np.float64)
        if found.shape != (len(rows),):
            raise AnimatorError(
                f"loss= gave an array of shape {found.shape} for {len(rows):,} rows of weights, and it must "
                f"be one number a row, ({len(rows)},). Write it for rows (N, P), such as "
                "lambda w: ((w @ x.T - y) ** 2).mean(axis=1)."
            )
        return found
