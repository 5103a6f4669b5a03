"""Four learning rates on one surface: too small, right, at the edge of stability, and diverging."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Pacing, Scene
from animator.design.parameters import Point

NAMES = ("too small", "right", "edge", "diverging")


def data():
    """Three points of y = x1 + 2 x2: the loss is a bowl with curvatures 2 and 2/3 around (1, 2)."""
    return np.array([[1, 0], [0, 1], [1, 1]], np.float32), np.array([[1], [2], [3]], np.float32)


def model(learning_rate, start):
    """A linear neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def scene(
    small: Annotated[float, Field(gt=0, le=10)] = 0.04,
    right: Annotated[float, Field(gt=0, le=10)] = 0.5,
    edge: Annotated[float, Field(gt=0, le=10)] = 0.98,
    diverging: Annotated[float, Field(gt=0, le=10)] = 1.06,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 40,
    start: Point = (-1.0, 0.5),
) -> Scene:
    """Four learning rates on one surface: too small, right, at the edge of stability, diverging."""
    rates = (small, right, edge, diverging)
    return Scene(
        title="The learning rate decides",
        description="Gradient descent on a bowl of curvature 2 is stable below a learning rate of 1.",
        runs=tuple(
            Experiment(model=partial(model, rate, start), data=data, epochs=epochs, batch_size=3,
                       shuffle=False, labels=("w1", "w2"), target=(1.0, 2.0))
            for rate in rates
        ),
        names=NAMES,
        caption=f"Same start, same data; the learning rate differs: {', '.join(f'{r:g}' for r in rates)}.",
        layout=(("race", "race", "race", "losses", "losses"),),
        pacing=Pacing(play=6.0, end=2.0),
    )  # fmt: skip
