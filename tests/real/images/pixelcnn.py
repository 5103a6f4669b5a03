"""PixelCNN (https://keras.io/examples/generative/pixelcnn/) in small: masked convolutions of one's own,
residual blocks.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

IMAGES = (np.random.default_rng(5).random((24, 8, 8, 1)) < 0.33).astype(np.float32)


@keras.saving.register_keras_serializable("real")
class MaskedConv(layers.Layer):
    """A convolution that sees only pixels above and to the left; `own` says whether the pixel itself, too."""

    def __init__(self, own: bool, filters: int, size: int, **options):
        super().__init__(**options)
        self.own, self.filters, self.size = own, filters, size
        self.conv = layers.Conv2D(filters, size, padding="same", activation="relu")

    def build(self, shape):
        self.conv.build(shape)
        middle = self.size // 2
        mask = np.zeros(self.conv.kernel.shape, np.float32)
        mask[:middle] = 1
        mask[middle, : middle + self.own] = 1
        self.mask = mask

    def call(self, x):
        self.conv.kernel.assign(self.conv.kernel * self.mask)
        return self.conv(x)

    def get_config(self):
        return {**super().get_config(), "own": self.own, "filters": self.filters, "size": self.size}


def model() -> keras.Model:
    image = keras.Input((8, 8, 1))
    x = MaskedConv(False, 6, 5)(image)
    x = layers.add([x, MaskedConv(True, 6, 3)(x)])
    net = keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(x))
    net.compile(keras.optimizers.Adam(5e-3), "binary_crossentropy")
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(IMAGES, IMAGES, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(IMAGES, IMAGES)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((IMAGES, IMAGES), 8, 2))])


PROGRAM = Program(train)
