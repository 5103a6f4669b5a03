"""One tanh neuron, four minima: where it starts decides where it ends."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Pacing, Scene

STARTS = tuple((a, b) for b in (2.2, 0.7, -0.4) for a in (-0.4, 0.4, 1.1, 2.2))


def data():
    """Four samples that pull each weight two ways (after Auer, Herbster and Warmuth 1995)."""
    x = np.array([[1, 0], [20, 0], [0, 1], [0, 20]], np.float32)
    return x, np.array([[0.9], [0.1], [0.9], [0.1]], np.float32)


def model(start, learning_rate, epochs):
    """A tanh neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "tanh", use_bias=False)])
    falling = keras.optimizers.schedules.CosineDecay(learning_rate, epochs)
    neuron.compile(keras.optimizers.RMSprop(falling), "mean_squared_error")
    neuron.set_weights([np.array(start, float).reshape(2, 1)])
    return neuron


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.02,
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 150,
) -> Scene:
    """One neuron with four minima: twelve starts, each in the colour of the minimum it ends in."""
    return Scene(
        title="One neuron, four minima",
        runs=tuple(
            Experiment(model=partial(model, start, learning_rate, epochs), data=data, epochs=epochs,
                       batch_size=4, shuffle=False, labels=("w1", "w2"))
            for start in STARTS
        ),
        names=tuple(f"({a:g}, {b:g})" for a, b in STARTS),
        caption="Same data, same optimizer (RMSprop); only the start differs.",
        layout=(("basins",),),
        resolution=241,
        pacing=Pacing(play=7.0, end=2.0, pace="log"),
    )  # fmt: skip
