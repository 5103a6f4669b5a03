"""Variational autoencoder (https://keras.io/examples/generative/vae/): a train_step with three trackers,
noise drawn in a layer.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from tests.real.program import Program, Trained, Watch

IMAGES = np.random.default_rng(26).random((32, 6, 6, 1), dtype=np.float32)


class Sampling(layers.Layer):
    """A point drawn around the mean, by a seed generator of its own."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        mean, log_variance = inputs
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


class VAE(keras.Model):
    """Its loss: how far the picture is off, and how far the code is from a normal distribution."""

    def __init__(self):
        super().__init__()
        image = keras.Input((6, 6, 1))
        x = layers.Flatten()(layers.Conv2D(3, 3, activation="relu")(image))
        mean, log_variance = layers.Dense(2)(x), layers.Dense(2)(x)
        self.encoder = keras.Model(image, [mean, log_variance, Sampling()([mean, log_variance])])
        code = keras.Input((2,))
        self.decoder = keras.Model(
            code, layers.Reshape((6, 6, 1))(layers.Dense(36, activation="sigmoid")(code))
        )
        self.trackers = [keras.metrics.Mean(name=name) for name in ("loss", "reconstruction_loss", "kl_loss")]

    @property
    def metrics(self):
        return self.trackers

    def train_step(self, data):
        with tf.GradientTape() as tape:
            mean, log_variance, code = self.encoder(data)
            each = keras.losses.binary_crossentropy(data, self.decoder(code))
            picture = ops.mean(ops.sum(each, axis=(1, 2)))
            kl = -0.5 * (1 + log_variance - ops.square(mean) - ops.exp(log_variance))
            kl = ops.mean(ops.sum(kl, axis=1))
            loss = picture + kl
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        for tracker, value in zip(self.trackers, (loss, picture, kl), strict=True):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.trackers}


def train(watch: Watch) -> Trained:
    vae = VAE()
    vae.compile(optimizer=keras.optimizers.Adam())
    history = vae.fit(IMAGES, epochs=2, batch_size=8, verbose=0, callbacks=watch.callbacks())
    return Trained(vae, [history.history])


PROGRAM = Program(train, batch_loss=False, surface=False)
