"""Training: an Experiment becomes a Recording, once; the next time it comes from the cache."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from animator.core import cache, strays
from animator.core.errors import AnimatorError
from animator.core.progress import Progress, quiet
from animator.design.descent import Descent
from animator.design.experiment import Experiment
from animator.functions.descent import Step
from animator.recordings.reader import Recording, load, part_of
from animator.training import descents
from animator.training.keras_startup import start
from animator.training.keras_types import KerasModel

if TYPE_CHECKING:
    from animator.training.loss.model_reuse import ModelReuse

Pair = tuple[object, object]  # inputs and targets, as `fit` takes them


def record(
    experiment: Experiment | Descent,
    path: Path,
    notes: Mapping[str, object],
    progress: Progress,
    reuse: "ModelReuse | None" = None,
) -> None:
    """Train `experiment` from its seed, or follow a Descent, and write its recording to `path`.

    The same experiment, seed and versions give the same recording, byte for byte. reuse: where compiled steps
    are kept, by default with the process.
    """
    if isinstance(experiment, Descent):
        descents.record(experiment, path, notes, progress).close()
        return
    start(progress, sparing=True)
    from animator.training.loss.model_reuse import shared
    from animator.training.record.recorder import Recorder

    model, (x, y), test = built(experiment)
    model, losses = (reuse or shared()).alike(model)
    recorder = Recorder(
        path,
        data=(x, y),
        test=test,
        seed=experiment.seed,
        notes=notes,
        overwrite=True,
        progress=progress,
        losses=losses,
    )
    if experiment.train is not None:
        x, y = experiment.train()
    model.fit(
        x,
        y,
        epochs=experiment.epochs,
        batch_size=experiment.batch_size,
        shuffle=experiment.shuffle,
        verbose=0,
        callbacks=[recorder],
    )


def built(experiment: Experiment) -> tuple[KerasModel, Pair, Pair | None]:
    """(model, data, test data) of `experiment`, and Keras' random state as it is when `fit` begins."""
    import keras

    keras.utils.clear_session(free_memory=False)  # layers are numbered anew: the same names each time
    keras.utils.set_random_seed(experiment.seed)
    x, y = experiment.data()
    test = experiment.test() if experiment.test is not None else None
    keras.utils.set_random_seed(experiment.seed)
    return experiment.model(), (x, y), test


def remade(experiment: Experiment, run: Recording) -> KerasModel:
    """The model of `experiment`, made anew by its own function, with what `run` holds beside the path.

    For models that cannot be rebuilt from their description: those with code of their own in them.
    """
    import keras

    from animator.training.loss.rebuild import settle

    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(experiment.seed)
    model: KerasModel = experiment.model()
    settle(model, run)
    return model


def notes_of(experiment: Experiment | Descent, about: Mapping[str, object]) -> dict[str, object]:
    """What a recording says about itself, so that it can be drawn without its scene file."""
    if isinstance(experiment, Descent):
        return {**about, **experiment.said(experiment.resolved())}
    return {
        **about,
        **experiment.notes,
        "labels": list(experiment.labels),
        "target": list(experiment.target) if experiment.target else None,
        "axes": list(experiment.axes),
        **({} if experiment.shuffle or experiment.train is not None else {"in_order": experiment.batch_size}),
    }


def key_of(experiment: Experiment | Descent, notes: Mapping[str, object]) -> str:
    """Digest of all that decides the recording of `experiment`, notes included."""
    return cache.digest(experiment.key(), json.dumps(dict(notes), sort_keys=True))


def all_recorded(
    runs: Sequence[Experiment | Descent],
    about: Mapping[str, object],
    use_cache: bool,
    progress: Progress = quiet,
) -> list[tuple[Recording, bool]]:
    """The recordings of `runs`, and whether each came from the cache; descents of one kind go together."""
    new = {
        i: run
        for i, run in enumerate(runs)
        if isinstance(run, Descent) and not (use_cache and place(run, about).exists())
    }
    steps = descents.together(new)
    return [recorded(run, about, use_cache, progress, steps.get(i)) for i, run in enumerate(runs)]


def place(experiment: Experiment | Descent, about: Mapping[str, object]) -> Path:
    """Where the cache has the recording of `experiment`."""
    return cache.place("recordings", key_of(experiment, notes_of(experiment, about)))


def recorded(
    experiment: Experiment | Descent,
    about: Mapping[str, object],
    use_cache: bool,
    progress: Progress = quiet,
    known: Iterable[Step] | None = None,
) -> tuple[Recording, bool]:
    """The recording of `experiment`, and whether it came from the cache; known: the steps of a Descent, where
    they are computed already.
    """
    notes, path = notes_of(experiment, about), place(experiment, about)
    found = _cached(path) if use_cache else None
    if found is not None:
        return found, True
    with cache.alone(path), strays.owned(part_of(path)):
        found = _cached(path) if use_cache else None  # who held the cache may have made it
        if found is not None:
            return found, True
        if isinstance(experiment, Descent):
            return descents.record(experiment, path, notes, progress, known=known), False
        record(experiment, path, notes, progress)
        return load(path), False


def _cached(path: Path) -> Recording | None:
    """The recording at `path` of the cache; a damaged one goes and counts as none."""
    if not path.exists():
        return None
    try:
        return load(path)
    except AnimatorError:
        path.unlink(missing_ok=True)
        return None
