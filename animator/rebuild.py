"""Rebuilding the model that a recording was made from, out of its description as data.

A Recording goes in, a compiled Keras model comes out. Keras' safe mode is on: nothing that a recording
holds is run as code, and nothing global is set.
"""

import json
import math
from typing import TYPE_CHECKING, Any

import keras

from animator.errors import AnimatorError

if TYPE_CHECKING:
    from animator.recording import Recording


def rebuild(run: "Recording") -> Any:
    """The Keras model of `run`, compiled as it was for training.

    Its weights are freshly initialized: the recorded ones are rows for an Objective. Raises
    AnimatorError when the recording does not describe the model, or its layers are not Keras' own.
    """
    described, compiled = _config(run, "model_config"), _config(run, "compile_config")
    if not described or not compiled:
        raise _refusal(run, "it holds no description of the model")
    try:
        model = keras.saving.deserialize_keras_object(described, safe_mode=True)
        model.compile_from_config(compiled)
    except Exception as error:  # Keras raises what its layers raise
        raise _refusal(run, _short(error)) from error
    if sum(math.prod(variable.shape) for variable in model.trainable_variables) != len(run.parameter_names):
        raise _refusal(run, "what it describes has another number of parameters")
    return model


def _config(run: "Recording", key: str) -> Any:
    """The description under `key` of the recording's meta, as a dict; None when there is none."""
    found = run.meta.get(key)
    return json.loads(found) if isinstance(found, str) else found


def _short(error: Exception) -> str:
    """The first sentence of `error`, without its full stop."""
    first = str(error).strip().split("\n")[0].split(". ")[0]
    return first.rstrip(".") or type(error).__name__


def _refusal(run: "Recording", why: str) -> AnimatorError:
    return AnimatorError(
        f"The model of recording '{run.path}' cannot be rebuilt: {why}. Give the model itself with model=."
    )
