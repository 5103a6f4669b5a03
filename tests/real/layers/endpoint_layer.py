"""Endpoint layer pattern (https://keras.io/examples/keras_recipes/endpoint_layer_pattern/): the labels are
an input, the loss a layer's.
"""

import keras
import numpy as np
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(39)
X = {"data": RNG.random((32, 4), dtype=np.float32), "targets": RNG.random((32, 1), dtype=np.float32)}


@keras.saving.register_keras_serializable("real")
class Endpoint(layers.Layer):
    """Probabilities out of logits; the loss is added on the way."""

    def call(self, logits, targets=None):
        if targets is not None:
            self.add_loss(keras.ops.mean(keras.losses.binary_crossentropy(targets, logits, from_logits=True)))
        return keras.ops.sigmoid(logits)


def model() -> keras.Model:
    data, targets = keras.Input((4,), name="data"), keras.Input((1,), name="targets")
    net = keras.Model({"data": data, "targets": targets}, Endpoint()(layers.Dense(1)(data), targets))
    net.compile(keras.optimizers.Adam(1e-2))
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, batch_size=8, epochs=2, shuffle=False, verbose=0, callbacks=watch.callbacks())
    return Trained(net, [history.history], [Replay(model, minibatches((X,), 8, 2))])


PROGRAM = Program(train, surface=False)
