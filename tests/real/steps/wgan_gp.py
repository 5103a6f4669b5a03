"""WGAN-GP (https://keras.io/examples/generative/wgan_gp/): three steps of the critic for one of the
generator, a gradient penalty.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.real.program import Program, Trained, Watch

IMAGES = np.random.default_rng(25).random((24, 6), dtype=np.float32)


class WGAN(keras.Model):
    """A critic whose gradient is held near 1, and a generator."""

    def __init__(self):
        super().__init__()
        self.critic = keras.Sequential(
            [keras.Input((6,)), layers.Dense(6), layers.LeakyReLU(0.2), layers.Dense(1)]
        )
        self.generator = keras.Sequential([keras.Input((3,)), layers.Dense(6, activation="tanh")])

    def compile(self, d_optimizer, g_optimizer):
        super().compile()
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer

    def penalty(self, real, made):
        share = tf.random.uniform((tf.shape(real)[0], 1))
        between = real + share * (made - real)
        with tf.GradientTape() as tape:
            tape.watch(between)
            out = self.critic(between, training=True)
        norm = tf.sqrt(tf.reduce_sum(tape.gradient(out, between) ** 2, 1) + 1e-12)
        return tf.reduce_mean((norm - 1.0) ** 2)

    def train_step(self, real):
        if isinstance(real, tuple):
            real = real[0]
        count = tf.shape(real)[0]
        for _ in range(3):
            made = self.generator(tf.random.normal((count, 3)), training=True)
            with tf.GradientTape() as tape:
                cost = tf.reduce_mean(self.critic(made, training=True)) - tf.reduce_mean(
                    self.critic(real, training=True)
                )
                d_loss = cost + 10.0 * self.penalty(real, made)
            weights = self.critic.trainable_variables
            self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights, strict=True))
        with tf.GradientTape() as tape:
            made = self.generator(tf.random.normal((count, 3)), training=True)
            g_loss = -tf.reduce_mean(self.critic(made, training=True))
        weights = self.generator.trainable_variables
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights, strict=True))
        return {"d_loss": d_loss, "g_loss": g_loss}


def train(watch: Watch) -> Trained:
    gan = WGAN()
    gan.compile(keras.optimizers.Adam(2e-3, beta_1=0.5), keras.optimizers.Adam(2e-3, beta_1=0.5))
    history = gan.fit(IMAGES, batch_size=8, epochs=2, verbose=0, callbacks=watch.callbacks())
    return Trained(gan, [history.history])


PROGRAM = Program(train, batch_loss=False, surface=False)
