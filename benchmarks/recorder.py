"""The Recorder's cost: a `fit` that is recorded beside the same `fit` bare, in turns, in one process."""

import json
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from animator.training.keras_startup import start

EPOCHS, ROUNDS, SAMPLES = 16, 7, 2000


def models():
    """The article's neuron, and a 256-256 net of 67,000 parameters."""
    import keras

    dense = keras.layers.Dense
    small = keras.Sequential([keras.Input((2,)), dense(1, "tanh")])
    large = keras.Sequential([keras.Input((2,)), dense(256, "tanh"), dense(256, "tanh"), dense(1)])
    for model in (small, large):
        model.compile("sgd", "mean_squared_error")
    return {"the neuron": small, "67,000 parameters": large}


def seconds(model, x, y, *callbacks) -> float:
    """Seconds of one fit."""
    started = time.perf_counter()
    model.fit(x, y, epochs=EPOCHS, verbose=0, callbacks=list(callbacks))
    return time.perf_counter() - started


def measure() -> dict[str, float]:
    """Medians over rounds: ratio, and milliseconds a step of both."""
    start()
    import animator

    x = np.random.default_rng(0).random((SAMPLES, 2), dtype=np.float32)
    y = np.tanh(x.sum(1, keepdims=True))
    steps = EPOCHS * -(-SAMPLES // 32)
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models().items():
            model.fit(x, y, verbose=0)
            paths = [Path(folder) / f"{model.name}-{i}.h5" for i in range(ROUNDS)]
            pairs = [(seconds(model, x, y), seconds(model, x, y, animator.Recorder(path))) for path in paths]
            ratio = statistics.median(recorded / bare for bare, recorded in pairs)
            figures[f"{name}: recorded fit over bare fit"] = ratio
            figures[f"{name}: ms a step, bare"] = statistics.median(p[0] for p in pairs) / steps * 1e3
            figures[f"{name}: ms a step, recorded"] = statistics.median(p[1] for p in pairs) / steps * 1e3
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
