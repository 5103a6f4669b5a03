"""The loss of a recording that no Keras model made: a function that it tells of, or one that is given.

A Recording goes in, its loss comes out as a function of rows of weights; None where it is a Keras model's.
"""

from animator.core.language import Said
from animator.functions.function_loss import recorded_loss
from animator.recordings.loss import RowLoss
from animator.recordings.reader import Recording
from animator.training.loss.no_surface import NoSurfaceError


def is_keras(run: Recording) -> bool:
    """Whether the loss of `run` is that of a Keras model on data."""
    return run.given_loss is None and run.notes.loss is None


def lacking(run: Recording) -> NoSurfaceError | None:
    """Why the loss of `run`, which no Keras model made, is not known; None where it is."""
    kind = run.notes.loss_kind
    if run.given_loss is not None or kind == "function":
        return None
    if kind == "callable":
        return NoSurfaceError(
            f"The loss of '{run.path}' was a Python function, and a recording holds none: data is never "
            f"code. Give it again, as in animator.film({run.path.name!r}, loss=f) with f from rows of "
            "weights (N, P) to (N,).",
            Said("its loss was a Python function, which must be given again"),
        )
    return NoSurfaceError(
        f"The recording '{run.path}' was written without a loss, so there is no surface of it. Give one, as "
        f"in animator.film({run.path.name!r}, loss=f) with f from rows of weights (N, P) to (N,).",
        Said("it was recorded without a loss"),
    )


def own_loss(run: Recording) -> RowLoss:
    """The loss of `run`, which no Keras model made; NoSurfaceError where it is not known."""
    missing = lacking(run)
    if missing is not None:
        raise missing
    given = run.given_loss
    if given is not None:
        return RowLoss(given, getattr(given, "hessian_product", None), getattr(given, "has_state", False))
    return recorded_loss(run.notes.loss or {})
