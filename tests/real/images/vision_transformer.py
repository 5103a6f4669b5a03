"""Vision transformer (https://keras.io/examples/vision/image_classification_with_vision_transformer/):
patches of an image.

The normalization is adapted to the data, and the layers that cut and place patches are the program's
own.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(6)
X = RNG.random((24, 8, 8, 3), dtype=np.float32) * 255
Y = RNG.integers(0, 5, (24, 1))


class Patches(layers.Layer):
    """An image (8, 8, 3) as 4 patches of 48 numbers."""

    def call(self, images):
        cut = ops.reshape(images, (-1, 2, 4, 2, 4, 3))
        return ops.reshape(ops.transpose(cut, (0, 1, 3, 2, 4, 5)), (-1, 4, 48))


class Places(layers.Layer):
    """Patches as vectors, each with one for its place."""

    def __init__(self, width=8, **options):
        super().__init__(**options)
        self.width = width
        self.projection = layers.Dense(width)
        self.position = layers.Embedding(4, width)

    def call(self, patches):
        return self.projection(patches) + self.position(ops.expand_dims(ops.arange(4), 0))


def model() -> keras.Model:
    normalization = layers.Normalization()
    normalization.adapt(X)
    image = keras.Input((8, 8, 3))
    x = Places()(Patches()(normalization(image)))
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    x = layers.Add()([layers.MultiHeadAttention(2, 4, dropout=0.1)(y, y), x])
    y = layers.Dense(8, activation=keras.activations.gelu)(layers.LayerNormalization(epsilon=1e-6)(x))
    x = layers.Flatten()(layers.Add()([layers.Dropout(0.1)(y), x]))
    net = keras.Model(image, layers.Dense(5)(x))
    net.compile(keras.optimizers.AdamW(1e-3, weight_decay=1e-4),
                keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                metrics=[keras.metrics.SparseTopKCategoricalAccuracy(2, name="top-2")])  # fmt: skip
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train, needs_model=True)
