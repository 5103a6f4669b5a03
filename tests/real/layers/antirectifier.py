"""Antirectifier (https://keras.io/examples/keras_recipes/antirectifier/): a layer of one's own with a
weight of its own.

The Sequential has no Input, and a Lambda layer stands in the middle.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(40)
X, Y = RNG.random((48, 6), dtype=np.float32), RNG.integers(0, 3, 48)


class Antirectifier(layers.Layer):
    """Positive and negative part of what is centred, side by side, weighted by a kernel."""

    def build(self, shape):
        self.kernel = self.add_weight(
            shape=(2 * shape[-1], shape[-1]), initializer="he_normal", name="kernel"
        )

    def call(self, x):
        x = x - ops.mean(x, axis=-1, keepdims=True)
        return ops.matmul(ops.concatenate([ops.relu(x), ops.relu(-x)], axis=-1), self.kernel)


def model() -> keras.Model:
    net = keras.Sequential(
        [
            layers.Dense(4),
            Antirectifier(),
            layers.Lambda(lambda x: x / 2),
            layers.Dropout(0.5),
            layers.Dense(3),
        ]
    )
    net.compile(keras.optimizers.RMSprop(), keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                metrics=[keras.metrics.SparseCategoricalAccuracy()])  # fmt: skip
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, validation_split=1 / 3, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X[:32], Y[:32]), 16, 2))])


PROGRAM = Program(train, needs_model=True)
