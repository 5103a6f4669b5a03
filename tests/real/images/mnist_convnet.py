"""Simple MNIST convnet (https://keras.io/examples/vision/mnist_convnet/): digits as uint8, two
convolutions, dropout.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (48, 14, 14, 1), dtype=np.uint8)
Y = keras.utils.to_categorical(RNG.integers(0, 10, 48), 10)


def model() -> keras.Model:
    """Small as it is, it has every layer of the example."""
    net = keras.Sequential(
        [
            keras.Input((14, 14, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(6, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    net.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, validation_split=0.25, verbose=0,
                      callbacks=watch.callbacks(data=(X[:16], Y[:16])))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X[:36], Y[:36]), 16, 2))])


PROGRAM = Program(train, fast=True)
