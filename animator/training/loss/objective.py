"""Objective: the loss of a Keras model as a function of its flat trainable weights.

Rows (N, P) of weights go in, losses (N,) come out: evaluation mode, regularizers included, on all of
the data, as `model.evaluate` would say after setting the weights. The model is never written to (see
`flat_model`); many rows are run in one graph (see `plans`), and many samples in `pieces`.
"""

import os
from collections.abc import Callable
from copy import copy
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from animator.core import cache
from animator.core.errors import AnimatorError
from animator.core.progress import Progress, quiet
from animator.recordings.identity import is_told, without_optimizer
from animator.recordings.samples import Samples, samples
from animator.training.loss.batching import activations, as_keras, kinds, padded, pieces, rounded
from animator.training.loss.execution_plans import Plans, hushed
from animator.training.loss.flat_model import FlatModel, check
from animator.training.model_description import description, variables_of

Floats = npt.NDArray[np.float64]

MEMORY = 256 * 2**20  # bytes that the activations of one graph call may take
_FEW = 1024  # points up to which compiling costs more time than it saves
_SMALL = 5 * 10**8  # points x samples x activations up to which the first plan that can run is good enough


def loss_function(model: Any, data: Any, memory: int = MEMORY, metric: str | None = None) -> "Objective":
    """The Objective of a built and compiled Keras `model` on `data`: (x, y), (x, y, sample_weight) or a
    tf.data.Dataset; of its loss, or of the metric that the model reports under the name `metric`.

    `memory` bounds the bytes of activations held at once: points and samples are run in pieces. The
    loss of a piece is averaged by its number of samples, as `model.evaluate` averages batches; a loss
    that sums over its batch therefore equals `evaluate` with batch_size=len(x).
    BatchNormalization runs in evaluation mode, with the statistics that are given beside the rows, or
    else with those that the model has now.
    Raises AnimatorError when the model has no scalar loss or no weights, or the data has NaN.
    """
    check(model)
    objective = Objective(model, samples(data), memory)
    objective.probe()
    if metric is not None and metric != "loss":
        objective.choose(metric)
    return objective


