"""What a recording says once: the model's variables, its configuration, optimizer, versions and data.

A Keras model goes in, plain JSON comes out. Trainable variables make the path; a BatchNormalization's
statistics are its state, kept with every row; frozen variables are fixed, kept once.
"""

import math
import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from animator.design.experiment import version
from animator.recordings.samples import Samples
from animator.training.filters import filter_axes
from animator.training.loss.vocabularies import with_vocabularies


@dataclass(frozen=True, slots=True, eq=False)
class Variables:
    """A model's Keras variables: those that train, those that change on the way, those that stay."""

    trainable: tuple[Any, ...]
    state: tuple[Any, ...]
    fixed: tuple[Any, ...]


def variables_of(model: Any) -> Variables:
    """The variables of `model` in Keras' own order; random seeds and other integers are left away."""
    moving: set[int] = set()
    for layer in model._flatten_layers():
        if layer.trainable:
            moving.update(id(variable) for variable in layer._non_trainable_variables)
    others = [v for v in model.non_trainable_variables if str(v.dtype).startswith(("float", "bfloat"))]
    return Variables(
        tuple(model.trainable_variables),
        tuple(v for v in others if id(v) in moving),
        tuple(v for v in others if id(v) not in moving),
    )


def size(variables: tuple[Any, ...]) -> int:
    """How many numbers the variables hold together."""
    return sum(math.prod(variable.shape) for variable in variables)


def description(model: Any) -> dict[str, Any]:
    """The model's part of a recording's meta, as JSON."""
    found = variables_of(model)
    return {
        "variables": listing(model, found.trainable),
        "state": listing(model, found.state),
        "fixed": listing(model, found.fixed),
        "optimizer": {
            "class_name": type(getattr(model, "optimizer", None)).__name__,
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


def _configuration(model: Any) -> Any:
    return plain_json(keras.saving.serialize_keras_object(model))


def data_said(part: Samples, loss_samples: int | None = None) -> dict[str, Any]:
    """What a recording says of its data, or test data; loss_samples: how many losses are computed from."""
    return {
        "samples": part.count,
        "digest": part.digest(),
        "structure": part.structure(),
        "loss_samples": min(part.count, loss_samples or part.count),
    }


def listing(model: Any, variables: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Path, shape, start in a row and filter axes of each variable; the model's own name is left away."""
    found: list[dict[str, Any]] = []
    layers = {id(v): layer for layer in model._flatten_layers() for v in layer._trainable_variables}
    start = 0
    for variable in variables:
        path = variable.path.removeprefix(f"{model.name}/")
        axes = filter_axes(layers[id(variable)], variable) if id(variable) in layers else ()
        found.append({"path": path, "shape": list(variable.shape), "start": start, "filters": list(axes)})
        start += math.prod(variable.shape)
    return found


def tried(make: Callable[[], Any]) -> Any:
    """What `make` gives as JSON, or None for what cannot describe itself (a subclassed model, say)."""
    try:
        return plain_json(make())
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        return None


def plain_json(value: Any) -> Any:
    """`value` with NumPy numbers and tuples as JSON has them."""
    if isinstance(value, dict):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is no JSON")
