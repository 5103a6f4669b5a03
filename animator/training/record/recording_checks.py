"""What a Recorder refuses before the first step, in one sentence, and what it foresees that will be absent.

A Keras model goes in; AnimatorError comes out, or nothing.
"""

from collections.abc import Mapping
from pathlib import Path

import keras

from animator.core.errors import AnimatorError
from animator.training.keras_internals import compiled_step, has_added_losses, layers_of
from animator.training.keras_own import has_own
from animator.training.keras_types import KerasModel
from animator.training.record.step_hook import innermost


def check_given(path: str | Path, notes: object) -> None:
    """Refuse a path that is none of a recording, and notes without names."""
    if Path(path).suffix != ".h5":
        raise AnimatorError(
            f"Recorder({str(path)!r}) names no recording: its name must end in .h5. "
            f"Use Recorder({Path(path).name + '.h5'!r})."
        )
    if notes is not None and not isinstance(notes, Mapping):
        raise AnimatorError(
            f"Recorder(notes={notes!r}) is no dictionary. Give names and values, such as "
            "notes={'title': 'My run'}."
        )


def check_before(model: KerasModel) -> None:
    """Refuse what is known of `model` before Keras sees a batch."""
    check_executions(model)
    replicas = int(model.distribute_strategy.num_replicas_in_sync)
    if replicas > 1:
        raise AnimatorError(
            f"The model trains on {replicas} devices at once, each with a batch of its own, so no step has "
            "one batch loss to record. Build and fit it without the distribution strategy."
        )
    if _is_built(model):
        check_built(model)
    elif compiled_step(innermost(model.train_function)) is None:
        raise AnimatorError(
            f"Model {model.name!r} runs eagerly and is not built, so the weights that it begins with can't "
            "be seen before its first step. Call it once first: model(x[:1])."
        )


def check_executions(model: KerasModel) -> None:
    """Refuse a model that makes several steps at once."""
    every = max(
        int(getattr(model, "steps_per_execution", 1) or 1),
        int(getattr(model, "unrolled_steps_per_execution", 1) or 1),
    )
    if every > 1:
        raise AnimatorError(
            f"The model runs {every} steps in one execution (steps_per_execution={every}), and Keras "
            "reports only the last of them, so the others cannot be recorded. Compile it with "
            "steps_per_execution=1."
        )


def check_built(model: KerasModel) -> None:
    """Refuse a model that has its weights by now, and none that trains."""
    if not model.trainable_variables:
        raise AnimatorError(
            f"Model {model.name!r} has no trainable weights, so there is no path to record. Add a "
            "layer with weights, or set trainable=True on one, and compile again."
        )


def check_traced(model: KerasModel) -> None:
    """Refuse a model of which a part is built only in its first step."""
    if not _is_built(model):
        missing = next(layer.name for layer in layers_of(model) if not layer.built)
        raise AnimatorError(
            f"Layer {missing!r} of model {model.name!r} is not built yet, so the weights that it begins with "
            "can't be seen before the first step. Call the model once first: model(x[:1])."
        )


def no_loss(model: KerasModel) -> str | None:
    """Why no loss on data can be computed, where that is sure once Keras has traced the step of `model`."""
    if keras.backend.backend() != "tensorflow":
        return f"Keras runs on {keras.backend.backend()} here, and losses are evaluated with TensorFlow only"
    if has_own(model, "compute_loss") or model.loss is not None:
        return None
    if any(variable.regularizer is not None for variable in model.trainable_variables):
        return None
    if any(map(has_added_losses, layers_of(model))):
        return None
    return "the model is compiled without a loss"


def _is_built(model: KerasModel) -> bool:
    return all(layer.built for layer in layers_of(model))
