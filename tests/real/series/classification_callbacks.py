"""Timeseries classification from scratch
(https://keras.io/examples/timeseries/timeseries_classification_from_scratch/).

ModelCheckpoint, ReduceLROnPlateau and EarlyStopping that puts the best weights back stand beside the
Recorder.
"""

import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(20)
X = RNG.standard_normal((32, 12, 1)).astype(np.float32)
Y = RNG.integers(0, 2, 32)


def model() -> keras.Model:
    series = keras.Input((12, 1))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv1D(4, 3, padding="same")(series)))
    x = layers.GlobalAveragePooling1D()(x)
    net = keras.Model(series, layers.Dense(2, activation="softmax")(x))
    net.compile(keras.optimizers.Adam(0.3), "sparse_categorical_crossentropy",
                metrics=["sparse_categorical_accuracy"])  # fmt: skip
    return net


def train(watch: Watch) -> Trained:
    net = model()
    with tempfile.TemporaryDirectory() as folder:
        others = [
            keras.callbacks.ModelCheckpoint(
                str(Path(folder) / "best.keras"), monitor="val_loss", save_best_only=True
            ),
            keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1, min_lr=1e-4),
            keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True),
        ]
        history = net.fit(X, Y, batch_size=8, epochs=4, shuffle=False, validation_split=0.25, verbose=0,
                          callbacks=[*watch.callbacks(data=(X, Y)), *others])  # fmt: skip
    epochs = len(history.history["loss"])
    return Trained(net, [history.history], [Replay(model, minibatches((X[:24], Y[:24]), 8, epochs))])


PROGRAM = Program(train, fast=True)
