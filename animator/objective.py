"""Objective: the loss of a Keras model as a function of its flat trainable weights.

Rows (N, P) of weights go in, losses (N,) come out: evaluation mode, regularizers included, on all of
the data, as `model.evaluate` would say after setting the weights. The weights enter the forward pass by
`keras.StatelessScope`, so the model is never written to; many rows are run in one graph.
"""

import itertools
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from animator import cache
from animator.description import description, size, variables_of
from animator.errors import AnimatorError
from animator.essence import without_optimizer
from animator.progress import Progress, quiet
from animator.samples import Samples, samples

Floats = npt.NDArray[np.float64]
Plan = tuple[bool, bool]

MEMORY = 256 * 2**20  # bytes that the activations of one graph call may take
_FEW = 1024  # points up to which compiling costs more time than it saves
_SMALL = 5 * 10**8  # points x samples x activations up to which the first plan that can run is good enough
_WORTH = 1.5  # seconds still to go from which it pays to measure the other plans
# How a graph runs many points: (vectorised over points, compiled by XLA).
_WIDE_PLANS: tuple[Plan, ...] = ((True, True), (False, True), (True, False), (False, False))
_FEW_PLANS: tuple[Plan, ...] = ((True, False), (False, False))


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
    _check_model(model)
    objective = Objective(model, samples(data), memory)
    objective.probe()
    if metric is not None and metric != "loss":
        objective.choose(metric)
    return objective


