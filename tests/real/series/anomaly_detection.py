"""Timeseries anomaly detection with an autoencoder
(https://keras.io/examples/timeseries/timeseries_anomaly_detection/).
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

X = np.stack([np.sin(np.arange(16) * 0.4 + i) for i in range(32)])[..., None].astype(np.float32)


def model() -> keras.Model:
    net = keras.Sequential(
        [
            layers.Input((16, 1)),
            layers.Conv1D(4, 7, padding="same", strides=2, activation="relu"),
            layers.Dropout(0.2),
            layers.Conv1D(2, 7, padding="same", strides=2, activation="relu"),
            layers.Conv1DTranspose(2, 7, padding="same", strides=2, activation="relu"),
            layers.Dropout(0.2),
            layers.Conv1DTranspose(1, 7, padding="same", strides=2),
        ]
    )
    net.compile(keras.optimizers.Adam(1e-2), "mse")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=5, mode="min")
    history = net.fit(X, X, batch_size=8, epochs=2, shuffle=False, validation_split=0.25, verbose=0,
                      callbacks=[stopping, *watch.callbacks(data=(X, X))])  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X[:24], X[:24]), 8, 2))])


PROGRAM = Program(train)
