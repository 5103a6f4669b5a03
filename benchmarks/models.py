"""Surfaces and recordings of larger models, each beside a rival or a limit in the same process.

    python -m benchmarks.models

prints one JSON object. Surfaces are warm: traced, compiled and measured before. The rival is a Python loop
that calls a compiled function for one point; the limit is the rate of one large matrix product.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from animator.training.keras_startup import start

STEPS, ROUNDS = 200, 3


def mlp():
    """301 parameters (15-15 tanh), 300 samples."""
    import keras

    layers = [keras.layers.Dense(15, "tanh") for _ in range(2)]
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1, "sigmoid")])
    x = np.random.default_rng(0).standard_normal((300, 2)).astype("f4")
    return model, "binary_crossentropy", (x, (x[:, :1] > 0).astype("f4"))


def lenet():
    """LeNet, 61,706 parameters, 512 images of 28 x 28."""
    import keras

    layers = keras.layers
    model = keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(6, 5, activation="tanh", padding="same"),
        layers.AveragePooling2D(2), layers.Conv2D(16, 5, activation="tanh"), layers.AveragePooling2D(2),
        layers.Flatten(), layers.Dense(120, "tanh"), layers.Dense(84, "tanh"), layers.Dense(10, "softmax"),
    ])  # fmt: skip
    rng = np.random.default_rng(0)
    data = rng.standard_normal((512, 28, 28, 1)).astype("f4"), rng.integers(0, 10, 512)
    return model, "sparse_categorical_crossentropy", data


def dense():
    """784-512-512-10, 668,000 parameters, 2,048 samples."""
    import keras

    layers = [keras.layers.Dense(512, "relu") for _ in range(2)]
    model = keras.Sequential([keras.Input((784,)), *layers, keras.layers.Dense(10, "softmax")])
    rng = np.random.default_rng(0)
    data = rng.standard_normal((2048, 784)).astype("f4"), rng.integers(0, 10, 2048)
    return model, "sparse_categorical_crossentropy", data


def rate(work, count: int, times: int = 3) -> float:
    """Points a second of `work`, which does `count`; the best of `times`."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return count / min(taken)


def surface(make, points: int) -> tuple[float, float]:
    """Points a second on a plane, and in a Python loop of compiled forward passes."""
    import tensorflow as tf

    from animator.training.loss.flat_model import FlatModel
    from animator.training.loss.objective import loss_function

    model, loss, data = make()
    model.compile("sgd", loss)
    objective = loss_function(model, data)
    origin = np.concatenate([np.ravel(v.numpy()) for v in model.trainable_variables])
    basis = 0.1 * np.random.default_rng(1).standard_normal((2, origin.size))
    at = np.random.default_rng(2).uniform(-1, 1, (points, 2))
    objective.on_plane(origin, basis, at)
    ours = rate(lambda: objective.on_plane(origin, basis, at), points)
    x, y, weight = objective.data.map(tf.constant)
    one = tf.function(lambda row: FlatModel(model).loss(row, x, y, weight))
    rows = [tf.constant((origin + c @ basis).astype("f4")) for c in at[:40]]
    one(rows[0])
    return ours, rate(lambda: [float(one(row)) for row in rows], len(rows))


def matmul_rate() -> float:
    """Floating-point operations a second of a product of 2048 x 2048 matrices."""
    import tensorflow as tf

    a = tf.random.normal((2048, 2048))
    tf.linalg.matmul(a, a).numpy()
    return rate(lambda: tf.linalg.matmul(a, a).numpy(), 1, 8) * 2 * 2048**3


def recorder(every: int) -> tuple[float, float]:
    """A fit of 10 million parameters for 200 steps: recorded over bare, and seconds bare."""
    import keras

    import animator

    layers = [keras.layers.Dense(2000, "relu") for _ in range(3)]
    model = keras.Sequential([keras.Input((784,)), *layers, keras.layers.Dense(10, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((3200, 784)).astype("f4"), rng.integers(0, 10, 3200)
    model.fit(x[:64], y[:64], verbose=0)
    ratios, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            model.fit(x, y, epochs=STEPS // 100, verbose=0)
            bare.append(time.perf_counter() - begun)
            path = Path(folder) / "run.h5"
            begun = time.perf_counter()
            model.fit(x, y, epochs=STEPS // 100, verbose=0, callbacks=[animator.Recorder(path, every=every)])
            ratios.append((time.perf_counter() - begun) / bare[-1])
            path.unlink()
    return statistics.median(ratios), statistics.median(bare)


def measure() -> dict[str, float]:
    """All figures."""
    start()
    figures: dict[str, float] = {}
    for name, make, points in (
        ("301-parameter MLP, 300 samples", mlp, 40_000),
        ("LeNet, 512 samples", lenet, 128),
    ):
        ours, loop = surface(make, points)
        figures[f"{name}: surface points/s"] = ours
        figures[f"{name}: a loop of compiled passes, points/s"] = loop
        figures[f"{name}: ratio"] = ours / loop
    ours, _ = surface(dense, 24)
    work = ours * 2 * 2048 * (784 * 512 + 512 * 512 + 512 * 10)
    figures["784-512-512-10, 2,048 samples: share of the matrix-product rate"] = work / matmul_rate()
    for every in (10, 1):
        ratio, bare = recorder(every)
        figures[f"10 million parameters, 200 steps, every={every}: recorded fit over bare"] = ratio
        figures["10 million parameters, 200 steps: seconds bare"] = bare
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