class Objective:
    """Loss at rows of weights; made by `loss_function`. Graphs are traced once and kept."""

    def __init__(self, model: Any, data: Samples, memory: int) -> None:
        self._flat = FlatModel(model)
        self._plans = Plans(self._flat)
        self.parameters, self.states = self._flat.parameters, self._flat.states
        self._memory, self._width = memory, activations(model, variables_of(model).trainable)
        self._hold(data)
        self._measured = False

    def _hold(self, data: Samples) -> None:
        """Keep `data` in pieces that fit into memory, and how many points do so beside one."""
        self._samples = as_keras(data)
        per_piece = max(1, min(data.count, self._memory // (4 * self._width)))
        self._pieces = list(pieces(self._samples, per_piece))
        row = self._flat.dtype().itemsize * (self.parameters + self.states)
        self._points = max(1, self._memory // (4 * self._width * per_piece + 4 * row))

    @property
    def model(self) -> Any:
        """The Keras model whose loss this is."""
        return self._flat.model

    @property
    def data(self) -> Samples:
        """The samples that the loss is computed on."""
        return self._samples

    def only(self, low: int, high: int) -> "Objective":
        """The same loss on samples [low, high) alone; graphs are shared."""
        part = copy(self)
        part._samples = self._samples.between(low, high)
        part._pieces = list(pieces(part._samples, part._samples.count))
        return part

    def on(self, data: Samples) -> "Objective":
        """The same loss on other data; graphs are shared, and traced again only for other shapes."""
        part = copy(self)
        part._hold(data)
        if kinds(data) != kinds(self._samples):
            part.probe()
        return part

    def __call__(self, rows: npt.ArrayLike, state: npt.ArrayLike | None = None) -> Floats:
        """Losses (N,) float64 at `rows` (N, P); those that are not finite stay so.

        state (N, S): statistics at each row, or (S,) for all; by default those that the model has now.
        """
        weights = np.asarray(rows)
        if weights.ndim != 2 or weights.shape[1] != self.parameters:
            self._refuse(weights.shape[-1] if weights.ndim else 1)
        known = self._state(state)
        nothing = np.zeros((0, self.parameters + self.states), self._flat.dtype)

        def take(a: int, b: int) -> tuple[Any, Any, Any]:
            own = known[a:b] if known.ndim == 2 else np.broadcast_to(known, (b - a, self.states))
            return np.concatenate([weights[a:b], own], 1), nothing, np.zeros((b - a, 0), self._flat.dtype)

        return self._run(len(weights), take, quiet)

    def on_plane(
        self,
        origin: npt.ArrayLike,
        basis: npt.ArrayLike,
        coordinates: npt.ArrayLike,
        progress: Progress = quiet,
        state: npt.ArrayLike | None = None,
    ) -> Floats:
        """Losses (N,) float64 at origin (P,) + `coordinates` (N, 2) @ basis (2, P), with `state` (S,).

        The weights are built inside the graph; `progress` hears ("surface", points done, of N).
        """
        if np.shape(origin)[-1] != self.parameters:
            self._refuse(np.shape(origin)[-1])
        start = np.concatenate([np.asarray(origin), self._state(state)])[np.newaxis]
        directions = np.concatenate([np.asarray(basis), np.zeros((len(np.asarray(basis)), self.states))], 1)
        points = np.asarray(coordinates)
        return self._run(len(points), lambda a, b: (start, directions, points[a:b]), progress)

    def _state(self, state: npt.ArrayLike | None) -> npt.NDArray[Any]:
        if state is None:
            return self._flat.row()[self.parameters :] if self.states else np.zeros(0)
        return np.asarray(state)

    def probe(self) -> None:
        """Run one sample at the model's own weights; AnimatorError when the loss is no scalar.

        It also lets Keras build what it builds on a first call, outside of any graph.
        """
        one = Samples(*self._samples.map(lambda a: tf.constant(a[:1])), 1)
        row = self._flat.tensor(self._flat.row())
        loss = self._flat.loss(row, one.x, one.y, one.sample_weight)
        if loss.shape.rank != 0:
            raise AnimatorError(
                f"The loss of model {self.model.name!r} is not a scalar: it has shape "
                f"{tuple(loss.shape)}. Compile the model with a loss whose reduction is not None."
            )

    def choose(self, metric: str) -> None:
        """Compute `metric` instead of the loss; AnimatorError when the model does not report it."""
        one = Samples(*self._samples.map(lambda a: a[:1]), 1)
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
        self._pieces = list(pieces(self._samples, self._samples.count))

    def _refuse(self, got: int) -> None:
        raise AnimatorError(
            f"These weights have {got:,} parameters but model {self.model.name!r} has "
            f"{self.parameters:,}: they are not of this model. Give weights that were recorded from it."
        )

    def _run(
        self, count: int, take: Callable[[int, int], tuple[Any, Any, Any]], progress: Progress
    ) -> Floats:
        """Run points [0, count) in equal batches; take(a, b) gives (origin, basis, coordinates)."""
        losses = np.empty(count, np.float64)
        batch = min(self._points, rounded(count))
        few = count <= _FEW and count * self._samples.count * self.parameters < 10**10
        for start in range(0, count, batch):
            stop = min(count, start + batch)
            origin, basis, points = take(start, stop)
            arguments = (
                self._flat.tensor(origin if len(origin) == 1 else padded(origin, batch)),
                self._flat.tensor(basis),
                self._flat.tensor(padded(points, batch)),
            )
            if not few and not self._measured and count * self._samples.count * self._width > _SMALL:
                self._measure(arguments, -(-count // batch))
            losses[start:stop] = self._plans.run(few, arguments, self._pieces)[: stop - start]
            progress("surface", stop, count)
        return losses

    def _measure(self, arguments: Any, batches: int) -> None:
        """Choose the fastest plan, once; where nothing may depend on time, the first that works is taken."""
        self._measured = True
        if not os.environ.get("ANIMATOR_STEADY"):
            self._plans.measure(arguments, self._pieces, batches, self._plan_key())

    def key(self) -> str | None:
        """Digest of the model, its state and the data; None for a model that is not told whole."""
        said = description(self.model)
        if not is_told(said):
            return None
        fixed = [np.ravel(np.asarray(v)) for v in variables_of(self.model).fixed]
        return cache.digest(*without_optimizer(said), said["versions"], self._state(None),
                            *fixed, self._samples.digest(), self._flat.metric)  # fmt: skip

    def _plan_key(self) -> str:
        said = description(self.model)
        shapes = {path: array.shape for path, array in self._samples.arrays().items()}
        return cache.digest("plan 2", *without_optimizer(said), said["variables"], repr(shapes),
                            said["versions"], self._flat.metric)  # fmt: skip

    def outputs(self, row: npt.ArrayLike, inputs: Any, state: npt.ArrayLike | None = None) -> Any:
        """What the model computes from `inputs` (N, ...) in evaluation mode, at `row` (P,): (N, ...)."""
        whole = np.concatenate([np.asarray(row), self._state(state)])
        with hushed():
            return keras.tree.map_structure(np.asarray, self._flat.outputs(self._flat.tensor(whole), inputs))

    def gradient(self, row: npt.ArrayLike, state: npt.ArrayLike | None = None) -> Floats:
        """Gradient (P,) of the loss at `row` (P,), over all samples."""
        return self._derived(self._flat.gradient, row, row, state)

    def hessian_product(
        self, row: npt.ArrayLike, direction: npt.ArrayLike, state: npt.ArrayLike | None = None
    ) -> Floats:
        """Hessian (P, P) of the loss at `row` (P,) times `direction` (P,), over all samples.

        Forward over reverse differentiation (Pearlmutter 1994, section 3): the Hessian is never formed.
        """
        return self._derived(self._flat.hessian_product, row, direction, state)

    def _derived(self, graph: Any, row: Any, direction: Any, state: Any) -> Floats:
        """Sum (P,) of what `graph` gives for each piece, by the piece's share of the samples."""
        known = self._flat.tensor(self._state(state))
        total = np.zeros(self.parameters)
        for x, y, weight, share in self._pieces:
            with hushed():
                part = graph(self._flat.tensor(row), self._flat.tensor(direction), known, x, y, weight)
            total += part.numpy() * share
        return total
