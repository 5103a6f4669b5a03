"""One sigmoid neuron, the same data, two losses: two landscapes."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design.parameters import Point

LOSSES = {Said("mean squared error"): "mean_squared_error", Said("cross-entropy"): "binary_crossentropy"}


def data(seed):
    """Two clouds that overlap, targets 0 and 1."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, (200, 1)).astype(np.float32)
    return (rng.normal(0, 1, (200, 2)) + 0.9 * (2 * y - 1)).astype(np.float32), y


def model(loss, learning_rate, start):
    """One sigmoid neuron without a bias, far on the wrong side at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid", use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), LOSSES[loss])
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def waiting(runs):
    """When cross-entropy has a tenth of its loss left, and squared error still has nine tenths."""
    squared, cross = (finders.loss_of(run) for run in runs)
    step = finders.first(cross <= 0.1 * cross[0])
    if step is None or squared[step] < 0.9 * squared[0]:
        return None
    return Found(step, {"left": finders.percent(squared[step] / squared[0])}, run=0)


def never(runs):
    """The last step, where squared error has not lost half of its loss, and cross-entropy has."""
    squared, cross = (finders.loss_of(run) for run in runs)
    slow = (squared > 0.5 * squared[0]).all() and cross[-1] <= 0.5 * cross[0]
    return (
        Found(runs[0].steps, {"left": finders.percent(squared[-1] / squared[0])}, 0, lasts=True)
        if slow
        else None
    )


MOMENTS = (
    Moment(
        finders.start, Said("Both neurons begin sure of wrong answers: watch which of the two gets going.")
    ),
    Moment(
        finders.kept(0.5, 1),
        Said("Cross-entropy counts sure mistakes without limit: a steep map, {steps} halve it."),
    ),
    Moment(
        waiting, Said("Squared error counts a mistake as 1 at most: a flat map, and {left} is still left.")
    ),
    Moment(
        finders.slower(0.5, 0, 1),
        Said("Only now half of the squared error is gone: {steps}; cross-entropy needed {other}."),
    ),
    Moment(never, Said("The steps are over: on its flat map squared error has {left} left.")),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.5,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 12,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: Point = (-4.0, -2.0),
) -> Scene:
    """Mean squared error against cross-entropy for one sigmoid neuron: the same data, two landscapes."""
    return Scene(
        title=Said("The same data, two losses"),
        runs=tuple(
            Experiment(model=partial(model, name, learning_rate, start), data=partial(data, seed),
                       epochs=epochs, batch_size=20, seed=seed, labels=("w1", "w2"))
            for name in LOSSES
        ),
        names=tuple(LOSSES),
        caption=Said("Same data, same start; two ways to count mistakes, each with a scale of its own."),
        layout=(("surface@0", "surface@1"), ("losses", "losses")),
        pacing=Pacing(play=5.0, end=2.0),
        moments=MOMENTS,
    )  # fmt: skip
