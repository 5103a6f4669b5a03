"""Names that Keras and TensorFlow keep to themselves: each that this package needs, behind a function.

Their objects go in; what stands behind the name comes out, None where a version has it no more. A private
name has no type, so what goes in is Any here and nowhere else.
"""

import inspect
import random
from collections.abc import Sequence
from typing import Any

from animator.training.keras_types import (
    CompiledStep,
    KerasLayer,
    Metrics,
    Nested,
    SeedGenerator,
    StepFunction,
    Tensor,
    Tracker,
    Variables,
)

_KERAS_SEED = "global_seed_generator"


def layers_of(model: Any, with_itself: bool = True) -> list[KerasLayer]:
    """All layers of `model`, those within layers too, and the model itself."""
    return list(model._flatten_layers(include_self=with_itself))


def own_trainable(layer: Any) -> Variables:
    """The trainable variables of `layer` itself, not those of layers within it."""
    found: Variables = layer._trainable_variables
    return found


def own_non_trainable(layer: Any) -> Variables:
    """The non-trainable variables of `layer` itself, not those of layers within it."""
    found: Variables = layer._non_trainable_variables
    return found


def has_added_losses(layer: Any) -> bool:
    """Whether `layer` added losses of its own when its model was traced."""
    return bool(getattr(layer, "_losses", ()))


def loss_of(model: Any, x: Nested, y: Nested, predicted: Nested, weight: Nested) -> Tensor:
    """The loss in evaluation mode, as Keras' test_step asks a compute_loss that may not know `training`."""
    found: Tensor = model._compute_loss(x, y, predicted, weight, training=False)
    return found


def metrics_of(model: Any) -> Metrics:
    """The metrics that `model` was compiled with, as one."""
    found: Metrics = model._compile_metrics
    return found


def loss_tracker(model: Any) -> Tracker | None:
    """The running mean of the loss of `model`."""
    found = getattr(model, "_loss_tracker", None)
    return found if isinstance(found, Tracker) else None


def rate_of(optimizer: Any) -> object:
    """The learning rate of `optimizer` as it was given: a number, a variable or a schedule."""
    return getattr(optimizer, "_learning_rate", None)


def compiled_step(plain: StepFunction) -> CompiledStep | None:
    """The graph that Keras' step function `plain` calls with its iterator; None where it runs none."""
    try:
        found = inspect.getclosurevars(plain).nonlocals.get("multi_step_on_iterator")
    except TypeError:  # it is no function of Python's
        return None
    return found if isinstance(found, CompiledStep) else None


def pipeline_inputs(pipeline: Any) -> Sequence[object]:
    """The tf.data pipelines that `pipeline` reads from."""
    found: Sequence[object] = pipeline._inputs()
    return found


def pipeline_graph(pipeline: Any, policy: object) -> bytes:
    """A tf.data `pipeline` as a serialized GraphDef; policy: what becomes of state outside of the graph."""
    found: bytes = pipeline._as_serialized_graph(external_state_policy=policy).numpy()
    return found


def pipeline_from(variant: Tensor, element_spec: object) -> object:
    """The tf.data pipeline whose handle is `variant`."""
    from tensorflow.python.data.ops import dataset_ops

    return dataset_ops._VariantDataset(variant, element_spec)


def eager_seeds() -> random.Random | None:
    """What TensorFlow seeds operations from that run eagerly; None before set_seed."""
    from tensorflow.python.eager import context

    return getattr(context.context(), "_rng", None)


def keras_seeds() -> SeedGenerator | None:
    """Keras' global generator of seeds; None while nothing has drawn from it."""
    from keras.src.backend.common import global_state

    found: SeedGenerator | None = global_state.get_global_attribute(_KERAS_SEED)
    return found


def forget_keras_seeds() -> None:
    """Let Keras have no global generator of seeds, as before the first draw."""
    from keras.src.backend.common import global_state

    global_state.set_global_attribute(_KERAS_SEED, None)
