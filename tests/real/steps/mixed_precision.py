"""Mixed precision (https://www.tensorflow.org/guide/mixed_precision): float16 inside, float32 weights, a
scaled loss.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(32)
X, Y = RNG.random((32, 6), dtype=np.float32), RNG.integers(0, 4, 32)


def model() -> keras.Model:
    """The policy is named layer by layer, so that no other program trains in it."""
    inputs = keras.Input((6,))
    x = layers.Dense(8, activation="relu", dtype="mixed_float16")(inputs)
    x = layers.Dense(4, dtype="mixed_float16")(x)
    net = keras.Model(inputs, layers.Activation("softmax", dtype="float32")(x))
    optimizer = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.RMSprop(), initial_scale=2.0**20)
    net.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train)
