"""Keras on JAX: a fit is refused before its first step, a loop of one's own is recorded as it was."""

import os
import subprocess
import sys

import numpy as np
import pytest

import animator

pytest.importorskip("jax")

FIT = """
import numpy as np, keras, animator
x = np.random.default_rng(0).random((16, 2)).astype("float32")
y = x.sum(1, keepdims=True)
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
net.compile(keras.optimizers.SGD(0.1), "mse")
before = net.get_weights()
try:
    net.fit(x, y, verbose=0, callbacks=[animator.Recorder("fit.h5", data=(x, y))])
except animator.AnimatorError as error:
    print(error)
print(int(net.optimizer.iterations), all((a == b).all() for a, b in zip(before, net.get_weights())))
"""
OWN = """
import warnings
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
    "Keras runs on jax here, and the Recorder sees the training step of TensorFlow only. Set "
    "KERAS_BACKEND=tensorflow in the environment, before Keras is imported."
)
ABSENT = (
    "'own.h5' is recorded without the loss on Recorder's data: Keras runs on jax here, and losses are "
    "evaluated with TensorFlow only."
)
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
    assert done.stdout.splitlines() == [REFUSED, "0 True", ABSENT, f"(\"'own.h5': {NO_SURFACE}\",)"]
    assert not (tmp_path / "fit.h5").exists() and not (tmp_path / "fit.part.h5").exists()
    with animator.load(tmp_path / "own.h5") as run:
        np.testing.assert_array_equal(run.weights[1:], np.repeat([[1.0], [2.0], [3.0]], 3, axis=1))
        np.testing.assert_allclose(run.batch_loss, [1, 1 / 2, 1 / 3])
        (view,) = animator.film(run, plane="random").views()
        x, y = run.samples().x, run.samples().y
        by_hand = [np.mean((k * x.sum(1, keepdims=True) + k - y) ** 2) for k in (1, 2, 3)]
        np.testing.assert_allclose(view.loss[1:], by_hand, rtol=1e-5)
