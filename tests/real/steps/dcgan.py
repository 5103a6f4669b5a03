"""DCGAN (https://keras.io/examples/generative/dcgan_overriding_train_step/): two networks, two optimizers,
x without y.

The model's own optimizer never steps; the step reports d_loss and g_loss.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from tests.real.program import Program, Trained, Watch

IMAGES = np.random.default_rng(24).random((24, 4, 4, 1), dtype=np.float32)


class GAN(keras.Model):
    """A discriminator and a generator against each other."""

    def __init__(self):
        super().__init__()
        self.discriminator = keras.Sequential(
            [
                keras.Input((4, 4, 1)),
                layers.Conv2D(3, 3),
                layers.LeakyReLU(0.2),
                layers.Flatten(),
                layers.Dense(1),
            ]
        )
        self.generator = keras.Sequential([keras.Input((3,)), layers.Dense(16), layers.Reshape((4, 4, 1))])
        self.seeds = keras.random.SeedGenerator(1337)
        self.d_tracker, self.g_tracker = keras.metrics.Mean(name="d_loss"), keras.metrics.Mean(name="g_loss")

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    @property
    def metrics(self):
        return [self.d_tracker, self.g_tracker]

    def train_step(self, real):
        count = ops.shape(real)[0]
        made = self.generator(keras.random.normal((count, 3), seed=self.seeds))
        labels = ops.concatenate([ops.ones((count, 1)), ops.zeros((count, 1))], 0)
        labels += 0.05 * tf.random.uniform(tf.shape(labels))
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(ops.concatenate([made, real], 0)))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)
        noise = keras.random.normal((count, 3), seed=self.seeds)
        with tf.GradientTape() as tape:
            g_loss = self.loss_fn(ops.zeros((count, 1)), self.discriminator(self.generator(noise)))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        self.d_tracker.update_state(d_loss)
        self.g_tracker.update_state(g_loss)
        return {"d_loss": self.d_tracker.result(), "g_loss": self.g_tracker.result()}


def train(watch: Watch) -> Trained:
    gan = GAN()
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3),
                keras.losses.BinaryCrossentropy(from_logits=True))  # fmt: skip
    pipeline = tf.data.Dataset.from_tensor_slices(IMAGES).shuffle(24, seed=3).batch(8)
    history = gan.fit(pipeline, epochs=2, verbose=0, callbacks=watch.callbacks())
    return Trained(gan, [history.history])


PROGRAM = Program(train, batch_loss=False, surface=False, fast=True)
