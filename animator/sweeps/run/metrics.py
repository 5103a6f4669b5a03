"""The numbers of a cell: what its recording says of the training, and its film of the picture's truth.

In: a Recording, a Film. Out: plain numbers by name, None where one is not known or not finite.
"""

import numpy as np
from numpy.typing import NDArray

from animator.core.formatting import finite
from animator.films.film import Film
from animator.recordings.reader import Recording
from animator.sweeps.folder.manifest import Number

SHARES = {"steps_to_half": 0.5, "steps_to_tenth": 0.1, "steps_to_hundredth": 0.01}
NAMES = (
    "steps",
    "initial_loss",
    "final_loss",
    "best_loss",
    "initial_test_loss",
    "final_test_loss",
    *SHARES,
    "not_finite_at",
    "left_window_at",
    "max_abs_error",
    "explained_variance",
)


def of_run(run: Recording) -> dict[str, Number | None]:
    """Losses before and after training, and the first step at which a share of the first one was reached."""
    loss = np.asarray(run.loss, float)
    test = run.test_loss
    told = run.facts.no_batch_loss is None and not np.isnan(run.batch_loss).all()
    bad = np.flatnonzero(~np.isfinite(run.batch_loss)) if told else np.zeros(0, int)
    known = loss[np.isfinite(loss)]
    numbers: dict[str, Number | None] = {
        "steps": run.steps,
        "initial_loss": finite(loss[0]),
        "final_loss": finite(loss[-1]),
        "best_loss": finite(known.min()) if len(known) else None,
        "initial_test_loss": finite(test[0]) if test is not None else None,
        "final_test_loss": finite(test[-1]) if test is not None else None,
        "not_finite_at": int(bad[0]) if len(bad) else _broke(run),
    }
    numbers |= {name: first_at(loss, share) for name, share in SHARES.items()}
    own = {f"final_{name}": value for name, value in _of_model(run).items()}
    return {**own, **numbers}


def _of_model(run: Recording) -> dict[str, Number | None]:
    """The model's own metrics, as Keras reported them last: the running mean over the last epoch."""
    means = {name: values for name, values in run.running_means.items() if name != "loss"}
    return {name: finite(values[-1]) for name, values in means.items() if len(values)}


def _broke(run: Recording) -> int | None:
    """The last step, where only the weights after it are not finite."""
    last = np.asarray(run.weights[len(run.weights) - 1])
    return None if np.isfinite(last).all() else run.steps


def first_at(loss: NDArray[np.float64], share: float) -> int | None:
    """The first step with loss (K+1,) at most `share` of the first one; None when there is none."""
    below = np.flatnonzero(loss <= share * loss[0])
    return int(below[0]) if len(below) else None


def of_film(film: Film, fps: float) -> dict[str, Number | None]:
    """How true the picture of the first run is, and when its dot left the window."""
    view = film.views(fps)[0]
    truth = film.fidelity()
    return {
        "left_window_at": view.window.left_at if view.window else None,
        "max_abs_error": _number(truth["max_abs_error"]),
        "explained_variance": _number(truth["explained_variance"]),
    }


def _number(value: float | str | None) -> float | None:
    """A number that JSON can hold."""
    return None if value is None or isinstance(value, str) else finite(float(value))
