"""Gradient descent against momentum in a ravine, each at its best; measured rates beside the theory's."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Pacing, Scene
from animator.design.parameters import Point


def data(kappa):
    """Two samples that make the loss a ravine around (1, 1) with curvatures 1 and kappa."""
    x = np.diag([1.0, np.sqrt(kappa)]).astype(np.float32)
    return x, x @ np.ones((2, 1), np.float32)


def model(learning_rate, beta, start):
    """A linear neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate, momentum=beta), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def best(kappa):
    """(learning rate, beta, rate) of gradient descent and of momentum (Goh 2017)."""
    root = np.sqrt(kappa)
    slow = (kappa - 1) / (kappa + 1)
    fast = (root - 1) / (root + 1)
    return (2 / (1 + kappa), 0.0, slow), ((2 / (1 + root)) ** 2, fast**2, fast)


def scene(
    kappa: Annotated[float, Field(ge=2, le=1000)] = 30.0,
    epochs: Annotated[int, Field(ge=12, le=1000)] = 60,
    start: Point = (-2.0, 1.6),
) -> Scene:
    """Gradient descent against momentum at the best rates for a ravine; measured beside theory."""
    choices = best(kappa)
    return Scene(
        title="Why momentum works",
        runs=tuple(
            Experiment(model=partial(model, float(rate), float(beta), start), data=partial(data, kappa),
                       epochs=epochs, batch_size=2, shuffle=False, labels=("w1", "w2"), target=(1.0, 1.0),
                       notes={"theory": float(theory)})
            for rate, beta, theory in choices
        ),
        names=("descent", "momentum"),
        caption=f"A bowl {kappa:g} times as steep one way as the other; each at its best learning rate.",
        layout=(("race", "losses"), ("race", "rates")),
        pacing=Pacing(play=6.0, end=2.0),
    )  # fmt: skip
