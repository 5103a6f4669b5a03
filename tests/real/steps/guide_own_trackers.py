"""Customizing fit (https://keras.io/guides/custom_train_step_in_tensorflow/), "going lower-level":
trackers of one's own.

No loss is compiled. The step reports a mean of its own, called "loss", over steps: it is no business of
Keras' tracker.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(22)
X, Y = RNG.random((40, 6), dtype=np.float32), RNG.random((40, 1), dtype=np.float32)


class OwnTrackers(keras.Model):
    """Its loss, its metrics and which of them are reset are all its own."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae_metric = keras.metrics.MeanAbsoluteError(name="mae")
        self.loss_fn = keras.losses.MeanSquaredError()

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            predicted = self(x, training=True)
            loss = self.loss_fn(y, predicted)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.loss_tracker.update_state(loss)
        self.mae_metric.update_state(y, predicted)
        return {"loss": self.loss_tracker.result(), "mae": self.mae_metric.result()}

    @property
    def metrics(self):
        return [self.loss_tracker, self.mae_metric]


def model() -> keras.Model:
    inputs = keras.Input((6,))
    net = OwnTrackers(inputs, layers.Dense(1)(inputs))
    net.compile(optimizer="adam")
    return net


def own_loss(net, batch):
    return net.loss_fn(batch[1], net(batch[0], training=True))


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, batch_size=16, epochs=3, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 3), own_loss)])


PROGRAM = Program(train, batch_loss=False, surface=False, fast=True)
