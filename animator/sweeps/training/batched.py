"""Training many experiments as one program, where each comes out as its own Keras `fit` would, within 1e-5.

`batches` says which experiments may be tried together, `train` writes a recording of each. A run whose
rounding grows (it diverges, or is chaotic) is trained by a real `fit` instead; so are all, when the one that
is compared with a real `fit` differs. Recordings say which way was taken.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from animator.core import cache
from animator.core.progress import Progress
from animator.design.descent import Descent
from animator.design.experiment import Experiment
from animator.recordings.reader import load
from animator.sweeps.training import eligibility

if TYPE_CHECKING:
    from animator.sweeps.training.prepared import Ready
    from animator.sweeps.training.vectorized import Program, Trained

MOST = 32
LEAST = 4  # fewer are trained one by one
EQUAL = 1e-5  # how far weights may be from those of a fit
STRAYED = 5e-7  # how far rounding may carry a run that is trusted
LARGEST = 8.0  # weights beyond it are rounded too coarsely for EQUAL
ROOM = 256 * 2**20  # bytes of weights that one program may keep
KEPT = 4  # programs that are kept for the next batch

_PROGRAMS: dict[str, Any] = {}
_CANNOT: set[str] = set()


def batches(experiments: Sequence[Experiment | Descent]) -> list[tuple[int, ...]]:
    """Indices of experiments that may be trained as one program, at most 32 each; all others alone.

    It depends on the experiments and their order only. TensorFlow is not needed.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, experiment in enumerate(experiments):
        own = f"descent {index}" if isinstance(experiment, Descent) else eligibility.sketch(experiment)
        groups[own].append(index)
    found: list[tuple[int, ...]] = []
    for group in groups.values():
        if len(group) < LEAST:
            found += [(index,) for index in group]
            continue
        parts = np.array_split(np.array(group), -(-len(group) // MOST))
        found += [tuple(int(index) for index in part) for part in parts]
    return sorted(found)


def keys(experiments: Sequence[Experiment]) -> list[str]:
    """What decides each recording of a batch: the whole batch does, for it is trained as one program."""
    own = [experiment.key() for experiment in experiments]
    return own if len(own) < LEAST else [cache.digest("together 1", key, *own) for key in own]


def train(experiments: Sequence[Experiment], notes: Sequence[dict[str, Any]], paths: Sequence[Path],
          progress: Progress) -> list[str]:  # fmt: skip
    """Train `experiments`, one of `batches`, and write the recording of each to its path.

    Gives "together" or "fit" for each: how it was trained, which stands in its recording too. A batch is
    always given whole: what is trained together decides the last bits. An experiment that raises does not
    stop the others: the first exception is raised when all others are written.
    """
    from animator.training.keras_startup import start

    start(sparing=True)
    from animator.sweeps.training import compiled_loop
    from animator.sweeps.training.prepared import Ready, ready

    cells: dict[int, Ready] = {}
    ways, raised = [""] * len(experiments), []
    for index, experiment in enumerate(experiments):
        try:
            cells[index] = ready(experiment)
        except Exception as error:
            raised.append(error)

    def fit(index: int) -> bool:
        try:
            compiled_loop.record(cells[index], paths[index], notes[index], progress)
        except Exception as error:
            raised.append(error)
            return False
        ways[index] = "fit"
        progress("training together", sum(map(bool, ways)), len(ways))
        return True

    for chunk in _chunks(cells) if len(cells) >= LEAST else ():
        try:
            program, trained = _trained([cells[index] for index in chunk])
        except Exception:  # what a layer cannot do in one program, it can do in a fit
            _CANNOT.add(str(cells[chunk[0]].key))
            continue
        trusted = _trusted(trained)
        if not trusted:
            continue
        worst = max(trusted, key=lambda k: float(trained.strayed[k]))
        if not fit(chunk[worst]) or not _is_equal(paths[chunk[worst]], trained.weights[:, worst]):
            continue
        for k in (k for k in trusted if k != worst):
            index = chunk[k]
            _write(paths[index], cells[index], notes[index], program, trained, k)
            ways[index] = "together"
    for index in cells:
        if not ways[index]:
            fit(index)
    if raised:
        raise raised[0]
    return ways


def _chunks(ready: "Mapping[int, Ready]") -> Iterator[list[int]]:
    """Indices of those that one program trains, in pieces that fit into memory; the others are left out."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, one in ready.items():
        if one.key is not None and one.key not in _CANNOT:
            groups[one.key].append(index)
    for group in groups.values():
        first = ready[group[0]]
        steps = first.experiment.epochs * -(-first.parts["data"].count // first.experiment.batch_size)
        most = ROOM // (4 * (steps + 1) * first.start.size)
        pieces = -(-len(group) // max(1, most))
        for piece in np.array_split(np.array(group), pieces):
            if len(piece) >= LEAST:
                yield [int(index) for index in piece]


def _trained(cells: "Sequence[Ready]") -> "tuple[Program, Trained]":
    """All `cells` trained by one program, from the last few batches where it is there."""
    from animator.sweeps.training.vectorized import Program, numbers_of

    first = cells[0]
    x, y = (np.asarray(part)[:1] for part in first.arrays())
    assert first.key is not None, "chosen in _chunks"
    if first.key not in _PROGRAMS:
        while len(_PROGRAMS) >= KEPT:
            _PROGRAMS.pop(next(iter(_PROGRAMS)))
        _PROGRAMS[first.key] = Program(first.model, x, y)
    program = _PROGRAMS[first.key]
    data: dict[str, tuple[int, Any]] = {}
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


def _write(path: Path, cell: "Ready", notes: dict[str, Any], program: "Program", trained: "Trained",
           k: int) -> None:  # fmt: skip
    from animator.sweeps.training.finished_run import Run, batch_sizes, write

    experiment = cell.experiment
    weights, losses, metrics = trained.weights[:, k], trained.batch_loss[:, k], trained.metrics[:, k]
    sizes = batch_sizes(len(cell.order), experiment.batch_size, experiment.epochs).reshape(-1)
    rate = float(cell.model.optimizer.learning_rate)
    state = np.zeros((len(weights), 0), np.float32)
    run = Run(weights, state, losses * sizes, metrics, program.metrics, rate, experiment.batch_size,
              experiment.epochs)  # fmt: skip
    about = {"seed": experiment.seed, "notes": notes, "way": "together"}
    write(path, run, cell.model, cell.said, about, cell.parts)
