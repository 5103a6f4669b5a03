"""Keras on JAX: a fit and a loop of one's own are recorded as they were, and TensorFlow draws them later."""

import os
import subprocess
import sys

import numpy as np
import pytest

import animator
from animator.recordings.facts import Facts

pytest.importorskip("jax")

FIT = """
import numpy as np, keras, animator
import warnings
x = np.random.default_rng(0).random((16, 2)).astype("float32")
y = x.sum(1, keepdims=True)
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
rate = keras.optimizers.schedules.PiecewiseConstantDecay([5], [0.1, 0.05])
net.compile(keras.optimizers.SGD(rate), "mse", metrics=["mae"])
before, ends = net.get_weights(), []
for callbacks in ([], [animator.Recorder("fit.h5", data=(x, y))]):
    net.set_weights(before)
    net.optimizer.iterations.assign(0)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        history = net.fit(x, y, batch_size=6, epochs=3, shuffle=False, verbose=0, callbacks=callbacks).history
    ends.append([net.get_weights(), history])
print(*[one.message for one in said if "ecord" in str(one.message)], sep="\\n")
(a, c), (b, d) = ends
print(int(net.optimizer.iterations), all((one == two).all() for one, two in zip(a, b)), c == d)
class Stop(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        if batch == 2:
            raise RuntimeError
try:
    net.fit(x, y, batch_size=6, verbose=0, callbacks=[animator.Recorder("cut.h5"), Stop()])
except RuntimeError:
    print("stopped")
net.compile("sgd", "mse", steps_per_execution=2)
try:
    net.fit(x, y, verbose=0, callbacks=[animator.Recorder("several.h5")])
except animator.AnimatorError as error:
    print(error)
"""
OWN = """
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    with animator.Recorder("own.h5", data=(x, y), model=net) as recorder:
        for k in range(3):
            net.set_weights([np.full(v.shape, k + 1.0) for v in net.get_weights()])
            recorder.step(1 / (k + 1), learning_rate=0.1)
print(*[one.message for one in said if "ecord" in str(one.message)], sep="\\n")
with animator.load("own.h5") as run:
    print(animator.film(run).warnings())
"""
REFUSED = (
    "The model runs 2 steps in one execution (steps_per_execution=2), and Keras reports only the last of "
    "them, so the others cannot be recorded. Compile it with steps_per_execution=1."
)
ABSENT = (
    "'{}.h5' is recorded without the loss on Recorder's data: Keras runs on jax here, and losses are "
    "evaluated with TensorFlow only."
)
WHY = "Keras runs on jax here, and losses are evaluated with TensorFlow only"
SOURCE = "differences of Keras' running sum, in float64: Keras on jax gives no more"
NO_SURFACE = "no surface: Keras runs on jax here; set KERAS_BACKEND=tensorflow."


def test_keras_on_jax(tmp_path, monkeypatch):
    """Whole sentences; weights and losses of the loop are those that it had; TensorFlow draws it later."""
    monkeypatch.setenv("ANIMATOR_CACHE", str(tmp_path / "cache"))
    done = subprocess.run(
        [sys.executable, "-c", FIT + OWN],
        cwd=tmp_path,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        ABSENT.format("fit"),
        "9 True True",
        "stopped",
        REFUSED,
        ABSENT.format("own"),
        f"(\"'own.h5': {NO_SURFACE}\",)",
    ]
    assert sorted(one.name for one in tmp_path.glob("*.h5")) == ["cut.part.h5", "fit.h5", "own.h5"]
    with animator.load(tmp_path / "cut.part.h5") as run:
        assert run.steps == 2 and not run.finished
    check_fit(tmp_path / "fit.h5")
    with animator.load(tmp_path / "own.h5") as run:
        np.testing.assert_array_equal(run.weights[1:], np.repeat([[1.0], [2.0], [3.0]], 3, axis=1))
        np.testing.assert_allclose(run.batch_loss, [1, 1 / 2, 1 / 3])
        (view,) = animator.film(run, plane="random").views()
        x, y = run.samples().x, run.samples().y
        by_hand = [np.mean((k * x.sum(1, keepdims=True) + k - y) ** 2) for k in (1, 2, 3)]
        np.testing.assert_allclose(view.loss[1:], by_hand, rtol=1e-5)


def check_fit(path):
    """Weights, batch losses and rates are those of gradient descent in NumPy, in float64."""
    with animator.load(path) as run:
        x, y = run.samples().x.astype(float), run.samples().y.astype(float)
        w, b = run.weights[0][:2].astype(float)[:, None], float(run.weights[0][2])
        for k in range(9):
            rows = slice(6 * (k % 3), 6 * (k % 3) + 6)
            miss = x[rows] @ w + b - y[rows]
            assert run.batch_loss[k] == pytest.approx(np.mean(miss**2), rel=2e-5)
            rate = 0.1 if k <= 5 else 0.05
            w, b = w - rate * 2 * x[rows].T @ miss / len(miss), b - rate * 2 * miss.mean()
            np.testing.assert_allclose(run.weights[k + 1], [*w[:, 0], b], atol=1e-6)
            assert run.learning_rate[k] == pytest.approx(rate)
        np.testing.assert_array_equal(run.epoch, [0, 0, 0, 1, 1, 1, 2, 2, 2])
        assert (
            run.facts == Facts(no_loss=WHY, batch_loss_source=SOURCE)
            and run.notes.way == "fit"
            and run.finished
        )
        assert sorted(run.running_means) == ["loss", "mae"] and run.notes.versions["jax"]
        (view,) = animator.film(run, plane="random").views()
        np.testing.assert_allclose(view.loss[-1], np.mean((x @ w + b - y) ** 2), rtol=1e-4)
