"""Whatever fails in recording after the first step, the training goes on and its history is returned."""

import re
import subprocess
import sys
import warnings

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import animator
from animator.core.errors import AnimatorError
from animator.recordings.facts import Facts
from animator.recordings.writer import RecordingWriter
from animator.training.record.recorder_buffer import NO_TRACKER
from tests.training.alike import recorded

X = np.random.default_rng(0).random((48, 3), dtype=np.float32)
Y = X.sum(1, keepdims=True)


def model(**options):
    made = keras.Sequential([keras.Input((3,)), layers.Dense(2, "tanh"), layers.Dense(1)])
    made.compile(keras.optimizers.SGD(0.1), "mse", **options)
    return made


def fitted(made, path, callbacks=(), epochs=2, y=Y, **options):
    """(history, what was warned of) of a recorded fit."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        recorder = animator.Recorder(path, **options)
        history = made.fit(X, y, batch_size=8, epochs=epochs, verbose=0, callbacks=[recorder, *callbacks])
    said = [str(one.message) for one in found if str(path) in str(one.message)]
    return history.history, said


class Reports(keras.Model):
    """Keras' step, and whatever else it is told to report."""

    def report(self, more):
        self.more = more
        return self

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return {**super().compute_metrics(x, y, y_pred, sample_weight), **self.more(y_pred)}


def reporting(more):
    inputs = keras.Input((3,))
    made = Reports(inputs, layers.Dense(1)(inputs)).report(more)
    made.compile("sgd", "mse")
    return made


def test_a_metric_of_each_class_is_recorded(tmp_path):
    """F1Score as it is by default, over more than one page of steps; the fit is the bare one."""

    def run(callbacks):
        made = keras.Sequential([keras.Input((3,)), layers.Dense(2, "softmax")])
        made.compile("sgd", "categorical_crossentropy", metrics=[keras.metrics.F1Score()])
        classes = np.eye(2, dtype="float32")[(X[:, 0] > 0.5).astype(int)]
        return made, made.fit(X, classes, epochs=20, batch_size=8, verbose=0, callbacks=callbacks)

    kept, found, said = recorded(run, tmp_path / "a.h5")
    assert found.steps == 120 and said == []
    assert list(found.running_means) == ["f1_score[0]", "f1_score[1]", "loss"]
    last = [found.running_means[f"f1_score[{k}]"][-1] for k in range(2)]
    np.testing.assert_allclose(last, kept.history["f1_score"][-1], rtol=1e-6)


def test_names_with_slashes_and_dots_are_kept(tmp_path):
    odd = {"100%": tf.ones(()), ".": {"x": tf.zeros(())}}
    made = reporting(lambda out: {"val/err": tf.reduce_max(out), **odd})
    history, said = fitted(made, tmp_path / "a.h5")
    with animator.load(tmp_path / "a.h5") as run:
        assert set(run.running_means) == {"loss", "val/err", "100%", "./x"} and said == []
        assert run.running_means["100%"].tolist() == [1.0] * 12
        assert run.running_means["val/err"][-1] == pytest.approx(history["val/err"][-1])


def test_what_is_no_number_is_left_out_with_one_warning(tmp_path):
    """A confusion matrix of ten classes, and text; everything else is there."""
    made = reporting(lambda out: {"confusion": tf.eye(10), "word": tf.constant("a")})
    path = tmp_path / "a.h5"
    history, said = fitted(made, path)
    assert len(history["confusion"]) == 2
    assert said == [
        f"'{path}' is recorded without 'confusion', 'word': the training step reports them, but not as "
        "numbers (64 at most in one). All else is recorded."
    ]
    with animator.load(path) as run:
        assert run.facts == Facts(left_out=("confusion", "word")) and run.steps == 12
        assert np.isfinite(run.batch_loss).all()


def test_a_disk_that_fills_up_costs_the_rest_of_the_recording_only(tmp_path, monkeypatch):
    """The second page can't be written: the fit ends as ever, and the first page opens."""
    write = RecordingWriter.write

    def full(self, *arguments):
        if self.steps:
            raise OSError(28, "No space left on device")
        write(self, *arguments)

    path = tmp_path / "a.h5"
    monkeypatch.setattr(RecordingWriter, "write", full)
    history, said = fitted(model(), path, epochs=40)
    assert len(history["loss"]) == 40 and not path.exists()
    assert said == [
        f"Recording to '{path}' stopped: it could not be written (No space left on device). Training goes on "
        "without it. Make room, or record fewer steps with Recorder(every=10)."
    ]
    with animator.load(tmp_path / "a.part.h5") as run:
        assert run.steps == 64 and not run.finished


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("odd")])
def test_a_file_that_cannot_be_finished_stays_beside(error, tmp_path, monkeypatch):
    def fail(*_):
        raise error

    path = tmp_path / "a.h5"
    monkeypatch.setattr(RecordingWriter, "finish", fail)
    history, said = fitted(model(), path)
    assert len(history["loss"]) == 2 and len(said) == 1
    reason, advice = {
        OSError: (
            "it could not be written (No space left on device)",
            "Make room, or record fewer steps with Recorder(every=10).",
        ),
        ValueError: (
            "ValueError: odd",
            "What was recorded until then lies beside it, as a .part.h5 file.",
        ),
    }[type(error)]
    assert said == [f"Recording to '{path}' stopped: {reason}. Training goes on without it. {advice}"]
    with animator.load(tmp_path / "a.part.h5") as run:
        assert run.steps == 12


