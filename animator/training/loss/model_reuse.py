"""Models whose compiled training step is used again: a fit of a model alike need not be traced anew.

A freshly built and compiled Keras model goes in; out comes it, or an earlier one of the same layers, loss
and optimizer with its weights and learning rate, which `fit` takes the same way to the last bit.
"""

import json
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

import keras

from animator.recordings.identity import are_keras, without_optimizer
from animator.recordings.samples import Samples
from animator.training.loss import rebuild
from animator.training.loss.objective import Objective, loss_function
from animator.training.model_description import description, variables_of

Losses = Callable[[Any, Samples], Objective]

KEPT = 4
# Optimizers whose variables all begin at 0, so that they can be set back.
FROM_ZERO = ("SGD", "RMSprop", "Adam", "AdamW", "Adamax")

_MODELS: dict[str, Any] = {}


def alike(model: Any) -> tuple[Any, Losses]:
    """A model that trains as `model` does, compiled before where that is possible, or `model` itself; and
    what makes its loss on data (`loss_function`, with graphs that are kept).
    """
    own = key(model, description(model))
    if own is None:
        return model, loss_function
    known = _MODELS.pop(own, None)
    if known is not None and known is not model:
        _set_back(known, model)
        model = known
    while len(_MODELS) >= KEPT:
        _MODELS.pop(next(iter(_MODELS)))
    _MODELS[own] = model
    return model, kept


def kept(model: Any, data: Samples) -> Objective:
    """The loss of `model` on `data`, with graphs that are kept; statistics must be given beside the rows."""
    if variables_of(model).fixed:  # they are read where the graph is run, and another cell has others
        return loss_function(model, data)
    return rebuild.warm(rebuild.key(description(model)), lambda: model, data)


def _set_back(known: Any, fresh: Any) -> None:
    """Give `known` the weights and the learning rate of `fresh`, and an optimizer that has done nothing."""
    for variable, value in zip(known.weights, fresh.weights, strict=True):
        variable.assign(value)
    for variable in known.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    known.optimizer.learning_rate.assign(fresh.optimizer.learning_rate)


def key(model: Any, said: Mapping[str, Any]) -> str | None:
    """What a compiled step depends on, of a model that `said` describes; None for what has more in it than
    this module knows: code of one's own, random layers, schedules, optimizers that do not begin at 0.
    """
    optimizer = getattr(model, "optimizer", None)
    own = _is_keras(model) and type(model).__name__ in ("Sequential", "Functional")
    if not own or type(optimizer) not in [getattr(keras.optimizers, name) for name in FROM_ZERO]:
        return None
    layers, compiled = without_optimizer(said)
    config = dict(said["optimizer"]["config"] or {})
    steady = isinstance(config.pop("learning_rate", None), float) and not config.get("use_ema")
    steady &= len(model.variables) == len(model.weights) and model.built  # no seeds of random layers
    plain = all(_is_plain(layer) for layer in model._flatten_layers())
    if not (layers and compiled and steady and plain and are_keras([layers, compiled])):
        return None
    return json.dumps([layers, compiled, type(optimizer).__name__, config], sort_keys=True)


def _is_keras(thing: Any) -> bool:
    return type(thing).__module__.split(".")[0] == "keras"


def _is_plain(layer: Any) -> bool:
    """Whether a layer is Keras' own, and so are the functions that it holds."""
    held = [value for value in vars(layer).values() if isinstance(value, FunctionType)]
    return _is_keras(layer) and all(value.__module__.split(".")[0] == "keras" for value in held)
