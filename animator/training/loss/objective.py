"""Objective: the loss of a Keras model as a function of its flat trainable weights.

Rows (N, P) of weights go in, losses (N,) come out: evaluation mode, regularizers included, on all of
the data, as `model.evaluate` would say after setting the weights. The model is never written to
(see `flat_model`); many rows are run in one graph (`execution_plans`), and many samples in pieces
(`batching`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from animator.core.arrays import Array, Floats
from animator.core.errors import AnimatorError
from animator.core.progress import Progress, quiet
from animator.recordings.identity import ModelIdentity
from animator.recordings.samples import Samples, samples
from animator.training.keras_types import KerasModel, Nested, Tensor
from animator.training.loss.batching import Piece, activations, as_keras, kinds, padded, pieces, rounded
from animator.training.loss.execution_plans import Plans, hushed
from animator.training.loss.flat_model import FlatModel, check
from animator.training.model_description import description
from animator.training.variables import variables_of

MEMORY = 256 * 2**20  # bytes that the activations of one graph call may take
_FEW = 1024  # points up to which compiling costs more time than it saves


def loss_function(
    model: KerasModel, data: object, memory: int = MEMORY, metric: str | None = None
) -> "Objective":
    """The loss, or a metric, of a built and compiled Keras model as a function of its flat weights.

    The loss of a piece is averaged by its number of samples, as `model.evaluate` averages batches; a loss
    that sums over its batch therefore equals `evaluate` with batch_size=len(x). BatchNormalization runs in
    evaluation mode, with the statistics that are given beside the rows, or else with those that the model has
    now.

    Parameters
    ----------
    model
        The Keras model; it is never written to.
    data
        (x, y), (x, y, sample_weight) or a tf.data.Dataset, samples first.
    memory
        How many bytes of activations are held at once: points and samples are run in pieces.
    metric
        The name of a metric that the model reports; by default its loss.

    Returns
    -------
    Objective
        From rows (N, P) to values (N,).

    Raises
    ------
    AnimatorError
        When the model has no scalar loss or no weights, does not report `metric`, or the data has NaN.

    Examples
    --------
    >>> objective = loss_function(model, (x, y))
    >>> objective(recording.weights[:3])
    """
    check(model)
    flat = FlatModel(model)
    objective = Objective(flat, Plans(flat), _held(flat, samples(data), memory), memory)
    objective.probe()
    if metric is None or metric == "loss":
        return objective
    return objective.reporting(metric)


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Samples, and the same in pieces that fit into memory; points: how many fit beside one piece."""

    samples: Samples
    pieces: list[Piece]
    points: int


