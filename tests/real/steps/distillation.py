"""Knowledge distillation (https://keras.io/examples/vision/knowledge_distillation/): compute_loss of one's
own, a frozen teacher.
"""

import keras
import numpy as np
from keras import layers, ops

from tests.real.program import Program, Replay, Trained, Watch, minibatches

RNG = np.random.default_rng(27)
X, Y = RNG.random((32, 5), dtype=np.float32), RNG.integers(0, 3, 32)


class Distiller(keras.Model):
    """The student learns from the labels and from its teacher."""

    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.teacher = student, teacher

    def compile(self, optimizer, metrics, student_loss, distillation_loss, alpha, temperature):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss, self.distillation_loss = student_loss, distillation_loss
        self.alpha, self.temperature = alpha, temperature

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, allow_empty=False):
        taught = self.teacher(x, training=False)
        own = self.student_loss(y, y_pred)
        apart = self.distillation_loss(
            ops.softmax(taught / self.temperature), ops.softmax(y_pred / self.temperature)
        )
        return self.alpha * own + (1 - self.alpha) * apart * self.temperature**2

    def call(self, x):
        return self.student(x)


def network(width: int, name: str) -> keras.Model:
    return keras.Sequential(
        [keras.Input((5,)), layers.Dense(width, activation="relu"), layers.Dense(3)], name=name
    )


def model() -> keras.Model:
    teacher = network(8, "teacher")
    teacher.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    teacher.fit(X, Y, verbose=0, shuffle=False)
    teacher.trainable = False
    net = Distiller(network(3, "student"), teacher)
    net.compile(keras.optimizers.Adam(), [keras.metrics.SparseCategoricalAccuracy()],
                keras.losses.SparseCategoricalCrossentropy(from_logits=True), keras.losses.KLDivergence(),
                alpha=0.1, temperature=10)  # fmt: skip
    return net


def train(watch: Watch) -> Trained:
    net = model()
    history = net.fit(X, Y, epochs=3, batch_size=8, shuffle=False, verbose=0,
                      callbacks=watch.callbacks(data=(X, Y)))  # fmt: skip
    return Trained(net, [history.history], [Replay(model, minibatches((X, Y), 8, 3))])


PROGRAM = Program(train, needs_model=True)
