"""tanh saturates: starts far out lie on plateaus and barely move."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design.parameters import MaybePoint

STARTS = {
    Said("near"): (0.0, 0.0),
    Said("far"): (-1.6, 1.8),
    Said("farther"): (-2.2, 2.6),
    Said("plateau"): (-4.0, 4.4),
}


def data():
    """Two samples of a tanh neuron at (1, -0.5), where the loss is 0."""
    return np.eye(2, dtype=np.float32), np.tanh(np.array([[1.0], [-0.5]], np.float32))


def model(start, learning_rate):
    """A tanh neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "tanh", use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    neuron.set_weights([np.array(start, float).reshape(2, 1)])
    return neuron


def stuck(runs):
    """The last step, where the run that began farthest out still has nine tenths of its loss."""
    loss = finders.loss_of(runs[3])
    return runs[3].steps if loss[-1] > 0.9 * loss[0] else None


MOMENTS = (
    Moment(finders.start, Said("One neuron, several starts: watch which of them move, and when.")),
    Moment(
        finders.fallen(0.5, 0), Said("'near' begins on a slope: after {steps} {left} of its loss is left.")
    ),
    Moment(
        finders.slower(0.5, 1, 0), Said("'far' begins on flat ground: it needs {steps} for half of its loss.")
    ),
    Moment(
        finders.slower(0.5, 2, 1), Said("'farther' out it is flatter still: {steps} for half of its loss.")
    ),
    Moment(
        stuck,
        Said("'plateau' has kept over 90 % of its loss: out there tanh is flat, and the slope almost 0."),
    ),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 1.0,
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 120,
    start: MaybePoint = None,
) -> Scene:
    """tanh saturates: a start far out lies on a plateau, where the gradient is almost nothing.

    start is one more of your own.
    """
    starts = STARTS if start is None else {**STARTS, Said("yours"): start}
    return Scene(
        title=Said("Starts on a plateau barely move"),
        runs=tuple(
            Experiment(model=partial(model, begin, learning_rate), data=data, epochs=epochs, batch_size=2,
                       shuffle=False, labels=("w1", "w2"), target=(1.0, -0.5))
            for begin in starts.values()
        ),
        names=tuple(starts),
        caption=Said("Same data, same learning rate; only the start differs."),
        layout=(("race", "losses"),),
        pacing=Pacing(play=6.0, end=2.0),
        moments=MOMENTS,
    )  # fmt: skip
