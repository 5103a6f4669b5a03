"""MixUp (https://keras.io/examples/vision/mixup/) behind random augmentation layers in the model, over
tf.data.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Trained, Watch

RNG = np.random.default_rng(4)
X = RNG.random((32, 8, 8, 1), dtype=np.float32)
Y = keras.utils.to_categorical(RNG.integers(0, 4, 32), 4).astype(np.float32)


def mixed(one, other):
    """Two batches in one, at a share drawn for each sample."""
    share = tf.random.uniform((tf.shape(one[0])[0],), 0.2, 0.8)
    image, label = tf.reshape(share, (-1, 1, 1, 1)), tf.reshape(share, (-1, 1))
    return image * one[0] + (1 - image) * other[0], label * one[1] + (1 - label) * other[1]


def train(watch: Watch) -> Trained:
    net = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.1),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    net.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    once = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(32, seed=1).batch(8)
    again = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(32, seed=2).batch(8)
    pairs = tf.data.Dataset.zip((once, again)).map(mixed)
    history = net.fit(pairs, epochs=2, verbose=0, callbacks=watch.callbacks(data=(X, Y)))
    return Trained(net, [history.history])


PROGRAM = Program(train)
