"""The Recorder: a Keras callback that keeps every weight and every loss of a `fit`, and changes nothing.

Keras calls `model.train_function` for every step. The Recorder stands in front of that call: it opens the
file at the first, when the model is built and nothing is trained yet, and keeps what each step leaves. The
Tape takes numbers out of the tensors and writes them; Keeping says of which steps. Once a step was made,
nothing that fails here stops the training.
"""

import atexit
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal
from weakref import WeakValueDictionary

import keras
import tensorflow as tf

from animator.core.errors import AnimatorError
from animator.core.progress import Progress, quiet
from animator.recordings.samples import Samples
from animator.recordings.writer import RecordingWriter
from animator.training.loss.objective import Objective, loss_function
from animator.training.model_description import (
    description,
    plain_json,
    variables_of,
)
from animator.training.record import recording_end
from animator.training.record.backend_fit import FIT, BackendFit
from animator.training.record.own_loop import OWN, OwnLoop, begun, check_begin, loop_of
from animator.training.record.recorded_data import RecordedData
from animator.training.record.recorder_buffer import StepMaker, Tape
from animator.training.record.recorder_words import say_kept, say_no_step, warn
from animator.training.record.recording_checks import check_before, check_built, check_given, check_traced
from animator.training.record.recording_policy import keeping
from animator.training.record.recording_size import estimated
from animator.training.record.step_hook import StepHook, hooks, innermost
from animator.training.record.training_step import Left, OuterStep, build, step_of

TOLD_EVERY = 16
_ITERATORS = (tf.data.Iterator, tf.distribute.DistributedIterator)
_RECORDING: "WeakValueDictionary[str, Recorder]" = WeakValueDictionary()  # by the place of the file


@atexit.register
def _let_go() -> None:
    """Write what fits that were interrupted have left, before the process ends."""
    for recorder in list(_RECORDING.values()):
        recorder.abandon()


