"""Where weights begin: at zero, too large, or scaled as Glorot and Bengio (2010) say."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits

NAMES = (Said("zero"), Said("too large"), Said("scaled"))


def data():
    """21 points of tanh(1.5 x)."""
    x = np.linspace(-2, 2, 21, dtype=np.float32)[:, None]
    return x, np.tanh(1.5 * x)


def model(name, learning_rate, large, seed):
    """A hidden tanh neuron and a linear one behind it, a weight each, begun as `name` says."""
    import keras

    make = {
        "zero": lambda k: keras.initializers.Zeros(),
        "too large": lambda k: keras.initializers.Constant(large),
        "scaled": lambda k: keras.initializers.GlorotUniform(seed + k),
    }[name]
    layers = [
        keras.layers.Dense(1, activation, use_bias=False, kernel_initializer=make(k))
        for k, activation in enumerate(("tanh", "linear"))
    ]
    network = keras.Sequential([keras.Input((1,)), *layers])
    network.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    return network


def stuck(runs):
    """After three steps: when the run from zero never moves at all."""
    path = finders.path_of(runs[0])
    return Found(3, run=0) if (path == path[0]).all() else None


def leading(runs):
    """From where on the scaled start has a lower loss than the others, if it had not at once."""
    zero, large, scaled = (finders.loss_of(run) for run in runs)
    step = finders.lasting((scaled < large) & (scaled < zero))
    return Found(step, run=2) if step and step > 3 else None


def saturated(runs):
    """Half-way: when the large hidden weight is near where it began, with ten times the scaled one's loss."""
    step = runs[1].steps // 2
    large, scaled = (finders.loss_of(run)[step] for run in runs[1:])
    hidden = finders.path_of(runs[1])[:, 0]
    still = abs(hidden[step] / hidden[0] - 1) < 0.1 and large > 10 * scaled
    return Found(step, {"now": digits(f"{hidden[step]:.1f}")}, run=1) if still else None


def order(runs):
    """The last step, where the scaled start has the lowest loss, and zero the highest."""
    zero, large, scaled = (finders.loss_of(run)[-1] for run in runs)
    named = {"zero": zero, "large": large, "scaled": scaled}
    words = {name: finders.number(value, 2) for name, value in named.items()}
    return Found(runs[0].steps, words, lasts=True) if scaled < large < zero else None


MOMENTS = (
    Moment(finders.start, Said("Three ways to begin, one network: watch which of them gets to the bottom.")),
    Moment(stuck, Said("Zero never moves: each weight's slope is multiplied by the other weight, and is 0.")),
    Moment(
        leading, Said("From here on the scaled start leads: its weights are neither too small nor too large.")
    ),
    Moment(
        saturated,
        Said("Too large: the neuron's curve (tanh) is flat there, so the hidden weight is still {now}."),
    ),
    Moment(
        order,
        Said("The start decides. The loss ends at {zero} (zero), {large} (too large), {scaled} (scaled)."),
    ),
)


def scene(
    large: Annotated[float, Field(gt=0, le=20)] = 5.0,
    learning_rate: Annotated[float, Field(gt=0, le=2)] = 0.3,
    epochs: Annotated[int, Field(ge=10, le=5000)] = 150,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 2,
) -> Scene:
    """Weights that begin at zero, too large, or scaled (Glorot): only the last get to the bottom."""
    return Scene(
        title=Said("The start decides: initialization"),
        runs=tuple(
            Experiment(
                model=partial(model, name, learning_rate, large, seed),
                data=data,
                epochs=epochs,
                batch_size=21,
                shuffle=False,
                seed=seed,
                labels=("hidden weight", "output weight"),
                target=(1.5, 1.0),
            )
            for name in NAMES
        ),
        names=NAMES,
        caption=Said(
            "A hidden and an output weight; too large: both {large:g}; scaled: random, to size (Glorot).",
            large=large,
        ),
        layout=(("race", "losses"),),
        pacing=Pacing(play=4.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )
