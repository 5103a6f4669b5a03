"""FlatModel: a Keras model as a function of one flat row of its variables.

A row (P + S,) of weights and statistics goes in, with samples as tensors; losses, metrics, outputs and
derivatives come out, as tensors. The values enter the forward pass by `keras.StatelessScope`, so the model
is never written to. Evaluation mode, regularizers included.
"""

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from animator.core.arrays import Array
from animator.core.errors import AnimatorError
from animator.training.keras_internals import loss_of, metrics_of
from animator.training.keras_own import has_own
from animator.training.keras_types import KerasModel, Nested, Tensor, Variable
from animator.training.loss.no_surface import other_backend
from animator.training.variables import size, variables_of


class FlatModel:
    """`model` at a flat row; `metric` names what `value` computes, None for the loss.

    parameters, states: P and S. dtype: of a row, float64 where a variable is so. Graphs are traced once.
    """

    def __init__(self, model: KerasModel) -> None:
        self.model = model
        found = variables_of(model)
        self._variables = [*found.trainable, *found.state]
        self._shapes = [tuple(variable.shape) for variable in self._variables]
        self._sizes = [int(np.prod(shape)) for shape in self._shapes]
        self.parameters = size(found.trainable)
        self.states = size(found.state)
        wide = any(variable.dtype == "float64" for variable in self._variables)
        self.dtype = np.dtype(np.float64 if wide else np.float32)
        self.metric: str | None = None
        self.outputs = tf.function(self._outputs, autograph=False)
        self.gradient = tf.function(self._gradient, autograph=False)
        self.hessian_product = tf.function(self._hessian_product, autograph=False)

    def row(self) -> Array:
        """The values (P + S,) that the variables have now."""
        values = [np.ravel(keras.ops.convert_to_numpy(v)) for v in self._variables]
        return np.concatenate([*values, np.zeros(0)])

    def tensor(self, values: ArrayLike) -> Tensor:
        """`values` as a tensor of the rows' type; what is too large becomes infinite."""
        with np.errstate(over="ignore"):
            made: Tensor = tf.constant(np.asarray(values, self.dtype))
        return made

    def _mapping(self, row: Tensor) -> list[tuple[Variable, Tensor]]:
        """(variable, value) for each variable, from one `row` (P + S,)."""
        parts = tf.split(row, self._sizes)
        values = [tf.reshape(part, shape) for part, shape in zip(parts, self._shapes, strict=True)]
        return list(zip(self._variables, values, strict=True))

    def value(self, row: Tensor, x: Nested, y: Nested, weight: Nested) -> Tensor:
        """The loss at one `row` (P + S,), or the metric that is chosen."""
        return self.loss(row, x, y, weight) if self.metric is None else self._reported(row, x, y, weight)

    def loss(self, row: Tensor, x: Nested, y: Nested, weight: Nested) -> Tensor:
        """Loss at one `row` (P + S,) of weights, as test_step computes it; the model is not written to."""
        with keras.StatelessScope(state_mapping=self._mapping(row), collect_losses=True):
            predicted = self.model(x, training=False)
            try:
                return loss_of(self.model, x, y, predicted, weight)
            except ValueError as error:
                if "No loss to compute" not in str(error):
                    raise
                raise _lossless(self.model) from error

    def _reported(self, row: Tensor, x: Nested, y: Nested, weight: Nested) -> Tensor:
        """The chosen metric at one `row`, over all samples at once, from an empty metric state."""
        predicted = self._outputs(row, x)
        metrics = metrics_of(self.model)
        empty = [tf.zeros_like(variable.value) for variable in metrics.variables]
        filled = metrics.stateless_update_state(empty, y, predicted, sample_weight=weight)
        return metrics.stateless_result(filled)[self.metric or ""]

    def _outputs(self, row: Tensor, inputs: Nested) -> Nested:
        """What the model computes from `inputs` (N, ...) at `row` (P + S,)."""
        with keras.StatelessScope(state_mapping=self._mapping(row)):
            return self.model(inputs, training=False)

    def _gradient(
        self, row: Tensor, _: Tensor | None, state: Tensor, x: Nested, y: Nested, weight: Nested
    ) -> Tensor:
        """Gradient (P,) of the loss at `row` (P,) with statistics `state` (S,)."""
        with tf.GradientTape() as tape:
            tape.watch(row)
            loss = self.loss(tf.concat([row, state], 0), x, y, weight)
        gradient: Tensor = tape.gradient(loss, row)
        return gradient

    def _hessian_product(
        self, row: Tensor, direction: Tensor, state: Tensor, x: Nested, y: Nested, weight: Nested
    ) -> Tensor:
        """Hessian (P, P) at `row` times `direction` (P,): forward over reverse differentiation."""
        with tf.autodiff.ForwardAccumulator(row, direction) as forward:
            gradient = self._gradient(row, None, state, x, y, weight)
        product: Tensor = forward.jvp(gradient)
        return product


def check(model: KerasModel) -> None:
    """Raise AnimatorError unless `model` is built, compiled with a loss, and has trainable weights."""
    if keras.backend.backend() != "tensorflow":
        raise other_backend(keras.backend.backend())
    if not model.compiled:
        raise _lossless(model)
    if not model.built and not has_own(model, "call"):
        raise AnimatorError(
            f"Model {model.name!r} has no call(x) of its own, so its loss cannot be computed at other "
            "weights. Give its class a call that returns what the loss is computed from."
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


def _lossless(model: KerasModel) -> AnimatorError:
    return AnimatorError(
        f"Model {model.name!r} has no loss: there is no surface to cut. Call "
        "model.compile(optimizer, loss) first."
    )
