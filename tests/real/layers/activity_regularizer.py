"""Layers that add losses (https://keras.io/guides/making_new_layers_and_models_via_subclassing/):
add_loss, and a regularizer.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(34)
X = RNG.random((48, 4), dtype=np.float32)
Y = X.sum(1, keepdims=True)


@keras.saving.register_keras_serializable("real")
class ActivityLoss(layers.Layer):
    """Adds a share of the sum of what goes through it."""

    def __init__(self, rate=1e-2, **options):
        super().__init__(**options)
        self.rate = rate

    def call(self, x):
        self.add_loss(self.rate * ops.mean(ops.square(x)))
        return x

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


def model() -> keras.Model:
    net = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, activation="relu", kernel_regularizer="l2", activity_regularizer="l1"),
            ActivityLoss(),
            layers.Dense(1, kernel_constraint=keras.constraints.MaxNorm(0.5)),
        ]
    )
    net.compile("adam", "mse")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 2))])


PROGRAM = Program(train, fast=True)
