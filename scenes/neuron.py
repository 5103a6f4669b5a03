"""One tanh neuron learns its own activation: the weights walk to (1, 1)."""

from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Experiment, Scene
from animator.design.parameters import MaybePoint


def data(seed, samples):
    """samples points in [0, 1)^2 and the tanh of their sums."""
    x = np.random.default_rng(seed).random((samples, 2), dtype=np.float32)
    return x, np.tanh(x.sum(axis=1, keepdims=True))


def model(learning_rate, optimizer, use_bias, start):
    """One neuron with tanh, for mean squared error; start: its two weights, where they are not random."""
    import keras

    make = {
        "sgd": lambda: keras.optimizers.SGD(learning_rate),
        "momentum": lambda: keras.optimizers.SGD(learning_rate, momentum=0.9),
        "adam": lambda: keras.optimizers.Adam(learning_rate),
    }
    neuron = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(1, activation="tanh", use_bias=use_bias)]
    )
    neuron.compile(make[optimizer](), "mean_squared_error")
    if start is not None:
        neuron.set_weights([np.array(start).reshape(2, 1), *neuron.get_weights()[1:]])
    return neuron


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.5,
    optimizer: Literal["sgd", "momentum", "adam"] = "sgd",
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 10,
    use_bias: bool = True,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: MaybePoint = None,
) -> Scene:
    """One tanh neuron learns its own activation: the weights walk to (1, 1)."""
    return Scene(
        title="One tanh neuron learns its own activation",
        runs=(
            Experiment(
                model=partial(model, learning_rate, optimizer, use_bias, start),
                data=partial(data, seed, 500),
                test=partial(data, seed + 1_000_000, 10),
                epochs=epochs,
                batch_size=32,
                seed=seed,
                labels=("w1", "w2", "bias") if use_bias else ("w1", "w2"),
                target=(1.0, 1.0),
            ),
        ),
    )
