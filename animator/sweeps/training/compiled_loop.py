"""The whole of a Keras `fit` in one graph: the model's own step, in a loop that keeps what it leaves.

The operations are those that `fit` runs, on the same batches in the same order, so the bits are the same;
what is saved is the way back to Python after each step. The first run of a kind is a real `fit`, the second
is trained both ways, and only where all bits agree are the next ones left to the loop.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from animator.core.progress import Progress
from animator.recordings.reader import load
from animator.sweeps.training.finished_run import Run, columns, write
from animator.sweeps.training.prepared import Ready
from animator.training import model_reuse, training
from animator.training.model_description import variables_of

Floats = NDArray[np.float32]

KEPT = 4

_LOOPS: "dict[int, Loop]" = {}
_PROVEN: dict[tuple[Any, ...], bool | None] = {}  # None: one was trained, and there is no proof yet


def record(ready: Ready, path: Path, notes: Mapping[str, Any], progress: Progress) -> None:
    """Train what is `ready` and write its recording to `path`: the bytes of training.record."""
    kind = ready.kind
    if kind is None or not _PROVEN.get(kind):
        training.record(ready.experiment, path, dict(notes), progress)
        if kind is not None and kind not in _PROVEN:
            _PROVEN[kind] = None
        elif kind is not None and _PROVEN[kind] is None:
            _PROVEN[kind] = _is_same(path, run_of(ready))
        return
    progress("training", 0, 1)
    run = run_of(ready)
    about = {"seed": ready.experiment.seed, "notes": dict(notes)}
    write(path, run, model_reuse.alike(ready.model, ready.said)[0], ready.said, about, ready.parts)
    progress("training", 1, 1)


def run_of(ready: Ready) -> Run:
    """Train `ready` by the loop."""
    model, _ = model_reuse.alike(ready.model, ready.said)
    if id(model) not in _LOOPS:
        while len(_LOOPS) >= KEPT:
            _LOOPS.pop(next(iter(_LOOPS)))
        _LOOPS[id(model)] = Loop(model)
    loop, experiment = _LOOPS[id(model)], ready.experiment
    x, y = ready.arrays()
    steps = experiment.epochs * -(-len(ready.order) // experiment.batch_size)
    start = loop.values()
    rows, sums, metrics = loop.train(x, y, ready.order, experiment.batch_size, steps)
    whole = np.concatenate([start[None], rows])
    weights, state = np.split(whole, [ready.start.size], axis=1)
    rate = float(np.float32(ready.model.optimizer.learning_rate))
    return Run(weights, state, sums, metrics, loop.metrics, rate, experiment.batch_size, experiment.epochs)


class Loop:
    """The training loop of one built and compiled Keras `model`: traced once for each set of shapes."""

    def __init__(self, model: Any) -> None:
        found = variables_of(model)
        self._model, self._kept = model, [v.value for v in (*found.trainable, *found.state)]
        self._tracker = model._loss_tracker.total.value
        metrics = model._compile_metrics
        self._counters = [] if metrics is None else [v.value for v in metrics.variables]
        self.metrics = [] if metrics is None else [metric.name for metric in metrics.metrics]
        self._run = tf.function(self._train, autograph=False)

    def values(self) -> Floats:
        """(P + S,) weights and statistics now."""
        return np.concatenate([np.ravel(v.numpy()) for v in self._kept])

    def train(self, x: Any, y: Any, order: NDArray[np.int64], batch: int, steps: int
              ) -> tuple[Floats, Floats, Floats]:  # fmt: skip
        """(values (K, P + S) after each update, sums (K,) of its batch's losses, (K, M) of its metrics)."""
        arguments = (x, y, order, batch, steps)
        rows, sums, metrics = (part.numpy() for part in self._run(*map(tf.constant, arguments)))
        return rows, sums, metrics

    def _train(self, x: Any, y: Any, order: Any, batch: Any, steps: Any) -> tuple[Any, ...]:
        n = tf.shape(order)[0]
        each = -(-n // batch)
        sizes = sum(v.shape.num_elements() for v in self._kept), len(self._counters)
        kept = [tf.TensorArray(tf.float32, steps, element_shape=shape)
                for shape in ((sizes[0],), (), (sizes[1],))]  # fmt: skip

        def body(step: Any, rows: Any, sums: Any, metrics: Any) -> tuple[Any, ...]:
            low = (step % each) * batch
            chosen = order[low : tf.minimum(low + batch, n)]
            for counter in (self._tracker, *self._counters):  # each batch alone, as the Recorder has it
                counter.assign(tf.zeros_like(counter))
            self._model.train_step((tf.gather(x, chosen), tf.gather(y, chosen)))
            row = tf.concat([tf.reshape(v.read_value(), [-1]) for v in self._kept], 0)
            counted = [v.read_value() for v in self._counters]
            return (step + 1, rows.write(step, row), sums.write(step, self._tracker.read_value()),
                    metrics.write(step, tf.stack(counted) if counted else tf.zeros((0,))))  # fmt: skip

        found = tf.while_loop(lambda step, *_: step < steps, body, (tf.constant(0), *kept),
                              parallel_iterations=1)  # fmt: skip
        return tuple(part.stack() for part in found[1:])


def _is_same(path: Path, run: Run) -> bool:
    """Whether the recording at `path`, of a real fit, has the bits of `run`."""
    with load(path) as fit:
        found = columns(run, int(fit.meta["data"]["samples"]))
        means = {name.split("/")[1]: values for name, values in found.items() if "/" in name}
        return (
            _equal(fit.weights, run.weights)
            and _equal(fit.state, run.state)
            and _equal(fit.batch_loss, found["batch_loss"])
            and _equal(fit.learning_rate, found["learning_rate"])
            and fit.running_means.keys() == means.keys()
            and all(_equal(fit.running_means[name], values) for name, values in means.items())
        )


def _equal(one: Any, other: Any) -> bool:
    return np.array_equal(np.asarray(one), np.asarray(other), equal_nan=True)
