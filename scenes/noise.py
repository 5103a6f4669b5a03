"""Batch sizes 1, 8, 32 and all: the smaller the batch, the more its gradient wanders."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Pacing, Scene
from animator.design.parameters import Point

SAMPLES = 128
SIZES = (1, 8, 32, SAMPLES)


def data(seed, noise):
    """128 points and noisy sums of their coordinates."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (SAMPLES, 2)).astype(np.float32)
    return x, (x.sum(axis=1, keepdims=True) + noise * rng.normal(size=(SAMPLES, 1))).astype(np.float32)


def model(learning_rate, start):
    """A linear neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.04,
    noise: Annotated[float, Field(ge=0, le=10)] = 1.0,
    rounds: Annotated[int, Field(ge=1, le=100)] = 1,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: Point = (-1.0, -0.4),
) -> Scene:
    """Batch sizes 1, 8, 32 and all on one surface: why stochastic gradient descent zigzags."""
    return Scene(
        title="Small batches wander",
        runs=tuple(
            Experiment(model=partial(model, learning_rate, start), data=partial(data, seed, noise),
                       epochs=rounds * size, batch_size=size, seed=seed, labels=("w1", "w2"),
                       shuffle=False)
            for size in SIZES
        ),
        names=("batch of 1", "batch of 8", "batch of 32", "all data"),
        caption=f"Same start, {SAMPLES * rounds:,} updates each. Lines: the loss of the batch in use, "
        "down which the next step goes.",
        layout=(("batch@0", "batch@1", "batch@2", "batch@3"), ("losses",) * 4),
        heights=(1.7, 1.0),
        pacing=Pacing(play=6.0, end=2.0),
    )  # fmt: skip