def _held(flat: FlatModel, data: Samples, memory: int) -> Held:
    """`data` in pieces, so that activations and rows of the model stay within `memory` bytes."""
    width = activations(flat.model, variables_of(flat.model).trainable)
    most = max(1, min(data.count, memory // (4 * width)))
    row = flat.dtype.itemsize * (flat.parameters + flat.states)
    cast = as_keras(data)
    return Held(cast, list(pieces(cast, most)), max(1, memory // (4 * width * most + 4 * row)))


class Batch(NamedTuple):
    """Points as a graph takes them: origin (1 or N, P), basis (D, P), coordinates (N, D)."""

    origin: Array
    basis: Array
    coordinates: Array


class Objective:
    """The loss of a Keras model at rows of weights; made by `loss_function`.

    Graphs are traced once and kept, and shared with the objectives that `on` and `only` make.

    Attributes
    ----------
    parameters, states
        P and S, the lengths of a row of weights and of one of statistics.
    model
        The Keras model whose loss this is.
    data
        The samples that the loss is computed on.
    pieces
        In how many pieces the samples are run.

    References
    ----------
    Pearlmutter 1994, "Fast exact multiplication by the Hessian", section 3: `hessian_product`.

    Examples
    --------
    >>> from animator.training.loss.objective import loss_function
    >>> loss = loss_function(model, (x, y))
    >>> loss(animator.load("fit.h5").weights[:3]).shape
    (3,)
    """

    def __init__(self, flat: FlatModel, plans: Plans, held: Held, memory: int) -> None:
        self.model = flat.model
        self.parameters = flat.parameters
        self.states = flat.states
        self.data = held.samples
        self.pieces = len(held.pieces)
        self._flat = flat
        self._plans = plans
        self._held = held
        self._memory = memory

    def only(self, low: int, high: int) -> "Objective":
        """The same loss on samples [low, high) alone; graphs are shared."""
        part = self.data.between(low, high)
        return self._with(Held(part, list(pieces(part, part.count)), self._held.points))

    def on(self, data: Samples) -> "Objective":
        """The same loss on other data; graphs are shared, and traced again only for other shapes."""
        other = self._with(_held(self._flat, data, self._memory))
        if kinds(data) != kinds(self.data):
            other.probe()
        return other

    def reporting(self, metric: str) -> "Objective":
        """The metric of that name in place of the loss; AnimatorError when the model does not report it."""
        one = self.data.first(1)
        given = self.model.evaluate(
            one.x, one.y, sample_weight=one.sample_weight, batch_size=1, verbose=0, return_dict=True
        )
        self.model.reset_metrics()
        known = [name for name in given if name != "loss"]
        if metric not in known:
            raise AnimatorError(
                f"Model {self.model.name!r} reports no metric {metric!r}. It reports: "
                f"{' '.join(['loss', *known])}. Compile it with metrics=[{metric!r}] to cut that."
            )
        self._flat.metric = metric
        return self._with(Held(self.data, list(pieces(self.data, self.data.count)), self._held.points))

    def _with(self, held: Held) -> "Objective":
        return Objective(self._flat, self._plans, held, self._memory)

    def __call__(self, rows: ArrayLike, state: ArrayLike | None = None) -> Floats:
        """Losses (N,) float64 at `rows` (N, P); those that are not finite stay so.

        state (N, S): statistics at each row, or (S,) for all; by default those that the model has now.
        """
        weights = np.asarray(rows)
        if weights.ndim != 2 or weights.shape[1] != self.parameters:
            self._refuse(weights.shape[-1] if weights.ndim else 1)
        known = self._state(state)
        nothing = np.zeros((0, self.parameters + self.states), self._flat.dtype)

        def take(low: int, high: int) -> Batch:
            count = high - low
            own = known[low:high] if known.ndim == 2 else np.broadcast_to(known, (count, self.states))
            whole = np.concatenate([weights[low:high], own], 1)
            return Batch(whole, nothing, np.zeros((count, 0), self._flat.dtype))

        return self._run(len(weights), take, quiet)

    def on_plane(
        self,
        origin: ArrayLike,
        basis: ArrayLike,
        coordinates: ArrayLike,
        progress: Progress = quiet,
        state: ArrayLike | None = None,
    ) -> Floats:
        """Losses (N,) float64 at origin (P,) + `coordinates` (N, 2) @ basis (2, P), with `state` (S,).

        The weights are built inside the graph; `progress` hears ("surface", points done, of N).
        """
        if np.shape(origin)[-1] != self.parameters:
            self._refuse(np.shape(origin)[-1])
        start = np.concatenate([np.asarray(origin), self._state(state)])[np.newaxis]
        directions = np.concatenate([np.asarray(basis), np.zeros((len(np.asarray(basis)), self.states))], 1)
        points = np.asarray(coordinates)
        return self._run(len(points), lambda low, high: Batch(start, directions, points[low:high]), progress)

    def _state(self, state: ArrayLike | None) -> Array:
        if state is None:
            return self._flat.row()[self.parameters :] if self.states else np.zeros(0)
        return np.asarray(state)

    def probe(self) -> None:
        """Run one sample at the model's own weights; AnimatorError when the loss is no scalar.

        It also lets Keras build what it builds on a first call, outside of any graph.
        """
        x, y, weight = self.data.first(1).map(tf.constant)
        loss = self._flat.loss(self._flat.tensor(self._flat.row()), x, y, weight)
        if len(loss.shape):
            raise AnimatorError(
                f"The loss of model {self.model.name!r} is not a scalar: it has shape "
                f"{tuple(loss.shape)}. Compile the model with a loss whose reduction is not None."
            )

    def _refuse(self, got: int) -> None:
        raise AnimatorError(
            f"These weights have {got:,} parameters but model {self.model.name!r} has "
            f"{self.parameters:,}: they are not of this model. Give weights that were recorded from it."
        )

    def _run(self, count: int, take: Callable[[int, int], Batch], progress: Progress) -> Floats:
        """Run points [0, count) in equal batches; take(low, high) gives those in between."""
        losses = np.empty(count, np.float64)
        batch = min(self._held.points, rounded(count))
        few = count <= _FEW and count * self.data.count * self.parameters < 10**10
        for start in range(0, count, batch):
            stop = min(count, start + batch)
            origin, basis, points = take(start, stop)
            arguments = (
                self._flat.tensor(origin if len(origin) == 1 else padded(origin, batch)),
                self._flat.tensor(basis),
                self._flat.tensor(padded(points, batch)),
            )
            losses[start:stop] = self._plans.run(few, arguments, self._held.pieces)[: stop - start]
            progress("surface", stop, count)
        return losses

    def key(self) -> str | None:
        """Digest of the model, its state and the data; None for a model that is not told whole."""
        identity = ModelIdentity.of(description(self.model))
        if not identity.whole:
            return None
        fixed = [np.ravel(np.asarray(v)) for v in variables_of(self.model).fixed]
        return identity.loss_key(self._state(None), *fixed, self.data.digest(), self._flat.metric)

    def outputs(self, row: ArrayLike, inputs: ArrayLike | Nested, state: ArrayLike | None = None) -> Nested:
        """What the model computes from `inputs` (N, ...) in evaluation mode, at `row` (P,): (N, ...)."""
        whole = np.concatenate([np.asarray(row), self._state(state)])
        with hushed():
            tensors = self._flat.outputs(self._flat.tensor(whole), inputs)
        found: Nested = keras.tree.map_structure(np.asarray, tensors)
        return found

    def gradient(self, row: ArrayLike, state: ArrayLike | None = None) -> Floats:
        """Gradient (P,) of the loss at `row` (P,), over all samples."""
        return self._derived(self._flat.gradient, row, row, state)

    def hessian_product(self, row: ArrayLike, direction: ArrayLike, state: ArrayLike | None = None) -> Floats:
        """Hessian (P, P) of the loss at `row` (P,) times `direction` (P,), over all samples.

        Forward over reverse differentiation: the Hessian is never formed.
        """
        return self._derived(self._flat.hessian_product, row, direction, state)

    def _derived(
        self, graph: Callable[..., Tensor], row: ArrayLike, direction: ArrayLike, state: ArrayLike | None
    ) -> Floats:
        """Sum (P,) of what `graph` gives for each piece, by the piece's share of the samples."""
        known = self._flat.tensor(self._state(state))
        point = self._flat.tensor(row)
        along = self._flat.tensor(direction)
        total = np.zeros(self.parameters)
        for piece in self._held.pieces:
            with hushed():
                part = graph(point, along, known, piece.x, piece.y, piece.weight)
            total += part.numpy() * piece.share
        return total


MakeLoss = Callable[[KerasModel, Samples], Objective]  # the loss of a model on data
