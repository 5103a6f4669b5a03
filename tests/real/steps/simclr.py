"""Semi-supervised SimCLR (https://keras.io/examples/vision/semisupervised_simclr/): a contrastive step and
a probe beside it.

Two optimizers, augmenters as layers, metrics of the contrastive task and of the probe, batches of two
pipelines zipped.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from tests.real.program import Program, Trained, Watch

RNG = np.random.default_rng(29)
X, Y = RNG.random((24, 6, 6, 1), dtype=np.float32), RNG.integers(0, 3, 24)


class Contrastive(keras.Model):
    """An encoder learns that two views of an image belong together; a probe learns labels from it."""

    def __init__(self):
        super().__init__()
        self.augment = keras.Sequential(
            [keras.Input((6, 6, 1)), layers.RandomFlip(), layers.RandomTranslation(0.2, 0.2)]
        )
        self.encoder = keras.Sequential(
            [keras.Input((6, 6, 1)), layers.Flatten(), layers.Dense(5, activation="relu")]
        )
        self.head = keras.Sequential([keras.Input((5,)), layers.Dense(4)])
        self.probe = keras.Sequential([keras.Input((5,)), layers.Dense(3)])

    def compile(self, contrastive, probing, **options):
        super().compile(**options)
        self.contrastive, self.probing = contrastive, probing
        self.probe_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.c_loss, self.p_loss = keras.metrics.Mean(name="c_loss"), keras.metrics.Mean(name="p_loss")
        self.p_accuracy = keras.metrics.SparseCategoricalAccuracy(name="p_acc")

    @property
    def metrics(self):
        return [self.c_loss, self.p_loss, self.p_accuracy]

    def agreement(self, one, other):
        one, other = ops.normalize(one, axis=1), ops.normalize(other, axis=1)
        alike = ops.matmul(one, ops.transpose(other)) / 0.1
        right = ops.arange(ops.shape(one)[0])
        return ops.mean(keras.losses.sparse_categorical_crossentropy(right, alike, from_logits=True))

    def train_step(self, data):
        (plain, _), (labelled, labels) = data
        images = ops.concatenate((plain, labelled), axis=0)
        views = self.augment(images, training=True), self.augment(images, training=True)
        with tf.GradientTape() as tape:
            loss = self.agreement(*(self.head(self.encoder(view, training=True)) for view in views))
        weights = self.encoder.trainable_weights + self.head.trainable_weights
        self.contrastive.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        self.c_loss.update_state(loss)
        features = self.encoder(self.augment(labelled, training=True), training=False)
        with tf.GradientTape() as tape:
            logits = self.probe(features, training=True)
            loss = self.probe_loss(labels, logits)
        weights = self.probe.trainable_weights
        self.probing.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        self.p_loss.update_state(loss)
        self.p_accuracy.update_state(labels, logits)
        return {metric.name: metric.result() for metric in self.metrics}


def train(watch: Watch) -> Trained:
    net = Contrastive()
    net.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
    plain = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(24, seed=4).batch(8, drop_remainder=True)
    labelled = (
        tf.data.Dataset.from_tensor_slices((X[:12], Y[:12])).shuffle(12, seed=5).batch(4, drop_remainder=True)
    )
    history = net.fit(
        tf.data.Dataset.zip((plain, labelled)), epochs=2, verbose=0, callbacks=watch.callbacks()
    )
    return Trained(net, [history.history])


PROGRAM = Program(train, batch_loss=False, surface=False)
