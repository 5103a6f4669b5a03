"""An exponential moving average of the weights (https://keras.io/api/optimizers/, use_ema), swapped in by
SwapEMAWeights.

The optimizer writes the averages over the weights when training ends; a clipped AdamW with a schedule
trains them.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(31)
X = RNG.random((32, 3), dtype=np.float32)
Y = np.sin(X.sum(1, keepdims=True)).astype(np.float32)


def model() -> keras.Model:
    net = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    rate = keras.optimizers.schedules.CosineDecay(0.05, 8)
    net.compile(keras.optimizers.AdamW(rate, use_ema=True, ema_momentum=0.8, clipnorm=1.0), "mse")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train)
