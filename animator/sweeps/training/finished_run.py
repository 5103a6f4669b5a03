"""Recordings of runs that were trained together: the datasets and the description that a Recorder writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from animator.recordings.samples import Samples
from animator.recordings.writer import RecordingWriter, Row
from animator.training.model_description import data_said, plain_json, variables_of
from animator.training.model_reuse import kept


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One run: weights (K+1, P), state (K+1, S), sums (K,) of the losses in each batch, and metrics
    (K, M): two counters (sum, count) for each of `names`. rate: the learning rate; batch: samples to
    an update.
    """

    weights: NDArray[np.float32]
    state: NDArray[np.float32]
    sums: NDArray[np.float32]
    metrics: NDArray[np.float32]
    names: Sequence[str]
    rate: float
    batch: int
    epochs: int


def write(path: Path, run: Run, model: Any, said: Mapping[str, Any], about: Mapping[str, Any],
          parts: Mapping[str, Samples]) -> None:  # fmt: skip
    """Write `run` to `path`; model and said: the Keras model and its description; about: what else the
    recording says; parts: {"data": ..., "test": ...}, whose losses are computed at each row.
    """
    meta = plain_json({**said, **about, **{name: data_said(part) for name, part in parts.items()}})
    arrays = {f"{name}/{at}": array for name, part in parts.items() for at, array in part.arrays().items()}
    found = variables_of(model)
    fixed = [np.ravel(np.asarray(v)).astype(np.float32) for v in found.fixed]
    arrays = {**({"fixed": np.concatenate(fixed)} if fixed else {}), **arrays}
    writer = RecordingWriter(path, Row(0, run.weights[0], run.state[0]), meta, arrays)
    try:
        told = columns(run, parts["data"].count)
        for low in range(0, len(run.sums), writer.page):  # as a Recorder writes them: the same bytes
            part = slice(low, low + writer.page)
            rows = slice(low + 1, low + 1 + writer.page)
            steps = range(low + 1, min(len(run.sums), low + writer.page) + 1)
            writer.write({name: values[part] for name, values in told.items()}, steps, run.weights[rows],
                         run.state[rows])  # fmt: skip
        known = kept(model, parts["data"], said)
        state = run.state if run.state.size else None
        losses = {"loss" if name == "data" else "test_loss": known.on(part)(run.weights, state)
                  for name, part in parts.items()}  # fmt: skip
        writer.finish(losses)
    except BaseException:
        writer.discard()
        raise


def columns(run: Run, samples: int) -> dict[str, NDArray[Any]]:
    """What a Recorder notes of each update, (K,) each, in its order; sums are of float32, as Keras'."""
    sizes = batch_sizes(samples, run.batch, run.epochs)
    shape = sizes.shape
    own = run.sums.reshape(shape)
    with np.errstate(over="ignore", invalid="ignore"):
        means = {"loss": _means(own, sizes)}
        for k, name in enumerate(run.names):
            total, count = (run.metrics[:, 2 * k + i].reshape(shape) for i in range(2))
            means[name] = _means(total, count)
    return {
        "batch_loss": (own.astype(np.float64) / sizes).reshape(-1),
        "epoch": np.repeat(np.arange(run.epochs), shape[1]),
        "batch": np.tile(np.arange(shape[1]), run.epochs),
        **{f"running_means/{name}": mean for name, mean in means.items()},
        "learning_rate": np.full(sizes.size, float(np.float32(run.rate))),
    }


def batch_sizes(samples: int, batch: int, epochs: int) -> NDArray[np.float32]:
    """(epochs, batches) how many samples are in each."""
    sizes = np.minimum(batch, samples - np.arange(0, samples, batch)).astype(np.float32)
    return np.tile(sizes, (epochs, 1))


def _means(sums: NDArray[np.float32], counts: NDArray[np.float32]) -> NDArray[np.float64]:
    """Running means (K,) of sums and counts (epochs, batches), as float32 adds them up."""
    total, count = (np.cumsum(part, axis=1, dtype=np.float32) for part in (sums, counts))
    return np.asarray(total / count, np.float64).reshape(-1)
