"""Ways to choose a Plane from a Recording.

A recording and a choice go in, a Plane comes out. Nothing of size P x P is made.
"""

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.core.language import Said
from animator.landscape.lanczos import top_eigenvectors
from animator.landscape.plane import NoPlaneError, Plane, eigenplane
from animator.landscape.weight_rows import (
    centred,
    column_blocks,
    explained,
    finite_rows,
    last_finite,
    last_near,
    row_blocks,
    row_of,
)
from animator.recordings.loss import Loss
from animator.training.keras_types import KerasModel

if TYPE_CHECKING:
    from animator.recordings.reader import Recording


MOST_ROWS = 2_000
RANDOM_WALK = (6 / math.pi**2) * (1 + 1 / 4)


def weights(run: "Recording", i: int | str, j: int | str, names: tuple[str, str] | None = None) -> Plane:
    """The plane of two single weights: coordinates (a, b) are the values of parameters i and j.

    All other parameters stay at their last recorded values that are finite.

    Parameters
    ----------
    run
        The recording.
    i, j
        Indices, or names such as "dense/kernel[0,0]".
    names
        Of the axes; by default those of the parameters.

    Returns
    -------
    Plane
        origin (P,) and basis (2, P), of the weights' own units.

    Raises
    ------
    AnimatorError
        When there is no such parameter, or both are the same.

    Examples
    --------
    >>> animator.planes.weights(run, 0, "z").basis
    array([[1., 0., 0.],
           [0., 0., 1.]])
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
    return explained(run, Plane(origin, basis, names, "weights"))


def pca(run: "Recording") -> Plane:
    """The plane of the path's two first principal components, through its last finite weights.

    The last point is (0, 0). The directions are unit vectors, found from the Gram matrix of the rows (of
    2,000 evenly spread ones, where there are more). The first lies so that the path starts at its left, the
    second so that it starts above. A random walk of many steps has 76 % of its variance in its two first
    components.

    Parameters
    ----------
    run
        The recording, of three finite rows of weights at least.

    Returns
    -------
    Plane
        With `explained`, the share of the path's variance that it holds, and `baseline`, that of a random
        walk.

    Raises
    ------
    AnimatorError
        When the path is a point or a straight line.

    References
    ----------
    Li et al. 2018, "Visualizing the loss landscape of neural nets", section 7.2: the principal components of
    w_i - w_n. Antognini and Sohl-Dickstein 2018, "PCA of high dimensional random walks with comparison to
    neural network training", equation 12.

    Examples
    --------
    >>> animator.planes.pca(run).explained > 0.99
    True
    """
    kept = finite_rows(run)
    if len(kept) < 3:
        raise NoPlaneError(
            Said("the path has only {count} points", count=len(kept)),
            f"A PCA plane needs at least 3 recorded rows that are finite, but '{run.path}' has {len(kept)}. "
            "Record more steps, or use plane='weights' or plane='random'.",
        )
    chosen = kept[np.unique(np.linspace(0, len(kept) - 1, min(len(kept), MOST_ROWS)).round().astype(int))]
    origin = last_finite(run)
    gram = np.zeros((len(chosen), len(chosen)))
    for columns in column_blocks(run, len(chosen)):
        part = centred(run, chosen, columns)
        gram += part @ part.T
    values, vectors = np.linalg.eigh(gram)
    values, vectors = values[::-1], vectors[:, ::-1]
    if values[1] <= 1e-12 * max(values[0], 1e-300):
        raise _straight(run, bool(values[0] > 0))
    basis = np.empty((2, origin.size))
    for columns in column_blocks(run, len(chosen)):
        part = centred(run, chosen, columns)
        basis[:, columns] = (vectors[:, :2] / np.sqrt(values[:2])).T @ part
    start = basis @ (np.asarray(run.weights[0], np.float64) - origin)
    basis *= np.where(start * np.array([-1, 1]) < 0, -1.0, 1.0)[:, None]
    shares = values[:2] / values.clip(0).sum()
    first = Said("main direction ({share:.1%})", share=float(shares[0]))
    second = Said("second direction ({share:.1%})", share=float(shares[1]))
    baseline = RANDOM_WALK if origin.size > 2 else None
    return Plane(origin, basis, (first, second), "pca", min(1.0, float(shares.sum())), baseline)


def _straight(run: "Recording", moves: bool) -> NoPlaneError:
    """The refusal of a path without a second principal component."""
    brief = Said("the path is a straight line") if moves else Said("the weights do not move")
    if last_near(run) is not None:
        brief = Said("the path runs away, so that all before its last steps is one point beside them")
    return NoPlaneError(
        brief,
        f"The path of '{run.path}' has no second principal component: {brief}. Use plane='weights' or "
        "plane='random'.",
    )


def random(run: "Recording", seed: int = 0, step: int | None = None) -> Plane:
    """A plane of two random directions, filter-normalized, through the weights of `step` (the last finite).

    Each filter of a direction has the norm of that filter in the weights; biases and normalization's scales
    have none and stay as they are. One unit is as long as the weights.

    Parameters
    ----------
    run
        The recording.
    seed
        Decides the directions.
    step
        Whose weights are the origin; by default the last that are finite.

    Returns
    -------
    Plane
        origin (P,) and basis (2, P).

    Raises
    ------
    AnimatorError
        When no parameter belongs to a filter.

    References
    ----------
    Li et al. 2018, "Visualizing the loss landscape of neural nets", section 4.

    Examples
    --------
    >>> animator.planes.random(animator.load("fit.h5"), seed=1).basis.shape
    (2, 3)
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
    return explained(run, Plane(origin, basis, ("random 1", "random 2"), "random"))


