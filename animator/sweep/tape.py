"""Recordings of runs that were trained together: the datasets and the description that a Recorder writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from animator.description import data_said, plain_json
from animator.essence import loss_key
from animator.rebuild import warm
from animator.recording_writer import RecordingWriter, Row
from animator.samples import Samples


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One run: weights (K+1, P), batch_loss (K,), and metrics (K, M), two counters (sum, count) a name."""

    weights: NDArray[np.float32]
    batch_loss: NDArray[np.float32]
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
    nothing = np.zeros((len(run.weights), 0), np.float32)
    writer = RecordingWriter(path, Row(0, run.weights[0], nothing[0]), meta, arrays)
    try:
        steps = range(1, len(run.weights))
        writer.write(columns(run, parts["data"].count), steps, run.weights[1:], nothing[1:])
        known = warm(loss_key(said), lambda: model, parts["data"])
        losses = {"loss" if name == "data" else "test_loss": known.on(part)(run.weights)
                  for name, part in parts.items()}  # fmt: skip
        writer.finish(losses)
    except BaseException:
        writer.discard()
        raise


def columns(run: Run, samples: int) -> dict[str, NDArray[Any]]:
    """What a Recorder notes of each update, (K,) each, with Keras' float32 sums over an epoch."""
    starts = np.arange(0, samples, run.batch)
    sizes = np.minimum(run.batch, samples - starts).astype(np.float32)
    shape = run.epochs, len(starts)
    own = run.batch_loss.reshape(shape) * sizes
    with np.errstate(over="ignore", invalid="ignore"):
        means = {"loss": _means(own, np.broadcast_to(sizes, shape))}
        for k, name in enumerate(run.names):
            total, count = (run.metrics[:, 2 * k + i].reshape(shape) for i in range(2))
            means[name] = _means(total, count)
    steps = run.epochs * len(starts)
    return {
        "batch_loss": (own.astype(np.float64) / sizes).reshape(-1),
        "learning_rate": np.full(steps, float(np.float32(run.rate))),
        "epoch": np.repeat(np.arange(run.epochs), len(starts)),
        "batch": np.tile(np.arange(len(starts)), run.epochs),
        **{f"running_means/{name}": mean for name, mean in means.items()},
    }


def _means(sums: NDArray[np.float32], counts: NDArray[np.float32]) -> NDArray[np.float64]:
    """Running means (K,) of sums and counts (epochs, batches), as float32 adds them up."""
    total, count = (np.cumsum(part, axis=1, dtype=np.float32) for part in (sums, counts))
    return np.asarray(total / count, np.float64).reshape(-1)
