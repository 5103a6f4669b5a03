"""A loop of one's own over a Keras model: weights, state and rate are read when the loop says that it made a
step.

A model, its variables and a StepWriter go in; steps are written. Nothing is made up: a rate is told only of
an optimizer that has just stepped, and updates that no step was told of are counted where they can be.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from animator.core.errors import AnimatorError
from animator.recordings.step_writer import StepWriter
from animator.recordings.writer import RecordingWriter
from animator.training.model_description import Variables, variables_of
from animator.training.record.recorded_data import RecordedData
from animator.training.record.recorder_words import warn
from animator.training.record.recording_checks import check_built, check_traced
from animator.training.record.recording_end import updates, weights_after

OWN = {"way": "loop", "loss": None}  # what its recording says in place of other sources of steps


class OwnLoop:
    """The steps of a loop that trains `model`; found: its variables as they were at the start."""

    def __init__(self, model: Any, found: Variables, writer: StepWriter) -> None:
        self._model, self._found = model, found
        self.writer = writer
        self._optimizer: Any = getattr(model, "optimizer", None)  # none before the first compile
        self._updates = updates(self._optimizer)
        self._not_finite: int | None = None
        self._skipped: tuple[int, int] | None = None

    def step(
        self,
        loss: Any,
        learning_rate: float | None,
        keep: bool,
        metrics: Mapping[str, Any],
        *,
        epoch: int = 0,
    ) -> None:
        """Keep what the update that was just made has left; loss: what it was made from."""
        number = self.writer.steps + 1
        self._check(number)
        weights, made = flat(self._found.trainable), self._made()
        if made is not None and made > 1 and self._skipped is None:
            self._skipped = number, made
        if not np.isfinite(weights).all() and self._not_finite is None:
            self._not_finite = number
        own = float(self._optimizer.learning_rate) if made and self._optimizer is not None else math.nan
        numbers: dict[str, Any] = {name: one_number(name, value) for name, value in metrics.items()}
        self.writer.step(
            weights,
            one_number("loss", loss),
            learning_rate=own if learning_rate is None else float(learning_rate),
            epoch=epoch,
            state=flat(self._found.state),
            keep=keep,
            **numbers,
        )

    def end(self, whole: bool, by_hand: bool = True) -> None:
        """Finish the recording, or leave it cut short where the loop raised; warn of what it does not
        show. by_hand: whether the loop itself had to tell of every step.
        """
        path = self.writer.path
        if not whole:
            self.writer.abandon()
            return
        self.writer.finish().close()
        if self._skipped is not None:
            step, made = self._skipped
            warn(
                f"Before step {step:,} of '{path}' the optimizer made {made:,} updates, so a step of the "
                "recording holds several. Call recorder.step(loss) after every update."
            )
        if self._not_finite is not None:
            warn(f"The weights in '{path}' are not finite from step {self._not_finite:,} on.")
        if by_hand and self.writer.facts.other_weights is not None:
            warn(
                f"The weights changed after the last step of '{path}', so an update is not in it. Call "
                "recorder.step(loss) after every update, the last one too."
            )

    def _check(self, number: int) -> None:
        """AnimatorError where the model has other trainable variables than at the start."""
        now = [id(variable) for variable in variables_of(self._model).trainable]
        if now != [id(variable) for variable in self._found.trainable]:
            raise AnimatorError(
                f"At step {number:,} the model has other trainable weights than when '{self.writer.path}' "
                "began, so its rows would mean something else. Begin the Recorder when all layers are built "
                "and set to train, and make a new one when that changes."
            )

    def _made(self) -> int | None:
        """How many updates the compiled optimizer made since the step before; None where it does not
        count.
        """
        now = updates(self._optimizer)
        before, self._updates = self._updates, now
        return None if now is None or before is None else now - before


def begun(
    model: Any, path: Path, data: RecordedData, dtype: str, meta: Mapping[str, Any], overwrite: bool
) -> OwnLoop:
    """A loop over `model` that has begun, with its file at `path`; data: what losses are computed on at its
    end.
    """
    check_built(model)
    found = variables_of(model)
    data.foresee(model)

    def losses(file: RecordingWriter) -> dict[str, NDArray[np.float64]]:
        values = data.losses(model, file)
        facts = replace(writer.facts, **{k: v for k, v in asdict(data.facts).items() if v})
        writer.facts = weights_after(facts, found, model, file)
        return values

    writer = StepWriter(
        path,
        flat(found.trainable),
        state=flat(found.state),
        arrays=data.kept(found),
        meta=meta,
        dtype=dtype,
        overwrite=overwrite,
        losses=losses,
    )
    return OwnLoop(model, found, writer)


def check_begin(model: Any, done: bool, path: Path) -> None:
    """AnimatorError where no loop of one's own over `model` can be recorded to `path`."""
    if done:
        raise AnimatorError(
            f"Recorder('{path}') has already recorded a run, and a second one would replace it. Make a new "
            "Recorder with a path of its own for every run."
        )
    if model is None:
        raise AnimatorError(
            f"Recorder('{path}') does not know the model of your loop. Give it, as in animator.Recorder("
            f"'{path}', data=(x, y), model=model)."
        )
    check_traced(model)
    check_built(model)


def loop_of(loop: OwnLoop | None, path: Path) -> OwnLoop:
    """The loop that a step is of; AnimatorError where none has begun."""
    if loop is None:
        raise AnimatorError(
            f"Recorder('{path}').step was called outside of its context, so nothing is recorded. Write: with "
            f"animator.Recorder('{path}', model=model) as recorder: ... recorder.step(loss)."
        )
    return loop


def flat(variables: tuple[Any, ...]) -> NDArray[np.float32]:
    """The values of Keras `variables`, one after the other."""
    parts = [np.ravel(np.asarray(variable)) for variable in variables]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


def one_number(name: str, value: Any) -> float:
    """`value` as a float; AnimatorError where it is no single number."""
    found = np.asarray(value)
    if found.size != 1:
        raise AnimatorError(
            f"recorder.step was given {name} of shape {found.shape}, and it must be one number. Give the "
            "mean over the batch."
        )
    return float(found.reshape(()))
