"""Bidirectional LSTM on IMDB (https://keras.io/examples/nlp/bidirectional_lstm_imdb/): sequences of any
length, embedded.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(8)
X = keras.utils.pad_sequences([RNG.integers(1, 20, RNG.integers(2, 7)) for _ in range(32)], maxlen=6)
Y = RNG.integers(0, 2, 32)


def model() -> keras.Model:
    words = keras.Input((None,), dtype="int32")
    x = layers.Embedding(20, 4)(words)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    x = layers.Bidirectional(layers.LSTM(3))(x)
    net = keras.Model(words, layers.Dense(1, activation="sigmoid")(x))
    net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0, validation_data=(X, Y),
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 2))])


PROGRAM = Program(train)
