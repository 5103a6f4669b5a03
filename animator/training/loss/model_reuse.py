"""Models whose compiled steps and graphs are used again: what is like an earlier one need not be traced anew.

A freshly built and compiled Keras model goes in; out comes it, or an earlier one of the same layers, loss
and optimizer with its weights and learning rate, which `fit` takes the same way to the last bit.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TypeVar

import keras

from animator.recordings.identity import ModelIdentity
from animator.recordings.samples import Samples
from animator.training.keras_internals import layers_of
from animator.training.keras_own import is_keras, is_whole
from animator.training.keras_types import KerasModel
from animator.training.loss.objective import MakeLoss, Objective, loss_function
from animator.training.model_description import description
from animator.training.variables import variables_of

MODELS = 4
OBJECTIVES = 8
# Optimizers whose variables all begin at 0, so that they can be set back.
FROM_ZERO = ("SGD", "RMSprop", "Adam", "AdamW", "Adamax")

Key = TypeVar("Key")
Kept = TypeVar("Kept")


class ModelReuse:
    """What one process keeps: the last few models that it trained, and the last few losses it evaluated.

    models, objectives: by what makes them alike, the latest last. Weights and data are arguments to their
    graphs, so a result never depends on what is kept here.
    """

    def __init__(self) -> None:
        self.models: dict[ModelIdentity, KerasModel] = {}
        self.objectives: dict[str, Objective] = {}

    def alike(self, model: KerasModel) -> tuple[KerasModel, MakeLoss]:
        """A model that trains as `model` does, compiled before where that is possible, or `model` itself; and
        what makes its loss on data (`loss_function`, with graphs that are kept).
        """
        identity = step_identity(model)
        if identity is None:
            return model, loss_function
        known = self.models.get(identity, model)
        if known is not model:
            _set_back(known, model)
        _keep(self.models, identity, known, MODELS)
        return known, self.loss

    def loss(self, model: KerasModel, data: Samples) -> Objective:
        """The loss of `model` on `data`, with graphs that are kept; statistics must be given beside rows."""
        if variables_of(model).fixed:  # they are read where the graph is run, and another cell has others
            return loss_function(model, data)
        return self.objective(ModelIdentity.of(description(model)).loss_key(), lambda: model, data)

    def objective(self, key: str, make: Callable[[], KerasModel], data: Samples) -> Objective:
        """The loss on `data` of an earlier model that had the same `key`, or of that which `make` makes."""
        known = self.objectives.get(key)
        found = loss_function(make(), data) if known is None else known.on(data)
        _keep(self.objectives, key, known or found, OBJECTIVES)
        return found


@cache
def shared() -> ModelReuse:
    """What this process keeps: a worker's, or a command's."""
    return ModelReuse()


def _keep(held: dict[Key, Kept], key: Key, value: Kept, most: int) -> None:
    """Put `value` last, and let go of the first where there are more than `most`."""
    held.pop(key, None)
    held[key] = value
    while len(held) > most:
        del held[next(iter(held))]


def _set_back(known: KerasModel, fresh: KerasModel) -> None:
    """Give `known` the weights and the learning rate of `fresh`, and an optimizer that has done nothing."""
    for variable, value in zip(known.weights, fresh.weights, strict=True):
        variable.assign(value)
    for variable in known.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    if hasattr(known.optimizer.learning_rate, "assign"):  # a schedule is the same in both
        known.optimizer.learning_rate.assign(fresh.optimizer.learning_rate)


def step_identity(model: KerasModel) -> ModelIdentity | None:
    """What a compiled step of `model` depends on: all but a constant learning rate and the data.

    None for what has more in it than this module knows: code of one's own, random layers, optimizers that do
    not begin at 0.
    """
    optimizer = getattr(model, "optimizer", None)
    plain = is_keras(model) and type(model).__name__ in ("Sequential", "Functional")
    if not plain or type(optimizer) not in [getattr(keras.optimizers, name) for name in FROM_ZERO]:
        return None
    identity = ModelIdentity.of(description(model))
    config = dict(model.optimizer.get_config())
    rate = config["learning_rate"]
    if isinstance(rate, float):
        del config["learning_rate"]
    elif not isinstance(rate, dict) or rate["module"] != "keras.optimizers.schedules":
        return None
    if config.get("use_ema"):
        return None
    has_seeds = len(model.variables) != len(model.weights)
    if has_seeds or not model.built or not identity.whole or not all(map(is_whole, layers_of(model))):
        return None
    return replace(identity, optimizer=f"{type(optimizer).__name__} {sorted(config.items())}")
