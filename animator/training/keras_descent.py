"""A descent by an optimizer of Keras on a Function: the steps of animator.functions.descent, made by Keras.

The gradient is the function's exact one, in float64; the optimizer is a fresh one of the same configuration,
so that what is given stays as it was.
"""

from collections.abc import Iterator

import keras
import numpy as np

from animator.core.arrays import Floats
from animator.functions.descent import Step
from animator.functions.function import Function
from animator.training.keras_types import Optimizer


def descend(
    function: Function,
    start: Floats,
    optimizer: keras.Optimizer,
    *,
    steps: int,
    noise: float,
    seed: int,
) -> Iterator[Step]:
    """`steps` updates from `start` (P,); see animator.functions.descent.descend."""
    random = np.random.default_rng(seed)
    own: Optimizer = type(optimizer).from_config(optimizer.get_config())
    weights = keras.Variable(start, dtype="float64", name="weights")
    own.build([weights])
    for _ in range(steps):
        before = np.asarray(weights.numpy())
        value, gradient = function.expression.value_and_gradient(before[None])
        if noise:
            gradient = gradient + noise * random.standard_normal(gradient.shape)
        rate = float(own.learning_rate)
        own.apply([keras.ops.convert_to_tensor(gradient[0], "float64")], [weights])
        yield Step(np.array(weights.numpy()), float(value[0]), rate)
