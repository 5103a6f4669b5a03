"""A descent: an optimizer on a function, update after update, in NumPy.

A Function, a start (P,), or N of them, an optimizer and a schedule go in; a Step for every update comes out.
Noise is normal, drawn from a generator of its own, so a seed decides it.
"""

from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The same update of N descents: weights (N, P) after it, values (N,) before it, and its rate."""

    weights: Floats
    values: Floats
    rate: float

    def of(self, index: int) -> Step:
        """That of one descent."""
        return Step(self.weights[index], float(self.values[index]), self.rate)


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
    starts = np.array(start, np.float64)[None]
    for together in descend_together(function, starts, optimizer, schedule, steps, noise, (seed,)):
        yield together.of(0)


def descend_together(
    function: Function,
    starts: Floats,
    optimizer: Optimizer,
    schedule: Schedule,
    steps: int,
    noise: float,
    seeds: Sequence[int],
) -> Iterator[Steps]:
    """`steps` updates from each of `starts` (N, P), which are the same as those from each alone; seeds (N,):
    of the noise on each.
    """
    random = [np.random.default_rng(seed) for seed in seeds]
    weights = np.array(starts, np.float64)
    memory = optimizer.start(weights)
    nothing = np.zeros((0, 0, 0))
    expression = function.expression
    with np.errstate(all="ignore"):  # a descent that diverges is followed to infinity
        for update in range(steps):
            values, gradient = expression.value_and_gradient(weights)
            if noise:
                drawn = np.stack([own.standard_normal(weights.shape[1]) for own in random])
                gradient = gradient + noise * drawn
            hessian = expression.hessian(weights) if optimizer.uses_hessian else nothing
            rate = float(schedule(update))
            slope = Slope(gradient, rate, update + 1, hessian)
            weights, memory = optimizer.step(weights, slope, memory)
            yield Steps(_one_nan(weights), _one_nan(values), rate)


def _one_nan(values: Floats) -> Floats:
    """`values` with the same bits in every NaN: its sign depends on how many are computed at once."""
    return values if np.isfinite(values).all() else np.where(np.isnan(values), np.nan, values)
