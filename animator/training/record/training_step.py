"""Keras' training step, and what it leaves: the batch's own loss, the learning rate, the weights.

Keras adds each batch's loss to a running sum. Around Keras' own step the sum is set to zero, and put back
with the batch added: nobody sees it in between, and the batch's loss is exact. Around a step of the
user's nothing is touched: its loss is the difference of the sums, where it adds to them at all.
A step that Keras has compiled is run inside a graph of ours that does this too: operations in a graph cost
a microsecond, called from Python twenty. The compiled step itself stays as it is: it computes the same bits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import tensorflow as tf

from animator.training.keras_internals import compiled_step, loss_tracker
from animator.training.keras_own import has_own
from animator.training.keras_types import (
    CompiledStep,
    KerasModel,
    Logs,
    StepFunction,
    Tensor,
    TensorVariable,
)

ROUNDING = 2.0**-24  # of a float32 sum, relative
ENOUGH = 1e-3  # a difference of sums that rounding can change by more, relative, is no loss
_KERAS_OWN = ("train_step", "compute_metrics", "get_metrics_result")


@dataclass(frozen=True, slots=True, eq=False)
class StepResult:
    """What a step left: Keras' logs; tensors of the batch's mean loss and of whether there was one to read
    (without, the loss is NaN); of what the learning rate comes from; and of the values that were to be read.
    """

    logs: Logs
    loss: Tensor | float
    seen: Tensor | bool
    rate: Tensor | None
    values: list[Tensor]


Step = Callable[[Iterator[object]], StepResult]  # a training step, of Keras' iterator


@dataclass(frozen=True, slots=True, eq=False)
class Reads:
    """What is read around a step: the variable that the learning rate comes from, just before it, and
    variables just after it.
    """

    rate: TensorVariable | None
    values: Sequence[TensorVariable]

    def before(self) -> Tensor | None:
        """What the learning rate comes from now."""
        return None if self.rate is None else _now(self.rate)


class TracedStep:
    """A compiled step inside a graph that reads the tracker and values around it.

    ends: whether the step may find its iterator at the end, because nobody knows how long the data is.
    """

    def __init__(self, compiled: CompiledStep, tracker: "LossTracker", reads: Reads) -> None:
        self._tracker = tracker
        self.ends = True

        def step(iterator: Iterator[object]) -> tuple[Logs, Tensor, Tensor, Tensor, list[Tensor]]:
            before = tracker.begin()
            rate = reads.rate.read_value() if reads.rate is not None else tf.zeros(())
            logs = compiled(iterator).get_value()
            logs, loss, seen = tracker.end(before, logs)
            return logs, loss, seen, rate, [value.read_value() for value in reads.values]

        self._step = tf.function(step, reduce_retracing=True, autograph=False)

    def __call__(self, iterator: Iterator[object]) -> StepResult:
        """Run the step; when it fails, the tracker holds what it held before."""
        held = self._tracker.total.read_value() if self.ends and self._tracker.empties else None
        try:
            return StepResult(*self._step(iterator))
        except BaseException:  # whatever ends it, an interruption too, and it goes on
            if held is not None:
                self._tracker.total.assign(held)
            raise


@dataclass(frozen=True, slots=True, eq=False)
class EagerStep:
    """Keras' step function as it is, with what `reads` and the tracker tell read around it."""

    plain: StepFunction
    tracker: "LossTracker"
    reads: Reads

    def __call__(self, iterator: Iterator[object]) -> StepResult:
        """Run the step; when it fails, the tracker holds what it held before."""
        rate = self.reads.before()
        before = self.tracker.begin()
        try:
            logs = self.plain(iterator)
        except BaseException:  # whatever ends it, an interruption too, and it goes on
            if self.tracker.empties:
                self.tracker.total.assign(before[0])
            raise
        logs, loss, seen = self.tracker.end(before, logs)
        return StepResult(logs, loss, seen, rate, read(self.reads.values))


@dataclass(frozen=True, slots=True, eq=False)
class OuterStep:
    """A step whose loss is not read here: inner() is what another recorder of the same fit read, if any."""

    plain: StepFunction
    reads: Reads
    inner: Callable[[], StepResult | None] = lambda: None

    def __call__(self, iterator: Iterator[object]) -> StepResult:
        """Run the step, with what the other recorder keeps of it."""
        rate = self.reads.before()
        logs = self.plain(iterator)
        inner = self.inner()
        loss, seen = (np.nan, False) if inner is None else (inner.loss, inner.seen)
        return StepResult(logs, loss, seen, rate, read(self.reads.values))


