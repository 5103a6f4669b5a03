"""Keras' training step, and what it leaves: the batch's own loss, the learning rate, the weights.

Keras adds each batch's loss to a running sum. Around Keras' own step the sum is set to zero, and put back
with the batch added: nobody sees it in between, and the batch's loss is exact. Around a step of the
user's nothing is touched: its loss is the difference of the sums, where it adds to them at all.
A step that Keras has compiled is run inside a graph of ours that does this too: operations in a graph cost
a microsecond, called from Python twenty. The compiled step itself stays as it is: it computes the same bits.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
import tensorflow as tf

ROUNDING = 2.0**-24  # of a float32 sum, relative
ENOUGH = 1e-3  # a difference of sums that rounding can change by more, relative, is no loss
_KERAS_OWN = ("train_step", "compute_metrics", "get_metrics_result")


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """What a step left: Keras' logs; tensors of the batch's mean loss and of whether there was one to read
    (without, the loss is NaN); of what the learning rate comes from; and of the values that were to be read.
    """

    logs: Any
    loss: Any
    seen: Any
    rate: Any
    values: list[Any]


class TracedStep:
    """A compiled step inside a graph that reads the tracker and values around it.

    ends: whether the step may find its iterator at the end, because nobody knows how long the data is.
    """

    def __init__(self, compiled: Any, tracker: "LossTracker", rate: Any, values: Sequence[Any]) -> None:
        self._tracker, self.ends = tracker, True

        def step(iterator: Any) -> Any:
            before = tracker.begin()
            at = rate.read_value() if rate is not None else tf.zeros(())
            logs = compiled(iterator).get_value()
            logs, loss, seen = tracker.end(before, logs)
            return logs, loss, seen, at, [value.read_value() for value in values]

        self._step = tf.function(step, reduce_retracing=True, autograph=False)

    def __call__(self, iterator: Any) -> Left:
        """Run the step; when it fails, the tracker holds what it held before."""
        held = self._tracker.total.read_value() if self.ends and self._tracker.empties else None
        try:
            return Left(*self._step(iterator))
        except BaseException:
            if held is not None:
                self._tracker.total.assign(held)
            raise


class EagerStep:
    """Keras' step function as it is, with the tracker and values read around it."""

    def __init__(self, plain: Any, tracker: "LossTracker | None", rate: Any, values: Sequence[Any]) -> None:
        self._plain, self._tracker, self._rate, self._values = plain, tracker, rate, values

    def __call__(self, iterator: Any) -> Left:
        """Run the step; when it fails, the tracker holds what it held before."""
        rate = tf.convert_to_tensor(self._rate) if self._rate is not None else None
        tracker = self._tracker
        if tracker is None:
            return Left(self._plain(iterator), np.nan, False, rate, read(self._values))
        before = tracker.begin()
        try:
            logs = self._plain(iterator)
        except BaseException:
            if tracker.empties:
                tracker.total.assign(before[0])
            raise
        logs, loss, seen = tracker.end(before, logs)
        return Left(logs, loss, seen, rate, read(self._values))


class OuterStep:
    """A step that another recorder keeps too, and reads the loss of: inner() is what it left there."""

    def __init__(
        self, plain: Any, inner: Callable[[], Left | None], rate: Any, values: Sequence[Any]
    ) -> None:
        self._plain, self._inner, self._rate, self._values = plain, inner, rate, values

    def __call__(self, iterator: Any) -> Left:
        """Run the step, with what the other recorder keeps of it."""
        rate = tf.convert_to_tensor(self._rate) if self._rate is not None else None
        logs = self._plain(iterator)
        inner = self._inner()
        loss, seen = (np.nan, False) if inner is None else (inner.loss, inner.seen)
        return Left(logs, loss, seen, rate, read(self._values))


