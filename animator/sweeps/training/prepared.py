"""An experiment just before its first step: what `training.record` builds, up to where `fit` begins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from animator.core import cache
from animator.design.experiment import Experiment
from animator.recordings.samples import Samples, samples
from animator.sweeps.training import eligibility
from animator.training import model_reuse, training
from animator.training.model_description import description
from animator.training.recorder import KEEP_BYTES
from animator.training.recording_policy import LOSS_WORK

ROOM = 256 * 2**20  # bytes of weights that one program may keep
SOME = 64  # orders of samples that are kept

_ORDERS: dict[tuple[int, int], NDArray[np.int64]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """An experiment, its model, the model's description, data and test data.

    kind: what those have in common that one loop can train, or None; key: those that one program can train
    together, or None. start (P,): the weights; order (n,): of the samples in every epoch.
    """

    experiment: Experiment
    model: Any
    said: Mapping[str, Any]
    parts: Mapping[str, Samples]
    kind: tuple[Any, ...] | None = None
    key: str | None = None
    start: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    order: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def arrays(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """x and y, floats in float32, as `fit` casts them."""
        x, y = (a.astype(np.float32) if a.dtype.kind == "f" else a
                for a in (self.parts["data"].x, self.parts["data"].y))  # fmt: skip
        return x, y


def ready(experiment: Experiment) -> Ready:
    """Build `experiment`, in the order of training.record, so that chance is the same."""
    model, data, test = training.built(experiment)
    said = description(model)
    parts = {name: samples(pair) for name, pair in (("data", data), ("test", test)) if pair is not None}
    plain = model_reuse.key(model, said) if eligibility.are_means(model) else None
    order = _order(parts["data"].count, experiment.shuffle) if plain is not None else None
    if plain is None or order is None or not _is_simple(parts, experiment, model):
        return Ready(experiment, model, said, parts)
    shapes = [(a.shape, str(a.dtype)) for a in parts["data"].arrays().values()]
    about = cache.digest(shapes, experiment.batch_size, experiment.epochs, sorted(parts))
    whole = eligibility.structure(model, said)
    values = [np.ravel(keras.ops.convert_to_numpy(v)) for v in model.trainable_variables]
    return Ready(experiment, model, said, parts, (plain, about),
                 None if whole is None else cache.digest(whole, about),
                 np.concatenate(values), order)  # fmt: skip


def _is_simple(parts: Mapping[str, Samples], experiment: Experiment, model: Any) -> bool:
    """Whether data are arrays that a recording keeps, and rows few enough to compute all losses."""
    data = parts["data"]
    steps = experiment.epochs * -(-data.count // experiment.batch_size)
    return (
        isinstance(data.x, np.ndarray)
        and isinstance(data.y, np.ndarray)
        and sum(part.bytes() for part in parts.values()) < KEEP_BYTES
        and all((steps + 1) * part.count * model.count_params() < LOSS_WORK for part in parts.values())
        and 4 * (steps + 1) * model.count_params() < ROOM
    )


def _order(count: int, shuffle: bool) -> NDArray[np.int64] | None:
    """The order of `count` samples in each epoch of a fit that begins now; None when it is not known.

    Keras shuffles by an operation inside of its data pipeline: with a global seed, each epoch starts it anew,
    from that seed alone, so that all epochs have the same order.
    """
    if not shuffle:
        return np.arange(count)
    seed, _ = tf.compat.v1.get_seed(None)
    if seed is None:
        return None
    if (count, seed) not in _ORDERS:
        drawn = tf.data.Dataset.range(1).map(lambda _: tf.random.shuffle(tf.range(count, dtype=tf.int64)))
        if len(_ORDERS) >= SOME:
            _ORDERS.clear()
        _ORDERS[count, seed] = np.asarray(next(iter(drawn)))
    return _ORDERS[count, seed]
