"""Better performance with tf.data (https://www.tensorflow.org/guide/data_performance): shuffled, repeated,
prefetched.

The pipeline without end that is trained on is made of the one that is given to the Recorder as its
data. It is one batch ahead, so that however the threads run, the first fit draws two orders of the data.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Trained, Watch

RNG = np.random.default_rng(42)
X = RNG.random((40, 3), dtype=np.float32)
Y = X.sum(1, keepdims=True)


def train(watch: Watch) -> Trained:
    net = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.1), "mse")
    shuffled = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(40).batch(8)
    history = net.fit(shuffled.repeat().prefetch(1), epochs=2, steps_per_epoch=4, verbose=0,
                      callbacks=watch.callbacks(data=shuffled))  # fmt: skip
    after = net.fit(shuffled, epochs=1, verbose=0, callbacks=watch.callbacks(data=shuffled))
    return Trained(net, [history.history, after.history])


PROGRAM = Program(train, fast=True)
