"""What a real program is to the tests: a function that trains, what it left, and who watches it.

A Program goes in; `train` runs it twice, once bare and once with Recorders, and gives back all that
must be equal. A Replay says how the loss of each batch is computed without any Recorder.
"""

import copy
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import animator

SEED = 11
SMALL_FILM = {"film": {"resolution": 9, "pacing": {"intro": 0.0, "play": 0.3, "end": 0.0}}}


class Watch:
    """Gives a program the callbacks of each of its fits, and counts what its code does while they run.

    folder: where the Recorder of fit i writes `<i>.h5`; None for no Recorder. Counting begins when the
    callbacks are there and ends with the last epoch: losses on the data, which come later, are no part of
    training.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder, self.logs = folder, []
        self.calls: Counter[str] = Counter()
        self.seen: list[Any] = []
        self.at_end: dict[str, Any] = {}
        self._open = False

    def callbacks(self, data: Any = None, **options: Any) -> list[keras.callbacks.Callback]:
        """The callbacks of the next fit: a Recorder, where there is a folder, and one that reads logs."""
        logs: list[tuple[str, int, Any]] = []
        self.logs.append(logs)
        found: list[keras.callbacks.Callback] = [LogReader(self, logs)]
        if self.folder is not None:
            path = self.folder / f"{len(self.logs) - 1}.h5"
            found.insert(0, animator.Recorder(path, data=data, notes=SMALL_FILM, **options))
        self._open = True
        return found

    def count(self, name: str) -> None:
        """User code called `name` runs."""
        if self._open:
            self.calls[name] += 1

    def saw(self, value: Any) -> None:
        """The program's source of data hands out `value`."""
        if self._open:
            self.seen.append(value)

    def close(self) -> None:
        """Keep what was counted until now."""
        self.at_end = {"calls": dict(self.calls), "seen": list(self.seen)}


class LogReader(keras.callbacks.Callback):
    """Another callback of the program: keeps a copy of all logs that it is given."""

    def __init__(self, watch: Watch, logs: list[tuple[str, int, Any]]) -> None:
        super().__init__()
        self._watch, self._logs = watch, logs

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._logs.append(("batch", batch, _copied(logs)))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._logs.append(("epoch", epoch, _copied(logs)))
        self._watch.close()


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """The loss of each batch of one fit, computed without a Recorder.

    make: the model as it is before training, compiled, under the same seed. batches: what the fit trains on,
    in order, each (x,), (x, y) or (x, y, sample_weight). loss: of a model in training on a batch.
    """

    make: Callable[[], Any]
    batches: Sequence[tuple[Any, ...]]
    loss: Callable[[Any, tuple[Any, ...]], Any] = field(
        default=lambda model, batch: compiled_loss(model, batch)
    )


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What a program left: its model, the history of each fit, and how to compute each fit's batch losses."""

    model: Any
    histories: Sequence[Mapping[str, Any]]
    replays: Sequence[Replay] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A published program in small: `train` makes a model, fits it with the callbacks of a Watch.

    batch_loss: whether the loss of every batch is recorded. surface: whether the film shows one. needs_model:
    whether the film is given the model, which cannot be rebuilt. refused: the whole sentence with which it is
    refused, before the first step. said: sentences that stand under the film's title. apart: how far heights
    under the dot may be from the recorded losses. fast: whether it is among those of `make test`.
    """

    train: Callable[[Watch], Trained]
    batch_loss: bool = True
    surface: bool = True
    needs_model: bool = False
    refused: str = ""
    said: tuple[str, ...] = ()
    apart: float = 1e-4
    fast: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """All that must be the same with and without a Recorder; weights by the path of their variable."""

    trained: Trained
    weights: dict[str, Any]
    optimizer: dict[str, Any]
    metrics: dict[str, Any]
    logs: list[Any]
    counted: dict[str, Any]
    random: list[float]


def train(program: Program, folder: Path | None = None) -> Outcome:
    """Train `program` under one seed, with a Recorder in every fit where there is a folder."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(SEED)
    watch = Watch(folder)
    trained = program.train(watch)
    model = trained.model
    return Outcome(
        trained,
        _values(model.variables),
        _values(optimizer_variables(model)),
        _values(model.metrics_variables),
        watch.logs,
        watch.at_end,
        [random.random(), np.random.random(), float(tf.random.uniform(())), float(keras.random.uniform(()))],
    )


def optimizer_variables(model: Any) -> list[Any]:
    """The variables of all optimizers that a model holds, a GAN's two also."""
    found = [value for value in vars(model).values() if isinstance(value, keras.optimizers.Optimizer)]
    return [variable for optimizer in found for variable in optimizer.variables]


def replayed(replay: Replay, rows: np.ndarray) -> Iterator[float]:
    """The loss of batch k at row k of `rows` (K, P), for each k in order."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(SEED)
    model = replay.make()
    if not model.built:
        model(replay.batches[0][0], training=False)
    for row, batch in zip(rows, replay.batches, strict=True):
        assign(model, row)
        yield float(replay.loss(model, batch))


def assign(model: Any, row: np.ndarray) -> None:
    """Give the trainable variables of `model` the weights `row` (P,)."""
    start = 0
    for variable in model.trainable_variables:
        size = int(np.prod(variable.shape))
        variable.assign(row[start : start + size].reshape(variable.shape))
        start += size
    assert start == len(row)


def compiled_loss(model: Any, batch: tuple[Any, ...]) -> Any:
    """What `fit` makes the update from: the compiled loss on the batch, in training, and what layers add."""
    x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
    return model.compute_loss(x, y, model(x, training=True), weight)


def minibatches(data: tuple[Any, ...], size: int, epochs: int = 1) -> list[tuple[Any, ...]]:
    """(x, y, ...) in pieces of `size`, the last shorter, `epochs` times: what fit takes unshuffled."""
    count = len(keras.tree.flatten(data)[0])
    pieces = [slice(i, i + size) for i in range(0, count, size)]
    return [
        keras.tree.map_structure(lambda array, piece=piece: array[piece], data)
        for _ in range(epochs)
        for piece in pieces
    ]


def _values(variables: Sequence[Any]) -> dict[str, Any]:
    return {f"{i} {variable.path}": np.asarray(variable) for i, variable in enumerate(variables)}


def _copied(logs: Any) -> Any:
    return keras.tree.map_structure(
        lambda value: np.array(value) if hasattr(value, "shape") else copy.copy(value), dict(logs or {})
    )
