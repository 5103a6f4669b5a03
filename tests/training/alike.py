"""Training with and without a Recorder under one seed, compared to the last bit."""

import random
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import animator


class Logs(keras.callbacks.Callback):
    """Keeps what Keras tells after each batch and each epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seen.append((batch, repr(logs)))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seen.append((epoch, repr(logs)))


@dataclass(frozen=True)
class Trained:
    """What a fit left: the model, what callbacks saw, arrays, and draws from every random state."""

    model: Any
    history: dict[str, list[Any]]
    logs: list[Any]
    arrays: list[Any]
    drawn: list[Any]


Program = Callable[[Sequence[Any]], tuple[Any, Any]]  # callbacks -> (model, History)


def trained(program: Program, callbacks: Sequence[Any], seed: int = 1) -> Trained:
    """`program` with `callbacks`, under one seed; and what is drawn from the random states afterwards."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(seed)
    logs = Logs()
    model, history = program([*callbacks, logs])
    tensors = keras.random.uniform(()), tf.random.uniform(())
    drawn = [random.random(), np.random.rand(), *(float(tensor) for tensor in tensors)]
    optimizer = model.optimizer.variables
    arrays = [np.asarray(v) for v in (*model.variables, *optimizer) if v.dtype != "string"]
    return Trained(model, history.history, logs.seen, arrays, drawn)


def recorded(program: Program, path: Path, **options: Any) -> tuple[Trained, animator.Recording, list[str]]:
    """`program` with a Recorder, held against it without; its recording, and what was warned of.

    Fails unless weights, optimizer, history, logs and random states are the same to the last bit.
    """
    bare = trained(program, [])
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        keras.utils.set_random_seed(1)
        kept = trained(program, [animator.Recorder(path, **options)])
    hold_alike(bare, kept)
    said = [str(one.message) for one in found if "ecord" in str(one.message)]
    return kept, animator.load(path), said


def hold_alike(bare: Trained, kept: Trained) -> None:
    """Fail unless both are the same to the last bit."""
    assert repr(bare.history) == repr(kept.history)
    assert bare.logs == kept.logs
    assert bare.drawn == kept.drawn
    assert len(bare.arrays) == len(kept.arrays)
    for one, other in zip(bare.arrays, kept.arrays, strict=True):
        np.testing.assert_array_equal(one, other)


def flat(model: Any) -> Any:
    """The trainable weights (P,) of `model`."""
    return np.concatenate([np.ravel(np.asarray(v)).astype(np.float32) for v in model.trainable_variables])
