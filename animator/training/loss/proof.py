"""Proof: a model that was rebuilt, made again or given is held against the recording before it is drawn.

An Objective and a Recording go in; nothing comes out where the loss at recorded rows is the recorded loss,
and NoSurfaceError where it is not. A recording without losses proves nothing, and `unproved` says so.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from animator.core.errors import AnimatorError
from animator.core.language import Said
from animator.recordings.samples import Samples
from animator.training.keras_internals import layers_of
from animator.training.keras_own import is_keras
from animator.training.keras_types import KerasModel
from animator.training.loss.no_surface import NoSurfaceError

if TYPE_CHECKING:
    from animator.recordings.reader import Recording
    from animator.training.loss.objective import Objective

ROWS = 5  # recorded rows that are evaluated again: the first, the last, and some between
TOLERANCE = 1e-3  # of the recorded loss: what other hardware may make of it
HALF = 2e-2  # the same where layers compute in 16 bits
ROUNDING = 1e-6  # of the first recorded loss: below that, differences are rounding


def prove(objective: "Objective", run: "Recording", data: Samples | None, given: bool = False) -> None:
    """NoSurfaceError unless `objective` gives the losses that `run` holds.

    data: on what the objective is, where that is not what the recording holds. given: whether the model is
    one that the user gave, for the sentence.
    """
    rows = _rows(run)
    on = _recorded(objective, run, data) if len(rows) else None
    if on is None:
        return
    expected = np.asarray(run.loss, float)[run.weight_steps[rows]]
    try:
        got = on(run.weights[rows], run.state[rows] if run.state_variables else None)
    except AnimatorError:
        raise
    except Exception as error:  # a layer that lacks what it was adapted to raises what it likes
        raise _unproved(objective.model, run, f"it raises {type(error).__name__}", given) from error
    off = np.abs(got - expected)
    share = HALF if _is_half(objective.model) else TOLERANCE
    allowed = share * np.maximum(np.abs(expected), np.abs(got)) + ROUNDING * abs(expected[0])
    bad = np.flatnonzero(~(off <= allowed))
    if len(bad):
        k = bad[0]
        step = int(run.weight_steps[rows[k]])
        why = f"its loss at step {step:,} is {got[k]:.6g} where {expected[k]:.6g} was recorded"
        raise _unproved(objective.model, run, why, given)


def unproved(run: "Recording", data: Samples | None) -> str:
    """Why `prove` can hold no model against `run`, as the end of "the model could not be held against the
    recording, ..."; "" where it can. data: on what the loss is, where that is not what the recording holds.
    """
    if not len(_rows(run)):
        return "which has no losses on its data"
    if data is not None and data.digest() != run.notes.data.digest and "data" not in run:
        return "which does not hold the data that its losses were computed from"
    return ""


def _rows(run: "Recording") -> NDArray[np.int64]:
    """Up to ROWS rows of finite weights whose loss is recorded, the first and the last such among them."""
    known = np.flatnonzero(np.isfinite(np.asarray(run.loss, float)[run.weight_steps]))
    chosen = known[np.unique(np.linspace(0, len(known) - 1, min(ROWS, len(known))).astype(int))]
    finite = [bool(np.isfinite(run.weights[int(row)]).all()) for row in chosen]
    found: NDArray[np.int64] = chosen[np.asarray(finite, bool)]
    return found


def _recorded(objective: "Objective", run: "Recording", data: Samples | None) -> "Objective | None":
    """`objective` on the samples that the recorded losses were computed from; None where they are not had."""
    told = run.notes.data
    if data is not None and data.digest() != told.digest:
        held = run.samples()
        if held is None:
            return None
        objective = objective.on(held)
    count = told.loss_samples or objective.data.count
    return objective if count >= objective.data.count else objective.only(0, count)


def _is_half(model: KerasModel) -> bool:
    """Whether a layer computes in 16 bits."""
    return any(str(layer.compute_dtype) in ("float16", "bfloat16") for layer in layers_of(model))


def suspect(model: KerasModel) -> str:
    """The first layer of `model` that does more than its description and its variables tell, as a clause;
    "" where there is none.
    """
    for layer in layers_of(model, with_itself=False):
        if hasattr(layer, "adapt") and not layer.variables:
            return f"layer {layer.name!r}, which keeps what it was adapted to for itself"
        if not is_keras(layer):
            return f"layer {layer.name!r}, which is no layer of Keras"
        if type(layer).__name__ == "Lambda":
            return f"layer {layer.name!r}, a function of your own"
    return ""


def _unproved(model: KerasModel, run: "Recording", why: str, given: bool) -> NoSurfaceError:
    """The refusal, which names the layer that differs where one can be told."""
    named = suspect(model)
    cause = f"; it may be {named}" if named else ""
    if given:
        return NoSurfaceError(
            f"The model given with model= is not the one of recording '{run.path}': {why}{cause}. Give the "
            "model that was recorded, with the layers and the loss it had then.",
            Said("the model given with model= has another loss than the recorded one"),
        )
    where = f" ({named.partition(',')[0]})" if named else ""
    return NoSurfaceError(
        f"The model rebuilt from recording '{run.path}' is not the one that was recorded: {why}{cause}. Give "
        "the model itself with model=.",
        Said(
            "the rebuilt model has another loss than the recorded one{where}; give it with model=",
            where=where,
        ),
    )
