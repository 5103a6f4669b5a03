"""What is computed along a run beside its losses: the model's outputs, the sharpness. Cached by content."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from animator.core import cache
from animator.core.arrays import Array, Floats, Singles, Steps
from animator.core.cache import Arrays
from animator.core.errors import AnimatorError
from animator.landscape import planes
from animator.landscape.lanczos import top_eigenvectors
from animator.landscape.plane import Plane, from_arrays, to_arrays
from animator.landscape.run_source import Source
from animator.landscape.weight_rows import last_finite

POINTS = 61
ROOM = 0.08
MOST_EIGENVALUES = 80


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a model computes at `steps` (T,): values (T, ny, nx) over the plane of its two inputs x (nx,) and
    y (ny,), or values (T, nx) over its one input x. classes: whether values are numbers of classes.
    inputs (N, 1 or 2) and targets (N,): the data.
    """

    steps: Steps
    x: Floats
    y: Floats
    values: Singles
    classes: bool
    inputs: Floats
    targets: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Sharpness:
    """The Hessian's largest eigenvalue (T,) at `steps` (T,)."""

    steps: Steps
    largest: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BatchSurface:
    """The loss of the batch that is used next, at `steps` (T,): slices (T, ny, nx) over alpha, beta."""

    steps: Steps
    alpha: Floats
    beta: Floats
    slices: Floats


def outputs(source: Source, panel: str, steps: Steps, inputs: Array) -> Singles:
    """(T, N, C): what the model gives for `inputs` (N, ...) at each of `steps` (T,); panel: who asks."""
    objective = source.model_objective(panel)
    given = []
    for k, step in enumerate(steps):
        row = source.run.row(int(step))
        out = objective.outputs(source.run.weights[row], inputs, source.run.state[row])
        given.append(np.asarray(out, np.float32).reshape(len(inputs), -1))
        source.progress("what the model says", k + 1, len(steps))
    return np.stack(given)


def prediction(source: Source, steps: Steps) -> Prediction:
    """The model's outputs at `steps` over the one or two inputs that it has, beside the data."""
    found = source.samples
    inputs = None if found is None else np.asarray(found.x)
    if found is None or inputs is None or inputs.ndim != 2 or inputs.shape[1] not in (1, 2):
        given = "none that are kept" if inputs is None else f"of shape {inputs.shape[1:]}"
        raise AnimatorError(
            f"The panel 'prediction' draws what a model computes from one or two numbers, but its inputs are "
            f"{given}. Leave the panel away, or use 'accuracy'."
        )
    axes = [_spread(column) for column in inputs.T]
    targets = np.asarray(found.y, float).reshape(len(inputs), -1)
    y = axes[1] if len(axes) == 2 else np.zeros(1)
    grid = np.stack(np.meshgrid(axes[0], y), -1).reshape(-1, 2)[:, : len(axes)].astype(np.float32)

    def compute() -> Arrays:
        return {"values": outputs(source, "prediction", steps, grid)}

    values = cached(source, "prediction", [steps, grid], compute)["values"].astype(np.float32)
    classes = values.shape[2] > 1
    values = values.argmax(axis=2).astype(np.float32) if classes else values[..., 0]
    shape = (len(steps), len(y), len(axes[0]))[:: 1 if len(axes) == 2 else 2]
    labels = targets.argmax(axis=1).astype(float) if targets.shape[1] > 1 else targets[:, 0]
    return Prediction(steps, axes[0], y, values.reshape(shape), classes, inputs.astype(float), labels)


def sharpness(source: Source, steps: Steps) -> Sharpness:
    """The Hessian's largest eigenvalue at up to 80 of `steps`, the first and the last among them."""
    chosen = steps[np.unique(np.linspace(0, len(steps) - 1, min(len(steps), MOST_EIGENVALUES)).astype(int))]

    def compute() -> Arrays:
        objective = source.objective()
        largest = np.empty(len(chosen))
        for k, step in enumerate(chosen):
            row = source.run.row(int(step))
            weights, state = source.run.weights[row], source.run.state[row]
            values, _ = top_eigenvectors(objective, weights, state, count=1)
            largest[k] = values[0]
            source.progress("eigenvalues", k + 1, len(chosen))
        return {"largest": largest}

    return Sharpness(chosen, cached(source, "sharpness", [chosen], compute)["largest"])


def batches(source: Source, plane: Plane, alpha: Floats, beta: Floats, steps: Steps) -> BatchSurface:
    """The loss of the batch that each of `steps` (T,) is followed by, over plane, alpha (nx,), beta (ny,).

    Raises AnimatorError when the samples of a batch are not known: the run shuffled them.
    """
    run = source.run
    size = run.notes.in_order
    if not size:
        raise AnimatorError(
            "The panel 'batch' draws the loss of the batch in use, but this run shuffled its samples, so "
            "which ones made a batch is not known. Give its Experiment shuffle=False, or use 'race'."
        )

    def compute() -> Arrays:
        objective = source.model_objective("batch")
        offset = plane.offset(last_finite(run))
        origin = plane.origin + np.where(np.abs(offset) < 1e-12, 0.0, offset)
        at = np.stack(np.meshgrid(alpha, beta), -1).reshape(-1, 2)
        parts = {}
        slices = []
        for k, step in enumerate(steps):
            low = int(run.batch[min(int(step), run.steps - 1)]) * size
            if low not in parts:
                batch = objective.only(low, min(low + size, objective.data.count))
                losses = batch.on_plane(origin, plane.basis, at, state=run.state[len(run.weights) - 1])
                parts[low] = losses.reshape(len(beta), len(alpha))
            slices.append(parts[low])
            source.progress("loss of each batch", k + 1, len(steps))
        return {"slices": np.stack(slices)}

    key = [plane.origin, plane.basis, alpha, beta, steps]
    return BatchSurface(steps, alpha, beta, cached(source, "batches", key, compute)["slices"])


def _spread(column: Floats) -> Floats:
    """61 points over the range of an input, with 8 % of room at each side."""
    low, high = float(column.min()), float(column.max())
    room = ROOM * (high - low) or 1.0
    return np.linspace(low - room, high + room, POINTS)


def cached(source: Source, kind: str, parts: list[Array], compute: Callable[[], Arrays]) -> Arrays:
    """The arrays that `compute` makes of `source` and `parts`, from the cache where they are there."""
    key = cache.digest(f"{kind} 2", *source.key(), *parts)
    return cache.arrays("insights", key, compute, source.reads_cache)


def hessian_plane(source: Source, step: int | None) -> Plane:
    """What `planes.hessian` gives through the weights of `step`, from the cache where it is there."""

    def compute() -> Arrays:
        return to_arrays(planes.hessian_of(source.run, source.objective(), step))

    key = cache.digest("hessian 3", *source.key(), step)
    return from_arrays(cache.arrays("planes", key, compute, source.reads_cache))