class Trainer(keras.Model):
    """A step with a loss of its own; compiled without one."""

    def __init__(self):
        super().__init__()
        self.inner, self.own = layers.Dense(1), keras.losses.MeanSquaredError()

    def call(self, x):
        return self.inner(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.own(y, self(x, training=True))
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights, strict=True))
        return {"loss": loss}


def test_a_model_without_a_loss_is_told_before_the_first_step(tmp_path):
    made, told = Trainer(), []
    made.compile("sgd")

    class First(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            told.append(len(found))

    path = tmp_path / "a.h5"
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        recorder = animator.Recorder(path, data=(X, Y), test=(X, Y))
        made.fit(X, Y, epochs=2, batch_size=8, verbose=0, callbacks=[recorder, First()])
    why = "the model is compiled without a loss"
    assert [str(one.message) for one in found] == [
        f"'{path}' is recorded without the loss on Recorder's {what}: {why}."
        for what in ("data", "test data")
    ]
    assert told[0] == 2
    with animator.load(path) as run:
        assert run.finished and run.steps == 12 and np.isnan(run.loss).all() and run.test_loss is None
        assert run.facts == Facts(no_batch_loss=NO_TRACKER, no_loss=why, no_test_loss=why)
        np.testing.assert_array_equal(run.data()[0], X)


class Fragile(keras.layers.Layer):
    """A layer that trains, and raises when it is asked for anything else."""

    def call(self, x, training=False):
        if not training:
            raise ValueError("Only for training. Never else.")
        return x


class Net(keras.Model):
    """A model with such a layer."""

    def __init__(self):
        super().__init__()
        self.dense, self.fragile = layers.Dense(1), Fragile()

    def call(self, x, training=False):
        return self.fragile(self.dense(x), training=training)


def test_a_loss_that_cannot_be_evaluated_is_absent(tmp_path):
    made = Net()
    made.compile("sgd", "mse")
    path, why = tmp_path / "a.h5", "ValueError: Only for training"
    history, said = fitted(made, path, data=(X, Y))
    assert len(history["loss"]) == 2
    assert said == [f"'{path}' is recorded without the loss on Recorder's data: {why}."]
    with animator.load(path) as run:
        assert run.finished and run.steps == 12 and np.isnan(run.loss).all()
        assert run.facts == Facts(no_loss=why)


class Distiller(keras.Model):
    """compute_loss of its own, without a `training` argument, as the example on distillation has it."""

    def __init__(self):
        super().__init__()
        self.student, self.teacher = layers.Dense(1), layers.Dense(1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, allow_empty=False):
        soft = keras.ops.mean((self.teacher(x, training=False) - y_pred) ** 2)
        return keras.ops.mean((y - y_pred) ** 2) + 0.1 * soft

    def call(self, x):
        return self.student(x)


def test_a_loss_of_ones_own_that_knows_no_training_argument(tmp_path):
    """By NumPy, from the recorded student and the fixed teacher, at every row."""
    made = Distiller()
    made.teacher.trainable = False
    made.compile("adam")
    _, said = fitted(made, tmp_path / "a.h5", data=(X, Y))
    teacher = X @ made.teacher.kernel.numpy()
    with animator.load(tmp_path / "a.h5") as run:
        for row in range(13):
            out = X @ run.weights[row][:3, None] + run.weights[row][3]
            expected = np.mean((Y - out) ** 2) + 0.1 * np.mean((teacher - out) ** 2)
            assert run.loss[row] == pytest.approx(expected, rel=1e-5)
        assert run.facts == Facts() and said == []


class Tested(keras.Model):
    """A test_step of its own: the loss that is compiled, times `factor`."""

    factor = 1.0

    def test_step(self, data):
        x, y = data
        loss = self.compute_loss(x, y, self(x, training=False), training=False)
        return {"loss": self.factor * loss, "more": loss}


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_a_test_step_of_ones_own_is_held_against_the_loss(factor, tmp_path):
    """The same number: recorded. Another one: the loss on the data is not what `evaluate` says, so absent."""
    inputs = keras.Input((3,))
    made = Tested(inputs, layers.Dense(1)(inputs))
    made.factor = factor
    made.compile("sgd", "mse", metrics=["mae"])
    path = tmp_path / "a.h5"
    history, said = fitted(made, path, data=(X, Y))
    assert made.get_metrics_result()["mae"] == history["mae"][-1] and made.test_function is None
    with animator.load(path) as run:
        own = np.mean((X @ run.weights[-1][:3, None] + run.weights[-1][3] - Y) ** 2)
        if factor == 1:
            assert said == [] and run.loss[-1] == pytest.approx(own, rel=1e-5)
        else:
            numbers = [float(n) for n in re.findall(r"[0-9.e-]*[0-9]", run.facts.no_loss)]
            assert run.facts.no_loss.startswith("its test_step reports a loss of ")
            np.testing.assert_allclose(numbers, [2 * own, own], rtol=1e-5)
            assert said == [f"'{path}' is recorded without the loss on Recorder's data: {run.facts.no_loss}."]
            assert np.isnan(run.loss).all()


def test_weights_that_come_later_are_told(tmp_path):
    """A layer is unfrozen in the middle of a fit: the rows stay as they were begun, and that is said."""
    made, path = model(), tmp_path / "a.h5"
    made.layers[0].trainable = False
    made.compile("sgd", "mse")

    class Unfreeze(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.model.layers[0].trainable = True

    _, said = fitted(made, path, [Unfreeze()])
    paths = tuple(v.path for v in made.layers[0].trainable_variables)
    assert said == [
        f"'{path}' holds nothing of 2 weights that were made, or began to train, after the first step: "
        f"{', '.join(paths)}."
    ]
    with animator.load(path) as run:
        assert run.facts.late_weights == paths and run.weights.shape == (13, 3)


def test_a_fault_of_the_users_step_is_raised_as_it_is(tmp_path):
    """The training fails as it would without a Recorder, and leaves nothing of one in the model."""

    class Wrong(keras.Model):
        def train_step(self, data):
            raise RuntimeError("mine")

    inputs = keras.Input((3,))
    made = Wrong(inputs, layers.Dense(1)(inputs))
    made.compile("sgd", "mse")
    with pytest.raises(RuntimeError, match="mine"):
        made.fit(X, Y, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5")])
    assert made.train_function.__qualname__.startswith("TensorFlowTrainer") and not list(tmp_path.iterdir())


def test_what_cannot_be_recorded_is_refused_before_the_first_step(tmp_path):
    path = tmp_path / "a.h5"

    def refusal(made):
        with pytest.raises(AnimatorError) as caught:
            made.fit(X, Y, verbose=0, callbacks=[animator.Recorder(path)])
        assert int(made.optimizer.iterations) == 0 and not list(tmp_path.iterdir())
        return str(caught.value)

    eager = keras.Sequential([layers.Dense(1)])
    eager.compile("sgd", "mse", run_eagerly=True)
    assert refusal(eager) == (
        f"Model '{eager.name}' runs eagerly and is not built, so the weights that it begins with can't be "
        "seen before its first step. Call it once first: model(x[:1])."
    )


def test_the_file_is_whole_hdf5_when_it_was_cut_short(tmp_path):
    """What an interrupt leaves has no losses, and its facts so far."""

    class Stop(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 3:
                raise KeyboardInterrupt

    path = tmp_path / "a.h5"
    with pytest.raises(KeyboardInterrupt):
        made = model()
        recorder = animator.Recorder(path, data=(X, Y))
        made.fit(X, Y, batch_size=8, verbose=0, callbacks=[recorder, Stop()])
    made.fit(X, Y, batch_size=8, verbose=0)
    with h5py.File(tmp_path / "a.part.h5") as file:
        assert file["flushed"][0] == 3 and len(file["loss"]) == 0


DIES = """
import sys
import keras, numpy as np, animator
class Die(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise RuntimeError("of the user's")
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x = np.ones((40, 3), "float32")
model.fit(x, x[:, 0], batch_size=8, verbose=0, callbacks=[animator.Recorder(sys.argv[1]), Die()])
"""


def test_a_program_that_dies_of_a_fault_of_its_own_keeps_all_its_steps(tmp_path):
    """Five steps are less than a page: they are written when the process ends."""
    words = [sys.executable, "-c", DIES, str(tmp_path / "a.h5")]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 1 and "of the user's" in done.stderr
    with animator.load(tmp_path / "a.part.h5") as run:
        assert run.steps == 5 and not run.finished
