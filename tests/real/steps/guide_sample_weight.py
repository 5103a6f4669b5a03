"""Customizing fit (https://keras.io/guides/custom_train_step_in_tensorflow/), supporting sample_weight,
and a test_step.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(23)
X, Y = RNG.random((48, 4), dtype=np.float32), RNG.random((48, 1), dtype=np.float32)
WEIGHT = RNG.random((48, 1), dtype=np.float32)


class Weighted(keras.Model):
    """Its step takes two or three parts of the data; so does its test."""

    def train_step(self, data):
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            predicted = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=predicted, sample_weight=weight)
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return self.told(y, predicted, loss, weight)

    def test_step(self, data):
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        predicted = self(x, training=False)
        return self.told(y, predicted, self.compute_loss(y=y, y_pred=predicted, sample_weight=weight), weight)

    def told(self, y, predicted, loss, weight):
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, predicted, sample_weight=weight)
        return {metric.name: metric.result() for metric in self.metrics}


def model() -> keras.Model:
    inputs = keras.Input((4,))
    net = Weighted(inputs, layers.Dense(1)(layers.Dense(3, activation="tanh")(inputs)))
    net.compile("rmsprop", "mse", metrics=["mae"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, sample_weight=WEIGHT, batch_size=16, epochs=2, shuffle=False, verbose=0,
                      validation_data=(X, Y), callbacks=watch.callbacks(data=(X, Y, WEIGHT)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y, WEIGHT), 16, 2))])


PROGRAM = Program(train, needs_model=True)
