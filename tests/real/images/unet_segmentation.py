"""Image segmentation with a U-Net-like architecture
(https://keras.io/examples/vision/oxford_pets_image_segmentation/).
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(2)
X = RNG.integers(0, 256, (24, 8, 8, 3)).astype(np.float32)
Y = RNG.integers(0, 3, (24, 8, 8, 1))


def down(x, filters):
    x = layers.Activation("relu")(x)
    x = layers.SeparableConv2D(filters, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    return layers.MaxPooling2D(3, strides=2, padding="same")(x)


def up(x, filters):
    x = layers.Conv2DTranspose(filters, 3, padding="same")(layers.Activation("relu")(x))
    return layers.UpSampling2D(2)(layers.BatchNormalization()(x))


def model() -> keras.Model:
    image = keras.Input((8, 8, 3))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(layers.Rescaling(1 / 255)(image)))
    residual = layers.Conv2D(6, 1, strides=2, padding="same")(x)
    x = layers.add([down(x, 6), residual])
    residual = layers.Conv2D(4, 1, padding="same")(layers.UpSampling2D(2)(x))
    x = layers.add([up(x, 4), residual])
    net = keras.Model(image, layers.Conv2D(3, 3, activation="softmax", padding="same")(x))
    net.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0, validation_data=(X[:8], Y[:8]),
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train)
