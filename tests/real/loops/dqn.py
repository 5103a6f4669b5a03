"""Deep Q-learning (https://github.com/ageron/handson-ml3, chapter 18): `train_on_batch` in a loop,
callbacks called by hand.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Trained, Watch

RNG = np.random.default_rng(45)
STATES, VALUES = RNG.random((4, 8, 3), dtype=np.float32), RNG.random((4, 8, 2), dtype=np.float32)


def train(watch: Watch) -> Trained:
    net = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="elu"), layers.Dense(2)])
    net.compile(keras.optimizers.Nadam(1e-2), "mse")
    callbacks = keras.callbacks.CallbackList(watch.callbacks(), model=net)
    callbacks.on_train_begin()
    for episode, (state, value) in enumerate(zip(STATES, VALUES, strict=True)):
        callbacks.on_epoch_begin(episode)
        callbacks.on_train_batch_begin(0)
        logs = net.train_on_batch(state, value, return_dict=True)
        callbacks.on_train_batch_end(0, logs)
        callbacks.on_epoch_end(episode, logs)
    callbacks.on_train_end()
    return Trained(net, [])


PROGRAM = Program(train, refused="?", fast=True)
