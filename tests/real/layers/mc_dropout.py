"""Monte Carlo dropout, of Géron's "Hands-On Machine Learning" (https://github.com/ageron/handson-ml3),
chapter 11.

The layer drops out in evaluation too: the loss on the data is another one each time it is computed.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(36)
X, Y = RNG.random((48, 5), dtype=np.float32), RNG.integers(0, 3, 48)


@keras.saving.register_keras_serializable("real")
class MCDropout(layers.Dropout):
    """Dropout that is always on."""

    def call(self, inputs, training=False):
        return super().call(inputs, training=True)


def model() -> keras.Model:
    net = keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(8, activation="relu"),
            MCDropout(0.3),
            layers.Dense(3, activation="softmax"),
        ]
    )
    net.compile("nadam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 2))])


PROGRAM = Program(train, apart=0.05)
