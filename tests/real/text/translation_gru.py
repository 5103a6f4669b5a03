"""NMT with attention (https://www.tensorflow.org/text/tutorials/nmt_with_attention): two GRUs, masks, a
masked loss.

The model is subclassed and not built when fit begins; its inputs are a pair, and padding has no part in
the loss.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(10)


def sentences(count: int, length: int) -> np.ndarray:
    return keras.utils.pad_sequences([RNG.integers(1, 12, RNG.integers(3, length)) for _ in range(count)],
                                     maxlen=length, padding="post")  # fmt: skip


SOURCE, TARGET = sentences(24, 6), sentences(24, 7)
X, Y = (SOURCE, TARGET[:, :-1]), TARGET[:, 1:]


class Translator(keras.Model):
    """An encoder, attention on what it says, a decoder."""

    def __init__(self):
        super().__init__()
        self.source = layers.Embedding(12, 4, mask_zero=True)
        self.encoder = layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode="sum")
        self.target = layers.Embedding(12, 4, mask_zero=True)
        self.decoder = layers.GRU(4, return_sequences=True)
        self.attention = layers.MultiHeadAttention(1, 4)
        self.norm = layers.LayerNormalization()
        self.out = layers.Dense(12)

    def call(self, inputs):
        source, target = inputs
        context = self.encoder(self.source(source))
        x = self.decoder(self.target(target))
        return self.out(self.norm(x + self.attention(x, context)))


def masked_loss(y, logits):
    """Cross-entropy over all words that are none of the padding."""
    each = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
    mask = ops.cast(ops.not_equal(y, 0), each.dtype)
    return ops.sum(each * mask) / ops.sum(mask)


def masked_accuracy(y, logits):
    right = ops.cast(ops.equal(ops.cast(y, "int64"), ops.argmax(logits, -1)), "float32")
    mask = ops.cast(ops.not_equal(y, 0), "float32")
    return ops.sum(right * mask) / ops.sum(mask)


def model() -> keras.Model:
    net = Translator()
    net.compile("adam", masked_loss, metrics=[masked_accuracy])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train, needs_model=True)
