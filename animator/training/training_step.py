"""Keras' training step, and what it leaves: the batch's own loss, the learning rate, the weights.

Keras adds each batch's loss to a running sum. The sum is set to zero before a step and put back, with the
batch added, after it. A step that Keras has compiled is run inside a graph of ours that does this too:
operations in a graph cost a microsecond, called from Python twenty. The compiled step itself stays as it
is, so that it computes the same bits.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
import tensorflow as tf


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """What a step left: Keras' logs; tensors of the batch's mean loss (NaN where the step did not touch
    the tracker), of what the learning rate comes from, and of the values that were to be read.
    """

    logs: Any
    loss: Any
    rate: Any
    values: list[Any]


class TracedStep:
    """A compiled step inside a graph that empties the tracker before it and reads values after it.

    ends: whether the step may find its iterator at the end, because nobody knows how long the data is.
    """

    def __init__(self, compiled: Any, tracker: "LossTracker", rate: Any, values: Sequence[Any]) -> None:
        self._tracker, self.ends = tracker, True

        def step(iterator: Any) -> Any:
            before = [variable.read_value() for variable in tracker.variables]
            at = rate.read_value() if rate is not None else tf.zeros(())
            tracker.total.assign(tf.zeros_like(before[0]))
            logs = compiled(iterator).get_value()
            loss, mean = tracker.add(*before)
            if isinstance(logs, dict) and "loss" in logs:
                logs = {**logs, "loss": mean}
            return logs, loss, at, [value.read_value() for value in values]

        self._step = tf.function(step, reduce_retracing=True, autograph=False)

    def __call__(self, iterator: Any) -> Left:
        """Run the step; when it fails, the tracker holds what it held before."""
        held = self._tracker.total.read_value() if self.ends else None
        try:
            return Left(*self._step(iterator))
        except BaseException:
            if held is not None:
                self._tracker.total.assign(held)
            raise


class EagerStep:
    """Keras' step function as it is, with the tracker emptied and values read around it."""

    def __init__(self, plain: Any, tracker: "LossTracker | None", rate: Any, values: Sequence[Any]) -> None:
        self._plain, self._tracker, self._rate, self._values = plain, tracker, rate, values

    def __call__(self, iterator: Any) -> Left:
        """Run the step; when it fails, the tracker holds what it held before."""
        rate = tf.convert_to_tensor(self._rate) if self._rate is not None else None
        tracker, loss = self._tracker, np.nan
        if tracker is None:
            logs = self._plain(iterator)
        else:
            before = [tf.convert_to_tensor(variable) for variable in tracker.variables]
            tracker.total.assign(tf.zeros_like(before[0]))
            try:
                logs = self._plain(iterator)
            except BaseException:
                tracker.total.assign(before[0])
                raise
            loss, mean = tracker.add(*before)
            if isinstance(logs, dict) and "loss" in logs:
                logs = {**logs, "loss": mean}
        return Left(logs, loss, rate, read(self._values))


class LossTracker:
    """The running sum of a model's loss, and the samples that it is over."""

    def __init__(self, total: Any, count: Any) -> None:
        self.total, self.count = total, count

    @property
    def variables(self) -> tuple[Any, Any]:
        """(sum, samples)."""
        return self.total, self.count

    def add(self, total: Any, count: Any) -> tuple[Any, Any]:
        """Put back the sum `total` held before, the batch added to it, as Keras adds: (loss, mean).

        loss: the batch's own mean, in float64. mean: over the sum, as Keras reports it.
        """
        own, after = tf.convert_to_tensor(self.total), tf.convert_to_tensor(self.count)
        sum_ = total + own
        self.total.assign(sum_)
        samples = tf.cast(after, tf.float64) - tf.cast(count, tf.float64)
        loss = tf.where(samples > 0, tf.cast(own, tf.float64) / samples, tf.constant(np.nan, tf.float64))
        return loss, tf.math.divide_no_nan(sum_, tf.cast(after, sum_.dtype))


class RateReader:
    """The learning rate of each update, from `variable`, read just before it; None where there is none.

    Schedules are functions of the optimizer's iterations: those are read at every step, and turned into
    rates many at a time.
    """

    def __init__(self, optimizer: Any) -> None:
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # mixed precision wraps it
        schedule = getattr(optimizer, "_learning_rate", None)
        self._schedule: Any = None
        self.variable: Any = None
        self._fixed = float("nan")
        if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
            self._schedule = tf.function(
                lambda steps: tf.map_fn(
                    lambda step: tf.cast(schedule(step), tf.float32), steps, fn_output_signature=tf.float32
                ),
                input_signature=[tf.TensorSpec((None,), tf.int64)],
            )
            self.variable = optimizer.iterations.value
        elif hasattr(optimizer.learning_rate, "value"):
            self.variable = optimizer.learning_rate.value
        else:
            self._fixed = float(optimizer.learning_rate)

    def rates(self, values: list[Any]) -> list[float]:
        """The learning rates for the values of `variable` that were read, in order."""
        if self.variable is None:
            return [self._fixed] * len(values)
        if self._schedule is None:
            return [float(value) for value in values]
        steps = tf.constant([int(value) for value in values], tf.int64)
        found: list[float] = self._schedule(steps).numpy().tolist()
        return found


_TRACED: WeakKeyDictionary[Any, dict[Any, TracedStep]] = WeakKeyDictionary()


def step_of(model: Any, rate: Any, values: Sequence[Any], ends: bool) -> Callable[[Any], Left]:
    """The model's training step as a function from Keras' iterator to what it left.

    rate: the variable that the learning rate comes from, or None; values: variables to read after it;
    ends: whether a step may find no data, which must then leave the tracker as it was.
    Graphs are kept as long as Keras keeps its own compiled step.
    """
    tracker, plain = tracker_of(model), model.train_function
    compiled = _compiled(plain)
    if compiled is None or tracker is None or not all(map(_is_plain, (*values, *tracker.variables))):
        return EagerStep(plain, tracker, rate, values)
    known = _TRACED.setdefault(plain, {})
    key = (id(rate), tuple(id(value) for value in values))
    if key not in known:
        known[key] = TracedStep(compiled, tracker, rate, values)
    known[key].ends = ends
    return known[key]


def tracker_of(model: Any) -> LossTracker | None:
    """The model's LossTracker, or None when it keeps none (batch losses are then NaN)."""
    tracker = getattr(model, "_loss_tracker", None)
    total, count = getattr(tracker, "total", None), getattr(tracker, "count", None)
    return None if total is None or count is None else LossTracker(total.value, count.value)


def read(values: Sequence[Any]) -> list[Any]:
    """The variables' values now, as tensors that later updates leave alone."""
    return [tf.convert_to_tensor(value) for value in values]


def _compiled(plain: Any) -> Any:
    """The tf.function that Keras' step function `plain` calls with its iterator, or None if there is none.

    Keras has no public name for it; where it is not to be found, the step runs as it is.
    """
    try:
        found = inspect.getclosurevars(plain).nonlocals.get("multi_step_on_iterator")
    except TypeError:
        return None
    return found if hasattr(found, "get_concrete_function") else None


def _is_plain(value: Any) -> bool:
    """Whether `value` is a variable of one device."""
    return type(value).__name__ == "ResourceVariable"
