"""Basic regression (https://www.tensorflow.org/tutorials/keras/regression): one Normalization, one Dense,
mean absolute error.

The Sequential has no Input: Keras builds it from the first batch.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(15)
X = (RNG.random((40, 3)) * [4, 200, 3000] + [4, 50, 1500]).astype(np.float32)
Y = (40 - 2 * X[:, 0] - 0.05 * X[:, 1] + RNG.standard_normal(40)).astype(np.float32)


def model() -> keras.Model:
    normalization = layers.Normalization(axis=-1)
    normalization.adapt(X)
    net = keras.Sequential([normalization, layers.Dense(1)])
    net.compile(keras.optimizers.Adam(0.1), "mean_absolute_error")
    return net


def numpy_loss(net, batch) -> float:
    """|y - normalized x w - b|, by NumPy from the weights alone."""
    kernel, bias = (np.asarray(variable, np.float64) for variable in net.trainable_variables)
    x, y = batch
    normal = (x - X.mean(0, dtype=np.float64)) / X.std(0, dtype=np.float64)
    return float(np.abs(y - (normal @ kernel + bias)[:, 0]).mean())


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, validation_split=0.2, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X[:32], Y[:32]), 8, 2), numpy_loss)])


PROGRAM = Program(train, fast=True)
