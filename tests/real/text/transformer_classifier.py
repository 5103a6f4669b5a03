"""Text classification with Transformer
(https://keras.io/examples/nlp/text_classification_with_transformer/).

The block and the embedding of tokens and places are subclassed layers without a configuration of their
own.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(9)
X = RNG.integers(0, 20, (32, 6))
Y = RNG.integers(0, 2, 32)


class Block(layers.Layer):
    """Attention and a small network, each added to what it was given."""

    def __init__(self, width, heads, inner):
        super().__init__()
        self.attention = layers.MultiHeadAttention(heads, width)
        self.inner = keras.Sequential([layers.Dense(inner, activation="relu"), layers.Dense(width)])
        self.norms = [layers.LayerNormalization(epsilon=1e-6), layers.LayerNormalization(epsilon=1e-6)]
        self.drops = [layers.Dropout(0.1), layers.Dropout(0.1)]

    def call(self, x):
        x = self.norms[0](x + self.drops[0](self.attention(x, x)))
        return self.norms[1](x + self.drops[1](self.inner(x)))


class Tokens(layers.Layer):
    """Tokens and their places as vectors."""

    def __init__(self, length, words, width):
        super().__init__()
        self.token = layers.Embedding(words, width)
        self.place = layers.Embedding(length, width)

    def call(self, x):
        return self.token(x) + self.place(ops.arange(ops.shape(x)[-1]))


def model() -> keras.Model:
    words = keras.Input((6,))
    x = layers.GlobalAveragePooling1D()(Block(4, 2, 8)(Tokens(6, 20, 4)(words)))
    x = layers.Dropout(0.1)(layers.Dense(4, activation="relu")(layers.Dropout(0.1)(x)))
    net = keras.Model(words, layers.Dense(2, activation="softmax")(x))
    net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 2))])


PROGRAM = Program(train, needs_model=True)
