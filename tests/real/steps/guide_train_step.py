"""Customizing fit (https://keras.io/guides/custom_train_step_in_tensorflow/), the first example:
train_step with the compiled loss.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(21)
X, Y = RNG.random((48, 6), dtype=np.float32), RNG.random((48, 1), dtype=np.float32)


class OwnStep(keras.Model):
    """The step of the guide: one tape, one update, all metrics."""

    watch: Watch | None = None

    def train_step(self, data):
        if self.watch is not None:
            self.watch.count("train_step")
        x, y = data
        with tf.GradientTape() as tape:
            predicted = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=predicted)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, predicted)
        return {metric.name: metric.result() for metric in self.metrics}


def model() -> keras.Model:
    inputs = keras.Input((6,))
    net = OwnStep(inputs, layers.Dense(1)(inputs))
    net.compile("adam", "mse", metrics=["mae"])
    return net


def train(watch: Watch) -> Trained:
    net = model()
    net.watch = watch
    history = net.fit(X, Y, batch_size=16, epochs=3, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 16, 3))])


PROGRAM = Program(train, needs_model=True, fast=True)
