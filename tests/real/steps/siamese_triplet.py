"""Siamese network with a triplet loss (https://keras.io/examples/vision/siamese_network/): shared layers,
distances as outputs.

A train_step and a test_step of its own, a loss that is in no `compile`, an embedding used three times.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from tests.real.program import Program, Trained, Watch

X = tuple(np.random.default_rng(28).random((3, 32, 5), dtype=np.float32))


@keras.saving.register_keras_serializable("real")
class Distances(layers.Layer):
    """How far the anchor is from what is like it, and from what is not."""

    def call(self, anchor, positive, negative):
        return ops.sum((anchor - positive) ** 2, -1), ops.sum((anchor - negative) ** 2, -1)


class Siamese(keras.Model):
    """A network that gives distances, trained so that the one is a margin below the other."""

    def __init__(self, network, margin=0.5):
        super().__init__()
        self.network, self.margin = network, margin
        self.tracker = keras.metrics.Mean(name="loss")

    def call(self, inputs):
        return self.network(inputs)

    def triplet(self, data):
        near, far = self.network(data)
        return ops.maximum(near - far + self.margin, 0.0)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self.triplet(data)
        weights = self.network.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}

    def test_step(self, data):
        self.tracker.update_state(self.triplet(data))
        return {"loss": self.tracker.result()}

    @property
    def metrics(self):
        return [self.tracker]


def train(watch: Watch) -> Trained:
    embedding = keras.Sequential([keras.Input((5,)), layers.Dense(4, activation="relu"), layers.Dense(2)])
    inputs = [keras.Input((5,), name=name) for name in ("anchor", "positive", "negative")]
    net = Siamese(keras.Model(inputs, Distances()(*(embedding(part) for part in inputs))))
    net.compile(optimizer=keras.optimizers.Adam(1e-2), weighted_metrics=[])
    pipeline = tf.data.Dataset.from_tensor_slices(X).batch(8).prefetch(2)
    history = net.fit(pipeline, epochs=2, validation_data=pipeline, verbose=0, callbacks=watch.callbacks())
    return Trained(net, [history.history])


PROGRAM = Program(train, batch_loss=False, surface=False)
