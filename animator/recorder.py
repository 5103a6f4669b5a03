"""The Recorder: a Keras callback that keeps every weight and every loss of a `fit`, and changes nothing.

Keras calls `model.train_function` between `on_train_batch_begin` and `on_train_batch_end`. The Recorder
stands around that call: it empties the loss tracker before it, so that what the tracker holds after it
is the batch's own loss and no running mean, and puts the sum back. The compiled graph stays as it is.
"""

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from animator.errors import AnimatorError
from animator.objective import loss_function
from animator.progress import Progress, quiet
from animator.recording_writer import RecordingWriter

KEEP_BYTES = 64 * 2**20
READ_ROWS = 4096


class Recorder(keras.callbacks.Callback):
    """Record a `fit` to `path`: weights after every update, each batch's true loss, learning rate.

    data, test: (x, y) arrays whose loss in evaluation mode is computed for every row when training ends;
    they are kept in the file while they are under 64 MiB. seed and notes are written down as they are.
    The file appears at `path` when training ends; until then it is `<stem>.part.h5` beside it.
    Raises AnimatorError, before training starts, for what cannot be recorded truly.
    """

    def __init__(
        self,
        path: str | Path,
        data: tuple[Any, Any] | None = None,
        test: tuple[Any, Any] | None = None,
        *,
        seed: int | None = None,
        notes: Mapping[str, Any] | None = None,
        progress: Progress = quiet,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        self._data = {"data": _arrays("data", data), "test": _arrays("test", test)}
        self._seed, self._notes, self._progress = seed, dict(notes or {}), progress
        self._writer: RecordingWriter | None = None
        self._plain: Any = None
        self._done = False

    def on_train_begin(self, logs: Any = None) -> None:
        """Refuse what cannot be recorded; write the weights before training."""
        self._check()
        model = self.model
        self._variables = [variable.value for variable in model.trainable_variables]
        self._tracker = _tracker(model)
        self._rate = _rate(model.optimizer)
        self._epoch = 0
        self._batch_loss = self._rate_now = float("nan")
        first = np.concatenate([np.ravel(v.numpy()) for v in self._variables]).astype(np.float32)
        kept = self._kept()
        self._writer = RecordingWriter(self.path, first, self._meta(), kept)
        self._total = (self.params.get("epochs") or 0) * (self.params.get("steps") or 0)
        self._plain = model.train_function
        model.train_function = self._around
        self._count = 0
        self._progress("training", 0, self._total)

    def _around(self, iterator: Any) -> Any:
        """Keras' training step, with the batch's own loss read from an emptied tracker."""
        if self._writer is None:
            return self._plain(iterator)
        self._rate_now = self._rate()
        if self._tracker is None:
            return self._plain(iterator)
        total, count = self._tracker
        before, samples = _read(total), _read(count)
        _assign(total, _zero(total))
        _assign(count, _zero(count))
        logs = self._plain(iterator)
        own, of = _read(total), _read(count)
        self._batch_loss = float(own.numpy()) / max(float(of.numpy()), 1e-300)
        all_loss, all_samples = _ADD(x=before, y=own), _ADD(x=samples, y=of)
        _assign(total, all_loss)
        _assign(count, all_samples)
        if isinstance(logs, dict) and "loss" in logs:
            logs["loss"] = tf.raw_ops.DivNoNan(x=all_loss, y=all_samples)
        return logs

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remember the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Keep the weights after this update, and what it was made from."""
        writer = self._writer
        if writer is None:
            return
        row, at = writer.slot(), 0
        for variable in self._variables:
            values = _read(variable).numpy()
            row[at : at + values.size] = values.reshape(-1)
            at += values.size
        columns = {
            "batch_loss": self._batch_loss,
            "learning_rate": self._rate_now,
            "epoch": self._epoch,
            "batch": batch,
        }
        for name, value in (logs or {}).items():
            columns[f"running_means/{name}"] = float(value)
        writer.add(columns)
        self._count += 1
        self._progress("training", self._count, max(self._total, self._count))

    def on_train_end(self, logs: Any = None) -> None:
        """Compute the losses on the data, finish the file, and leave the model as it was."""
        writer = self._writer
        if writer is None:
            return
        self._writer = None
        self.model.train_function = self._plain
        writer.flush()
        losses = {
            name: self._losses(writer, pair)
            for name, pair in (("loss", self._data["data"]), ("test_loss", self._data["test"]))
            if pair is not None
        }
        writer.finish(losses)
        self._done = True

    def _losses(self, writer: RecordingWriter, pair: tuple[Any, Any]) -> NDArray[np.float64]:
        """Loss in evaluation mode at every row (K+1,); NaN or inf where the weights are not finite."""
        objective = loss_function(self.model, pair)
        per_read = max(1, min(READ_ROWS, KEEP_BYTES // (4 * writer.size)))
        starts = range(0, writer.steps + 1, per_read)
        return np.concatenate([objective(writer.read(i, i + per_read)) for i in starts])

    def _check(self) -> None:
        model = self.model
        if self._done or self._writer is not None:
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

    def _kept(self) -> dict[str, NDArray[Any]]:
        """The arrays to keep in the file: all of them, or none when they are 64 MiB or more."""
        found = {
            f"{name}/{part}": values
            for name, pair in self._data.items()
            if pair is not None
            for part, values in zip("xy", pair, strict=True)
        }
        return found if sum(values.nbytes for values in found.values()) < KEEP_BYTES else {}

    def _meta(self) -> dict[str, Any]:
        model = self.model
        meta: dict[str, Any] = {
            "variables": _variables(model),
            "optimizer": {
                "class_name": type(model.optimizer).__name__,
                "config": _plain_json(model.optimizer.get_config()),
            },
            "model_config": _try(lambda: keras.saving.serialize_keras_object(model)),
            "compile_config": _try(model.get_compile_config),
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in ("animator", "keras", "tensorflow", "numpy")},
            },
            "seed": self._seed,
            "notes": self._notes,
        }
        for name, pair in self._data.items():
            if pair is not None:
                meta[name] = {"samples": len(pair[0]), "digest": _digest(*pair)}
        plain: dict[str, Any] = _plain_json(meta)
        return plain


def _arrays(name: str, pair: Any) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """(x, y) as arrays; AnimatorError when they are not two arrays of equally many finite samples."""
    if pair is None:
        return None
    if not isinstance(pair, tuple | list) or len(pair) != 2 or any(isinstance(v, dict) for v in pair):
        raise AnimatorError(
            f"Recorder's {name} must be a pair of arrays (x, y), not {type(pair).__name__}. "
            f"Use Recorder(path, {name}=(x, y))."
        )
    x, y = (np.asarray(values) for values in pair)
    if len(x) != len(y):
        raise AnimatorError(
            f"Recorder's {name} has {len(x):,} samples in x but {len(y):,} in y. Give one y for each x."
        )
    for part, values in (("x", x), ("y", y)):
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            bad = int(np.count_nonzero(~np.isfinite(values)))
            raise AnimatorError(
                f"Recorder's {name} has {bad:,} values in {part} that are NaN or infinite, so no loss can be "
                "computed. Remove or replace them first."
            )
    return x, y


def _tracker(model: Any) -> tuple[Any, Any] | None:
    """The variables (total, count) of the model's loss tracker, or None when it keeps none.

    Without a tracker (a `train_step` of the user's own that has none) batch losses are recorded as NaN.
    """
    tracker = getattr(model, "_loss_tracker", None)
    total, count = getattr(tracker, "total", None), getattr(tracker, "count", None)
    if total is None or count is None:
        return None
    return total.value, count.value


def _rate(optimizer: Any) -> Any:
    """() -> the learning rate that the next update will use."""
    schedule = getattr(optimizer, "_learning_rate", None)
    if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        traced = tf.function(schedule)
        iterations = optimizer.iterations.value
        return lambda: float(traced(iterations.read_value()).numpy())
    variable = getattr(optimizer.learning_rate, "value", None)
    if variable is None:
        return lambda: float(optimizer.learning_rate)
    return lambda: float(_read(variable).numpy())


_ADD = tf.raw_ops.AddV2
_ZEROS: dict[Any, Any] = {}


def _read(variable: Any) -> Any:
    """A variable's value as a tensor; the raw operation, since this runs several times a step."""
    return tf.raw_ops.ReadVariableOp(resource=variable.handle, dtype=variable.dtype)


def _assign(variable: Any, value: Any) -> None:
    tf.raw_ops.AssignVariableOp(resource=variable.handle, value=value)


def _zero(variable: Any) -> Any:
    """A zero of the variable's type, made once."""
    if variable.dtype not in _ZEROS:
        _ZEROS[variable.dtype] = tf.zeros((), variable.dtype)
    return _ZEROS[variable.dtype]


def _variables(model: Any) -> list[dict[str, Any]]:
    """Path, shape and start in a row of each trainable variable; the model's own name is left away."""
    found: list[dict[str, Any]] = []
    start = 0
    prefix = f"{model.name}/"
    for variable in model.trainable_variables:
        path = variable.path.removeprefix(prefix)
        found.append({"path": path, "shape": list(variable.shape), "start": start})
        start += int(np.prod(variable.shape))
    return found


def _digest(*arrays: NDArray[Any]) -> str:
    """SHA-256 over shapes, types and bytes."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.shape}{array.dtype}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


def _try(make: Any) -> Any:
    """What `make` gives as JSON, or None for a model that cannot describe itself (subclassed, say)."""
    try:
        return _plain_json(make())
    except (NotImplementedError, TypeError, ValueError):
        return None


def _plain_json(value: Any) -> Any:
    """`value` with NumPy numbers and tuples as JSON has them."""
    if isinstance(value, dict):
        return {str(key): _plain_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_json(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is no JSON")
