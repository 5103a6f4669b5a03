"""Approximating non-function mappings
(https://keras.io/examples/keras_recipes/approximating_non_function_mappings/), by quantiles.

The loss is a function of one's own, closed over three quantiles; Python counts how often it is called.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(19)
X = RNG.random((48, 1), dtype=np.float32)
Y = (np.sin(6 * X) + 0.3 * RNG.standard_normal(X.shape)).astype(np.float32)
QUANTILES = np.array([0.1, 0.5, 0.9], np.float32)


def model(watch: Watch | None = None) -> keras.Model:
    def pinball(y, predicted):
        if watch is not None:
            watch.count("loss")
        error = y - predicted
        return ops.mean(ops.maximum(QUANTILES * error, (QUANTILES - 1) * error), -1)

    net = keras.Sequential([keras.Input((1,)), layers.Dense(8, activation="tanh"), layers.Dense(3)])
    net.compile(keras.optimizers.Adam(1e-2), pinball)
    return net


def numpy_loss(net, batch) -> float:
    """The pinball loss by NumPy, from the weights alone."""
    a, b, c, d = (np.asarray(variable, np.float64) for variable in net.trainable_variables)
    error = batch[1] - (np.tanh(batch[0] @ a + b) @ c + d)
    return float(np.maximum(QUANTILES * error, (QUANTILES - 1) * error).mean())


def train(watch: Watch) -> Trained:
    net = model(watch)
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 2), numpy_loss)])


PROGRAM = Program(train, needs_model=True, fast=True)
