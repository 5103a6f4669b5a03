"""Character-level sequence-to-sequence (https://keras.io/examples/nlp/lstm_seq2seq/): states handed from
LSTM to LSTM.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(11)


def one_hot(length: int) -> np.ndarray:
    return np.eye(5, dtype=np.float32)[RNG.integers(0, 5, (24, length))]


X, Y = [one_hot(4), one_hot(6)], one_hot(6)


def model() -> keras.Model:
    source, target = keras.Input((None, 5)), keras.Input((None, 5))
    _, h, c = layers.LSTM(4, return_state=True)(source)
    x, _, _ = layers.LSTM(4, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    net = keras.Model([source, target], layers.Dense(5, activation="softmax")(x))
    net.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0, validation_split=1 / 3,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    part = [array[:16] for array in X]
    return Trained(net, [history.history], [Replay(model, minibatches((part, Y[:16]), 8, 2))])


PROGRAM = Program(train)