def filter_normalized(direction: Floats, held: Floats, filters: tuple[int, ...]) -> Floats:
    """`direction` with each filter rescaled to the norm of that filter in `held`, of the same shape."""
    others = tuple(axis for axis in range(direction.ndim) if axis not in filters)
    norms = np.sqrt((direction**2).sum(axis=others, keepdims=True))
    wanted = np.sqrt((held**2).sum(axis=others, keepdims=True))
    return np.asarray(direction * wanted / np.where(norms > 0, norms, 1.0))


def hessian(
    run: "Recording",
    model: KerasModel | None = None,
    data: object = None,
    step: int | None = None,
    seed: int = 0,
) -> Plane:
    """The plane of the Hessian's two largest eigenvalues, through the weights of `step` (the last).

    By Lanczos' method with full reorthogonalization, from Hessian-vector products.

    Parameters
    ----------
    run
        The recording.
    model, data
        By default what the recording describes and holds.
    step
        Whose weights are the origin; by default the last that are finite.
    seed
        Of the vector that Lanczos' method begins with.

    Returns
    -------
    Plane
        Its `eigenvalues` are the two largest, descending; the basis (2, P) their unit eigenvectors.

    Raises
    ------
    AnimatorError
        When the model has one parameter, or the loss is not known.

    References
    ----------
    Pearlmutter 1994, "Fast exact multiplication by the Hessian". Golub and Van Loan, "Matrix computations",
    section 10.1.

    Examples
    --------
    >>> [round(value, 3) for value in animator.planes.hessian(run).eigenvalues]
    [6.236, 4.0]
    """
    from animator.landscape.run_source import Source

    return hessian_of(run, Source(run, model, data).objective(), step, seed)


def hessian_of(run: "Recording", objective: Loss, step: int | None = None, seed: int = 0) -> Plane:
    """What `hessian` gives, of a loss that is there already."""
    row = run.row(run.steps if step is None else step)
    origin = last_finite(run) if step is None else np.asarray(run.weights[row], np.float64)
    values, vectors = top_eigenvectors(objective, origin, run.state[row], seed)
    start = vectors @ (np.asarray(run.weights[0], np.float64) - origin)
    vectors = vectors * np.where(start * np.array([-1, 1]) < 0, -1.0, 1.0)[:, None]
    return explained(run, eigenplane(origin, vectors, values))


