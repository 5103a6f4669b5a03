"""The recorder on all kinds of models: custom steps, many inputs, pipelines, frozen layers, few steps."""

import re
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import animator
from animator.core.errors import AnimatorError
from animator.recordings.writer import RecordingWriter
from animator.training.loss.rebuild import objective_of
from tests.running import until_flushed

X = np.random.default_rng(0).random((50, 3), dtype=np.float32)
Y = np.sin(3 * X.sum(1, keepdims=True)).astype(np.float32)


def dense(**options):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(5, "tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse", **options)
    return model


def normalized():
    keras.utils.set_random_seed(4)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(5), layers.BatchNormalization(momentum=0.8),
                              layers.Activation("tanh"), layers.Dropout(0.2), layers.Dense(1)])  # fmt: skip
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def frozen():
    model = dense()
    model.layers[0].trainable = False
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def mixed():
    keras.utils.set_random_seed(3)
    policy = "mixed_float16"
    model = keras.Sequential([keras.Input((3,)), layers.Dense(5, "tanh", dtype=policy), layers.Dense(1)])
    model.compile(keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(0.1)), "mse")
    return model


class OwnStep(keras.Model):
    """A subclassed model with a train_step that keeps no loss tracker."""

    def __init__(self):
        super().__init__()
        self.layer = layers.Dense(1)

    def call(self, x):
        return self.layer(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(x) - y) ** 2)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables, strict=True))
        return {"own": loss}


def own_step():
    keras.utils.set_random_seed(5)
    model = OwnStep()
    model(X[:1])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def eager():
    return dense(run_eagerly=True)


def compiled_by_xla():
    return dense(jit_compile=True)


MODELS = [dense, normalized, frozen, mixed, own_step, eager, compiled_by_xla]


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_recording_changes_nothing(make, tmp_path):
    """Weights, statistics, optimizer and history with and without the recorder, to the last bit."""
    left = []
    for callbacks in ([], [animator.Recorder(tmp_path / "a.h5")]):
        model = make()
        keras.utils.set_random_seed(1)
        history = model.fit(X, Y, epochs=2, batch_size=16, verbose=0, callbacks=callbacks).history
        optimizer = [v.numpy() for v in model.optimizer.variables]
        left.append((history, [*model.get_weights(), *optimizer]))
    assert left[0][0] == left[1][0]
    for bare, with_recorder in zip(left[0][1], left[1][1], strict=True):
        np.testing.assert_array_equal(bare, with_recorder)
    run = animator.load(tmp_path / "a.h5")
    assert run.steps == 8 and len(run.weights) == 9
    flat = np.concatenate([v.numpy().ravel() for v in model.trainable_variables])
    np.testing.assert_array_equal(run.weights[-1], flat)
    assert np.isfinite(run.batch_loss).all() == (make is not own_step)
    np.testing.assert_allclose(run.learning_rate, 0.1, rtol=1e-6)


def test_statistics_are_kept_with_every_row(tmp_path):
    """Losses along the run equal model.evaluate of a copy with that row's weights and statistics."""
    model = normalized()
    model.fit(X, Y, epochs=2, batch_size=16, verbose=0,
              callbacks=[animator.Recorder(tmp_path / "a.h5", data=(X, Y))])  # fmt: skip
    run = animator.load(tmp_path / "a.h5")
    assert run.state.shape == (9, 10) and not np.array_equal(run.state[0], run.state[5])
    other = normalized()
    for row in (0, 3, 8):
        weights, state = run.weights[row], run.state[row]
        values = iter(
            np.split(weights, np.cumsum([np.prod(v.shape) for v in other.trainable_variables])[:-1])
        )
        for variable in other.trainable_variables:
            variable.assign(next(values).reshape(variable.shape))
        other.layers[1].moving_mean.assign(state[:5])
        other.layers[1].moving_variance.assign(state[5:])
        assert run.loss[row] == pytest.approx(other.evaluate(X, Y, verbose=0), abs=1e-6)


