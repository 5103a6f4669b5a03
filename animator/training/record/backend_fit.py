"""A fit of Keras on another backend than TensorFlow, seen from its callbacks: before a batch, and after it.

A model goes in; steps go to a loop of one's own. There is no graph to read a step in: a batch's loss is what
it added to Keras' running sum, in float64, over its samples, and the recording's facts say so.
"""

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import keras
import numpy as np

from animator.core.json_types import JSON
from animator.recordings.facts import Facts
from animator.training.keras_internals import loss_tracker
from animator.training.keras_types import KerasModel, Logs
from animator.training.record.log_columns import LogColumns
from animator.training.record.own_loop import OwnLoop
from animator.training.record.recorder_buffer import NO_TRACKER
from animator.training.record.recorder_words import warn
from animator.training.record.recording_checks import check_executions
from animator.training.record.recording_end import say_unread
from animator.training.record.recording_policy import Keeping
from animator.training.record.training_step import ENOUGH, ROUNDING

FIT: Mapping[str, JSON] = {"way": "fit", "loss": None}  # what its recording says of itself

_RUNNING: "set[BackendFit]" = set()  # held until they end, so that one that is interrupted is written at exit

Sum = tuple[float, float]  # of the losses of an epoch's samples so far, and how many they are


class BackendFit:
    """A fit of `model`; begin: opens its recording, which is asked for when its first batch comes; give_up:
    takes an error that must not end the training.
    """

    def __init__(
        self,
        model: KerasModel,
        keeping: Keeping,
        begin: Callable[[], OwnLoop],
        give_up: Callable[[Exception], None],
    ) -> None:
        check_executions(model)
        self._model, self._keeping, self._begin, self._give_up = model, keeping, begin, give_up
        self._loop: OwnLoop | None = None
        self._columns = LogColumns({})
        self._unread = 0
        self._sum: Sum | None = None
        self._rate = math.nan

    @property
    def steps(self) -> int:
        """How many updates were kept."""
        return 0 if self._loop is None else self._loop.writer.steps

    def before(self) -> None:
        """A batch comes: what the running sum and the learning rate are before it."""
        if self._loop is None:
            self._loop = self._begin()
            _RUNNING.add(self)
        self._sum, self._rate = self._running_sum(), self._learning_rate()

    def after(self, logs: Logs | None, epoch: int) -> None:
        """An update was made. Where Keras holds the weights apart from the model's variables (JAX), they are
        put there.
        """
        try:
            sync = getattr(self._model, "jax_state_sync", None)
            if sync is not None:
                sync()
            self._keep(logs, epoch)
        except Exception as error:  # training goes on, whatever it is: a full disk, most likely
            self._give_up(error)

    def _keep(self, logs: Logs | None, epoch: int) -> None:
        loop = self._loop
        if loop is None:
            return
        if not self.steps:
            self._columns = LogColumns(logs)
        loss = _difference(self._sum, self._running_sum())
        self._unread += math.isnan(loss)
        numbers = {name: float(values[0]) for name, values in self._columns.arrays([logs or {}]).items()}
        loop.step(loss, self._rate, self._keeping.wants(self.steps + 1), numbers, epoch=epoch)

    def end(self) -> None:
        """Finish the recording, which says where its batch losses come from."""
        loop = self._loop
        if loop is None:
            return
        _RUNNING.discard(self)
        loop.writer.facts = self._facts(loop.writer.path)
        try:
            loop.end(whole=True, by_hand=False)
        except Exception as error:  # the training is done: nothing here may take its history away
            self._give_up(error)

    def abandon(self) -> None:
        """The recording ends here, cut short as `<stem>.part.h5`."""
        loop, self._loop = self._loop, None
        _RUNNING.discard(self)
        if loop is not None:
            loop.end(whole=False)

    def _facts(self, path: Path) -> Facts:
        """What the recording at `path` lacks, which is warned of, and how its batch losses were had."""
        left_out = tuple(self._columns.left_out)
        if left_out:
            warn(f"'{path}' is recorded without {', '.join(map(repr, left_out))}: they are no numbers.")
        if self._unread == self.steps:
            return Facts(no_batch_loss=NO_TRACKER, left_out=left_out)
        if self._unread:
            say_unread(path, self._unread, self.steps)
        said = (
            f"differences of Keras' running sum, in float64: Keras on {keras.backend.backend()} gives no more"
        )
        return Facts(unread_losses=self._unread, batch_loss_source=said, left_out=left_out)

    def _running_sum(self) -> Sum | None:
        """The running sum of Keras' loss tracker now; None where the model keeps none."""
        tracker = loss_tracker(self._model)
        if tracker is None:
            return None
        return float(np.asarray(tracker.total)), float(np.asarray(tracker.count))

    def _learning_rate(self) -> float:
        """The learning rate of the next update; NaN where the optimizer has none."""
        rate = getattr(self._model.optimizer, "learning_rate", None)
        return math.nan if rate is None else float(rate)


def _difference(before: Sum | None, after: Sum | None) -> float:
    """The mean loss of the samples between two running sums; NaN where there are none, or where rounding may
    have changed it.
    """
    if before is None or after is None:
        return math.nan
    own, samples = after[0] - before[0], after[1] - before[1]
    rounded = abs(after[0]) * ROUNDING > ENOUGH * abs(own)
    return own / samples if samples > 0 and not rounded else math.nan
