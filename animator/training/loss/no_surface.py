"""Why no surface can be cut of a recording: the error, and its reason in the few words of a caption.

Here without Keras, because a film must know it before anything is imported.
"""

from typing import TYPE_CHECKING

from animator.core.errors import AnimatorError
from animator.core.language import Said

if TYPE_CHECKING:
    from animator.recordings.reader import Recording

CANNOT_REBUILD = Said("the model cannot be rebuilt; give it with model=")


class NoSurfaceError(AnimatorError):
    """No loss of a recording can be evaluated truly. brief: why, and the way out, without a full stop."""

    def __init__(self, message: str, brief: str) -> None:
        super().__init__(message)
        self.brief = brief


def other_backend(backend: str) -> NoSurfaceError:
    """The refusal of a Keras that does not run on TensorFlow."""
    return NoSurfaceError(
        f"Keras runs on {backend} here, and losses are evaluated with TensorFlow only. Set "
        "KERAS_BACKEND=tensorflow in the environment, before Keras is imported.",
        Said("Keras runs on {backend} here; set KERAS_BACKEND=tensorflow", backend=backend),
    )


def no_data(run: "Recording") -> NoSurfaceError:
    """The refusal of a recording that holds no data."""
    why = run.facts.no_data
    reason = f"its data were not recorded ({why})" if why else "no data was given to the Recorder"
    return NoSurfaceError(
        f"No loss of recording '{run.path}' can be computed: {reason}. Give the data with data=(x, y).",
        Said("its data were not recorded ({why}); give them with data=", why=why)
        if why
        else Said("no data was given to the Recorder; give it with data="),
    )


def no_description(run: "Recording") -> NoSurfaceError:
    """The refusal of a recording that does not describe its model."""
    return cannot_rebuild(run, "it holds no description of the model")


def cannot_rebuild(run: "Recording", why: str, layer: str = "") -> NoSurfaceError:
    """The refusal of a model that is not to be had from its recording, which `why` explains; layer: which one
    is at fault, where that is known, as in "layer 'x'".
    """
    at = f" ({layer})" if layer and layer not in why else ""
    return NoSurfaceError(
        f"The model of recording '{run.path}' cannot be rebuilt: {why}{at}. Give the model itself with "
        "model=.",
        CANNOT_REBUILD
        if not layer
        else Said("the model cannot be rebuilt ({layer}); give it with model=", layer=layer),
    )