class Recorder(keras.callbacks.Callback):
    """Record a `fit` to `path`: weights after every update, each batch's true loss, learning rate.

    data, test: (x, y), (x, y, sample_weight), x alone, a tf.data.Dataset or a PyDataset, whose loss in
    evaluation mode is computed when training ends; they are kept in the file while they are under 64 MiB.
    every: keep the weights of every n-th step; steps: of these steps. The first and the last step are
    always kept, and batch losses of all steps. dtype: "float32" or "float16", as the weights are stored.
    loss_rows: at how many of the kept rows the losses on the data are computed, evenly spread, first and
    last included: by default all, or as many as keep rows x samples x parameters under 2e11.
    loss_samples: how many of the data's samples, from the first, they are computed from: by default all.
    seed and notes are written down as they are. losses: makes the Objective of a model on data.
    model: of a loop of one's own: `with Recorder(path, model=model) as recorder: ... recorder.step(loss)`.
    overwrite: what is at `path` already is replaced; without it, it is kept as `<stem>.1.h5`, and a warning
    says so. A recording that is the same to the last byte is not kept twice.
    The file appears at `path` when training ends; until then it is `<stem>.part.h5` beside it. Raises
    AnimatorError, before the first step, for what cannot be recorded truly, and when the disk cannot hold
    it. What is missing from the recording is warned of, and said in its `facts`.
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
        model: Any = None,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        check_given(path, notes)
        self._keeping = keeping(every, steps, dtype, loss_rows, loss_samples)
        self._data = RecordedData(self.path, {"data": data, "test": test}, self._keeping, losses, progress)
        self._seed, self._notes, self._progress = seed, dict(notes or {}), progress
        self._overwrite = overwrite
        self._tape: Tape | None = None
        self._hook: StepHook | None = None
        self._done = False
        self._own_model = model
        self._loop: OwnLoop | None = None
        self._fit: BackendFit | None = None
        self.left: Left | None = None
        self.estimated_bytes: int | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Refuse what is known by now that it cannot be recorded; stand in front of the training step."""
        if self._done or self._hook is not None or self._fit is not None:
            raise AnimatorError(
                f"Recorder('{self.path}') has already recorded a fit, and a second one would replace it. "
                "Make a new Recorder with a path of its own for every fit."
            )
        model = self.model
        self._end_earlier()
        planned = self.params or {}  # a list of callbacks that is called by hand may have none
        self._planned = (planned.get("epochs") or 0) * (planned.get("steps") or 0)
        self._iterator, self._fresh, self._batch_fresh = None, False, False
        self._epoch, self._batch, self._began = 0, 0, False
        self._progress("training", 0, self._planned)
        if keras.backend.backend() != "tensorflow":
            self._fit = BackendFit(model, self._keeping, lambda: self._loop_begun(FIT), self._give_up)
            return
        if model.train_function is None:
            model.make_train_function()  # a loop of train_on_batch
        check_before(model)
        self._hook = StepHook(model, self._around, self)

    def __enter__(self) -> "Recorder":
        """Begin to record a loop of one's own over `model`: call `step` after every update."""
        check_begin(self._own_model, self._done, self.path)
        self.set_model(self._own_model)
        self._loop = self._loop_begun(OWN)
        self._done = True
        return self

    def _loop_begun(self, said: Mapping[str, Any]) -> OwnLoop:
        """A loop over the model, begun with its weights now; said: what its recording says of itself."""
        meta = {**self._meta(), **said}
        return begun(self.model, self.path, self._data, self._keeping.dtype, meta, self._overwrite)

    def step(self, loss: Any, *, learning_rate: float | None = None, **metrics: Any) -> None:
        """An update was made. loss: what it was made from, before it; metrics: further numbers of it."""
        loop = loop_of(self._loop, self.path)
        loop.step(loss, learning_rate, self._keeping.wants(loop.writer.steps + 1), metrics)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        loop_of(self._loop, self.path).end(kind is None)
        self._loop = None

    def _end_earlier(self) -> None:
        """Let go of what a fit of this process, interrupted between two steps, has left: hook and file."""
        for hook in list(hooks(self.model.train_function)):
            if hook.owner.params is not self.params:  # Keras gives all callbacks of a fit the same
                hook.owner.abandon()
        place = str(self.path.absolute())
        earlier = _RECORDING.get(place)
        if earlier is not None and earlier.params is not self.params:
            earlier.abandon()
        _RECORDING[place] = self

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remember the epoch."""
        self._epoch, self._batch, self._fresh = epoch, 0, True

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Know that the next step is one of this fit."""
        self._began = self._batch_fresh = True
        if self._fit is not None:
            self._fit.before()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Keep the step of a fit that is seen from its callbacks alone."""
        if self._fit is not None:
            self._fit.after(logs, self._epoch)

    def _around(self, iterator: Any) -> Any:
        """Keras' training step, kept."""
        hook = self._hook
        if hook is None or not self._belongs(iterator):  # a later fit without this callback
            self.abandon()
            return self.model.train_function(iterator)
        if self._tape is None:
            self._tape = self._opened(hook, iterator)
        tape = self._tape
        try:
            self.left = left = tape.step(iterator)
        except (StopIteration, tf.errors.OutOfRangeError):
            raise
        except BaseException:
            self.abandon()
            raise
        try:
            self._take(tape, left)
        except Exception as error:  # training goes on, whatever it is: a full disk, most likely
            self._give_up(error)
        return left.logs

    def _belongs(self, iterator: Any) -> bool:
        """Whether a step is one of this fit: Keras says so before each epoch, or before each batch."""
        if isinstance(iterator, _ITERATORS):
            known = self._fresh or iterator is self._iterator
            self._iterator, self._fresh = iterator, False
        else:
            known, self._batch_fresh = self._batch_fresh or self._fresh, False
        return known

    def _take(self, tape: Tape, left: Any) -> None:
        tape.take(left, self._epoch, self._batch, self._keeping.wants(tape.steps + 1))
        self._batch += 1
        if tape.steps == 1 and tape.left_out:
            warn(
                f"'{self.path}' is recorded without {', '.join(map(repr, tape.left_out))}: the training step "
                "reports them, but not as numbers (64 at most in one). All else is recorded."
            )
        if self._progress is not quiet and tape.steps % TOLD_EVERY == 0:
            self._progress("training", tape.steps, max(self._planned, tape.steps))

    def _opened(self, hook: StepHook, iterator: Any) -> Tape:
        """The Tape, once the model is built; its first row are the weights that the first batch is trained
        from. AnimatorError for what cannot be recorded: no step is made then.
        """
        try:
            model, plain = self.model, innermost(hook.plain)
            if isinstance(iterator, _ITERATORS):
                build(plain, iterator)
            else:
                check_traced(model)
            check_built(model)
            found = variables_of(model)
            if self._planned:
                self.estimated_bytes = estimated(self.path, self._keeping, found, self._planned)
            self._data.foresee(model)
            step = self._step(hook.plain, in_graph=isinstance(iterator, _ITERATORS))
            tape = Tape(model.optimizer, found, self._keeping.each, step)
            meta, kept, dtype = self._meta(), self._data.kept(found), self._keeping.dtype
            writer = RecordingWriter(self.path, tape.row(), meta, kept, dtype, keeps=not self._overwrite)
            tape.open(writer)
        except BaseException:
            self.abandon()
            raise
        self._found, self._updates = found, recording_end.updates(model.optimizer)
        writer.note(self._data.facts)
        return tape

    def _step(self, plain: Any, in_graph: bool) -> StepMaker:
        """Who makes the training step, once it is known what is to be read around it."""
        if isinstance(plain, StepHook):
            return lambda rate, values: OuterStep(plain, lambda: plain.owner.left, rate, values)
        ends = not (self.params or {}).get("steps")
        return lambda rate, values: step_of(self.model, plain, rate, values, ends=ends, in_graph=in_graph)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Remember the weights now: after the last epoch they are those of the last step."""
        if self._tape is not None:
            self._tape.remember()

    def on_train_end(self, logs: Any = None) -> None:
        """Compute the losses on the data, finish the file, and leave the model as it was."""
        fit, hook, tape = self._fit, self._hook, self._tape
        if fit is not None and fit.steps:
            fit.end()
            self._fit, self._done = None, True
            return
        if hook is None and fit is None:
            return
        if hook is None or tape is None or not tape.steps:
            self.abandon()
            say_no_step(self.path, self._began)
            return
        hook.remove()
        self._progress("training", tape.steps, tape.steps)
        try:
            self._finish(tape)
        except Exception as error:  # the training is done: nothing here may take its history away
            self._give_up(error)
        except BaseException:
            self.abandon()
            raise
        self._hook = self._tape = None
        self._done = True

    def _finish(self, tape: Tape) -> None:
        writer = tape.close()
        data = self._data
        data.facts = recording_end.learnt(data.facts, tape, writer, self.model, self._found, self._updates)
        losses = data.losses(self.model, writer)
        writer.note(data.facts)
        writer.finish(losses)
        say_kept(writer.kept)

    def abandon(self) -> None:
        """Let go of the model and of the file: the recording ends here, cut short as `<stem>.part.h5`."""
        hook, tape = self._hook, self._tape
        self._hook = self._tape = self._iterator = None
        fit, self._fit = self._fit, None
        if fit is not None:
            fit.abandon()
            self._done = True
        if hook is not None:
            hook.remove()
            self._done = True
        if tape is not None:
            tape.abandon()

    def _give_up(self, error: Exception) -> None:
        """Writing failed (a full disk, say): training goes on, the recording does not."""
        self.abandon()
        warn(recording_end.stopped(self.path, error), RuntimeWarning)

    def _meta(self) -> dict[str, Any]:
        meta = {**description(self.model), "seed": self._seed, "notes": self._notes, **self._data.said()}
        plain: dict[str, Any] = plain_json(meta)
        return plain
