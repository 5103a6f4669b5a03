"""Multi-GPU training with MirroredStrategy
(https://keras.io/guides/distributed_training_with_tensorflow/), where there is no GPU.

The strategy then has one device, and its variables are mirrored ones: of one.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(47)
X, Y = RNG.random((32, 6), dtype=np.float32), RNG.integers(0, 3, 32)


def model() -> keras.Model:
    inputs = keras.Input((6,))
    x = layers.Dense(5, activation="relu")(inputs)
    net = keras.Model(inputs, layers.Dense(3)(x))
    net.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                metrics=[keras.metrics.SparseCategoricalAccuracy()])  # fmt: skip
    return net


def train(watch: Watch) -> Trained:
    with tf.distribute.MirroredStrategy(["/cpu:0"]).scope():
        net = model()
    pipeline = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8)
    history = net.fit(pipeline, epochs=2, verbose=0, callbacks=watch.callbacks(data=(X, Y)))
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train)