class LossTracker:
    """The running sum of a model's loss, and the samples that it is over; read around a step.

    empties: whether the sum may be set to zero for the step, because nothing but Keras' own code looks at it.
    """

    def __init__(self, total: Any, count: Any, empties: bool) -> None:
        self.total, self.count, self.empties = total, count, empties

    def begin(self) -> tuple[Any, Any]:
        """(sum, samples) before a step; the sum is then empty, where it may be."""
        before = tf.convert_to_tensor(self.total), tf.convert_to_tensor(self.count)
        if self.empties:
            self.total.assign(tf.zeros_like(before[0]))
        return before

    def end(self, before: tuple[Any, Any], logs: Any) -> tuple[Any, Any, Any]:
        """(logs, loss, seen) after a step: the logs as Keras gives them, the batch's own mean loss in
        float64, and whether there was one.
        """
        if not self.empties:
            return (logs, *self._difference(*before))
        own, after = tf.convert_to_tensor(self.total), tf.convert_to_tensor(self.count)
        sum_ = before[0] + own  # as Keras adds
        self.total.assign(sum_)
        if isinstance(logs, dict) and "loss" in logs:
            logs = {**logs, "loss": tf.math.divide_no_nan(sum_, tf.cast(after, sum_.dtype))}
        samples = tf.cast(after, tf.float64) - tf.cast(before[1], tf.float64)
        return logs, *_mean(tf.cast(own, tf.float64), samples, samples > 0)

    def _difference(self, total: Any, count: Any) -> tuple[Any, Any]:
        """(loss, seen) of a step that added to the sum itself, where rounding has left it there."""
        after = tf.cast(self.total, tf.float64)
        own = after - tf.cast(total, tf.float64)
        samples = tf.cast(self.count, tf.float64) - tf.cast(count, tf.float64)
        rounded = tf.abs(after) * ROUNDING > ENOUGH * tf.abs(own)
        return _mean(own, samples, (samples > 0) & ~rounded)


def _mean(own: Any, samples: Any, seen: Any) -> tuple[Any, Any]:
    """(own / samples, seen), NaN where it was not seen."""
    return tf.where(seen, own / samples, tf.constant(np.nan, tf.float64)), seen


_TRACED: WeakKeyDictionary[Any, dict[Any, TracedStep]] = WeakKeyDictionary()


def build(plain: Any, iterator: Any) -> None:
    """Let Keras trace its step function `plain` now, as it would with its first batch: what is not built of
    the model is built then, with its first weights, and no step is made. The trace is the one that trains.
    """
    compiled = _compiled(plain)
    if compiled is not None:
        compiled.get_concrete_function(iterator)


def is_compiled(plain: Any) -> bool:
    """Whether Keras' step function `plain` runs a graph."""
    return _compiled(plain) is not None


def step_of(
    model: Any, plain: Any, rate: Any, values: Sequence[Any], *, ends: bool, in_graph: bool
) -> Callable[[Any], Left]:
    """The training step `plain` of the model as a function from Keras' iterator to what it left.

    rate: the variable that the learning rate comes from, or None; values: variables to read after it;
    ends: whether a step may find no data, which must then leave the tracker as it was; in_graph: whether
    Keras hands it an iterator of TensorFlow's, which a graph can read, and none of Python's.
    Graphs are kept as long as Keras keeps its own compiled step.
    """
    tracker, compiled = tracker_of(model), _compiled(plain) if in_graph else None
    read_in_graph = (*values, *((tracker.total, tracker.count) if tracker else ()))
    if compiled is None or tracker is None or not all(map(_is_plain, read_in_graph)):
        return EagerStep(plain, tracker, rate, values)
    known = _TRACED.setdefault(plain, {})
    key = (id(rate), tracker.empties, id(tracker.total), tuple(id(value) for value in values))
    if key not in known:
        known[key] = TracedStep(compiled, tracker, rate, values)
    known[key].ends = ends
    return known[key]


def tracker_of(model: Any) -> LossTracker | None:
    """The model's LossTracker, or None when it keeps none (batch losses are then absent)."""
    tracker = getattr(model, "_loss_tracker", None)
    total, count = getattr(tracker, "total", None), getattr(tracker, "count", None)
    if total is None or count is None:
        return None
    return LossTracker(total.value, count.value, keeps_keras_step(model))


def keeps_keras_step(model: Any) -> bool:
    """Whether a step of `model`, and what it reports, is Keras' own code and no other."""
    modules = [getattr(model, name).__module__ for name in _KERAS_OWN]
    plain = all(module.startswith("keras.") for module in modules)
    return plain and type(model).metrics is keras.Model.metrics


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
