"""What a loss is: the contract that surfaces are cut by, and a NumPy function of rows of weights as one.

A loss gives values (N,) at rows of weights (N, P); on a plane, it gives them at N coordinates. Derivatives
are asked for by the planes and panels that need them alone.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.core.progress import Progress, quiet

ROOM = 64 * 2**20  # bytes of weights that a function gets at once

Function = Callable[..., ArrayLike]  # rows (N, P), and states (N, S) where it has some -> values (N,)


class Loss(Protocol):
    """The loss as a function of weights (P,); see docs/contracts.md.

    `state` (S,) or (N, S) is what belongs to the weights beside them (BatchNormalization's statistics), for
    the losses that have some.

    Examples
    --------
    >>> from animator.recordings.loss import RowLoss
    >>> loss = RowLoss(lambda rows: (rows**2).sum(axis=1))
    >>> loss([[3, 4], [0, 1]]).tolist()
    [25.0, 1.0]
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

    hessian_product: from (row, direction), (P,) each, to (P,), where the function's maker has one. has_state:
    whether both take the state too, (N, S) and (S,), as what comes last.
    """

    def __init__(
        self,
        function: Function,
        hessian_product: Callable[..., ArrayLike] | None = None,
        has_state: bool = False,
    ) -> None:
        self._function = function
        self._product = hessian_product
        self._has_state = has_state

    def __call__(self, rows: ArrayLike, state: ArrayLike | None = None) -> Floats:
        weights = np.asarray(rows, np.float64)
        each = max(1, ROOM // (8 * max(1, weights.shape[1])))
        known = self._known(state)
        parts = []
        for low in range(0, len(weights), each):
            own = known[low : low + each] if known is not None and known.ndim == 2 else known
            parts.append(self._values(weights[low : low + each], own))
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
        known = self._known(state)
        points = np.asarray(coordinates, np.float64)
        each = max(1, ROOM // (8 * start.size))
        values = np.empty(len(points))
        for low in range(0, len(points), each):
            part = points[low : low + each]
            values[low : low + each] = self._values(start + part @ directions, known)
            progress("surface", min(len(points), low + each), len(points))
        return values

    def hessian_product(self, row: ArrayLike, direction: ArrayLike, state: ArrayLike | None = None) -> Floats:
        if self._product is None:
            raise AnimatorError(
                "This loss is a function of weights alone, without derivatives, so there is no Hessian of "
                "it. Use plane='weights', 'pca', 'random' or 'through', and leave the panel 'sharpness' away."
            )
        known = self._known(state)
        given = () if known is None else (known,)
        product = self._product(np.asarray(row, np.float64), np.asarray(direction, np.float64), *given)
        return np.asarray(product)

    def _known(self, state: ArrayLike | None) -> Floats | None:
        """The state, for a function that takes one."""
        return np.asarray(state, np.float64) if self._has_state and state is not None else None

    def _values(self, rows: Floats, state: Floats | None) -> Floats:
        """Values (N,) at rows (N, P); state: (N, S), (S,) for all, or None for the function's own."""
        given = () if state is None else (np.broadcast_to(state, (len(rows), state.shape[-1])),)
        found = np.asarray(self._function(rows, *given), np.float64)
        if found.shape != (len(rows),):
            raise AnimatorError(
                f"loss= gave an array of shape {found.shape} for {len(rows):,} rows of weights, and it must "
                f"be one number a row, ({len(rows)},). Write it for rows (N, P), such as "
                "lambda w: ((w @ x.T - y) ** 2).mean(axis=1)."
            )
        return found