def test_frozen_layers_are_kept_once_and_rebuilt(tmp_path):
    model = frozen()
    model.fit(X, Y, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5", data=(X, Y))])
    run = animator.load(tmp_path / "a.h5")
    assert run.weights.shape[1] == 6 and run.fixed.shape == (20,)
    again = objective_of(run)
    np.testing.assert_allclose(again(np.asarray(run.weights)), run.loss, atol=1e-7)


def two_inputs():
    keras.utils.set_random_seed(2)
    a, b = keras.Input((3,), name="a"), keras.Input((1,), name="b")
    h = layers.Dense(4, "tanh", kernel_regularizer=keras.regularizers.L2(0.01))(a)
    out = layers.Dense(1, name="out")(layers.Concatenate()([h, b]))
    model = keras.Model({"a": a, "b": b}, {"out": out})
    model.compile(keras.optimizers.SGD(0.1), {"out": "mse"})
    return model


def test_dicts_of_inputs_and_sample_weights(tmp_path):
    """Data in dicts with sample weights come back as they were, and the losses equal model.evaluate."""
    model = two_inputs()
    x, y = {"a": X, "b": Y + 1}, {"out": Y}
    weight = np.random.default_rng(1).random(50).astype(np.float32)
    recorder = animator.Recorder(tmp_path / "a.h5", data=(x, y, weight))
    model.fit(x, y, sample_weight=weight, verbose=0, callbacks=[recorder])
    run = animator.load(tmp_path / "a.h5")
    kept = run.data()
    np.testing.assert_array_equal(kept[0]["b"], Y + 1)
    np.testing.assert_array_equal(kept[2], weight)
    expected = model.evaluate(x, y, sample_weight=weight, verbose=0, batch_size=50)
    assert run.loss[-1] == pytest.approx(expected, abs=1e-6)


def test_a_pipeline_of_unknown_length(tmp_path):
    """tf.data without a known size: every epoch's history is that of a bare fit."""

    def pipeline():
        return tf.data.Dataset.from_tensor_slices((X, Y)).filter(lambda x, y: True).batch(16)

    histories = []
    for callbacks in ([], [animator.Recorder(tmp_path / "a.h5", data=pipeline())]):
        histories.append(dense().fit(pipeline(), epochs=3, verbose=0, callbacks=callbacks).history)
    assert histories[0] == histories[1]
    run = animator.load(tmp_path / "a.h5")
    assert run.steps == 12 and run.epoch.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    np.testing.assert_array_equal(run.data()[0], X)


def test_every_third_step_and_the_last(tmp_path):
    """Rows of steps 0, 3, 6, 7 in half precision; batch losses of all seven."""
    full, few = (animator.Recorder(tmp_path / f"{name}.h5", **options) for name, options in
                 (("full", {}), ("few", {"every": 3, "dtype": "float16"})))  # fmt: skip
    for recorder in (full, few):
        dense().fit(X, Y, batch_size=8, verbose=0, callbacks=[recorder])
    whole, run = (animator.load(tmp_path / f"{name}.h5") for name in ("full", "few"))
    assert run.weight_steps.tolist() == [0, 3, 6, 7] and run.steps == 7
    np.testing.assert_allclose(np.asarray(run.weights), whole.weights[[0, 3, 6, 7]], rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(run.batch_loss, whole.batch_loss)
    assert run.row(5) == 1
    with h5py.File(tmp_path / "few.h5") as file:
        assert file["weights"].dtype == np.float16
    assert run.rows(np.arange(run.steps + 1)).tolist() == [run.row(step) for step in range(run.steps + 1)]


def test_chosen_steps_and_few_losses(tmp_path):
    recorder = animator.Recorder(tmp_path / "a.h5", data=(X, Y), steps=[2, 5], loss_rows=2, loss_samples=20)
    model = dense()
    model.fit(X, Y, batch_size=8, verbose=0, callbacks=[recorder])
    run = animator.load(tmp_path / "a.h5")
    assert run.weight_steps.tolist() == [0, 2, 5, 7]
    assert np.flatnonzero(np.isfinite(run.loss)).tolist() == [0, 7]
    assert run.loss[-1] == pytest.approx(model.evaluate(X[:20], Y[:20], verbose=0), abs=1e-6)


def test_an_interrupted_fit_leaves_the_model_and_what_it_got(tmp_path):
    """Ctrl-C in a callback: the next fit trains as ever, and the file holds all steps before."""

    class Stop(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == 5:
                raise KeyboardInterrupt

    model, path = dense(), tmp_path / "a.h5"
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, batch_size=8, verbose=0, callbacks=[animator.Recorder(path), Stop()])
    before = model.get_weights()[0]
    model.fit(X, Y, batch_size=8, verbose=0)
    assert model.train_function.__qualname__.startswith("TensorFlowTrainer")
    assert not np.array_equal(before, model.get_weights()[0])
    with animator.load(tmp_path / "a.part.h5") as run:
        assert run.steps == 5 and not run.finished
    model.fit(X, Y, batch_size=8, verbose=0, callbacks=[animator.Recorder(path)])
    assert animator.load(path).steps == 7


FIT = """
import sys, os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, keras, animator
x = np.random.default_rng(0).random((4096, 2), dtype=np.float32)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "tanh")])
model.compile("sgd", "mse")
model.fit(x, np.tanh(x.sum(1)), epochs=100_000, verbose=0,
          callbacks=[animator.Recorder(sys.argv[1], data=(x[:100], np.tanh(x[:100].sum(1))))])
"""


def test_a_killed_fit_opens_and_says_so(tmp_path):
    """SIGKILL in the middle of model.fit: the file plays up to its last flushed step."""
    part = tmp_path / "a.part.h5"
    process = subprocess.Popen([sys.executable, "-c", FIT, str(tmp_path / "a.h5")], stderr=subprocess.DEVNULL)
    until_flushed(process, part)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with animator.load(part) as run:
        assert run.steps >= 64 and run.steps % 64 == 0 and not run.finished
        assert np.isfinite(np.asarray(run.weights)).all() and np.isfinite(run.batch_loss).all()
        assert "cut short" in repr(run)
    assert not Path(tmp_path / "a.h5").exists()


def refused(act):
    with pytest.raises(AnimatorError) as caught:
        act()
    return str(caught.value)


def test_what_cannot_be_recorded_is_refused(tmp_path):
    path = tmp_path / "a.h5"
    assert refused(lambda: animator.Recorder("runs/one")) == (
        "Recorder('runs/one') names no recording: its name must end in .h5. Use Recorder('one.h5')."
    )
    assert refused(lambda: animator.Recorder(path, notes="title")) == (
        "Recorder(notes='title') is no dictionary. Give names and values, such as notes={'title': 'My run'}."
    )
    assert refused(lambda: animator.Recorder(path, every=0)) == (
        "Recorder(every=0) keeps no steps: every must be a whole number from 1 on. "
        "Use every=10 to keep the weights of each tenth step."
    )
    assert refused(lambda: animator.Recorder(path, data=iter([(X, Y)]))) == (
        "Recorder's data is a list_iterator, which can be read only once, and the loss must be computed from "
        "it many times. Give arrays (x, y), or a tf.data.Dataset or keras.utils.PyDataset, which can be "
        "replayed."
    )
    endless = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8).repeat()
    assert refused(lambda: animator.Recorder(path, data=endless)) == (
        "Recorder's data is a tf.data pipeline that never ends (it repeats), so it can't be read whole. "
        "Give it before .repeat(), or .take(batches) of it."
    )
    recorder = animator.Recorder(path)
    too_long = {"epochs": 10**12, "batch_size": 8, "verbose": 0, "callbacks": [recorder]}
    said = refused(lambda: dense().fit(X, Y, **too_long))
    assert re.sub(r"[\d.]+ [kMG]B are", "1.0 GB are", said) == (
        f"'{path}' has no room for the recording: 7,000,000,000,001 rows of 26 parameters take 1064000.0 GB, "
        "and 1.0 GB are free. Use Recorder(every=10), dtype='float16', or a path on a larger disk."
    )
    assert not list(tmp_path.iterdir())


def test_a_full_disk_lets_training_go_on(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    model, recorder = dense(), animator.Recorder(tmp_path / "a.h5")
    monkeypatch.setattr(RecordingWriter, "write", full)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        history = model.fit(X, Y, epochs=30, batch_size=8, verbose=0, callbacks=[recorder]).history
    assert len(history["loss"]) == 30
    assert [str(w.message) for w in said if w.category is RuntimeWarning] == [
        f"Recording to '{tmp_path / 'a.h5'}' stopped: it could not be written (No space left on device). "
        "Training goes on without it. Make room, or record fewer steps with Recorder(every=10)."
    ]
