"""Siamese network with a contrastive loss (https://keras.io/examples/vision/siamese_contrastive/): shared
layers, a Lambda, BatchNormalization.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(41)
X = list(RNG.random((2, 32, 5), dtype=np.float32))
Y = RNG.integers(0, 2, 32).astype(np.float32)


def distance(pair):
    return ops.sqrt(ops.maximum(ops.sum(ops.square(pair[0] - pair[1]), axis=1, keepdims=True), 1e-7))


def contrastive(margin: float = 1.0):
    """The function that `compile` gets."""

    def loss(y, far):
        y = ops.reshape(y, (-1, 1))
        return ops.mean((1 - y) * ops.square(far) + y * ops.square(ops.maximum(margin - far, 0)))

    return loss


def model() -> keras.Model:
    image = keras.Input((5,))
    tower = keras.Model(image, layers.Dense(3, activation="tanh")(layers.BatchNormalization()(image)))
    left, right = keras.Input((5,)), keras.Input((5,))
    merged = layers.Lambda(distance, output_shape=(1,))([tower(left), tower(right)])
    out = layers.Dense(1, activation="sigmoid")(layers.BatchNormalization()(merged))
    net = keras.Model([left, right], out)
    net.compile("RMSprop", contrastive(), metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 2))])


PROGRAM = Program(train, needs_model=True)
