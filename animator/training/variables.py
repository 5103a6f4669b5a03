"""The variables of a Keras model, by what becomes of them in a recording, and their values as one row.

Trainable variables make the path; a BatchNormalization's statistics are its state, kept with every row;
frozen variables are fixed, kept once.
"""

import math
from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Singles
from animator.training.keras_internals import layers_of, own_non_trainable
from animator.training.keras_types import KerasModel, Variable


@dataclass(frozen=True, slots=True, eq=False)
class Variables:
    """A model's Keras variables: those that train, those that change on the way, those that stay."""

    trainable: tuple[Variable, ...]
    state: tuple[Variable, ...]
    fixed: tuple[Variable, ...]


def variables_of(model: KerasModel) -> Variables:
    """The variables of `model` in Keras' own order; random seeds and other integers are left away."""
    moving: set[int] = set()
    for layer in layers_of(model):
        if layer.trainable:
            moving.update(id(variable) for variable in own_non_trainable(layer))
    others = [v for v in model.non_trainable_variables if str(v.dtype).startswith(("float", "bfloat"))]
    return Variables(
        tuple(model.trainable_variables),
        tuple(v for v in others if id(v) in moving),
        tuple(v for v in others if id(v) not in moving),
    )


def size(variables: tuple[Variable, ...]) -> int:
    """How many numbers the variables hold together."""
    return sum(math.prod(variable.shape) for variable in variables)


def flat(variables: tuple[Variable, ...]) -> Singles:
    """The values (P,) that `variables` have now, one after the other."""
    parts = [np.ravel(np.asarray(variable)).astype(np.float32) for variable in variables]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def assign(variables: tuple[Variable, ...], row: Singles) -> None:
    """Set `variables` to the values (P,) of `row`, one after the other."""
    start = 0
    for variable in variables:
        stop = start + math.prod(variable.shape)
        variable.assign(row[start:stop].reshape(variable.shape))
        start = stop
