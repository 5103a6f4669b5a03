"""Ways to choose a Plane from a Recording.

A recording and a choice go in, a Plane comes out. Weights are read in blocks: never all of them are in
memory, and nothing of size P x P is made.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from animator.core.arrays import Floats, Ints
from animator.core.cache import Arrays
from animator.core.errors import AnimatorError
from animator.landscape.plane import Plane
from animator.recordings.loss import Loss

if TYPE_CHECKING:
    from animator.recordings.reader import Recording


BLOCK_BYTES = 128 * 2**20
MOST_ROWS = 2_000
RANDOM_WALK = (6 / math.pi**2) * (1 + 1 / 4)
LANCZOS_STEPS = 80
CONVERGED = 1e-6
AWAY = 1e3  # times the first weights' size, at least 1: a path that goes farther runs away
NEAR = 8.0  # the same, of what is still looked at of such a path


class NoPlaneError(AnimatorError):
    """A path spans no such plane. brief: why, as a clause of a caption."""

    def __init__(self, brief: str, message: str) -> None:
        super().__init__(message)
        self.brief = brief


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
    origin = last_finite(run)
    origin[[first, second]] = 0.0
    basis = np.zeros((2, origin.size))
    basis[0, first] = basis[1, second] = 1.0
    names = names or (run.parameter_names[first], run.parameter_names[second])
    return _explained(run, Plane(origin, basis, names, "weights"))


def pca(run: "Recording") -> Plane:
    """The plane of the path's two first principal components, through its last finite weights.

    As Li et al. (2018, section 7.2): the principal components of w_i - w_n; w_n is the origin, so the
    last point is (0, 0). The directions are unit vectors, found from the Gram matrix of the rows (of
    2,000 evenly spread ones, where there are more). The first lies so that the path starts at its
    left, the second so that it starts above. A random walk of many steps has 76 % of its variance in
    its two first components (Antognini and Sohl-Dickstein 2018, equation 12).
    """
    kept = _finite_rows(run)
    if len(kept) < 3:
        raise NoPlaneError(
            f"the path has only {len(kept)} points",
            f"A PCA plane needs at least 3 recorded rows that are finite, but '{run.path}' has {len(kept)}. "
            "Record more steps, or use plane='weights' or plane='random'.",
        )
    chosen = kept[np.unique(np.linspace(0, len(kept) - 1, min(len(kept), MOST_ROWS)).round().astype(int))]
    origin = last_finite(run)
    gram = np.zeros((len(chosen), len(chosen)))
    for columns in _column_blocks(run, len(chosen)):
        part = _centred(run, chosen, columns)
        gram += part @ part.T
    values, vectors = np.linalg.eigh(gram)
    values, vectors = values[::-1], vectors[:, ::-1]
    if values[1] <= 1e-12 * max(values[0], 1e-300):
        raise _straight(run, bool(values[0] > 0))
    basis = np.empty((2, origin.size))
    for columns in _column_blocks(run, len(chosen)):
        part = _centred(run, chosen, columns)
        basis[:, columns] = (vectors[:, :2] / np.sqrt(values[:2])).T @ part
    start = basis @ (np.asarray(run.weights[0], np.float64) - origin)
    basis *= np.where(start * np.array([-1, 1]) < 0, -1.0, 1.0)[:, None]
    shares = values[:2] / values.clip(0).sum()
    first, second = (
        f"PC {k + 1} ({share:.{0 if 0.1 <= share < 0.99 else 1}%})" for k, share in enumerate(shares)
    )
    baseline = RANDOM_WALK if origin.size > 2 else None
    return Plane(origin, basis, (first, second), "pca", min(1.0, float(shares.sum())), baseline)


def _straight(run: "Recording", moves: bool) -> NoPlaneError:
    """The refusal of a path without a second principal component."""
    brief = "the path is a straight line" if moves else "the weights do not move"
    if last_near(run) is not None:
        brief = "the path runs away, so that all before its last steps is one point beside them"
    return NoPlaneError(
        brief,
        f"The path of '{run.path}' has no second principal component: {brief}. Use plane='weights' or "
        "plane='random'.",
    )


def last_near(run: "Recording") -> int | None:
    """The last step before a path that runs away is far from its start; None for a path that does not."""
    start = np.asarray(run.weights[0], np.float64)
    size = max(1.0, float(np.linalg.norm(start)))
    far = np.empty(len(run.weights))
    for block in _row_blocks(run, np.arange(len(far))):
        with np.errstate(over="ignore", invalid="ignore"):
            far[block] = np.linalg.norm(np.asarray(run.weights[block], np.float64) - start, axis=1) / size
    far = np.where(np.isfinite(far), far, np.inf)
    if far.max() <= AWAY:
        return None
    return int(run.weight_steps[int(np.argmax(far > NEAR)) - 1])


def random(run: "Recording", seed: int = 0, step: int | None = None) -> Plane:
    """A plane of two random directions, filter-normalized, through the weights of `step` (the last finite).

    As Li et al. (2018, section 4): each filter of a direction has the norm of that filter in the weights;
    biases and normalization's scales have none and stay as they are. One unit is as long as the weights.
    """
    origin = last_finite(run) if step is None else np.asarray(run.weights[run.row(step)], np.float64)
    rng = np.random.default_rng(seed)
    basis = np.zeros((2, origin.size))
    for direction in basis:
        for variable in run.variables:
            at = slice(variable.start, variable.start + math.prod(variable.shape))
            if variable.filters:
                drawn = rng.standard_normal(variable.shape)
                held = origin[at].reshape(variable.shape)
                direction[at] = filter_normalized(drawn, held, variable.filters).reshape(-1)
    if not basis.any(axis=1).all():
        raise AnimatorError(
            f"'{run.path}' has no filters to normalize: all its parameters are biases or scales, or zero. "
            "Use plane='pca' or plane='weights'."
        )
    return _explained(run, Plane(origin, basis, ("random 1", "random 2"), "random"))


def filter_normalized(direction: Floats, held: Floats, filters: tuple[int, ...]) -> Floats:
    """`direction` with each filter rescaled to the norm of that filter in `held`, of the same shape."""
    others = tuple(axis for axis in range(direction.ndim) if axis not in filters)
    norms = np.sqrt((direction**2).sum(axis=others, keepdims=True))
    wanted = np.sqrt((held**2).sum(axis=others, keepdims=True))
    return np.asarray(direction * wanted / np.where(norms > 0, norms, 1.0))


def hessian(
    run: "Recording", model: Any = None, data: Any = None, step: int | None = None, seed: int = 0
) -> Plane:
    """The plane of the Hessian's two largest eigenvalues, through the weights of `step` (the last).

    By Lanczos' method with full reorthogonalization, from Hessian-vector products (Pearlmutter 1994);
    plane.eigenvalues holds both. model and data: by default what the recording describes and holds.
    """
    from animator.training.loss.rebuild import objective_of

    return hessian_of(run, objective_of(run, model, data), step, seed)


def hessian_of(run: "Recording", objective: Loss, step: int | None = None, seed: int = 0) -> Plane:
    """What `hessian` gives, of a loss that is there already."""
    row = run.row(run.steps if step is None else step)
    origin = last_finite(run) if step is None else np.asarray(run.weights[row], np.float64)
    values, vectors = top_eigenvectors(objective, origin, run.state[row], seed)
    start = vectors @ (np.asarray(run.weights[0], np.float64) - origin)
    vectors = vectors * np.where(start * np.array([-1, 1]) < 0, -1.0, 1.0)[:, None]
    return _explained(run, _eigenplane(origin, vectors, values))


def _eigenplane(origin: Floats, vectors: Floats, values: Floats) -> Plane:
    """The plane of two eigenvectors (2, P) of the Hessian at `origin` (P,), with eigenvalues (2,)."""
    names = (f"eigenvector 1 (λ = {values[0]:.3g})", f"eigenvector 2 (λ = {values[1]:.3g})")
    return Plane(origin, vectors, names, "hessian", eigenvalues=(float(values[0]), float(values[1])))


def to_arrays(plane: Plane) -> dict[str, Floats]:
    """The plane of a Hessian as arrays, from which `from_arrays` makes the same."""
    return {
        "origin": plane.origin,
        "basis": plane.basis,
        "eigenvalues": np.array(plane.eigenvalues),
        "explained": np.array(math.nan if plane.explained is None else plane.explained),
    }


def from_arrays(known: Arrays) -> Plane:
    """The plane of a Hessian from what `to_arrays` made of it."""
    share = float(known["explained"])
    plane = _eigenplane(known["origin"], known["basis"], known["eigenvalues"])
    return replace(plane, explained=None if math.isnan(share) else share)


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
    steps = min(size, LANCZOS_STEPS)
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
            product = np.random.default_rng((seed, k)).standard_normal(size)
            product -= found[: k + 1].T @ (found[: k + 1] @ product)
            beside[k] = 0.0
        q = product / np.linalg.norm(product)
    directions = (vectors[:, ::-1][:, :count].T @ found[: k + 1]).astype(np.float64)
    return values[::-1][:count], directions / np.linalg.norm(directions, axis=1, keepdims=True)


def custom(
    run: "Recording",
    u: npt.ArrayLike,
    v: npt.ArrayLike,
    step: int | None = None,
    names: tuple[str, str] = ("direction 1", "direction 2"),
) -> Plane:
    """The plane of directions u and v (P,) through the weights of `step` (the last that are finite)."""
    origin = last_finite(run) if step is None else np.asarray(run.weights[run.row(step)], np.float64)
    basis = np.stack([np.asarray(u, np.float64).reshape(-1), np.asarray(v, np.float64).reshape(-1)])
    if basis.shape[1] != origin.size:
        raise AnimatorError(
            f"These directions have {basis.shape[1]:,} parameters but '{run.path}' has {origin.size:,}: they "
            "are of another model. Give directions as long as a row of run.weights."
        )
    return _explained(run, Plane(origin, basis, names, "custom"))


def through(run: "Recording", a: int = 0, b: int | None = None, c: int | None = None) -> Plane:
    """The plane through the weights of steps a, b and c: heights are true losses at these three.

    By default the start, the end, and the step that is farthest from the line between them. The first
    axis runs from a to b, the second at a right angle towards c; both in units of the weights.
    """
    kept = _finite_rows(run)
    steps = run.weight_steps[kept]
    b = int(steps[-1]) if b is None else b
    first, last = (np.asarray(run.weights[_row_of(run, step)], np.float64) for step in (a, b))
    along = last - first
    length = float(np.linalg.norm(along))
    if length == 0:
        raise NoPlaneError(
            "start and end are the same point",
            f"Steps {a:,} and {b:,} of '{run.path}' have the same weights: no plane is given by them. "
            "Choose two steps between which the weights move.",
        )
    along /= length
    if c is None:
        aside = np.zeros(len(kept))
        for block in _row_blocks(run, kept):
            rows = np.asarray(run.weights[kept[block]], np.float64) - first
            away = rows - (rows @ along)[:, None] * along
            aside[block] = np.linalg.norm(away, axis=1)
        c = int(steps[int(np.argmax(aside))])
    towards = np.asarray(run.weights[_row_of(run, c)], np.float64) - first
    across = towards - (towards @ along) * along
    norm = float(np.linalg.norm(across))
    if norm <= 1e-9 * length:
        raise NoPlaneError(
            "the path is a straight line",
            f"Steps {a:,}, {b:,} and {c:,} of '{run.path}' lie on one line: they span no plane. "
            "Choose a third step that lies beside the line, or use plane='random'.",
        )
    names = (f"step {a:,} to step {b:,}", f"towards step {c:,}")
    return _explained(run, Plane(last, np.stack([along, across / norm]), names, "through"))


def path_on(run: "Recording", plane: Plane, step: int | None = None) -> tuple[Floats, Floats]:
    """The trajectory (R, 2) of all kept rows on the plane, and their distances from it (R,), or from the
    parallel plane through the weights of a `step`.
    """
    rows = np.arange(len(run.weights))
    held = plane if step is None else replace(plane, origin=run.weights[run.row(step)])
    trajectory, residual = np.empty((len(rows), 2)), np.empty(len(rows))
    for block in _row_blocks(run, rows):
        read = np.asarray(run.weights[block], np.float64)
        trajectory[block], residual[block] = plane.project(read), held.residual(read)
    return trajectory, residual


def last_finite(run: "Recording") -> Floats:
    """The last row (P,) of weights without nan or inf; row 0 when there is none."""
    for index in range(len(run.weights) - 1, -1, -1):
        row = np.array(run.weights[index], np.float64)
        if np.isfinite(row).all():
            break
    return row


def _explained(run: "Recording", plane: Plane) -> Plane:
    """`plane` with the share of the path's variance around its mean that its directions hold."""
    kept = _finite_rows(run)
    mean = np.zeros(plane.origin.size)
    for block in _row_blocks(run, kept):
        mean += np.asarray(run.weights[kept[block]], np.float64).sum(axis=0) / len(kept)
    whole = lost = 0.0
    through_mean = replace(plane, origin=mean)
    for block in _row_blocks(run, kept):
        rows = np.asarray(run.weights[kept[block]], np.float64)
        whole += float(((rows - mean) ** 2).sum())
        lost += float((through_mean.residual(rows) ** 2).sum())
    return replace(plane, explained=1.0 - lost / whole if whole > 0 else None)


