"""A tied autoencoder, of Géron's "Hands-On Machine Learning" (https://github.com/ageron/handson-ml3),
chapter 17.

The decoder's layers use the encoder's kernels turned around: the same variables in two layers.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

X = np.random.default_rng(35).random((48, 6), dtype=np.float32)


class DenseTranspose(layers.Layer):
    """A Dense layer whose kernel is another's, transposed."""

    def __init__(self, dense, activation=None, **options):
        super().__init__(**options)
        self.dense, self.activation = dense, keras.activations.get(activation)

    def build(self, shape):
        self.biases = self.add_weight(name="bias", shape=(self.dense.kernel.shape[0],), initializer="zeros")

    def call(self, x):
        return self.activation(ops.matmul(x, ops.transpose(self.dense.kernel)) + self.biases)


def model() -> keras.Model:
    first, second = layers.Dense(4, activation="relu"), layers.Dense(2, activation="relu")
    image = keras.Input((6,))
    code = second(first(image))
    out = DenseTranspose(first)(DenseTranspose(second, "relu")(code))
    net = keras.Model(image, out)
    net.compile("nadam", "mse")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, X, batch_size=16, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, X)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, X), 16, 2))])


PROGRAM = Program(train, needs_model=True)
