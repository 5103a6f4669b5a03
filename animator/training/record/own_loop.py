"""A loop of one's own over a Keras model: weights, state and rate are read when the loop says that it made a
step.

A model and its data go in; steps are written. Nothing is made up: a rate is told only of
an optimizer that has just stepped, and updates that no step was told of are counted where they can be.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.core.json_types import JSON
from animator.recordings.step_writer import StepWriter
from animator.recordings.writer import RecordingWriter
from animator.training.keras_types import KerasModel, Optimizer
from animator.training.record.recorded_data import RecordedData
from animator.training.record.recorder_words import warn
from animator.training.record.recording_checks import check_built, check_traced
from animator.training.record.recording_end import updates, weights_after
from animator.training.variables import flat, variables_of

OWN: Mapping[str, JSON] = {
    "way": "loop",
    "loss": None,
}  # what its recording says of itself


class OwnLoop:
    """The steps of a loop that trains `model`, recorded to `path` with what was given as `data`.

    meta: what its recording says besides. dtype: of the stored weights. writer: what they go to.
    """

    def __init__(
        self,
        model: KerasModel,
        path: Path,
        data: RecordedData,
        *,
        meta: Mapping[str, object],
        dtype: str,
        overwrite: bool,
    ) -> None:
        self._model = model
        self._data = data
        self._found = variables_of(model)
        self._optimizer: Optimizer | None = getattr(model, "optimizer", None)  # none before the first compile
        self._updates = updates(self._optimizer)
        self._not_finite: int | None = None
        self._skipped: tuple[int, int] | None = None
        check_built(model)
        data.foresee(model)
        self.writer = StepWriter(
            path,
            flat(self._found.trainable),
            state=flat(self._found.state),
            arrays=data.kept(self._found),
            meta=meta,
            dtype=dtype,
            overwrite=overwrite,
            losses=self._losses,
        )

    def _losses(self, writer: RecordingWriter) -> dict[str, Floats]:
        """The losses on the data at the end, and what the recording lacks."""
        losses = self._data.losses(self._model, writer)
        lacking = {name: value for name, value in asdict(self._data.facts).items() if value}
        self.writer.facts = weights_after(
            replace(self.writer.facts, **lacking), self._found, self._model, writer
        )
        return losses

    def step(
        self,
        loss: object,
        learning_rate: float | None,
        keep: bool,
        metrics: Mapping[str, object],
        *,
        epoch: int = 0,
    ) -> None:
        """Keep what the update that was just made has left; loss: what it was made from."""
        number = self.writer.steps + 1
        self._check(number)
        weights = flat(self._found.trainable)
        made = self._made()
        if made is not None and made > 1 and self._skipped is None:
            self._skipped = number, made
        if not np.isfinite(weights).all() and self._not_finite is None:
            self._not_finite = number
        own = math.nan
        if made and self._optimizer is not None:
            own = float(self._optimizer.learning_rate)
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
        before = self._updates
        self._updates = now
        return None if now is None or before is None else now - before


def check_begin(model: KerasModel | None, done: bool, path: Path) -> None:
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


def one_number(name: str, value: object) -> float:
    """`value` as a float; AnimatorError where it is no single number."""
    found = np.asarray(value)
    if found.size != 1:
        raise AnimatorError(
            f"recorder.step was given {name} of shape {found.shape}, and it must be one number. Give the "
            "mean over the batch."
        )
    return float(found.reshape(()))
