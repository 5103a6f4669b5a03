"""Rebuilding the model that a recording was made from, out of its description as data.

A Recording goes in, a compiled Keras model comes out, or its loss as a function of weights, once that is
proved to be the recorded one. Keras' safe mode is on: nothing that a recording holds is run as code, and
nothing global is set.
"""

import json
import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from numpy.typing import NDArray

from animator.core.errors import AnimatorError
from animator.recordings.identity import loss_key
from animator.recordings.samples import Samples, samples
from animator.training.loss.no_surface import (
    CANNOT_REBUILD,
    NoSurfaceError,
    cannot_rebuild,
    no_data,
    no_description,
)
from animator.training.loss.proof import prove, suspect
from animator.training.model_description import variables_of

if TYPE_CHECKING:
    from animator.recordings.reader import Recording
    from animator.training.loss.objective import Objective

KEPT = 8  # models whose compiled graphs are kept
Maker = Callable[["Recording"], Any]  # makes the Keras model of a recording, as it was when it was recorded
_WARM: "dict[str, Objective]" = {}


def rebuild(run: "Recording") -> Any:
    """The Keras model of `run`, compiled with its loss and metrics; its optimizer, which may be of the user's
    own making, has no part in a loss, and is another.

    Its trainable weights are freshly initialized: the recorded ones are rows for an Objective. Frozen
    variables have their recorded values, statistics those of the last row. Raises
    AnimatorError when the recording does not describe the model, or its layers are not Keras' own.
    """
    described, compiled = _config(run, "model_config"), _config(run, "compile_config")
    if not described or not compiled:
        raise no_description(run)
    try:
        model = keras.saving.deserialize_keras_object({**described, "compile_config": None}, safe_mode=True)
        model.compile_from_config({**compiled, "optimizer": "sgd"})
    except Exception as error:  # Keras raises what its layers raise
        raise cannot_rebuild(run, _short(error)) from error
    silent = next((layer.name for layer in model._flatten_layers() if _has_lost_its_words(layer)), None)
    if silent is not None:
        why = f"layer {silent!r} keeps the vocabulary that it was adapted to for itself"
        raise cannot_rebuild(run, why, f"layer {silent!r}")
    settle(model, run)
    return model


def _has_lost_its_words(layer: Any) -> bool:
    """Whether a rebuilt layer looks words or numbers up, in a vocabulary that its configuration lacks."""
    return hasattr(layer, "get_vocabulary") and not layer.get_config().get("vocabulary")


def settle(model: Any, run: "Recording") -> None:
    """Give a freshly made `model` the frozen variables of `run`, and the statistics of its last row.

    AnimatorError when its variables have other shapes. What a layer has derived from such a variable
    (Normalization keeps its mean and variance as tensors beside them) is derived again.
    """
    found = variables_of(model)
    for variables, recorded in zip(
        (found.trainable, found.state, found.fixed),
        (run.variables, run.state_variables, run.fixed_variables),
        strict=True,
    ):
        if [tuple(v.shape) for v in variables] != [v.shape for v in recorded]:
            raise cannot_rebuild(run, "what it describes has other variables")
    assign(found.fixed, run.fixed)
    assign(found.state, run.state[-1])
    for layer in model._flatten_layers():
        if hasattr(layer, "finalize_state") and any(v.dtype != "int32" for v in layer.variables):
            layer.finalize_state()


def objective_of(
    run: "Recording", model: Any = None, data: Any = None, maker: "Maker | None" = None
) -> "Objective":
    """The loss as a function of the recorded weights: of `model` (or the recorded one) on `data` (or the
    recorded ones), proved at recorded rows (see `proof`). maker: makes the model where it cannot be rebuilt.

    AnimatorError when the recording lacks what is not given, or the model is another.
    """
    given = samples(data) if data is not None else None
    known = given or run.samples()
    if known is None:
        raise no_data(run)
    if model is not None:
        objective = _given(run, model, known)
    else:
        try:
            objective = _described(run, known)
            prove(objective, run, given)
            return objective
        except NoSurfaceError:
            if maker is None:
                raise
        objective = _made(run, maker, known)
    prove(objective, run, given, given=model is not None)
    return objective


def _given(run: "Recording", model: Any, known: Samples) -> "Objective":
    """The loss of a model that the user gives."""
    from animator.training.loss.objective import loss_function

    count = sum(math.prod(variable.shape) for variable in model.trainable_variables)
    if count != len(run.weights[0]):
        raise AnimatorError(
            f"Recording '{run.path}' has {len(run.weights[0]):,} parameters but the model has {count:,}: the "
            "model changed after it was recorded. Build the model it was recorded with, or record again."
        )
    return loss_function(model, known)


def _described(run: "Recording", known: Samples) -> "Objective":
    """The loss of the model that the recording describes; NoSurfaceError where it has none."""
    own = key(run.meta, run.fixed, np.asarray(run.state[-1]))
    named = ""

    def made() -> Any:
        nonlocal named
        model = rebuild(run)
        named = suspect(model).partition(",")[0]
        return model

    try:
        return warm(own, made, known)
    except NoSurfaceError:
        raise
    except AnimatorError as error:
        raise NoSurfaceError(str(error), CANNOT_REBUILD) from error
    except Exception as error:  # a layer that lacks something raises what it likes
        raise cannot_rebuild(run, _short(error), named) from error


def _made(run: "Recording", maker: "Maker", known: Samples) -> "Objective":
    """The loss of the model that `maker` makes for the recording."""
    from animator.training.loss.objective import loss_function

    return loss_function(maker(run), known)


def key(said: Mapping[str, Any], *values: NDArray[Any]) -> str:
    """Digest of a model's loss, of its description, and of the variables that are no weights."""
    return loss_key(said, *(part for part in values if part.size))


def warm(key: str, model: Callable[[], Any], data: Samples) -> "Objective":
    """The loss on `data` of a model, with the compiled graphs of an earlier one that had the same `key`, or
    of `model()`. The graphs of the last few are kept; weights and data are arguments to them.
    """
    from animator.training.loss.objective import loss_function

    if key not in _WARM:
        while len(_WARM) >= KEPT:
            _WARM.pop(next(iter(_WARM)))
        _WARM[key] = loss_function(model(), data)
        return _WARM[key]
    _WARM[key] = found = _WARM.pop(key)  # the latest stand last
    return found.on(data)


def assign(variables: tuple[Any, ...], row: NDArray[np.float32]) -> None:
    """Set Keras `variables` to the values of `row`, one after the other."""
    at = 0
    for variable in variables:
        count = math.prod(variable.shape)
        variable.assign(row[at : at + count].reshape(variable.shape))
        at += count


def _config(run: "Recording", key: str) -> Any:
    """The description under `key` of the recording's meta, as a dict of its own (Keras empties what it is
    handed); None when there is none.
    """
    found = run.meta.get(key)
    return json.loads(found) if isinstance(found, str) else deepcopy(found)


def _short(error: Exception) -> str:
    """The first sentence of `error`, without its full stop."""
    first = str(error).strip().split("\n")[0].split(". ")[0]
    return first.rstrip(".") or type(error).__name__
