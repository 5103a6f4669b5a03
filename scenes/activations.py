"""The same neuron with four activations, each taught by a neuron of its own kind: four surfaces."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Pacing, Scene
from animator.design.parameters import Point

TEACHERS = {
    "linear": lambda v: v,
    "tanh": np.tanh,
    "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    "relu": lambda v: np.maximum(v, 0),
}


def data(activation, seed):
    """200 points around 0, and what a neuron with this activation at (1, 1) makes of them."""
    x = np.random.default_rng(seed).normal(0, 1.5, (200, 2)).astype(np.float32)
    return x, TEACHERS[activation](x.sum(axis=1, keepdims=True)).astype(np.float32)


def model(activation, learning_rate, start):
    """One neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation, use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.3,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 12,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: Point = (-1.0, 0.6),
) -> Scene:
    """The same neuron with linear, tanh, sigmoid and relu, each taught by its own kind."""
    return Scene(
        title="Four activations, four landscapes",
        runs=tuple(
            Experiment(model=partial(model, name, learning_rate, start), data=partial(data, name, seed),
                       epochs=epochs, batch_size=20, seed=seed, labels=("w1", "w2"), target=(1.0, 1.0))
            for name in TEACHERS
        ),
        names=tuple(TEACHERS),
        layout=(("surface@0", "surface@1"), ("surface@2", "surface@3")),
        pacing=Pacing(play=5.0, end=2.0),
    )  # fmt: skip
