"""Addition of numbers by a generator, as in Chollet's "Deep Learning with Python"
(https://github.com/fchollet/deep-learning-with-python-notebooks).

A Python generator without end, drawing from NumPy's global generator; what it handed out is written
down.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Trained, Watch

HELD = np.random.default_rng(44).random((16, 2), dtype=np.float32)


def batches(watch: Watch):
    """Pairs and their sums, for ever."""
    while True:
        x = np.random.random((8, 2)).astype(np.float32)
        watch.saw(x.tolist())
        yield x, x.sum(1, keepdims=True)


def train(watch: Watch) -> Trained:
    net = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="tanh"), layers.Dense(1)])
    net.compile(keras.optimizers.RMSprop(1e-2), "mse")
    callbacks = watch.callbacks(data=(HELD, HELD.sum(1, keepdims=True)))
    history = net.fit(batches(watch), steps_per_epoch=5, epochs=2, verbose=0, callbacks=callbacks)
    return Trained(net, [history.history])


PROGRAM = Program(train)
