"""The Recorder: a Keras callback that keeps every weight and every loss of a `fit`, and changes nothing.

Keras calls `model.train_function` for every step. The Recorder stands around that call: it empties the
loss tracker before, so that what the tracker holds after is the batch's own loss and no running mean, and
reads weights as tensors. The Tape takes numbers out of them and writes them; Keeping says of which steps.
"""

import shutil
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal
from weakref import WeakValueDictionary

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from animator.core.errors import AnimatorError
from animator.core.progress import Progress, quiet
from animator.recordings.samples import Samples, samples
from animator.recordings.writer import RecordingWriter
from animator.training.model_description import (
    Variables,
    data_said,
    description,
    plain_json,
    size,
    variables_of,
)
from animator.training.objective import Objective, loss_function
from animator.training.recorder_buffer import Tape
from animator.training.recording_policy import keeping

KEEP_BYTES = 64 * 2**20
READ_BYTES = 64 * 2**20
LARGE_BYTES = 2**30
TOLD_EVERY = 16
_RECORDING: "WeakValueDictionary[str, Recorder]" = WeakValueDictionary()  # by the place of the file


class Recorder(keras.callbacks.Callback):
    """Record a `fit` to `path`: weights after every update, each batch's true loss, learning rate.

    data, test: (x, y), (x, y, sample_weight) or a tf.data.Dataset whose loss in evaluation mode is
    computed when training ends; they are kept in the file while they are under 64 MiB.
    every: keep the weights of every n-th step; steps: of these steps. The first and the last step are
    always kept, and batch losses of all steps. dtype: "float32" or "float16", as the weights are stored.
    loss_rows: at how many of the kept rows the losses on the data are computed, evenly spread, first and
    last included: by default all, or as many as keep rows x samples x parameters under 2e11.
    loss_samples: how many of the data's samples, from the first, they are computed from: by default all.
    seed and notes are written down as they are. losses: makes the Objective of a model on data.
    overwrite: what is at `path` already is replaced; without it, it is kept as `<stem>.1.h5`, and a warning
    says so. A recording that is the same to the last byte is not kept twice.
    The file appears at `path` when training ends; until then it is `<stem>.part.h5` beside it. Raises
    AnimatorError, before training starts, for what cannot be recorded truly, and when the disk cannot hold
    it.
    """

    def __init__(
        self,
        path: str | Path,
        data: Any = None,
        test: Any = None,
        *,
        every: int = 1,
        steps: Iterable[int] | None = None,
        dtype: Literal["float32", "float16"] = "float32",
        loss_rows: int | None = None,
        loss_samples: int | None = None,
        seed: int | None = None,
        notes: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        progress: Progress = quiet,
        losses: Callable[[Any, Samples], Objective] = loss_function,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        if self.path.suffix != ".h5":
            raise AnimatorError(
                f"Recorder({str(path)!r}) names no recording: its name must end in .h5. "
                f"Use Recorder({self.path.name + '.h5'!r})."
            )
        if notes is not None and not isinstance(notes, Mapping):
            raise AnimatorError(
                f"Recorder(notes={notes!r}) is no dictionary. Give names and values, such as "
                "notes={'title': 'My run'}."
            )
        self._samples = {
            name: samples(pair, f"Recorder's {name}")
            for name, pair in (("data", data), ("test", test))
            if pair is not None
        }
        self._keeping = keeping(every, steps, dtype, loss_rows, loss_samples)
        self._seed, self._notes, self._progress = seed, dict(notes or {}), progress
        self._objective, self._overwrite = losses, overwrite
        self._tape: Tape | None = None
        self._plain: Any = None
        self._done = False
        self.estimated_bytes: int | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Refuse what cannot be recorded; write the weights before training."""
        self._check()
        self._end_earlier()
        model = self.model
        found = variables_of(model)
        planned = (self.params.get("epochs") or 0) * (self.params.get("steps") or 0)
        self._estimate(found, planned)
        tape = Tape(model, found, self._keeping.each, ends=not self.params.get("steps"))
        writer = RecordingWriter(self.path, tape.row(), self._meta(), self._kept(found), self._keeping.dtype,
                                 keeps=not self._overwrite)  # fmt: skip
        tape.open(writer)
        self._tape, self._planned = tape, planned
        self._iterator, self._opened, self._epoch, self._batch = None, False, 0, 0
        self._plain = model.train_function
        if isinstance(getattr(self._plain, "__self__", None), Recorder):  # left by a fit that was interrupted
            self._plain.__self__._stop()
            self._plain = model.train_function
        model.train_function = self._around
        self._progress("training", 0, planned)

    def _end_earlier(self) -> None:
        """Let go of the file that a fit of this process, interrupted between two steps, has left open."""
        place = str(self.path.absolute())
        earlier = _RECORDING.get(place)
        if earlier is not None and earlier._tape is not None:
            beside = earlier.model is self.model and not earlier._tape.steps  # two recorders of one fit
            if not beside:
                earlier._stop()
        _RECORDING[place] = self

    def _around(self, iterator: Any) -> Any:
        """Keras' training step, with the batch's own loss read from an emptied tracker."""
        tape = self._tape
        if tape is None or (iterator is not self._iterator and not self._opened):
            self._stop()  # a later fit without this callback
            return self._plain(iterator)
        self._iterator, self._opened = iterator, False
        try:
            left = tape.step(iterator)
        except (StopIteration, tf.errors.OutOfRangeError):
            raise
        except BaseException:
            self._stop()
            raise
        try:
            tape.take(left, self._epoch, self._batch, self._keeping.wants(tape.steps + 1))
        except OSError as error:
            self._give_up(error)
        self._batch += 1
        if self._progress is not quiet and tape.steps % TOLD_EVERY == 0:
            self._progress("training", tape.steps, max(self._planned, tape.steps))
        return left.logs

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remember the epoch."""
        self._epoch, self._batch, self._opened = epoch, 0, True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Remember the weights now: after the last epoch they are those of the last step."""
        if self._tape is not None:
            self._tape.remember()

    def on_train_end(self, logs: Any = None) -> None:
        """Compute the losses on the data, finish the file, and leave the model as it was."""
        tape = self._tape
        if tape is None:
            return
        self._tape = self._iterator = None
        self.model.train_function = self._plain
        self._progress("training", tape.steps, tape.steps)
        writer = tape.close()
        if not tape.steps:
            writer.discard()
            raise AnimatorError(
                f"Recorder('{self.path}') saw no step of training, so there is no path to record. Fit with "
                "epochs=1 or more, on data."
            )
        losses = {
            {"data": "loss", "test": "test_loss"}[name]: self._losses(writer, found)
            for name, found in self._samples.items()
        }
        writer.finish(losses)
        self._done = True
        for place, kept in writer.kept:
            warnings.warn(
                f"'{place}' was there already: it is kept as '{kept.name}'. Remove it when you do not need "
                "it; Recorder(..., overwrite=True) replaces it.",
                stacklevel=2,
            )

    def _stop(self) -> None:
        """Let go of the model and of the file: the recording ends here, cut short."""
        tape, self._tape, self._iterator = self._tape, None, None
        if self.model.train_function == self._around:
            self.model.train_function = self._plain
        if tape is not None:
            self._done = True
            tape.close().abandon()

    def _give_up(self, error: OSError) -> None:
        """Writing failed (a full disk, say): training goes on, the recording does not."""
        self._tape, self._done = None, True
        self.model.train_function = self._plain
        reason = error.strerror or str(error).splitlines()[0][:120]
        warnings.warn(
            f"Recording to '{self.path}' stopped: it could not be written ({reason}). Training goes on "
            "without it. Make room, or record fewer steps with Recorder(every=10).",
            RuntimeWarning,
            stacklevel=3,
        )

    def _losses(self, writer: RecordingWriter, found: Samples) -> NDArray[np.float64]:
        """Loss in evaluation mode (K+1,): NaN where it was not computed, inf or NaN where it is so."""
        part = found.first(self._keeping.loss_samples or found.count)
        objective = self._objective(self.model, part)
        chosen = self._keeping.loss_at(writer.rows, part.count, writer.size)
        steps = writer.read_steps()
        losses = np.full(writer.steps + 1, np.nan)
        per_read = max(1, READ_BYTES // (4 * (writer.size + writer.states)))
        if len(chosen) == writer.rows:
            blocks = [slice(i, i + per_read) for i in range(0, writer.rows, per_read)]
        else:
            blocks = [slice(int(i), int(i) + 1) for i in chosen]
        for done, block in enumerate(blocks):
            rows, state = writer.read(block), writer.read(block, "state") if writer.states else None
            losses[steps[block]] = objective(rows, state)
            self._progress("losses on the data", done + 1, len(blocks))
        return losses

    def _estimate(self, found: Variables, planned: int) -> None:
        """Refuse a recording that the disk cannot hold; warn of one that is large."""
        if not planned:
            return
        rows = self._keeping.rows(planned)
        each = size(found.trainable) * np.dtype(self._keeping.dtype).itemsize + 4 * size(found.state)
        self.estimated_bytes = rows * each + 48 * planned + 4 * size(found.fixed)
        folder = next(p for p in (self.path.absolute(), *self.path.absolute().parents) if p.is_dir())
        free = shutil.disk_usage(folder).free
        what = f"{rows:,} rows of {size(found.trainable):,} parameters take {_written(self.estimated_bytes)}"
        advice = "Use Recorder(every=10), dtype='float16', or a path on a larger disk."
        if self.estimated_bytes > free:
            raise AnimatorError(
                f"'{self.path}' has no room for the recording: {what}, and {_written(free)} are free. "
                f"{advice}"
            )
        if self.estimated_bytes > LARGE_BYTES:
            warnings.warn(f"The recording '{self.path}' will be large: {what}. {advice}", stacklevel=3)

    def _check(self) -> None:
        model = self.model
        if self._done or self._tape is not None:
            raise AnimatorError(
                f"Recorder('{self.path}') has already recorded a fit, and a second one would replace it. "
                "Make a new Recorder with a path of its own for every fit."
            )
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
        if not model.trainable_variables:
            raise AnimatorError(
                f"Model {model.name!r} has no trainable weights, so there is no path to record. Add a "
                "layer with weights, or set trainable=True on one, and compile again."
            )

    def _kept(self, found: Variables) -> dict[str, NDArray[Any]]:
        """Arrays to keep: fixed variables, and all data, or none of it when it is 64 MiB or more."""
        fixed = [np.ravel(np.asarray(v)).astype(np.float32) for v in found.fixed]
        kept: dict[str, NDArray[Any]] = {"fixed": np.concatenate(fixed)} if fixed else {}
        if sum(part.bytes() for part in self._samples.values()) < KEEP_BYTES:
            for name, part in self._samples.items():
                kept |= {f"{name}/{path}": array for path, array in part.arrays().items()}
        return kept

    def _meta(self) -> dict[str, Any]:
        meta = {**description(self.model), "seed": self._seed, "notes": self._notes}
        for name, part in self._samples.items():
            meta[name] = data_said(part, self._keeping.loss_samples)
        plain: dict[str, Any] = plain_json(meta)
        return plain


def _written(count: int) -> str:
    """Bytes in the unit that reads best."""
    for unit, one in (("GB", 10**9), ("MB", 10**6)):
        if count >= one:
            return f"{count / one:.1f} {unit}"
    return f"{count / 1000:.1f} kB"
