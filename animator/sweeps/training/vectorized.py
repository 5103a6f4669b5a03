"""Many trainings of one architecture as one TensorFlow program: their weights are rows of one array.

Every update is what Keras computes for that cell alone, with the cell's own batch and numbers; only the
order in which sums are rounded differs. So each cell has twins beside it, whose batches are read in another
order and whose weights and gradients are off by a random rounding (stochastic arithmetic, Vignes 1993): as
far as a twin strays, so far may rounding alone carry this run.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

TWINS = 3
ROUNDING = 2.0**-22  # four units in the last place: about what a sum over a batch is off by

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """weights (K+1, C, P); batch_loss (K, C), before each update; metrics (K, C, M): what each batch adds to
    the metrics' variables. strayed (C,): how far a twin's weights went from the cell's, at most; inf where
    weights are not finite.
    """

    weights: Floats
    batch_loss: Floats
    metrics: Floats
    strayed: NDArray[np.float64]


class Program:
    """The training of C cells of `model`'s architecture; traced once for each set of shapes.

    x, y: a sample of data, as arrays of one. Only the model's layers, loss and metrics are used, never its
    weights.
    """

    def __init__(self, model: Any, x: NDArray[Any], y: NDArray[Any]) -> None:
        self._model = model
        self._variables = list(model.trainable_variables)
        self._shapes = [tuple(v.shape) for v in self._variables]
        self._sizes = [int(np.prod(shape)) for shape in self._shapes]
        predicted = model(x, training=True)  # Keras builds its loss and metrics when they are first asked
        model.compute_loss(x, y, predicted, None, training=True)
        metrics = model._compile_metrics
        if metrics is not None and not metrics.built:
            metrics.build(tf.constant(y), predicted)
        self._counters = [] if metrics is None else list(metrics.variables)
        self.metrics = [] if metrics is None else [metric.name for metric in metrics.metrics]
        self._update = _UPDATES[
            type(model.optimizer).__name__, bool(getattr(model.optimizer, "nesterov", False))
        ]
        # Compiled where Keras compiles its step: functions such as tanh then have the same last bits.
        self._slopes = tf.function(self._all_slopes, autograph=False, jit_compile=bool(model.jit_compile))
        self._run = tf.function(self._train, autograph=False)
        self._rates = adam_rates if type(model.optimizer).__name__ == "Adam" else still_rates

    def train(self, starts: Floats, x: Any, y: Any, orders: NDArray[np.int64], numbers: Floats,
              batch: int, epochs: int) -> Trained:  # fmt: skip
        """Train from `starts` (C, P) on samples x, y (N, ...), in each epoch in `orders` (C, n) of them.

        numbers (C, Q): the optimizer's, see `numbers_of`. batch: samples to an update; the last of an
        epoch may have fewer.
        """
        steps = epochs * -(-orders.shape[1] // batch)
        rates = self._rates(numbers, steps)
        all_orders = np.concatenate([turned(orders, batch, twin) for twin in range(TWINS + 1)])
        weights, losses, metrics, strayed = (
            part.numpy()
            for part in self._run(
                tf.constant(starts), tf.constant(x), tf.constant(y), tf.constant(all_orders),
                tf.constant(np.tile(numbers, (TWINS + 1, 1))), tf.constant(np.tile(rates, (1, TWINS + 1))),
                tf.constant(batch),
            )
        )  # fmt: skip
        sound = np.isfinite(weights).all(axis=(0, 2))
        return Trained(weights, losses, metrics, np.where(sound, strayed.astype(np.float64), np.inf))

    def _train(self, start: Any, x: Any, y: Any, orders: Any, numbers: Any, rates: Any, batch: Any) -> Any:
        count, size = start.shape
        n = tf.shape(orders)[1]
        each = -(-n // batch)
        steps = tf.shape(rates)[0]
        rough = tf.repeat(tf.constant([0.0] + [ROUNDING] * TWINS), count)[:, None]
        counters = sum(int(np.prod(v.shape)) for v in self._counters)
        kept = [
            tf.TensorArray(tf.float32, rows, element_shape=shape)
            for rows, shape in ((steps + 1, (count, size)), (steps, (count,)), (steps, (count, counters)))
        ]
        kept[0] = kept[0].write(0, start)

        def body(step: Any, rows: Any, first: Any, second: Any, strayed: Any, weights: Any, losses: Any,
                 seen: Any) -> Any:  # fmt: skip
            low = (step % each) * batch
            chosen = orders[:, low : tf.minimum(low + batch, n)]
            drawn = tf.random.stateless_uniform((2, *rows.shape), (step, 22), -1.0, 1.0)
            noise = 1.0 + rough * drawn
            loss, slope, counted = self._slopes(rows * noise[0], tf.gather(x, chosen), tf.gather(y, chosen))
            rows, first, second = self._update(
                rows, slope * noise[1], first, second, numbers, rates[step][:, None]
            )
            cells = rows[:count]
            apart = tf.reduce_max(tf.abs(tf.reshape(rows, (TWINS + 1, count, size)) - cells), axis=(0, 2))
            apart = tf.where(tf.math.is_finite(apart), apart, np.inf)
            return (step + 1, rows, first, second, tf.maximum(strayed, apart), weights.write(step + 1, cells),
                    losses.write(step, loss[:count]), seen.write(step, counted[:count]))  # fmt: skip

        rows = tf.tile(start, (TWINS + 1, 1))
        none = tf.zeros_like(rows)
        found = tf.while_loop(lambda step, *_: step < steps, body,
                              (tf.constant(0), rows, none, none, tf.zeros((count,)), *kept))  # fmt: skip
        return (*(part.stack() for part in found[5:]), found[4])

    def _all_slopes(self, rows: Any, x: Any, y: Any) -> Any:
        """What `_slope` gives, for each of rows (C, P) on its own batch x, y (C, b, ...)."""
        return tf.vectorized_map(lambda cell: self._slope(*cell), (rows, x, y), fallback_to_while_loop=False)

    def _slope(self, row: Any, x: Any, y: Any) -> tuple[Any, Any, Any]:
        """Loss () of one cell's batch at `row` (P,), its gradient (P,), what it adds to the counters (M,)."""
        with tf.GradientTape() as tape:
            tape.watch(row)
            parts = zip(tf.split(row, self._sizes), self._shapes, strict=True)
            values = [tf.reshape(part, shape) for part, shape in parts]
            held = list(zip(self._variables, values, strict=True))
            with keras.StatelessScope(state_mapping=held, collect_losses=True):
                predicted = self._model(x, training=True)
                loss = self._model.compute_loss(x, y, predicted, None, training=True)
        counted = tf.zeros((0,))
        if self._counters:
            empty = [tf.zeros_like(v.value) for v in self._counters]
            counted = tf.stack(self._model._compile_metrics.stateless_update_state(empty, y, predicted))
        return loss, tape.gradient(loss, row), counted


