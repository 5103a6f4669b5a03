"""The Recorder: a Keras callback that keeps every weight and every loss of a `fit`, and changes nothing.

Keras calls `model.train_function` for every step. The Recorder stands in front of that call: it opens the
file at the first, when the model is built and nothing is trained yet, and keeps what each step leaves. The
Tape takes numbers out of the tensors and writes them; Keeping says of which steps. Once a step was made,
nothing that fails here stops the training.
"""

import atexit
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal
from weakref import WeakValueDictionary

import keras
import tensorflow as tf

from animator.core.errors import AnimatorError
from animator.core.json_types import JSON, plain_json
from animator.core.progress import Progress, quiet
from animator.recordings.samples import Samples
from animator.recordings.writer import RecordingWriter
from animator.training.keras_types import Logs, StepFunction
from animator.training.loss.objective import Objective, loss_function
from animator.training.model_description import description
from animator.training.record import recording_end
from animator.training.record.backend_fit import FIT, BackendFit
from animator.training.record.own_loop import OWN, OwnLoop, check_begin, loop_of
from animator.training.record.recorded_data import RecordedData
from animator.training.record.recorder_buffer import StepMaker, Tape
from animator.training.record.recorder_words import say_kept, say_left_out, say_no_step, warn
from animator.training.record.recording_checks import check_before, check_built, check_given, check_traced
from animator.training.record.recording_policy import keeping
from animator.training.record.recording_size import check_room
from animator.training.record.step_hook import StepHook, hooks, innermost
from animator.training.record.training_step import OuterStep, StepResult, build, step_of
from animator.training.variables import variables_of

TOLD_EVERY = 16
_ITERATORS = (tf.data.Iterator, tf.distribute.DistributedIterator)
_RECORDING: "WeakValueDictionary[str, Recorder]" = WeakValueDictionary()  # by the place of the file


@atexit.register
def _let_go() -> None:
    """Write what fits that were interrupted have left, before the process ends."""
    for recorder in list(_RECORDING.values()):
        recorder.abandon()


