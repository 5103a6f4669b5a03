"""What a recording says once: the model's variables, its configuration, optimizer, versions and data.

A Keras model goes in, plain JSON comes out.
"""

import math
import platform
from collections.abc import Callable

import keras

from animator.core.json_types import JSON, plain_json
from animator.design.experiment import version
from animator.recordings.samples import Samples
from animator.training.filters import filter_axes
from animator.training.keras_internals import layers_of, own_trainable
from animator.training.keras_types import KerasModel, Variable
from animator.training.loss.vocabularies import with_vocabularies
from animator.training.variables import variables_of


def description(model: KerasModel) -> dict[str, JSON]:
    """The model's part of a recording's meta, as JSON."""
    found = variables_of(model)
    optimizer = getattr(model, "optimizer", None)  # none before the first compile
    return {
        "variables": listing(model, found.trainable),
        "state": listing(model, found.state),
        "fixed": listing(model, found.fixed),
        "optimizer": {
            "class_name": type(optimizer).__name__,
            "config": tried(lambda: model.optimizer.get_config()),
        },
        "model_config": tried(lambda: with_vocabularies(_configuration(model), model)),
        "compile_config": tried(model.get_compile_config),
        "versions": {
            "python": platform.python_version(),
            **{
                name: version(name)
                for name in ("animator", "keras", "tensorflow", "numpy", keras.backend.backend())
            },
        },
    }


def _configuration(model: KerasModel) -> JSON:
    return plain_json(keras.saving.serialize_keras_object(model))


def data_said(part: Samples, loss_samples: int | None = None) -> dict[str, JSON]:
    """What a recording says of its data, or test data; loss_samples: how many losses are computed from."""
    return {
        "samples": part.count,
        "digest": part.digest(),
        "structure": part.structure(),
        "loss_samples": min(part.count, loss_samples or part.count),
    }


def listing(model: KerasModel, variables: tuple[Variable, ...]) -> list[JSON]:
    """Path, shape, start in a row and filter axes of each variable; the model's own name is left away."""
    found: list[JSON] = []
    layers = {id(v): layer for layer in layers_of(model) for v in own_trainable(layer)}
    start = 0
    for variable in variables:
        layer = layers.get(id(variable))
        found.append(
            {
                "path": variable.path.removeprefix(f"{model.name}/"),
                "shape": list(variable.shape),
                "start": start,
                "filters": [] if layer is None else list(filter_axes(layer, variable)),
            }
        )
        start += math.prod(variable.shape)
    return found


def tried(make: Callable[[], object]) -> JSON:
    """What `make` gives as JSON, or None for what cannot describe itself (a subclassed model, say)."""
    try:
        return plain_json(make())
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        return None
