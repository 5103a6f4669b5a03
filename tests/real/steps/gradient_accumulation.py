"""Gradient accumulation (https://keras.io/api/optimizers/): one update for three batches."""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(30)
X = RNG.random((48, 3), dtype=np.float32)
Y = X.sum(1, keepdims=True)


def model() -> keras.Model:
    net = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.2, gradient_accumulation_steps=3), "mse")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train, fast=True)
