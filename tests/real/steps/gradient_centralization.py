"""Gradient centralization (https://keras.io/examples/vision/gradient_centralization/): an optimizer of
one's own.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(33)
X, Y = RNG.random((32, 6, 6, 3), dtype=np.float32), RNG.integers(0, 2, 32)


class Centered(keras.optimizers.RMSprop):
    """RMSprop on gradients whose mean is taken away."""

    def apply(self, grads, trainable_variables=None):
        centered = [g - ops.mean(g, list(range(len(g.shape) - 1)), keepdims=True) if len(g.shape) > 1 else g
                    for g in grads]  # fmt: skip
        return super().apply(centered, trainable_variables)


def model() -> keras.Model:
    net = keras.Sequential(
        [
            layers.Input((6, 6, 3)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    net.compile(Centered(1e-3), "binary_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train)
