"""Convolutional autoencoder for image denoising (https://keras.io/examples/vision/autoencoder/): noisy in,
clean out.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(1)
CLEAN = RNG.random((32, 8, 8, 1), dtype=np.float32)
NOISY = np.clip(CLEAN + 0.4 * RNG.standard_normal(CLEAN.shape), 0, 1).astype(np.float32)


def model() -> keras.Model:
    image = keras.Input((8, 8, 1))
    code = layers.Conv2D(4, 3, activation="relu", padding="same")(image)
    code = layers.MaxPooling2D(2, padding="same")(code)
    x = layers.Conv2DTranspose(4, 3, strides=2, activation="relu", padding="same")(code)
    net = keras.Model(image, layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x))
    net.compile("adam", "binary_crossentropy")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    before = net.fit(CLEAN, CLEAN, batch_size=16, shuffle=False, verbose=0,
                     callbacks=watch.callbacks(data=(CLEAN, CLEAN)))  # fmt: skip
    denoise = net.fit(NOISY, CLEAN, batch_size=16, shuffle=False, verbose=0, initial_epoch=1, epochs=3,
                      callbacks=watch.callbacks(data=(NOISY, CLEAN)))  # fmt: skip
    replays = [
        Replay(model, minibatches((CLEAN, CLEAN), 16)),
        Replay(model, minibatches((NOISY, CLEAN), 16, 2)),
    ]
    return Trained(net, [before.history, denoise.history], replays)


PROGRAM = Program(train)