class Recorder(keras.callbacks.Callback):
    """A Keras callback that records a `fit`: weights after every update, each batch's true loss and rate.

    The file appears at `path` when training ends; until then it is `<stem>.part.h5` beside it. What is
    missing from the recording is warned of, and said in its `facts`.

    Parameters
    ----------
    path
        Where the recording appears, an .h5 file.
    data, test
        (x, y), (x, y, sample_weight), x alone, a tf.data.Dataset or a PyDataset, samples first, whose loss in
        evaluation mode is computed when training ends; they are kept in the file while they are under 64 MiB.
    every
        Keep the weights of every n-th step. The first and the last step are always kept, and batch losses of
        all steps.
    steps
        Keep the weights of these steps, in place of `every`.
    dtype
        "float32" or "float16", as the weights are stored.
    loss_rows
        At how many of the kept rows the losses on the data are computed, evenly spread, first and last
        included; by default all, or as many as keep rows x samples x parameters under 2e11.
    loss_samples
        How many of the data's samples, from the first, they are computed from; by default all.
    seed, notes
        Written down as they are.
    overwrite
        Whether what is at `path` already is replaced. Without it, it is kept as `<stem>.1.h5`, and a warning
        says so; a recording that is the same to the last byte is not kept twice.
    progress
        Hears ("training", steps done, of all) and ("losses on the data", rows done, of all).
    losses
        (model, samples) -> the Objective that computes the losses.
    model
        That of a loop of one's own, which tells of its updates by `step`.

    Raises
    ------
    AnimatorError
        Before the first step, for what cannot be recorded truly, and when the disk cannot hold it.

    Examples
    --------
    >>> recorder = animator.Recorder("mine.h5", data=(x, y))
    >>> history = model.fit(x, y, epochs=5, verbose=0, callbacks=[recorder])

    Where `update` makes an update and gives the loss of its batch:

    >>> with animator.Recorder("loop.h5", data=(x, y), model=model) as recorder:
    ...     for batch in batches:
    ...         recorder.step(update(model, batch))
    """

    def __init__(
        self,
        path: str | Path,
        data: object = None,
        test: object = None,
        *,
        every: int = 1,
        steps: Iterable[int] | None = None,
        dtype: Literal["float32", "float16"] = "float32",
        loss_rows: int | None = None,
        loss_samples: int | None = None,
        seed: int | None = None,
        notes: Mapping[str, object] | None = None,
        overwrite: bool = False,
        progress: Progress = quiet,
        losses: Callable[[keras.Model, Samples], Objective] = loss_function,
        model: keras.Model | None = None,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        check_given(path, notes)
        self._keeping = keeping(
            every=every, steps=steps, dtype=dtype, loss_rows=loss_rows, loss_samples=loss_samples
        )
        self._data = RecordedData(self.path, {"data": data, "test": test}, self._keeping, losses, progress)
        self._seed = seed
        self._notes = dict(notes or {})
        self._progress = progress
        self._overwrite = overwrite
        self._tape: Tape | None = None
        self._hook: StepHook | None = None
        self._done = False
        self._own_model = model
        self._loop: OwnLoop | None = None
        self._fit: BackendFit | None = None
        self.left: StepResult | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
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
        self._iterator: Iterator[object] | None = None
        self._fresh = False
        self._batch_fresh = False
        self._epoch = 0
        self._batch = 0
        self._began = False
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

    def _loop_begun(self, said: Mapping[str, JSON]) -> OwnLoop:
        """A loop over the model, begun with its weights now; said: what its recording says of itself."""
        meta = {**self._meta(), **said}
        dtype = self._keeping.dtype
        return OwnLoop(self.model, self.path, self._data, meta=meta, dtype=dtype, overwrite=self._overwrite)

    def step(self, loss: object, *, learning_rate: float | None = None, **metrics: object) -> None:
        """Tell of an update of a loop of one's own, just after it was made.

        Parameters
        ----------
        loss
            The mean loss of the batch that it was made from, before it: one number, or a tensor of one.
        learning_rate
            Of this update; by default what the model's optimizer says, where it has made it.
        metrics
            Further numbers of this update, the same ones for every step.

        Raises
        ------
        AnimatorError
            Outside of the recorder's context, for what is no single number, and when the model's trainable
            weights are others than at the start.
        """
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

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Remember the epoch."""
        self._epoch = epoch
        self._batch = 0
        self._fresh = True

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Know that the next step is one of this fit."""
        self._began = self._batch_fresh = True
        if self._fit is not None:
            self._fit.before()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Keep the step of a fit that is seen from its callbacks alone."""
        if self._fit is not None:
            self._fit.after(logs, self._epoch)

    def _around(self, iterator: Iterator[object]) -> Logs:
        """Keras' training step, kept."""
        hook = self._hook
        if hook is None or not self._belongs(iterator):  # a later fit without this callback
            self.abandon()
            plain: StepFunction = self.model.train_function
            return plain(iterator)
        if self._tape is None:
            self._tape = self._opened(hook, iterator)
        tape = self._tape
        try:
            self.left = left = tape.step(iterator)
        except (StopIteration, tf.errors.OutOfRangeError):
            raise
        except BaseException:  # an interruption too: nothing of this fit may stay in the model
            self.abandon()
            raise
        try:
            self._take(tape, left)
        except Exception as error:  # training goes on, whatever it is: a full disk, most likely
            self._give_up(error)
        return left.logs

    def _belongs(self, iterator: Iterator[object]) -> bool:
        """Whether a step is one of this fit: Keras says so before each epoch, or before each batch."""
        if isinstance(iterator, _ITERATORS):
            known = self._fresh or iterator is self._iterator
            self._iterator = iterator
            self._fresh = False
        else:
            known = self._batch_fresh or self._fresh
            self._batch_fresh = False
        return known

    def _take(self, tape: Tape, left: StepResult) -> None:
        with_row = self._keeping.wants(tape.steps + 1)
        tape.take(left, epoch=self._epoch, batch=self._batch, with_row=with_row)
        self._batch += 1
        if tape.steps == 1:
            say_left_out(self.path, tape.left_out)
        if self._progress is not quiet and tape.steps % TOLD_EVERY == 0:
            self._progress("training", tape.steps, max(self._planned, tape.steps))

    def _opened(self, hook: StepHook, iterator: Iterator[object]) -> Tape:
        """The Tape, once the model is built; its first row are the weights that the first batch is trained
        from. AnimatorError for what cannot be recorded: no step is made then.
        """
        try:
            model = self.model
            plain = innermost(hook.plain)
            if isinstance(iterator, _ITERATORS):
                build(plain, iterator)
            else:
                check_traced(model)
            check_built(model)
            found = variables_of(model)
            if self._planned:
                check_room(self.path, self._keeping, found, self._planned)
            self._data.foresee(model)
            step = self._step(hook.plain, in_graph=isinstance(iterator, _ITERATORS))
            tape = Tape(model.optimizer, found, self._keeping.each, step)
            writer = RecordingWriter(
                self.path,
                tape.row(),
                self._meta(),
                self._data.kept(found),
                self._keeping.dtype,
                keeps=not self._overwrite,
            )
            tape.open(writer)
        except BaseException:  # an interruption too: nothing of this fit may stay in the model
            self.abandon()
            raise
        self._found = found
        self._updates = recording_end.updates(model.optimizer)
        writer.note(self._data.facts)
        return tape

    def _step(self, plain: StepFunction, in_graph: bool) -> StepMaker:
        """Who makes the training step, once it is known what is to be read around it."""
        if isinstance(plain, StepHook):
            return lambda reads: OuterStep(plain, reads, lambda: plain.owner.left)
        ends = not (self.params or {}).get("steps")
        return lambda reads: step_of(self.model, plain, reads, ends=ends, in_graph=in_graph)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Remember the weights now: after the last epoch they are those of the last step."""
        if self._tape is not None:
            self._tape.remember()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Compute the losses on the data, finish the file, and leave the model as it was."""
        hook = self._hook
        tape = self._tape
        fit = self._fit
        if fit is not None and fit.steps:
            fit.end()
            self._fit = None
            self._done = True
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
        except BaseException:  # an interruption: what was recorded stays, cut short
            self.abandon()
            raise
        self._hook = self._tape = None
        self._done = True

    def _finish(self, tape: Tape) -> None:
        writer = tape.close()
        data = self._data
        data.facts = recording_end.learnt(
            data.facts, tape, writer, model=self.model, recorded=self._found, before=self._updates
        )
        losses = data.losses(self.model, writer)
        writer.note(data.facts)
        writer.finish(losses)
        say_kept(writer.kept)

    def abandon(self) -> None:
        """Let go of the model and of the file: the recording ends here, cut short as `<stem>.part.h5`."""
        hook = self._hook
        tape = self._tape
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

    def _meta(self) -> dict[str, JSON]:
        own = {"seed": plain_json(self._seed), "notes": plain_json(self._notes)}
        return {**description(self.model), **own, **self._data.said()}