def turned(orders: NDArray[np.int64], batch: int, turns: int) -> NDArray[np.int64]:
    """`orders` (C, n) with the samples of each batch in another order among themselves; 0 turns: as given."""
    if not turns:
        return orders
    parts = [orders[:, k : k + batch] for k in range(0, orders.shape[1], batch)]
    return np.concatenate([np.roll(part[:, ::-1], turns - 1, axis=1) for part in parts], axis=1)


def numbers_of(optimizer: Any) -> list[float]:
    """The numbers of a Keras SGD or Adam, in the order that the updates below take them."""
    if type(optimizer).__name__ == "Adam":
        betas = optimizer.beta_1, optimizer.beta_2
        return [float(optimizer.learning_rate), *betas, *(1 - beta for beta in betas), optimizer.epsilon]
    return [float(optimizer.learning_rate), optimizer.momentum]


def still_rates(numbers: Floats, steps: int) -> Floats:
    """(K, C) the learning rate of each update."""
    return np.tile(numbers[:, 0], (steps, 1))


def adam_rates(numbers: Floats, steps: int) -> Floats:
    """(K, C) Adam's learning rate with its correction for averages that begin at 0.

    1 - beta^t cancels nearly all digits at first, so powers must be rounded as in Keras' compiled step.
    """
    rate, beta_1, beta_2 = (numbers[:, k] for k in range(3))
    t = np.arange(1, steps + 1, dtype=np.float32)[:, None]
    above, below = (part.numpy() for part in _corrections(tf.constant(t), beta_1[None], beta_2[None]))
    return np.asarray(rate * above / below, np.float32)


@tf.function(jit_compile=True, reduce_retracing=True)  # type: ignore[untyped-decorator]
def _corrections(t: Any, beta_1: Any, beta_2: Any) -> tuple[Any, Any]:
    return tf.sqrt(1 - tf.pow(beta_2, t)), 1 - tf.pow(beta_1, t)


def _sgd(rows: Any, slope: Any, first: Any, second: Any, numbers: Any, rate: Any) -> tuple[Any, Any, Any]:
    first = first * numbers[:, 1:2] - slope * rate
    return rows + first, first, second


def _nesterov(
    rows: Any, slope: Any, first: Any, second: Any, numbers: Any, rate: Any
) -> tuple[Any, Any, Any]:
    momentum = numbers[:, 1:2]
    first = first * momentum - slope * rate
    return rows + (first * momentum - slope * rate), first, second


def _adam(rows: Any, slope: Any, first: Any, second: Any, numbers: Any, rate: Any) -> tuple[Any, Any, Any]:
    """Kingma and Ba 2015, algorithm 1 in the form before section 2.1, rounded as Keras rounds."""
    first += (slope - first) * numbers[:, 3:4]
    second += (tf.square(slope) - second) * numbers[:, 4:5]
    return rows - first * rate / (tf.sqrt(second) + numbers[:, 5:6]), first, second


_UPDATES = {("SGD", False): _sgd, ("SGD", True): _nesterov, ("Adam", False): _adam}
