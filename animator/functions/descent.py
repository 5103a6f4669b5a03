"""A descent: an optimizer on a function, update after update, in NumPy.

A Function, a start (P,), an optimizer and a schedule go in; a Step for every update comes out, one at a time.
Noise is normal, drawn from a generator of its own, so a seed decides it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Floats
from animator.functions.function import Function
from animator.functions.optimizers import Optimizer, Slope
from animator.functions.schedules import Schedule


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """weights (P,) after an update; value: the function before it; rate: of the update."""

    weights: Floats
    value: float
    rate: float


def descend(
    function: Function,
    start: Floats,
    optimizer: Optimizer,
    schedule: Schedule,
    steps: int,
    noise: float = 0.0,
    seed: int = 0,
) -> Iterator[Step]:
    """`steps` updates from `start` (P,).

    noise: the standard deviation of what is added to every component of the gradient. The values are those of
    the function, without noise.
    """
    random = np.random.default_rng(seed)
    weights = np.array(start, np.float64)
    memory = optimizer.start(weights)
    nothing = np.zeros((0, 0))
    expression = function.expression
    with np.errstate(all="ignore"):  # a descent that diverges is followed to infinity
        for update in range(steps):
            value, gradient = (part[0] for part in expression.value_and_gradient(weights[None]))
            if noise:
                gradient = gradient + noise * random.standard_normal(gradient.shape)
            hessian = expression.hessian(weights[None])[0] if optimizer.uses_hessian else nothing
            rate = float(schedule(update))
            slope = Slope(gradient, rate, update + 1, hessian)
            weights, memory = optimizer.step(weights, slope, memory)
            yield Step(weights, float(value), rate)
