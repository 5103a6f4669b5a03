"""The learning rate of each update: which variable tells it, and what rates its values mean.

A Keras optimizer goes in. A schedule is a function of the optimizer's iterations: those are read at every
step, and turned into rates many at a time, by a schedule of Keras' own beside the training, by one of the
user's only when training has ended, because the user's code is not called while it trains.
"""

import math
from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from animator.training.keras_internals import rate_of
from animator.training.keras_types import Optimizer, Tensor, TensorVariable

Schedule = Callable[[Tensor], Tensor]  # iterations -> rate, of one or of many (n,)


class RateReader:
    """Learning rates of an optimizer; `variable` is read just before each update, None where there is none.

    late: whether the rates are computed by code of the user's, after training.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        inner: Optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # mixed precision wraps it
        self.variable: TensorVariable | None = None
        self.late = False
        self._fixed = math.nan
        self._schedule: Schedule | None = None
        rate = rate_of(inner)
        if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
            self._schedule = _vectorized(rate)
            self.variable = inner.iterations.value
            self.late = not type(rate).__module__.startswith("keras.")
        elif hasattr(rate, "value"):
            self.variable = rate.value
        elif isinstance(rate, int | float):
            self._fixed = float(rate)

    @property
    def known(self) -> bool:
        """Whether there is a learning rate to read."""
        return self.variable is not None or not math.isnan(self._fixed)

    def rates(self, values: Sequence[Tensor | None]) -> list[float]:
        """The learning rates for the values of `variable` that were read; NaN while they are late."""
        if self.late or self.variable is None:
            return [self._fixed] * len(values)
        return self.of([value for value in values if value is not None])

    def of(self, values: Sequence[Tensor | int]) -> list[float]:
        """The learning rates for the values of `variable`, by the schedule if there is one."""
        if self._schedule is None:
            return [float(value) for value in values]
        steps = tf.constant([int(value) for value in values], tf.int64)
        return [float(rate) for rate in self._schedule(steps).numpy()]


def _vectorized(schedule: Schedule) -> Schedule:
    """`schedule`, of one number of iterations, as a compiled function of many (n,) int64."""

    def rate(step: Tensor) -> Tensor:
        found: Tensor = tf.cast(schedule(step), tf.float32)
        return found

    def rates(steps: Tensor) -> Tensor:
        found: Tensor = tf.map_fn(rate, steps, fn_output_signature=tf.float32)
        return found

    signature = [tf.TensorSpec((None,), tf.int64)]
    compiled: Schedule = tf.function(rates, input_signature=signature, autograph=False)
    return compiled
