"""What a Recorder says: warnings with the line of whoever called it."""

import warnings
from collections.abc import Collection, Iterable
from pathlib import Path

from animator.core.errors import AnimatorError


def warn(sentence: str, kind: type[Warning] = UserWarning) -> None:
    """Warn of `sentence`."""
    warnings.warn(sentence, kind, stacklevel=4)


def say_kept(kept: Iterable[tuple[Path, Path]]) -> None:
    """What was at the place of a recording is kept elsewhere: (place, where) of each."""
    for place, where in kept:
        warn(
            f"'{place}' was there already: it is kept as '{where.name}'. Remove it when you do not need it; "
            "Recorder(..., overwrite=True) replaces it."
        )


def say_left_out(path: Path, names: Collection[str]) -> None:
    """What the training step reports under `names` cannot be recorded."""
    if names:
        warn(
            f"'{path}' is recorded without {', '.join(map(repr, names))}: the training step reports them, "
            "but not as numbers (64 at most in one). All else is recorded."
        )


def say_no_step(path: Path, began: bool) -> None:
    """No step was seen: an error where none was made, a warning where one was made past the Recorder."""
    if not began:
        raise AnimatorError(
            f"Recorder('{path}') saw no step of training, so there is no path to record. Fit with "
            "epochs=1 or more, on data."
        )
    warnings.warn(
        f"Recorder('{path}') saw no step of training, so nothing is recorded: it sees those of "
        "model.fit and model.train_on_batch; of a loop that computes gradients itself it must be told, with "
        f"Recorder('{path}', model=model) as recorder: ... recorder.step(loss).",
        stacklevel=4,
    )
