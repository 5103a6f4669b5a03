"""Collaborative filtering (https://keras.io/examples/structured_data/collaborative_filtering_movielens/).

A subclassed model of four embeddings, each user and film a vector and a bias; L2 on embeddings; one int
array of pairs.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(18)
X = np.stack([RNG.integers(0, 10, 64), RNG.integers(0, 8, 64)], 1)
Y = RNG.random(64).astype(np.float32)


class Recommender(keras.Model):
    """How much a user likes a film: the inner product of their vectors, and both biases."""

    def __init__(self, users, films, width=3, **options):
        super().__init__(**options)
        self.users, self.films, self.width = users, films, width
        penalty = keras.regularizers.l2(1e-3)
        self.user = layers.Embedding(
            users, width, embeddings_initializer="he_normal", embeddings_regularizer=penalty
        )
        self.film = layers.Embedding(
            films, width, embeddings_initializer="he_normal", embeddings_regularizer=penalty
        )
        self.user_bias, self.film_bias = layers.Embedding(users, 1), layers.Embedding(films, 1)

    def call(self, pairs):
        user, film = pairs[:, 0], pairs[:, 1]
        match = ops.sum(self.user(user) * self.film(film), -1, keepdims=True)
        return ops.sigmoid(match + self.user_bias(user) + self.film_bias(film))

    def get_config(self):
        return {**super().get_config(), "users": self.users, "films": self.films, "width": self.width}


def model() -> keras.Model:
    net = Recommender(10, 8)
    net.compile(keras.optimizers.Adam(1e-2), keras.losses.BinaryCrossentropy())
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 2))])


PROGRAM = Program(train, needs_model=True)
