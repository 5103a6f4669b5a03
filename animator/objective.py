"""Objective: the loss of a Keras model as a function of its flat trainable weights.

Rows (N, P) of weights go in, losses (N,) come out: evaluation mode, regularizers included, on all of
the data, as `model.evaluate` would say after setting the weights. The weights enter the forward pass by
`keras.StatelessScope`, so the model is never written to; many rows are run in one vectorised graph.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from animator.errors import AnimatorError
from animator.progress import Progress, quiet
from animator.rebuild import rebuild

__all__ = ["MEMORY", "Objective", "loss_function", "rebuild"]

Floats = npt.NDArray[np.float64]

MEMORY = 256 * 2**20  # bytes that the activations of one graph call may take
_FEW = 1024  # points up to which compiling costs more time than it saves
# How a graph runs many points, fastest first: (vectorised over points, compiled by XLA).
_WIDE_PLANS = ((True, True), (False, True), (False, False))
_FEW_PLANS = ((True, False), (False, False))


def loss_function(model: Any, data: Any, memory: int = MEMORY) -> "Objective":
    """The Objective of a built and compiled Keras `model` on `data` = (x, y).

    `memory` bounds the bytes of activations held at once: points and samples are run in pieces. The
    loss of a piece is averaged by its number of samples, as `model.evaluate` averages batches; a loss
    that sums over its batch therefore equals `evaluate` with batch_size=len(x).
    Raises AnimatorError when the model has no scalar loss or no weights, or the data has NaN.
    """
    _check_model(model)
    x, y, samples = _checked(data)
    objective = Objective(model, x, y, samples, memory)
    objective.probe()
    return objective


class Objective:
    """Loss at rows of weights; made by `loss_function`. Graphs are traced once and kept."""

    def __init__(self, model: Any, x: Any, y: Any, samples: int, memory: int) -> None:
        self._model = model
        self._variables = list(model.trainable_variables)
        self._shapes = [tuple(variable.shape) for variable in self._variables]
        self._sizes = [int(np.prod(shape)) for shape in self._shapes]
        self.parameters = sum(self._sizes)
        wide = any(variable.dtype == "float64" for variable in self._variables)
        self._dtype: Any = np.float64 if wide else np.float32
        width = 4 * _activations(model, self._variables)
        per_piece = max(1, min(samples, memory // width))
        self._pieces = list(_pieces(x, y, samples, per_piece))
        cost = width * per_piece + self._dtype().itemsize * self.parameters
        self._points = max(1, memory // cost)
        self._graphs: dict[tuple[bool, bool], Any] = {}
        self._plans = {True: list(_FEW_PLANS), False: list(_WIDE_PLANS)}

    def __call__(self, rows: npt.ArrayLike) -> Floats:
        """Losses (N,) float64 at `rows` (N, P); those that are not finite stay so."""
        weights = np.asarray(rows)
        if weights.ndim != 2 or weights.shape[1] != self.parameters:
            self._refuse(weights.shape[-1] if weights.ndim else 1)
        identity = np.zeros((0, self.parameters), self._dtype)
        return self._run(
            len(weights),
            lambda a, b: (weights[a:b], identity, np.zeros((b - a, 0), self._dtype)),
            quiet,
        )

    def on_plane(
        self,
        origin: npt.ArrayLike,
        basis: npt.ArrayLike,
        coordinates: npt.ArrayLike,
        progress: Progress = quiet,
    ) -> Floats:
        """Losses (N,) float64 at origin (P,) + `coordinates` (N, 2) @ basis (2, P).

        The weights are built inside the graph; `progress` hears ("surface", points done, of N).
        """
        start = np.asarray(origin)[np.newaxis]
        directions = np.asarray(basis)
        if start.shape[-1] != self.parameters:
            self._refuse(start.shape[-1])
        points = np.asarray(coordinates)
        return self._run(len(points), lambda a, b: (start, directions, points[a:b]), progress)

    def probe(self) -> None:
        """Run one sample at the model's own weights; AnimatorError when the loss is no scalar.

        It also lets Keras build what it builds on a first call, outside of any graph.
        """
        x, y, _ = self._pieces[0]
        flat = [np.ravel(keras.ops.convert_to_numpy(v.value)) for v in self._variables]
        one = keras.tree.map_structure(lambda a: a[:1], (x, y))
        loss = self._loss(tf.constant(np.concatenate(flat).astype(self._dtype)), *one)
        if loss.shape.rank != 0:
            raise AnimatorError(
                f"The loss of model {self._model.name!r} is not a scalar: it has shape "
                f"{tuple(loss.shape)}. Compile the model with a loss whose reduction is not None."
            )

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
        total = sum(samples for _, _, samples in self._pieces)
        for start in range(0, count, batch):
            stop = min(count, start + batch)
            origin, basis, points = take(start, stop)
            arguments = (
                self._tensor(origin if len(origin) == 1 else _padded(origin, batch)),
                self._tensor(basis),
                self._tensor(_padded(points, batch)),
            )
            found = np.zeros(batch)
            for x, y, samples in self._pieces:
                found += self._graph(count <= _FEW, arguments, x, y) * (samples / total)
            losses[start:stop] = found[: stop - start]
            progress("surface", stop, count)
        return losses

    def _tensor(self, values: Any) -> tf.Tensor:
        with np.errstate(over="ignore"):
            return tf.constant(np.asarray(values, self._dtype))

    def _graph(self, few: bool, arguments: Sequence[tf.Tensor], x: Any, y: Any) -> Floats:
        """Losses (batch,) by the fastest plan that can run this model; plans that fail are dropped."""
        plans = self._plans[few]
        while len(plans) > 1:
            try:
                return self._call(plans[0], arguments, x, y)
            except Exception:  # whatever a layer cannot do, the next plan may
                plans.pop(0)
        return self._call(plans[0], arguments, x, y)

    def _call(self, plan: tuple[bool, bool], arguments: Sequence[tf.Tensor], x: Any, y: Any) -> Floats:
        if plan not in self._graphs:
            self._graphs[plan] = tf.function(self._traced(plan[0]), jit_compile=plan[1])
        return np.asarray(self._graphs[plan](*arguments, x, y).numpy(), np.float64)

    def _traced(self, vectorised: bool) -> Callable[..., tf.Tensor]:
        """The function that becomes a graph: losses (N,) at origin + coordinates @ basis."""

        def losses(origin: Any, basis: Any, coordinates: Any, x: Any, y: Any) -> tf.Tensor:
            rows = origin
            for axis in range(basis.shape[0]):
                rows += coordinates[:, axis : axis + 1] * basis[axis]

            def at(row: Any) -> tf.Tensor:
                return tf.cast(self._loss(row, x, y), self._dtype)

            if vectorised:
                return tf.vectorized_map(at, rows, fallback_to_while_loop=False)
            return tf.map_fn(at, rows, fn_output_signature=self._dtype)

        return losses

    def _loss(self, row: Any, x: Any, y: Any) -> Any:
        """Loss at one `row` (P,) of weights, as test_step computes it; the model is not written to."""
        values = [
            tf.reshape(part, shape)
            for part, shape in zip(tf.split(row, self._sizes), self._shapes, strict=True)
        ]
        mapping = list(zip(self._variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True):
            predicted = self._model(x, training=False)
            return self._model.compute_loss(x, y, predicted, None, training=False)


def _rounded(count: int) -> int:
    """`count`, or up to an eighth more, so that similar counts share one traced graph."""
    unit = 1 << max(0, count.bit_length() - 4)
    return max(1, -(-count // unit) * unit)


def _padded(rows: Any, count: int) -> Any:
    """`rows` (n, ...) with the last one repeated up to `count` rows, so that shapes stay the same."""
    if len(rows) == count:
        return rows
    return np.concatenate([rows, np.repeat(rows[-1:], count - len(rows), axis=0)])


def _pieces(x: Any, y: Any, samples: int, per_piece: int) -> Iterator[tuple[Any, Any, int]]:
    """(x, y, samples) of equal pieces, as tensors, of at most `per_piece` samples."""
    count = -(-samples // per_piece)
    edges = [samples * k // count for k in range(count + 1)]
    for a, b in itertools.pairwise(edges):
        cut = keras.tree.map_structure(lambda v, a=a, b=b: tf.constant(v[a:b]), (x, y))
        yield cut[0], cut[1], b - a


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


def _checked(data: Any) -> tuple[Any, Any, int]:
    """(x, y, samples) of arrays in the dtypes that Keras uses; AnimatorError when they don't fit."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise AnimatorError(
            f"The data must be a pair (x, y), but got {type(data).__name__}: the loss needs inputs and "
            "targets. Give data=(x, y)."
        )
    x, y = keras.tree.map_structure(_array, tuple(data))
    counts = [len(array) for array in keras.tree.flatten((x, y))]
    if not counts or min(counts) != max(counts) or counts[0] == 0:
        raise AnimatorError(
            f"x and y must have the same number of samples, at least one, but have {min(counts):,} and "
            f"{max(counts):,}. Give one target for each input."
        )
    for name, part in (("x", x), ("y", y)):
        bad = sum(_not_finite(array) for array in keras.tree.flatten(part))
        if bad:
            raise AnimatorError(
                f"{name} has {bad:,} values that are NaN or infinite: the loss would be NaN everywhere. "
                "Remove those samples or fill them in first."
            )
    return x, y, counts[0]


def _array(values: Any) -> npt.NDArray[Any]:
    """`values` as an array; floats in Keras' own float type, as `fit` and `evaluate` cast them."""
    array = np.atleast_1d(np.asarray(values))
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array


def _not_finite(array: npt.NDArray[Any]) -> int:
    return int((~np.isfinite(array)).sum()) if array.dtype.kind == "f" else 0
