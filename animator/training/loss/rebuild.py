"""Rebuilding the model that a recording was made from, out of its description as data.

A Recording goes in, a compiled Keras model comes out, or its loss as a function of weights, once that is
proved to be the recorded one. Keras' safe mode is on: nothing that a recording holds is run as code, and
nothing global is set.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING

import keras
import numpy as np

from animator.core.errors import AnimatorError
from animator.recordings.identity import ModelIdentity
from animator.recordings.samples import Samples, samples
from animator.training.keras_internals import layers_of
from animator.training.keras_types import Finalized, KerasModel
from animator.training.loss.model_reuse import ModelReuse, shared
from animator.training.loss.no_surface import (
    CANNOT_REBUILD,
    NoSurfaceError,
    cannot_rebuild,
    no_data,
    no_description,
)
from animator.training.loss.objective import loss_function
from animator.training.loss.proof import prove, suspect
from animator.training.loss.vocabularies import lookups
from animator.training.variables import assign, size, variables_of

if TYPE_CHECKING:
    from animator.recordings.reader import Recording
    from animator.training.loss.objective import Objective

Maker = Callable[["Recording"], KerasModel]  # makes the model of a recording, as it was when it was recorded


def rebuild(run: "Recording") -> KerasModel:
    """The Keras model of `run`, compiled with its loss and metrics; its optimizer, which may be of the user's
    own making, has no part in a loss, and is another.

    Its trainable weights are freshly initialized: the recorded ones are rows for an Objective. Frozen
    variables have their recorded values, statistics those of the last row. Raises
    AnimatorError when the recording does not describe the model, or its layers are not Keras' own.
    """
    described = _config(run, "model_config")
    compiled = _config(run, "compile_config")
    if not described or not compiled:
        raise no_description(run)
    try:
        told = {**described, "compile_config": None}
        model: KerasModel = keras.saving.deserialize_keras_object(told, safe_mode=True)
        model.compile_from_config({**compiled, "optimizer": "sgd"})
    except Exception as error:  # Keras raises what its layers raise
        raise cannot_rebuild(run, _short(error)) from error
    silent = [layer.name for layer in lookups(model)]
    if silent:
        why = f"layer {silent[0]!r} keeps the vocabulary that it was adapted to for itself"
        raise cannot_rebuild(run, why, f"layer {silent[0]!r}")
    settle(model, run)
    return model


def settle(model: KerasModel, run: "Recording") -> None:
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
    for layer in layers_of(model):
        if isinstance(layer, Finalized) and any(v.dtype != "int32" for v in layer.variables):
            layer.finalize_state()


def objective_of(
    run: "Recording",
    model: KerasModel | None = None,
    data: object = None,
    maker: Maker | None = None,
    reuse: ModelReuse | None = None,
) -> "Objective":
    """The loss as a function of the recorded weights: of `model` (or the recorded one) on `data` (or the
    recorded ones), proved at recorded rows (see `proof`).

    maker: makes the model where it cannot be rebuilt. reuse: where graphs are kept, by default with the
    process. AnimatorError when the recording lacks what is not given, or the model is another.
    """
    given = samples(data) if data is not None else None
    known = given or run.samples()
    if known is None:
        raise no_data(run)
    if model is not None:
        objective = _given(run, model, known)
    else:
        try:
            objective = _described(run, known, reuse or shared())
            prove(objective, run, given)
            return objective
        except NoSurfaceError:
            if maker is None:
                raise
        objective = loss_function(maker(run), known)
    prove(objective, run, given, given=model is not None)
    return objective


def _given(run: "Recording", model: KerasModel, known: Samples) -> "Objective":
    """The loss of a model that the user gives."""
    count = size(tuple(model.trainable_variables))
    if count != len(run.weights[0]):
        raise AnimatorError(
            f"Recording '{run.path}' has {len(run.weights[0]):,} parameters but the model has {count:,}: the "
            "model changed after it was recorded. Build the model it was recorded with, or record again."
        )
    return loss_function(model, known)


def _described(run: "Recording", known: Samples, reuse: ModelReuse) -> "Objective":
    """The loss of the model that the recording describes; NoSurfaceError where it has none."""
    held = [part for part in (run.fixed, np.asarray(run.state[-1])) if part.size]
    named = ""

    def made() -> KerasModel:
        nonlocal named
        model = rebuild(run)
        named = suspect(model).partition(",")[0]
        return model

    try:
        return reuse.objective(ModelIdentity.of(run.meta).loss_key(*held), made, known)
    except NoSurfaceError:
        raise
    except AnimatorError as error:
        raise NoSurfaceError(str(error), CANNOT_REBUILD) from error
    except Exception as error:  # a layer that lacks something raises what it likes
        raise cannot_rebuild(run, _short(error), named) from error


def _config(run: "Recording", key: str) -> dict[str, object]:
    """The description under `key` of the recording's meta, as a dict of its own (Keras empties what it is
    handed); empty when there is none.
    """
    found = run.meta.get(key)
    told = json.loads(found) if isinstance(found, str) else deepcopy(found)
    return told if isinstance(told, dict) else {}


def _short(error: Exception) -> str:
    """The first sentence of `error`, without its full stop."""
    first = str(error).strip().split("\n")[0].split(". ")[0]
    return first.rstrip(".") or type(error).__name__
