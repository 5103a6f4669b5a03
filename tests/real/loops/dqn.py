"""Deep Q-learning, of Géron's "Hands-On Machine Learning" (https://github.com/ageron/handson-ml3), chapter
18.

`train_on_batch` in a loop, on what was seen until then; the callbacks are called by hand.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch

RNG = np.random.default_rng(45)
STATES, VALUES = RNG.random((6, 8, 3), dtype=np.float32), RNG.random((6, 8, 2), dtype=np.float32)


def model() -> keras.Model:
    net = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="elu"), layers.Dense(2)])
    net.compile(keras.optimizers.Nadam(1e-2), "mse")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    data = np.concatenate(STATES), np.concatenate(VALUES)
    callbacks = keras.callbacks.CallbackList(watch.callbacks(data=data), model=net)
    callbacks.on_train_begin()
    losses = []
    for episode, (state, value) in enumerate(zip(STATES, VALUES, strict=True)):
        callbacks.on_epoch_begin(episode)
        callbacks.on_train_batch_begin(0)
        net.reset_metrics()
        logs = net.train_on_batch(state, value, return_dict=True)
        callbacks.on_train_batch_end(0, logs)
        callbacks.on_epoch_end(episode, logs)
        losses.append(float(logs["loss"]))
    callbacks.on_train_end()
    return Trained(net, [{"loss": losses}], [Replay(model, list(zip(STATES, VALUES, strict=True)))])


PROGRAM = Program(train, fast=True)