class LossTracker:
    """The running sum of a model's loss, and the samples that it is over; read around a step.

    empties: whether the sum may be set to zero for the step, because nothing but Keras' own code looks at it.
    """

    def __init__(self, total: TensorVariable, count: TensorVariable, empties: bool) -> None:
        self.total = total
        self.count = count
        self.empties = empties

    def begin(self) -> tuple[Tensor, Tensor]:
        """(sum, samples) before a step; the sum is then empty, where it may be."""
        before = _now(self.total), _now(self.count)
        if self.empties:
            self.total.assign(tf.zeros_like(before[0]))
        return before

    def end(self, before: tuple[Tensor, Tensor], logs: Logs) -> tuple[Logs, Tensor, Tensor]:
        """(logs, loss, seen) after a step: the logs as Keras gives them, the batch's own mean loss in
        float64, and whether there was one.
        """
        if not self.empties:
            return (logs, *self._difference(*before))
        own = _now(self.total)
        after = _now(self.count)
        sum_ = before[0] + own  # as Keras adds
        self.total.assign(sum_)
        if isinstance(logs, dict) and "loss" in logs:
            logs = {**logs, "loss": tf.math.divide_no_nan(sum_, tf.cast(after, sum_.dtype))}
        samples = _double(after) - _double(before[1])
        return logs, *_mean(_double(own), samples, samples > 0)

    def _difference(self, total: Tensor, count: Tensor) -> tuple[Tensor, Tensor]:
        """(loss, seen) of a step that added to the sum itself, where rounding has left it there."""
        after = _double(self.total)
        own = after - _double(total)
        samples = _double(self.count) - _double(count)
        rounded: Tensor = tf.abs(after) * ROUNDING > ENOUGH * tf.abs(own)
        return _mean(own, samples, (samples > 0) & ~rounded)


def _double(value: Tensor | TensorVariable) -> Tensor:
    found: Tensor = tf.cast(value, tf.float64)
    return found


def _now(variable: TensorVariable) -> Tensor:
    """What `variable` holds now, as a tensor that later updates leave alone."""
    found: Tensor = tf.convert_to_tensor(variable)
    return found


def _mean(own: Tensor, samples: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
    """(own / samples, seen), NaN where it was not seen."""
    return tf.where(seen, own / samples, tf.constant(np.nan, tf.float64)), seen


Graphs = dict[tuple[object, ...], TracedStep]
_TRACED: WeakKeyDictionary[StepFunction, Graphs] = WeakKeyDictionary()


def build(plain: StepFunction, iterator: Iterator[object]) -> None:
    """Let Keras trace its step function `plain` now, as it would with its first batch: what is not built of
    the model is built then, with its first weights, and no step is made. The trace is the one that trains.
    """
    compiled = compiled_step(plain)
    if compiled is not None:
        compiled.get_concrete_function(iterator)


def step_of(model: KerasModel, plain: StepFunction, reads: Reads, *, ends: bool, in_graph: bool) -> Step:
    """The training step `plain` of the model as a function from Keras' iterator to what it left.

    ends: whether a step may find no data, which must then leave the tracker as it was; in_graph: whether
    Keras hands it an iterator of TensorFlow's, which a graph can read, and none of Python's.
    Graphs are kept as long as Keras keeps its own compiled step.
    """
    tracker = tracker_of(model)
    if tracker is None:
        return OuterStep(plain, reads)
    compiled = compiled_step(plain) if in_graph else None
    if compiled is None or not all(map(_is_plain, (*reads.values, tracker.total, tracker.count))):
        return EagerStep(plain, tracker, reads)
    known = _TRACED.setdefault(plain, {})
    key = (id(reads.rate), tracker.empties, id(tracker.total), tuple(map(id, reads.values)))
    if key not in known:
        known[key] = TracedStep(compiled, tracker, reads)
    known[key].ends = ends
    return known[key]


def tracker_of(model: KerasModel) -> LossTracker | None:
    """The model's LossTracker, or None when it keeps none (batch losses are then absent)."""
    tracker = loss_tracker(model)
    if tracker is None:
        return None
    return LossTracker(tracker.total.value, tracker.count.value, keeps_keras_step(model))


def keeps_keras_step(model: KerasModel) -> bool:
    """Whether a step of `model`, and what it reports, is Keras' own code and no other."""
    modules = [getattr(model, name).__module__ for name in _KERAS_OWN]
    return all(module.startswith("keras.") for module in modules) and not has_own(model, "metrics")


def read(values: Sequence[TensorVariable]) -> list[Tensor]:
    """The variables' values now, as tensors that later updates leave alone."""
    return [_now(value) for value in values]


def _is_plain(value: TensorVariable) -> bool:
    """Whether `value` is a variable of one device."""
    return type(value).__name__ == "ResourceVariable"
