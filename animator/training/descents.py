"""Descents become recordings: the built-in optimizers in NumPy, those of Keras by Keras.

A Descent goes in, a Recording comes out. Weights are computed in float64 and stored as float32; losses are
the function's values, `loss` at the stored weights and `batch_loss` at those that an update was made from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from animator import __version__
from animator.core import cache
from animator.core.arrays import Floats
from animator.core.progress import Progress, quiet
from animator.design.descent import Descent
from animator.functions import descent as numpy_descent
from animator.functions.descent import Step, Steps
from animator.functions.function import Function, Given
from animator.functions.schedules import Rate
from animator.recordings.reader import Recording
from animator.recordings.step_writer import StepWriter
from animator.training.keras_startup import start as start_keras

TOLD_EVERY = 64  # steps
MOST_BYTES = 256 * 2**20  # of the steps of descents that are followed together


def descend(
    f: Given,
    *,
    start: ArrayLike | None = None,
    optimizer: object = "adam",
    learning_rate: Rate | None = None,
    steps: int = 300,
    noise: float = 0.0,
    seed: int = 0,
    path: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress = quiet,
) -> Recording:
    """The recording of an optimizer's way down the function `f`, ready for `animator.film`.

    No Keras is loaded, unless `optimizer` is one of its own.

    Parameters
    ----------
    f
        A name ("rosenbrock"), an expression ("x**2-y**2"), or a Python function of numbers that uses NumPy.
    start
        Where the path begins, (P,); by default where the function has a start of its own.
    optimizer
        A name ("adam"), or an optimizer of Keras.
    learning_rate
        A number, a schedule's name, or a function from the number of updates to a rate; by default the
        optimizer's own.
    steps
        How many updates are made.
    noise
        The standard deviation of what is added to every component of the gradient.
    seed
        Of the noise.
    path
        Where to write it, an .h5 file; by default into the cache, under a name that says what decides it.
    overwrite
        Whether what is at `path` is replaced, or kept beside it under a name with a number.
    progress
        Hears ("descending", steps done, of `steps`).

    Returns
    -------
    Recording
        Of steps + 1 rows.

    Raises
    ------
    AnimatorError
        For a function, a start or an optimizer that means nothing.

    Examples
    --------
    >>> run = animator.descend("rosenbrock", start=(-1.5, 2), learning_rate=0.02, steps=200)
    >>> run.weights.shape
    (201, 2)
    """
    given = None if start is None else tuple(np.atleast_1d(np.asarray(start)).tolist())
    asked = Descent(
        f,
        start=given,
        optimizer=optimizer,
        learning_rate=learning_rate,
        steps=steps,
        noise=noise,
        seed=seed,
    )
    place = Path(path) if path is not None else cache.place("descents", asked.key())
    return record(asked, place, {"title": asked.resolved().title}, progress, overwrite or path is None)


def record(
    asked: Descent,
    path: Path,
    about: Mapping[str, object],
    progress: Progress = quiet,
    overwrite: bool = True,
    known: Iterable[Step] | None = None,
) -> Recording:
    """Follow `asked` from its start, and write its recording to `path`; about: what else it says for films;
    known: its steps, where they are computed already.

    The same descent and versions give the same recording, byte for byte.
    """
    on = asked.resolved()
    start = np.array(asked.begin(on), np.float64)
    meta = {
        "way": "descent",
        "loss": on.said(),
        "optimizer": asked.optimizer_said(),
        "seed": asked.seed,
        "notes": {**about, **asked.said(on)},
        "versions": {"animator": __version__, "numpy": np.__version__},
    }
    writer = StepWriter(path, start, names=on.variables, loss=on, meta=meta, overwrite=overwrite)
    with writer:
        for step in _steps(asked, on, start, progress) if known is None else known:
            writer.step(step.weights, step.value, learning_rate=step.rate)
            if writer.steps % TOLD_EVERY == 0:
                progress("descending", writer.steps, asked.steps)
        progress("descending", asked.steps, asked.steps)
        found = writer.finish()
    found.given_loss = None  # the file tells it
    return found


def together(asked: Mapping[int, Descent]) -> dict[int, Iterator[Step]]:
    """The steps of those of the descents `asked` that differ by start and seed alone, computed at once: a
    swarm takes the time of a few. By number, like `asked`; the others are left away.
    """
    groups: list[list[int]] = []
    for index, one in asked.items():
        alike = (group for group in groups if _kind(asked[group[0]]) == _kind(one))
        found = next(alike, None)
        if found is None:
            groups.append([index])
        else:
            found.append(index)
    steps: dict[int, Iterator[Step]] = {}
    for group in groups:
        first = asked[group[0]]
        on = first.resolved()
        size = 8 * first.steps * len(group) * (len(on.variables) + 1)
        if len(group) > 1 and not first.with_keras and size <= MOST_BYTES:
            steps |= _at_once([asked[index] for index in group], group, on)
    return steps


def _kind(asked: Descent) -> tuple[object, ...]:
    """What descents that are followed together have in common."""
    return asked.function, asked.optimizer, asked.learning_rate, asked.steps, asked.noise


def _at_once(asked: Sequence[Descent], numbers: Sequence[int], on: Function) -> dict[int, Iterator[Step]]:
    """The steps of descents of one kind, by their `numbers`."""
    first, starts = asked[0], np.array([one.begin(on) for one in asked], np.float64)
    seeds = [one.seed for one in asked]
    found = list(
        numpy_descent.descend_together(
            on, starts, first.built_in(), first.schedule(), first.steps, first.noise, seeds
        )
    )
    return {number: _of(found, i) for i, number in enumerate(numbers)}


def _of(found: Sequence[Steps], index: int) -> Iterator[Step]:
    """The steps of one of the descents that were followed together."""
    return (steps.of(index) for steps in found)


def _steps(asked: Descent, on: Function, start: Floats, progress: Progress) -> Iterator[Step]:
    if asked.with_keras:
        start_keras(progress)
        from animator.training.keras_descent import descend

        return descend(on, start, asked.optimizer, steps=asked.steps, noise=asked.noise, seed=asked.seed)
    return numpy_descent.descend(
        on,
        start,
        asked.built_in(),
        asked.schedule(),
        steps=asked.steps,
        noise=asked.noise,
        seed=asked.seed,
    )
