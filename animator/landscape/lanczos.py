"""Lanczos' method: the largest eigenvalues of a Hessian of which only products with a direction are known.

A Loss and weights (P,) go in, eigenvalues and eigenvectors come out (Golub and Van Loan, section 10.1).
"""

import numpy as np
import numpy.typing as npt

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.recordings.loss import Loss

MOST_STEPS = 80
CONVERGED = 1e-6


def top_eigenvectors(
    objective: Loss,
    row: npt.ArrayLike,
    state: npt.ArrayLike | None = None,
    seed: int = 0,
    count: int = 2,
) -> tuple[Floats, Floats]:
    """The Hessian's `count` largest eigenvalues (count,), descending, and unit eigenvectors (count, P).

    Lanczos' method (Golub and Van Loan, section 10.1), reorthogonalized, until the residual is below 1e-6
    of the largest eigenvalue, or for 80 steps.
    """
    point = np.asarray(row, np.float64)
    size = point.size
    steps = min(size, MOST_STEPS)
    if size < count:
        raise AnimatorError(
            f"A Hessian plane needs {count} eigenvectors, but the model has {size:,} parameters. "
            "Use a model with more of them."
        )
    q = np.random.default_rng(seed).standard_normal(size)
    q /= np.linalg.norm(q)
    found = np.empty((steps, size), np.float32 if size > 2**20 else np.float64)
    diagonal, beside = np.zeros(steps), np.zeros(steps)
    for k in range(steps):
        found[k] = q
        product = objective.hessian_product(point, q, state)
        diagonal[k] = q @ product
        for _ in range(2):
            product = product - found[: k + 1].T @ (found[: k + 1] @ product)
        beside[k] = np.linalg.norm(product)
        tri = np.diag(diagonal[: k + 1]) + np.diag(beside[:k], 1) + np.diag(beside[:k], -1)
        values, vectors = np.linalg.eigh(tri)
        largest = float(np.abs(values).max())
        if k + 1 >= count and (beside[k] * np.abs(vectors[-1, -count:]) <= CONVERGED * largest).all():
            break
        if beside[k] <= 1e-12 * max(largest, 1e-300):  # an invariant subspace: go on in a new direction
            product = np.random.default_rng((seed, k + 1)).standard_normal(size)  # (0, 0) is as 0
            product -= found[: k + 1].T @ (found[: k + 1] @ product)
            beside[k] = 0.0
        q = product / np.linalg.norm(product)
    directions = (vectors[:, ::-1][:, :count].T @ found[: k + 1]).astype(np.float64)
    return values[::-1][:count], directions / np.linalg.norm(directions, axis=1, keepdims=True)
