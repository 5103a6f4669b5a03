"""Text generation with a miniature GPT
(https://keras.io/examples/generative/text_generation_with_miniature_gpt/).

Two outputs of which one has no loss; a causal mask made in the layer; batches come from tf.data.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

TEXT = np.random.default_rng(12).integers(0, 15, (24, 7))
X, Y = TEXT[:, :-1], TEXT[:, 1:]


@keras.saving.register_keras_serializable("real")
class CausalBlock(layers.Layer):
    """Attention on what came before, and a small network."""

    def __init__(self, width=4, **options):
        super().__init__(**options)
        self.width = width
        self.attention = layers.MultiHeadAttention(2, width)
        self.inner = layers.Dense(width, activation="relu")
        self.norms = [layers.LayerNormalization(), layers.LayerNormalization()]

    def build(self, shape):
        self.attention.build(shape, shape)
        for layer in (self.inner, *self.norms):
            layer.build(shape)

    def call(self, x):
        x = self.norms[0](x + self.attention(x, x, use_causal_mask=True))
        return self.norms[1](x + self.inner(x))

    def get_config(self):
        return {**super().get_config(), "width": self.width}


def model() -> keras.Model:
    words = keras.Input((6,), dtype="int32")
    x = CausalBlock()(layers.Embedding(15, 4)(words))
    net = keras.Model(words, [layers.Dense(15)(x), x])
    net.compile("adam", loss=[keras.losses.SparseCategoricalCrossentropy(from_logits=True), None])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(tf.data.Dataset.from_tensor_slices((X, Y)).batch(8), epochs=2, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 2))])


PROGRAM = Program(train)
