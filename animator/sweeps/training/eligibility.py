"""Which experiments are alike: the same program with other numbers.

`sketch` looks at an Experiment's functions, without TensorFlow, and is the same for those that may be trained
as one program. `structure` looks at the built Keras model, and says what one program needs to be equal; None
for what a program cannot repeat within rounding.
"""

import json
from collections.abc import Mapping
from typing import Any

from animator.design.experiment import Experiment
from animator.design.fingerprint import ingredients
from animator.recordings.identity import without_optimizer

# Functions with a kink are left out: two runs that round differently may fall on its two sides.
SMOOTH = {"linear", "tanh", "sigmoid", "softmax", "softplus", "silu", "gelu", "elu", "exponential",
          "softsign", "log_softmax", "log_sigmoid"}  # fmt: skip
LAYERS = {"InputLayer", "Dense", "Activation", "Flatten", "Reshape"}
EXTRAS = ("kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint",
          "bias_constraint", "lora_rank", "quantization_config")  # fmt: skip
LOSSES = {
    "mse", "mean_squared_error", "binary_crossentropy", "categorical_crossentropy", "kl_divergence",
    "sparse_categorical_crossentropy", "huber", "log_cosh", "poisson", "MeanSquaredError", "Huber", "LogCosh",
    "BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "Poisson",
    "KLDivergence",
}  # fmt: skip
METRICS = {"accuracy", "acc", "mse", "mean_squared_error"}
NUMBERS = {"learning_rate", "momentum", "beta_1", "beta_2", "epsilon", "name"}
PLAIN = {"weight_decay": None, "clipnorm": None, "clipvalue": None, "global_clipnorm": None, "use_ema": False,
         "loss_scale_factor": None, "gradient_accumulation_steps": None, "amsgrad": False}  # fmt: skip
MOST_PARAMETERS = 20_000


def sketch(experiment: Experiment) -> str:
    """What experiments of one program have in common: sources, names and sizes, without their numbers."""
    model = _without(ingredients(experiment.model), experiment.seed, (float,))
    data = [
        _without(ingredients(f), experiment.seed, (float, int)) for f in (experiment.data, experiment.test)
    ]
    numbers = [experiment.epochs, experiment.batch_size, experiment.shuffle]
    return json.dumps([model, data, numbers], sort_keys=True)


def _without(value: Any, seed: int, kinds: tuple[type, ...]) -> Any:
    """`value` as JSON with numbers of these `kinds`, and the seed, left out."""
    if isinstance(value, dict):
        return {key: _without(item, seed, kinds) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, seed, kinds) for item in value]
    if isinstance(value, bool) or not isinstance(value, (float, int)):
        return value
    return "number" if isinstance(value, kinds) or value == seed else value


def structure(model: Any, said: Mapping[str, Any]) -> str | None:
    """What must be equal for one program, of `model` and its description `said`; None for a model that a
    program cannot repeat: layers, losses, optimizers or metrics that are not known to be smooth and simple.
    """
    import keras

    layers, compiled = without_optimizer(said)
    optimizer = dict((said["optimizer"] or {}).get("config") or {})
    simple = (
        layers is not None
        and bool(compiled)
        and not (said["state"] or said["fixed"] or model.run_eagerly)
        and _is_keras(type(model), {"Sequential", "Functional"})
        and model.steps_per_execution == 1
        and model.count_params() <= MOST_PARAMETERS
        and all(_is_smooth(layer) for layer in model._flatten_layers(include_self=False))
        and type(model.optimizer) in (keras.optimizers.SGD, keras.optimizers.Adam)
        and all(optimizer.get(name, plain) == plain for name, plain in PLAIN.items())
        and isinstance(optimizer.get("learning_rate"), float)
        and _is_plain_loss(compiled)
        and are_means(model)
    )
    if not simple:
        return None
    rest = {name: value for name, value in optimizer.items() if name not in NUMBERS}
    return json.dumps([layers, compiled, type(model.optimizer).__name__, rest], sort_keys=True)


def _is_keras(kind: type, names: set[str]) -> bool:
    return kind.__name__ in names and kind.__module__.split(".")[0] == "keras"


def _is_smooth(layer: Any) -> bool:
    """Whether a layer is Keras' own, of float32, without regularizers, and has no kink."""
    if not (_is_keras(type(layer), LAYERS) and layer.trainable and layer.dtype_policy.name == "float32"):
        return False
    told = layer.get_config()
    activation = getattr(layer, "activation", None)
    own = getattr(activation, "__module__", "").split(".")[0] == "keras"
    return all(told.get(name) is None for name in EXTRAS) and (
        activation is None or (own and getattr(activation, "__name__", "") in SMOOTH)
    )


def _is_plain_loss(compiled: Mapping[str, Any]) -> bool:
    """Whether the loss is one, smooth, Keras' own, and averages over the batch."""
    if any(compiled.get(name) for name in ("loss_weights", "weighted_metrics")):
        return False
    loss = compiled.get("loss")
    if isinstance(loss, dict):
        own = str(loss.get("module", "")).split(".")[0] == "keras" and not loss.get("registered_name")
        reduction = (loss.get("config") or {}).get("reduction", "sum_over_batch_size")
        return own and loss.get("class_name") in LOSSES and reduction == "sum_over_batch_size"
    return isinstance(loss, str) and loss in LOSSES


def are_means(model: Any) -> bool:
    """Whether each metric is Keras' own and a mean over samples, so that batches add up."""
    compiled = model._compile_metrics
    names = compiled._user_metrics if compiled is not None else None
    return not names or (isinstance(names, list) and all(str(name) in METRICS for name in names))
