"""tanh saturates: starts far out lie on plateaus and barely move."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design.parameters import MaybePoint

STARTS = {
    Said("on the slope"): (0.0, 0.4),
    Said("at the edge"): (-1.7, 1.8),
    Said("on the plateau"): (-3.2, 3.4),
}


def data():
    """Two inputs, each with two answers around that of a tanh neuron at (1, -0.5): the loss is 0.09 there."""
    answers = np.tanh(np.array([[1.0], [-0.5]], np.float32))
    return np.tile(np.eye(2, dtype=np.float32), (2, 1)), np.concatenate([answers + 0.3, answers - 0.3])


def model(start, learning_rate):
    """A tanh neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "tanh", use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    neuron.set_weights([np.array(start, float).reshape(2, 1)])
    return neuron


def stuck(runs):
    """The last step, where the run on the plateau still has nine tenths of its loss."""
    loss = finders.loss_of(runs[2])
    return Found(runs[2].steps, {}, 2, lasts=True) if loss[-1] > 0.9 * loss[0] else None


MOMENTS = (
    Moment(finders.start, Said("One neuron, several starts: watch which dot moves, and when.")),
    Moment(
        finders.fallen(0.2, 0),
        Said("On the slope the first steps are long: after {steps} only {left} of the loss is left."),
    ),
    Moment(
        finders.slower(0.2, 1, 0),
        Said(
            "At the edge it is flat, so steps are short at first: {steps} for what the slope did in {other}."
        ),
    ),
    Moment(
        stuck,
        Said(
            "The plateau holds its dot: the neuron's output hardly changes there, so the slope is almost 0."
        ),
    ),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.5,
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 60,
    start: MaybePoint = None,
) -> Scene:
    """tanh saturates: a start far out lies on a plateau, where the gradient is almost nothing.

    start is one more of your own.
    """
    starts = STARTS if start is None else {**STARTS, Said("yours"): start}
    return Scene(
        title=Said("Starts on a plateau barely move"),
        runs=tuple(
            Experiment(model=partial(model, begin, learning_rate), data=data, epochs=epochs, batch_size=4,
                       shuffle=False, labels=("w1", "w2"), target=(1.0, -0.5))
            for begin in starts.values()
        ),
        names=tuple(starts),
        caption=Said("Same data, same learning rate; only the start differs."),
        layout=(("race", "losses"),),
        window=(-4.2, 2.4, -1.6, 4.0),
        pacing=Pacing(play=6.0, end=2.0),
        moments=MOMENTS,
    )  # fmt: skip
