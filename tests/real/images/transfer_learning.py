"""Transfer learning & fine-tuning (https://keras.io/guides/transfer_learning/): the base frozen first,
then trained too.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import SEED, Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(3)
X = RNG.random((32, 8, 8, 3), dtype=np.float32)
Y = RNG.integers(0, 2, (32, 1)).astype(np.float32)


def model(frozen: bool = True) -> keras.Model:
    """A base with BatchNormalization, called in inference mode, and a head of its own."""
    base = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU()], name="base"
    )
    base.trainable = not frozen
    image = keras.Input((8, 8, 3))
    x = base(layers.Rescaling(2.0, offset=-1.0)(image), training=False)
    x = layers.Dropout(0.2, seed=SEED)(layers.GlobalAveragePooling2D()(x))
    net = keras.Model(image, layers.Dense(1)(x))
    compiled(net, 1e-2)
    return net


def compiled(net: keras.Model, rate: float) -> None:
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    net.compile(keras.optimizers.Adam(rate), loss, metrics=[keras.metrics.BinaryAccuracy()])


def train(watch: Watch) -> Trained:
    net = model()
    head = net.fit(X, Y, batch_size=8, shuffle=False, verbose=0, callbacks=watch.callbacks(data=(X, Y)))
    net.get_layer("base").trainable = True
    compiled(net, 1e-3)
    whole = net.fit(X, Y, batch_size=8, shuffle=False, verbose=0, callbacks=watch.callbacks(data=(X, Y)))
    return Trained(net, [head.history, whole.history], [Replay(model, minibatches((X, Y), 8))])


PROGRAM = Program(train)
