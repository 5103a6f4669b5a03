"""The Wide & Deep model of Géron's "Hands-On Machine Learning" (https://github.com/ageron/handson-ml3),
chapter 10, subclassed.

Two inputs, a main and an auxiliary output with loss weights; normalization layers are adapted; not
built before fit.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(17)
TABLE = (RNG.random((48, 6)) * 10).astype(np.float32)
X = (TABLE[:, :4], TABLE[:, 2:])
TARGET = np.sin(TABLE.sum(1, keepdims=True)).astype(np.float32)
Y = (TARGET, TARGET)


class WideAndDeep(keras.Model):
    """The wide input goes straight to the output, the deep one through two layers."""

    def __init__(self, units=6, **options):
        super().__init__(**options)
        self.norm_wide, self.norm_deep = layers.Normalization(), layers.Normalization()
        self.hidden = [layers.Dense(units, activation="relu"), layers.Dense(units, activation="relu")]
        self.main, self.aux = layers.Dense(1), layers.Dense(1)

    def call(self, inputs):
        wide, deep = inputs
        x = self.norm_deep(deep)
        for layer in self.hidden:
            x = layer(x)
        return self.main(keras.ops.concatenate([self.norm_wide(wide), x], -1)), self.aux(x)


def model() -> keras.Model:
    net = WideAndDeep(name="wide_and_deep")
    net.norm_wide.adapt(X[0])
    net.norm_deep.adapt(X[1])
    net.compile(keras.optimizers.Adam(1e-2), ["mse", "mse"], loss_weights=[0.9, 0.1],
                metrics=[["mae"], ["mae"]])  # fmt: skip
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 2))])


PROGRAM = Program(train, needs_model=True)
