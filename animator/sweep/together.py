"""Training many experiments as one program, where each comes out as its own Keras `fit` would, within 1e-5.

`batches` says which experiments may be tried together, `train` writes a recording of each. A run whose
rounding grows (it diverges, or is chaotic) is trained by a real `fit` instead; so are all, when the one that
is compared with a real `fit` differs. Recordings say which way was taken.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from animator import cache, training
from animator.experiment import Experiment
from animator.progress import Progress
from animator.recording import load
from animator.samples import Samples, samples
from animator.sweep import alike

if TYPE_CHECKING:
    from animator.sweep.vectors import Program, Trained

MOST = 32
LEAST = 4  # fewer are trained one by one
EQUAL = 1e-5  # how far weights may be from those of a fit
STRAYED = 1e-6  # how far rounding may carry a run that is trusted
LARGEST = 16.0  # weights beyond it are rounded too coarsely for EQUAL
KEEP_BYTES = 64 * 2**20  # as the Recorder keeps them
LOSS_WORK = 2 * 10**11
ROOM = 256 * 2**20  # bytes of weights that one program may keep
KEPT = 4  # programs that are kept for the next batch

_PROGRAMS: dict[str, Any] = {}
_ORDERS: dict[tuple[int, int], NDArray[np.int64]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """An experiment just before its first step: its model, the model's description, data and test data.

    key: what those that one program trains have in common, or None. start (P,): the weights; order (n,): of
    the samples in an epoch.
    """

    experiment: Experiment
    model: Any
    said: Mapping[str, Any]
    key: str | None
    parts: Mapping[str, Samples]
    start: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    order: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def arrays(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """x and y, floats in float32, as `fit` casts them."""
        x, y = (a.astype(np.float32) if a.dtype.kind == "f" else a
                for a in (self.parts["data"].x, self.parts["data"].y))  # fmt: skip
        return x, y


def batches(experiments: Sequence[Experiment]) -> list[tuple[int, ...]]:
    """Indices of experiments that may be trained as one program, at most 32 each; all others alone.

    It depends on the experiments and their order only. TensorFlow is not needed.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, experiment in enumerate(experiments):
        groups[alike.sketch(experiment)].append(index)
    found: list[tuple[int, ...]] = []
    for group in groups.values():
        if len(group) < LEAST:
            found += [(index,) for index in group]
            continue
        parts = np.array_split(np.array(group), -(-len(group) // MOST))
        found += [tuple(int(index) for index in part) for part in parts]
    return sorted(found)


def train(experiments: Sequence[Experiment], notes: Sequence[dict[str, Any]], paths: Sequence[Path],
          progress: Progress) -> list[str]:  # fmt: skip
    """Train `experiments`, one of `batches`, and write the recording of each to its path.

    Gives "together" or "fit" for each: how it was trained, which stands in its recording too. A batch is
    always given whole: what is trained together decides the last bits.
    """
    from animator.keras_start import start

    start()
    ways = [""] * len(experiments)

    def fit(index: int) -> None:
        training.record(experiments[index], paths[index], notes[index], progress)
        ways[index] = "fit"

    ready = [_ready(experiment) for experiment in experiments] if len(experiments) >= LEAST else []
    for chunk in _chunks(ready):
        progress("training together", 0, len(experiments))
        program, trained = _trained([ready[index] for index in chunk])
        trusted = _trusted(trained)
        if not trusted:
            continue
        worst = max(trusted, key=lambda k: float(trained.strayed[k]))
        fit(chunk[worst])
        if not _is_equal(paths[chunk[worst]], trained.weights[:, worst]):
            continue
        for k in (k for k in trusted if k != worst):
            index = chunk[k]
            _write(paths[index], ready[index], notes[index], program, trained, k)
            ways[index] = "together"
            progress("training together", sum(map(bool, ways)), len(experiments))
    for index, way in enumerate(ways):
        if not way:
            fit(index)
    return ways


def _ready(experiment: Experiment) -> Ready:
    """Build what training.record builds, in its order, up to where `fit` begins."""
    import keras

    from animator.description import description

    model, data, test = training.built(experiment)
    said = description(model)
    parts = {name: samples(pair) for name, pair in (("data", data), ("test", test)) if pair is not None}
    key = alike.structure(model, said)
    order = _order(parts["data"].count, experiment.shuffle) if key is not None else None
    if order is None or not _is_simple(parts, experiment, model):
        return Ready(experiment, model, said, None, parts)
    shapes = [(a.shape, str(a.dtype)) for a in parts["data"].arrays().values()]
    values = [np.ravel(keras.ops.convert_to_numpy(v)) for v in model.trainable_variables]
    key = cache.digest(key, shapes, experiment.batch_size, experiment.epochs)
    return Ready(experiment, model, said, key, parts, np.concatenate(values), order)


def _is_simple(parts: Mapping[str, Samples], experiment: Experiment, model: Any) -> bool:
    """Whether data are arrays that a recording keeps, and losses few enough that it holds all of them."""
    data = parts["data"]
    steps = experiment.epochs * -(-data.count // experiment.batch_size)
    size = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    return (
        isinstance(data.x, np.ndarray)
        and isinstance(data.y, np.ndarray)
        and sum(part.bytes() for part in parts.values()) < KEEP_BYTES
        and all((steps + 1) * part.count * size < LOSS_WORK for part in parts.values())
    )


def _order(count: int, shuffle: bool) -> NDArray[np.int64] | None:
    """The order of `count` samples in each epoch of a fit that begins now; None when it is not known.

    Keras shuffles by an operation inside of its data pipeline: with a global seed, each epoch starts it anew,
    from that seed alone, so that all epochs have the same order.
    """
    import tensorflow as tf

    if not shuffle:
        return np.arange(count)
    seed, _ = tf.compat.v1.get_seed(None)
    if seed is None:
        return None
    if (count, seed) not in _ORDERS:
        drawn = tf.data.Dataset.range(1).map(lambda _: tf.random.shuffle(tf.range(count, dtype=tf.int64)))
        if len(_ORDERS) >= MOST:
            _ORDERS.clear()
        _ORDERS[count, seed] = np.asarray(next(iter(drawn)))
    return _ORDERS[count, seed]


def _chunks(ready: Sequence[Ready]) -> Iterator[list[int]]:
    """Indices of those that one program trains, in pieces that fit into memory; the others are left out."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(ready):
        if one.key is not None:
            groups[one.key].append(index)
    for group in groups.values():
        first = ready[group[0]]
        steps = first.experiment.epochs * -(-first.parts["data"].count // first.experiment.batch_size)
        most = ROOM // (4 * (steps + 1) * first.start.size)
        pieces = -(-len(group) // max(1, most))
        for piece in np.array_split(np.array(group), pieces):
            if len(piece) >= LEAST:
                yield [int(index) for index in piece]


def _trained(cells: Sequence[Ready]) -> "tuple[Program, Trained]":
    """All `cells` trained by one program, from the last few batches where it is there."""
    from animator.sweep.vectors import Program, numbers_of

    first = cells[0]
    x, y = (np.asarray(part)[:1] for part in first.arrays())
    assert first.key is not None, "chosen in _chunks"
    if first.key not in _PROGRAMS:
        while len(_PROGRAMS) >= KEPT:
            _PROGRAMS.pop(next(iter(_PROGRAMS)))
        _PROGRAMS[first.key] = Program(first.model, x, y)
    program = _PROGRAMS[first.key]
    data: dict[str, tuple[int, Ready]] = {}
    for cell in cells:
        data.setdefault(cell.parts["data"].digest(), (len(data), cell))
    n = len(first.order)
    offsets = [n * data[cell.parts["data"].digest()][0] for cell in cells]
    x, y = (
        np.concatenate(parts) for parts in zip(*(cell.arrays() for _, cell in data.values()), strict=True)
    )
    return program, program.train(
        np.stack([cell.start for cell in cells]), x, y,
        np.stack([cell.order + offset for cell, offset in zip(cells, offsets, strict=True)]),
        np.array([numbers_of(cell.model.optimizer) for cell in cells], np.float32),
        first.experiment.batch_size, first.experiment.epochs,
    )  # fmt: skip


def _trusted(trained: "Trained") -> list[int]:
    """The cells that rounding does not carry away."""
    with np.errstate(invalid="ignore"):
        small = np.nan_to_num(np.abs(trained.weights), nan=np.inf).max(axis=(0, 2)) <= LARGEST
    return [int(k) for k in np.flatnonzero((trained.strayed <= STRAYED) & small)]


def _is_equal(path: Path, weights: NDArray[np.float32]) -> bool:
    """Whether the recording at `path` holds `weights` (K+1, P), within 1e-5 at every step."""
    with load(path) as run:
        own = np.asarray(run.weights)
    return own.shape == weights.shape and bool(np.abs(own - weights).max() <= EQUAL)


def _write(path: Path, cell: Ready, notes: dict[str, Any], program: "Program", trained: "Trained",
           k: int) -> None:  # fmt: skip
    from animator.sweep.tape import Run, write

    experiment = cell.experiment
    numbers = trained.weights[:, k], trained.batch_loss[:, k], trained.metrics[:, k]
    rate = float(cell.model.optimizer.learning_rate)
    run = Run(*numbers, program.metrics, rate, experiment.batch_size, experiment.epochs)
    about = {"seed": experiment.seed, "notes": notes, "way": "together"}
    write(path, run, cell.model, cell.said, about, cell.parts)
