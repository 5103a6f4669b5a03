"""Training on TPUs and fast loops (https://keras.io/api/models/model_training_apis/): steps_per_execution.

Keras hands over every eighth step only, so the Recorder refuses before the first.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Trained, Watch

X = np.random.default_rng(46).random((64, 3), dtype=np.float32)


def train(watch: Watch) -> Trained:
    net = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    net.compile("sgd", "mse", steps_per_execution=8)
    history = net.fit(X, X.sum(1), batch_size=4, verbose=0, callbacks=watch.callbacks(data=(X, X.sum(1))))
    return Trained(net, [history.history])


PROGRAM = Program(
    train,
    refused="The model runs 8 steps in one execution (steps_per_execution=8), and Keras reports only the "
    "last of them, so the others cannot be recorded. Compile it with steps_per_execution=1.",
    fast=True,
)