def custom(
    run: "Recording",
    u: npt.ArrayLike,
    v: npt.ArrayLike,
    step: int | None = None,
    names: tuple[str, str] = (Said("direction 1"), Said("direction 2")),
) -> Plane:
    """The plane of two given directions through the weights of a step.

    Parameters
    ----------
    run
        The recording.
    u, v
        (P,) each: the directions, of any length.
    step
        Whose weights are the origin; by default the last that are finite.
    names
        Of the axes.

    Returns
    -------
    Plane
        Its basis is u and v as they are.

    Raises
    ------
    AnimatorError
        When the directions are not as long as a row of weights, or parallel.

    Examples
    --------
    >>> plane = animator.planes.custom(run, u=(1, 0, 0), v=(0, 1, 1))
    >>> plane.lift((0, 2)) - plane.origin
    array([0., 2., 2.])
    """
    origin = last_finite(run) if step is None else np.asarray(run.weights[run.row(step)], np.float64)
    basis = np.stack([np.asarray(u, np.float64).reshape(-1), np.asarray(v, np.float64).reshape(-1)])
    if basis.shape[1] != origin.size:
        raise AnimatorError(
            f"These directions have {basis.shape[1]:,} parameters but '{run.path}' has {origin.size:,}: they "
            "are of another model. Give directions as long as a row of run.weights."
        )
    return explained(run, Plane(origin, basis, names, "custom"))


def through(run: "Recording", a: int = 0, b: int | None = None, c: int | None = None) -> Plane:
    """The plane through the weights of steps a, b and c: heights are true losses at these three.

    The first axis runs from a to b, the second at a right angle towards c; both in units of the weights.

    Parameters
    ----------
    run
        The recording.
    a, b, c
        Steps whose weights are kept: by default the start, the end, and the step that is farthest from the
        line between them.

    Returns
    -------
    Plane
        Its origin is the weights of step b.

    Raises
    ------
    AnimatorError
        When a step was not kept, or the three lie on a line.

    Examples
    --------
    >>> plane = animator.planes.through(run, 0, 50)
    >>> float(plane.residual(run.weights[50]).round(6))
    0.0
    """
    kept = finite_rows(run)
    steps = run.weight_steps[kept]
    b = int(steps[-1]) if b is None else b
    first, last = (np.asarray(run.weights[row_of(run, step)], np.float64) for step in (a, b))
    along = last - first
    length = float(np.linalg.norm(along))
    if length == 0:
        raise NoPlaneError(
            Said("start and end are the same point"),
            f"Steps {a:,} and {b:,} of '{run.path}' have the same weights: no plane is given by them. "
            "Choose two steps between which the weights move.",
        )
    along /= length
    if c is None:
        aside = np.zeros(len(kept))
        for block in row_blocks(run, kept):
            rows = np.asarray(run.weights[kept[block]], np.float64) - first
            away = rows - (rows @ along)[:, None] * along
            aside[block] = np.linalg.norm(away, axis=1)
        c = int(steps[int(np.argmax(aside))])
    towards = np.asarray(run.weights[row_of(run, c)], np.float64) - first
    across = towards - (towards @ along) * along
    norm = float(np.linalg.norm(across))
    if norm <= 1e-9 * length:
        raise NoPlaneError(
            Said("the path is a straight line"),
            f"Steps {a:,}, {b:,} and {c:,} of '{run.path}' lie on one line: they span no plane. "
            "Choose a third step that lies beside the line, or use plane='random'.",
        )
    names = (
        Said("step {first:,} to step {last:,}", first=a, last=b),
        Said("towards step {step:,}", step=c),
    )
    return explained(run, Plane(last, np.stack([along, across / norm]), names, "through"))