class Objective:
    """Loss at rows of weights; made by `loss_function`. Graphs are traced once and kept."""

    def __init__(self, model: Any, data: Samples, memory: int) -> None:
        self._model = model
        found = variables_of(model)
        self._variables = [*found.trainable, *found.state]
        self._statistics = found.state
        self._shapes = [tuple(variable.shape) for variable in self._variables]
        self._sizes = [int(np.prod(shape)) for shape in self._shapes]
        self.parameters, self.states = size(found.trainable), size(found.state)
        wide = any(variable.dtype == "float64" for variable in self._variables)
        self._dtype: Any = np.float64 if wide else np.float32
        self._memory, self._width = memory, _activations(model, found.trainable)
        self._hold(data)
        self._graphs: dict[Plan, Any] = {}
        self._forward = tf.function(self._outputs)
        self._derivatives = {
            "gradient": tf.function(self._gradient_of),
            "hessian": tf.function(self._product_of),
        }
        self._plans = {True: list(_FEW_PLANS), False: list(_WIDE_PLANS)}
        self._measured = False
        self._metric: str | None = None

    def _hold(self, data: Samples) -> None:
        """Keep `data` in pieces that fit into memory, and how many points do so beside one."""
        self._samples = Samples(*data.map(_as_keras), data.count)
        per_piece = max(1, min(data.count, self._memory // (4 * self._width)))
        self._pieces = list(_pieces(self._samples, per_piece))
        cost = 4 * self._width * per_piece + 4 * self._dtype().itemsize * (self.parameters + self.states)
        self._points = max(1, self._memory // cost)

    @property
    def model(self) -> Any:
        """The Keras model whose loss this is."""
        return self._model

    @property
    def data(self) -> Samples:
        """The samples that the loss is computed on."""
        return self._samples

    def only(self, low: int, high: int) -> "Objective":
        """The same loss on samples [low, high) alone; graphs are shared."""
        part = copy(self)
        part._samples = self._samples.between(low, high)
        part._pieces = list(_pieces(part._samples, part._samples.count))
        return part

    def on(self, data: Samples) -> "Objective":
        """The same loss on other data; graphs are shared, and traced again only for other shapes."""
        part = copy(self)
        part._hold(data)
        if _kinds(data) != _kinds(self._samples):
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
        nothing = np.zeros((0, self.parameters + self.states), self._dtype)

        def take(a: int, b: int) -> tuple[Any, Any, Any]:
            own = known[a:b] if known.ndim == 2 else np.broadcast_to(known, (b - a, self.states))
            return np.concatenate([weights[a:b], own], 1), nothing, np.zeros((b - a, 0), self._dtype)

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
            values = [np.ravel(keras.ops.convert_to_numpy(v)) for v in self._statistics]
            return np.concatenate([*values, np.zeros(0)])
        return np.asarray(state)

    def probe(self) -> None:
        """Run one sample at the model's own weights; AnimatorError when the loss is no scalar.

        It also lets Keras build what it builds on a first call, outside of any graph.
        """
        one = Samples(*self._samples.map(lambda a: tf.constant(a[:1])), 1)
        flat = [np.ravel(keras.ops.convert_to_numpy(v.value)) for v in self._variables]
        row = tf.constant(np.concatenate(flat).astype(self._dtype))
        loss = self._loss(row, one.x, one.y, one.sample_weight)
        if loss.shape.rank != 0:
            raise AnimatorError(
                f"The loss of model {self._model.name!r} is not a scalar: it has shape "
                f"{tuple(loss.shape)}. Compile the model with a loss whose reduction is not None."
            )

    def choose(self, metric: str) -> None:
        """Compute `metric` instead of the loss; AnimatorError when the model does not report it."""
        one = Samples(*self._samples.map(lambda a: a[:1]), 1)
        given = self._model.evaluate(
            one.x, one.y, sample_weight=one.sample_weight, batch_size=1, verbose=0, return_dict=True
        )
        self._model.reset_metrics()
        known = [name for name in given if name != "loss"]
        if metric not in known:
            raise AnimatorError(
                f"Model {self._model.name!r} reports no metric {metric!r}. It reports: "
                f"{' '.join(['loss', *known])}. Compile it with metrics=[{metric!r}] to cut that."
            )
        self._metric = metric
        self._pieces = list(_pieces(self._samples, self._samples.count))

    def _refuse(self, got: int) -> None:
        raise AnimatorError(
            f"These weights have {got:,} parameters but model {self._model.name!r} has "
            f"{self.parameters:,}: they are not of this model. Give weights that were recorded from it."
        )

    def _run(
        self, count: int, take: Callable[[int, int], tuple[Any, Any, Any]], progress: Progress
    ) -> Floats:
        """Run points [0, count) in equal batches; take(a, b) gives (origin, basis, coordinates)."""
        losses = np.empty(count, np.float64)
        batch = min(self._points, _rounded(count))
        few = count <= _FEW and count * self._samples.count * self.parameters < 10**10
        for start in range(0, count, batch):
            stop = min(count, start + batch)
            origin, basis, points = take(start, stop)
            arguments = (
                self._tensor(origin if len(origin) == 1 else _padded(origin, batch)),
                self._tensor(basis),
                self._tensor(_padded(points, batch)),
            )
            if not few and not self._measured and count * self._samples.count * self._width > _SMALL:
                self._measure(arguments, -(-count // batch))
            losses[start:stop] = self._graph(few, arguments)[: stop - start]
            progress("surface", stop, count)
        return losses

    def _tensor(self, values: Any) -> tf.Tensor:
        with np.errstate(over="ignore"):
            return tf.constant(np.asarray(values, self._dtype))

    def _graph(self, few: bool, arguments: Sequence[tf.Tensor]) -> Floats:
        """Losses (batch,) by the first plan that can run this model; plans that fail are dropped."""
        plans = self._plans[few]
        while len(plans) > 1:
            try:
                with _hushed():
                    return self._all_pieces(plans[0], arguments)
            except Exception:  # whatever a layer cannot do, the next plan may
                plans.pop(0)
        return self._all_pieces(plans[0], arguments)

    def _all_pieces(self, plan: Plan, arguments: Sequence[tf.Tensor]) -> Floats:
        """Losses (batch,) over all samples, by `plan`."""
        found: Any = 0.0
        for x, y, weight, count in self._pieces:
            if plan not in self._graphs:
                self._graphs[plan] = tf.function(self._traced(plan[0]), jit_compile=plan[1])
            losses = np.asarray(self._graphs[plan](*arguments, x, y, weight).numpy(), np.float64)
            found = found + losses * (count / self._samples.count)
        return np.asarray(found)

    def _measure(self, arguments: Sequence[tf.Tensor], batches: int) -> None:
        """Put the plan that runs this model fastest first, by running each, when there is much to do.

        The choice is kept in the cache: the same model and data then give the same bits again.
        """
        self._measured = True
        if os.environ.get(
            "ANIMATOR_STEADY"
        ):  # nothing may depend on time: the first plan that works is taken
            return
        path = cache.place("plans", self._plan_key(), "txt")
        plans = self._plans[False]
        if path.exists():
            plans.sort(key=lambda plan: path.read_text().strip() != str(plan))
            return
        known: dict[Plan, float] = {}
        for plan in list(plans):
            try:
                with _hushed():
                    self._all_pieces(plan, arguments)
                started = time.perf_counter()
                self._all_pieces(plan, arguments)
                known[plan] = time.perf_counter() - started
            except Exception:  # a plan that can't run this model
                plans.remove(plan) if len(plans) > 1 else None
            if min(known.values(), default=np.inf) * batches < _WORTH:
                break
        plans.sort(key=lambda plan: known.get(plan, np.inf))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{plans[0]}\n")

    def key(self) -> str | None:
        """Digest of the model, its state and the data; None for a model that cannot describe itself."""
        said = description(self._model)
        if said["model_config"] is None or said["compile_config"] is None:
            return None
        fixed = [np.ravel(np.asarray(v)) for v in variables_of(self._model).fixed]
        return cache.digest(*without_optimizer(said), said["versions"], self._state(None),
                            *fixed, self._samples.digest(), self._metric)  # fmt: skip

    def _plan_key(self) -> str:
        said = description(self._model)
        shapes = {path: array.shape for path, array in self._samples.arrays().items()}
        return cache.digest("plan 2", *without_optimizer(said), said["variables"], repr(shapes),
                            said["versions"], self._metric)  # fmt: skip

    def _traced(self, vectorised: bool) -> Callable[..., tf.Tensor]:
        """The function that becomes a graph: losses (N,) at origin + coordinates @ basis."""

        def losses(origin: Any, basis: Any, coordinates: Any, x: Any, y: Any, weight: Any) -> tf.Tensor:
            rows = origin
            for axis in range(basis.shape[0]):
                rows += coordinates[:, axis : axis + 1] * basis[axis]

            def at(row: Any) -> tf.Tensor:
                value = self._loss if self._metric is None else self._reported
                return tf.cast(value(row, x, y, weight), self._dtype)

            if vectorised:
                return tf.vectorized_map(at, rows, fallback_to_while_loop=False)
            return tf.map_fn(at, rows, fn_output_signature=self._dtype)

        return losses

    def _mapping(self, row: Any) -> list[tuple[Any, Any]]:
        """(variable, value) for each variable, from one `row` (P + S,)."""
        values = [
            tf.reshape(part, shape)
            for part, shape in zip(tf.split(row, self._sizes), self._shapes, strict=True)
        ]
        return list(zip(self._variables, values, strict=True))

    def _loss(self, row: Any, x: Any, y: Any, weight: Any) -> Any:
        """Loss at one `row` (P + S,) of weights, as test_step computes it; the model is not written to."""
        with keras.StatelessScope(state_mapping=self._mapping(row), collect_losses=True):
            predicted = self._model(x, training=False)
            return self._model.compute_loss(x, y, predicted, weight, training=False)

    def _reported(self, row: Any, x: Any, y: Any, weight: Any) -> Any:
        """The chosen metric at one `row`, over all samples at once, from an empty metric state."""
        with keras.StatelessScope(state_mapping=self._mapping(row)):
            predicted = self._model(x, training=False)
        metrics = self._model._compile_metrics
        empty = [tf.zeros_like(variable.value) for variable in metrics.variables]
        filled = metrics.stateless_update_state(empty, y, predicted, sample_weight=weight)
        return metrics.stateless_result(filled)[self._metric]

    def outputs(self, row: npt.ArrayLike, inputs: Any, state: npt.ArrayLike | None = None) -> Any:
        """What the model computes from `inputs` (N, ...) in evaluation mode, at `row` (P,): (N, ...)."""
        whole = np.concatenate([np.asarray(row), self._state(state)])
        return keras.tree.map_structure(np.asarray, self._forward(self._tensor(whole), inputs))

    def _outputs(self, row: Any, inputs: Any) -> Any:
        with keras.StatelessScope(state_mapping=self._mapping(row)):
            return self._model(inputs, training=False)

    def gradient(self, row: npt.ArrayLike, state: npt.ArrayLike | None = None) -> Floats:
        """Gradient (P,) of the loss at `row` (P,), over all samples."""
        return self._derived("gradient", row, row, state)

    def hessian_product(
        self, row: npt.ArrayLike, direction: npt.ArrayLike, state: npt.ArrayLike | None = None
    ) -> Floats:
        """Hessian (P, P) of the loss at `row` (P,) times `direction` (P,), over all samples.

        Forward over reverse differentiation (Pearlmutter 1994, section 3): the Hessian is never formed.
        """
        return self._derived("hessian", row, direction, state)

    def _derived(self, kind: str, row: Any, direction: Any, state: Any) -> Floats:
        known = self._tensor(self._state(state))
        total = np.zeros(self.parameters)
        for x, y, weight, count in self._pieces:
            part = self._derivatives[kind](self._tensor(row), self._tensor(direction), known, x, y, weight)
            total += part.numpy() * (count / self._samples.count)
        return total

    def _gradient_of(self, row: Any, _: Any, state: Any, x: Any, y: Any, weight: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(row)
            loss = self._loss(tf.concat([row, state], 0), x, y, weight)
        return tape.gradient(loss, row)

    def _product_of(self, row: Any, direction: Any, state: Any, x: Any, y: Any, weight: Any) -> Any:
        with tf.autodiff.ForwardAccumulator(row, direction) as forward:
            gradient = self._gradient_of(row, None, state, x, y, weight)
        return forward.jvp(gradient)


@contextmanager
def _hushed() -> Iterator[None]:
    """TensorFlow's logger is silent: it tells at length of each layer that cannot be vectorised."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _kinds(data: Samples) -> dict[str, Any]:
    """Shape of a sample and kind of number of each array."""
    return {path: (array.shape[1:], array.dtype.kind) for path, array in data.arrays().items()}


def _rounded(count: int) -> int:
    """`count`, or up to an eighth more, so that similar counts share one traced graph."""
    unit = 1 << max(0, count.bit_length() - 4)
    return max(1, -(-count // unit) * unit)


def _padded(rows: Any, count: int) -> Any:
    """`rows` (n, ...) with the last one repeated up to `count` rows, so that shapes stay the same."""
    if len(rows) == count:
        return rows
    return np.concatenate([rows, np.repeat(rows[-1:], count - len(rows), axis=0)])


def _pieces(data: Samples, per_piece: int) -> Iterator[tuple[Any, Any, Any, int]]:
    """(x, y, sample_weight, samples) of equal pieces, as tensors, of at most `per_piece` samples."""
    count = -(-data.count // per_piece)
    edges = [data.count * k // count for k in range(count + 1)]
    for a, b in itertools.pairwise(edges):
        x, y, weight = data.map(lambda v, a=a, b=b: tf.constant(v[a:b]))  # type: ignore[misc]
        yield x, y, weight, b - a


def _activations(model: Any, variables: Sequence[Any]) -> int:
    """Roughly how many numbers one sample leaves in all layers of `model`, at least 1."""
    width = 0
    for layer in model.layers:
        try:
            outputs = keras.tree.flatten(layer.output)
            width += sum(int(np.prod([d or 1 for d in out.shape[1:]])) for out in outputs)
        except (AttributeError, ValueError):  # layers of subclassed models know no output
            width += sum(int(v.shape[-1]) if len(v.shape) else 1 for v in layer.trainable_variables)
    return max(1, width, max((int(v.shape[-1]) if len(v.shape) else 1) for v in variables))


def _check_model(model: Any) -> None:
    """Raise AnimatorError unless `model` is built, compiled with a loss, and has trainable weights."""
    own = type(model).compute_loss is not keras.Model.compute_loss
    if not model.compiled or (getattr(model, "loss", None) is None and not own):
        raise AnimatorError(
            f"Model {model.name!r} has no loss: there is no surface to cut. Call "
            "model.compile(optimizer, loss) first."
        )
    if not model.built:
        raise AnimatorError(
            f"Model {model.name!r} is not built: it has no weights yet. Begin it with "
            "keras.Input(shape) or call model.build(input_shape) first."
        )
    if not model.trainable_variables:
        raise AnimatorError(
            f"Model {model.name!r} has no trainable weights: its loss cannot change. Give it a layer "
            "with weights, or set layer.trainable = True."
        )


def _as_keras(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """`array` with floats in Keras' own float type, as `fit` and `evaluate` cast them."""
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array
