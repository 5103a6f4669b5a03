"""The loss of a recording as a function of weights, whatever made it: Keras, a function, or plain arrays.

A Recording goes in, a Loss comes out. Keras is imported only for a recording that a Keras model made.
"""

from typing import TYPE_CHECKING, Any

from animator.core.errors import AnimatorError
from animator.core.progress import Progress, quiet
from animator.functions.function_loss import recorded_loss
from animator.recordings.loss import RowLoss
from animator.recordings.reader import Recording

if TYPE_CHECKING:
    from animator.training.objective import Objective


def loss_of(
    run: Recording, model: Any = None, data: Any = None, progress: Progress = quiet
) -> "RowLoss | Objective":
    """The loss as a function of the recorded weights; model and data: in place of those that a Keras
    recording describes and holds.

    Raises AnimatorError when the recording lacks what is not given.
    """
    if run.given_loss is not None:
        return RowLoss(run.given_loss)
    said = run.meta.get("loss") or {}
    if said.get("kind") == "function":
        return recorded_loss(said)
    if said.get("kind") == "callable":
        raise AnimatorError(
            f"The loss of '{run.path}' was a Python function, and a recording holds none: data is never "
            f"code. Give it again, as in animator.film({run.path.name!r}, loss=f) with f from rows of "
            "weights (N, P) to (N,)."
        )
    starting(progress)
    from animator.training.rebuild import objective_of

    return objective_of(run, model, data)


def keras_loss_of(run: Recording, model: Any, data: Any, progress: Progress, what: str) -> "Objective":
    """The same for `what` needs a model and its data; AnimatorError for a recording that has none."""
    if run.given_loss is not None or run.meta.get("loss"):
        raise AnimatorError(
            f"{what} is about a model's data, but '{run.path}' is the path of a function of its weights "
            "alone. Leave that panel away; 'surface', 'weights', 'loss' and 'race' are for any loss."
        )
    starting(progress)
    from animator.training.rebuild import objective_of

    return objective_of(run, model, data)


def starting(progress: Progress) -> None:
    """Start Keras, quietly, and say so."""
    from animator.training.keras_startup import start

    progress("starting TensorFlow", 0, 1)
    start()
    progress("starting TensorFlow", 1, 1)
