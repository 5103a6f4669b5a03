"""Training at the edge of stability: the sharpness rises to 2 / learning rate and stays there."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Pacing, Scene


def data():
    """40 points of a curve of one variable."""
    x = np.linspace(-1, 1, 40, dtype=np.float32)[:, None]
    return x, np.sin(3 * x) + 0.4 * np.cos(7 * x)


def model(learning_rate, width):
    """One hidden layer of tanh, mean squared error, plain gradient descent on all data at once."""
    import keras

    layers = keras.layers
    network = keras.Sequential([keras.Input((1,)), layers.Dense(width, "tanh"),
                                layers.Dense(width, "tanh"), layers.Dense(1)])  # fmt: skip
    network.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    return network


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.1,
    width: Annotated[int, Field(ge=2, le=256)] = 24,
    epochs: Annotated[int, Field(ge=10, le=100_000)] = 1500,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
) -> Scene:
    """The edge of stability: the Hessian's top eigenvalue rises to 2 / learning rate (Cohen et al. 2021)."""
    return Scene(
        title="At the edge of stability",
        runs=(
            Experiment(
                model=partial(model, learning_rate, width),
                data=data,
                epochs=epochs,
                batch_size=40,
                shuffle=False,
                seed=seed,
            ),
        ),
        layout=(("surface", "sharpness"), ("surface", "loss")),
        plane="hessian",
        slice="moving",
        resolution=41,
        pacing=Pacing(play=6.0, end=2.0),
    )
