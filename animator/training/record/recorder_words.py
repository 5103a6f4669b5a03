"""What a Recorder says: warnings with the line of whoever called it."""

import warnings
from pathlib import Path

from animator.core.errors import AnimatorError


def warn(sentence: str, kind: type[Warning] = UserWarning) -> None:
    """Warn of `sentence`."""
    warnings.warn(sentence, kind, stacklevel=4)


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