def _finite_rows(run: "Recording") -> Ints:
    """Indices of the kept rows that are finite."""
    fine = np.zeros(len(run.weights), bool)
    for block in _row_blocks(run, np.arange(len(fine))):
        fine[block] = np.isfinite(run.weights[block]).all(axis=1)
    return np.flatnonzero(fine)


def _row_of(run: "Recording", step: int) -> int:
    """The row that holds `step`; AnimatorError when it was not kept."""
    row = run.row(step)
    if row < 0 or run.weight_steps[row] != step:
        raise AnimatorError(
            f"The weights of step {step:,} are not in '{run.path}', which keeps {len(run.weights):,} of the "
            f"steps 0 to {run.steps:,}. Choose one of run.weight_steps."
        )
    return row


def _row_blocks(run: "Recording", rows: Ints) -> Iterator[slice]:
    """Slices of `rows` (n,), each of at most 128 MiB of float64 weights."""
    size = max(1, BLOCK_BYTES // (8 * max(1, run.weights.shape[1])))
    return (slice(at, min(len(rows), at + size)) for at in range(0, len(rows), size))


def _column_blocks(run: "Recording", rows: int) -> Iterator[slice]:
    """Slices of the P parameters, each of at most 128 MiB in `rows` rows of float64."""
    count = run.weights.shape[1]
    size = max(1, BLOCK_BYTES // (8 * rows))
    size = size // 2**18 * 2**18 or size  # whole chunks of the file
    return (slice(at, min(count, at + size)) for at in range(0, count, size))


def _centred(run: "Recording", rows: Ints, columns: slice) -> Floats:
    """(n, columns) of the weights less the mean of these rows."""
    part = np.asarray(run.weights[rows, columns], np.float64)
    return np.asarray(part - part.mean(axis=0))
