"""Imbalanced classification, credit card fraud
(https://keras.io/examples/structured_data/imbalanced_classification/).

A class weight, metrics whose names collide with nothing but hold counts, a step every 2048 rows there,
16 here.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(16)
X = RNG.standard_normal((64, 5)).astype(np.float32)
Y = (RNG.random((64, 1)) < 0.2).astype(np.uint8)
WEIGHTS = {0: 1 / 51, 1: 1 / 13}


def model() -> keras.Model:
    net = keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(8, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    counts = [keras.metrics.FalseNegatives(name="fn"), keras.metrics.FalsePositives(name="fp"),
              keras.metrics.Precision(name="precision")]  # fmt: skip
    net.compile(keras.optimizers.Adam(1e-2), "binary_crossentropy", metrics=counts)
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, class_weight=WEIGHTS, verbose=0,
                      validation_data=(X, Y), callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    weight = np.where(Y[:, 0] == 1, WEIGHTS[1], WEIGHTS[0]).astype(np.float32)
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y, weight), 16, 2))])


PROGRAM = Program(train, fast=True)
