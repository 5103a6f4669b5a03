"""Addition of numbers by a generator, as in Chollet's "Deep Learning with Python"
(https://github.com/fchollet/deep-learning-with-python-notebooks).

A Python generator without end; the batches that are trained on are written down. Keras asks for more
in a thread that reads ahead, and how many depends on the moment: those are not compared.
"""

import itertools

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Trained, Watch

STEPS = 10
HELD = np.random.default_rng(44).random((16, 2), dtype=np.float32)


def batches(watch: Watch):
    """Pairs and their sums, for ever."""
    drawn = np.random.default_rng(48)
    for batch in itertools.count():
        x = drawn.random((8, 2), dtype=np.float32)
        if batch < STEPS:
            watch.saw(x.tolist())
        yield x, x.sum(1, keepdims=True)


def train(watch: Watch) -> Trained:
    net = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="tanh"), layers.Dense(1)])
    net.compile(keras.optimizers.RMSprop(1e-2), "mse")
    callbacks = watch.callbacks(data=(HELD, HELD.sum(1, keepdims=True)))
    history = net.fit(batches(watch), steps_per_epoch=STEPS // 2, epochs=2, verbose=0, callbacks=callbacks)
    return Trained(net, [history.history])


PROGRAM = Program(train)
