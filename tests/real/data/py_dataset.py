"""PyDataset with workers (https://keras.io/guides/training_with_built_in_methods/): batches made in
threads, in order.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(43)
X = RNG.random((40, 3), dtype=np.float32)
Y = X.sum(1, keepdims=True)


class Pieces(keras.utils.PyDataset):
    """8 samples at a time."""

    def __init__(self, **options):
        super().__init__(**options)
        self.epochs = 0

    def __len__(self):
        return 5

    def __getitem__(self, index):
        piece = slice(8 * index, 8 * index + 8)
        return X[piece], Y[piece]


def model() -> keras.Model:
    net = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.1), "mse")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(Pieces(workers=2, max_queue_size=4), epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=Pieces()))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train, fast=True)
