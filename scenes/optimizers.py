"""Five optimizers race from one start on an ill-conditioned bowl."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Pacing, Scene
from animator.design.parameters import Point

NAMES = ("SGD", "momentum", "Nesterov", "RMSprop", "Adam")


def data(kappa):
    """Two samples that make the loss a bowl around (1, 1) with curvatures 1 and kappa."""
    x = np.diag([1.0, np.sqrt(kappa)]).astype(np.float32)
    return x, x @ np.ones((2, 1), np.float32)


def model(name, learning_rate, kappa, start):
    """A linear neuron without a bias, at `start`."""
    import keras

    make = {
        "SGD": lambda: keras.optimizers.SGD(learning_rate / kappa),
        "momentum": lambda: keras.optimizers.SGD(learning_rate / kappa, momentum=0.85),
        "Nesterov": lambda: keras.optimizers.SGD(learning_rate / kappa, momentum=0.85, nesterov=True),
        "RMSprop": lambda: keras.optimizers.RMSprop(learning_rate / 12),
        "Adam": lambda: keras.optimizers.Adam(learning_rate / 10),
    }
    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    neuron.compile(make[name](), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def scene(
    learning_rate: Annotated[float, Field(gt=0, lt=2)] = 0.8,
    kappa: Annotated[float, Field(ge=1, le=1000)] = 25.0,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 80,
    start: Point = (-1.5, 0.2),
) -> Scene:
    """SGD, momentum, Nesterov, RMSprop and Adam race from one start on an ill-conditioned bowl."""
    return Scene(
        title="Five optimizers, one start",
        runs=tuple(
            Experiment(model=partial(model, name, learning_rate, kappa, start), data=partial(data, kappa),
                       epochs=epochs, batch_size=2, shuffle=False, labels=("w1", "w2"), target=(1.0, 1.0))
            for name in NAMES
        ),
        names=NAMES,
        caption="Same start, same data, full batches; only the optimizer differs.",
        layout=(("race", "race", "race", "losses", "losses"),),
        pacing=Pacing(play=6.0, end=2.0),
    )  # fmt: skip
