"""Where weights begin: at zero, too large, or drawn as Glorot and Bengio (2010) say."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits

NAMES = (Said("zero"), Said("too large"), "Glorot")


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
        "Glorot": lambda k: keras.initializers.GlorotUniform(seed + k),
    }[name]
    layers = [
        keras.layers.Dense(1, activation, use_bias=False, kernel_initializer=make(k))
        for k, activation in enumerate(("tanh", "linear"))
    ]
    network = keras.Sequential([keras.Input((1,)), *layers])
    network.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    return network


def stuck(runs):
    """After a tenth of the steps: when the run from zero has not moved at all."""
    path = finders.path_of(runs[0])
    return max(3, runs[0].steps // 10) if (path == path[0]).all() else None


def saturated(runs):
    """Half-way: when the large hidden weight is nearly where it began, with ten times Glorot's loss."""
    step = runs[1].steps // 2
    large, glorot = (finders.loss_of(run)[step] for run in runs[1:])
    hidden = finders.path_of(runs[1])[:, 0]
    still = abs(hidden[step] / hidden[0] - 1) < 0.1 and large > 10 * glorot
    return Found(step, {"now": digits(f"{hidden[step]:.1f}")}) if still else None


def order(runs):
    """The last step, where Glorot has the lowest loss, and zero the highest."""
    zero, large, glorot = (finders.loss_of(run)[-1] for run in runs)
    words = {
        "zero": digits(f"{zero:.2f}"),
        "large": finders.number(large, 2),
        "glorot": finders.number(glorot, 2),
    }
    return Found(runs[0].steps, words) if glorot < large < zero else None


MOMENTS = (
    Moment(finders.start, Said("Three ways to begin, one network: watch which of them gets to the bottom.")),
    Moment(
        finders.fallen(0.05, 2),
        Said("Glorot begins on a slope: after {steps} only {left} of its loss is left."),
    ),
    Moment(stuck, Said("Zero has not moved: each weight's slope is multiplied by the other, and that is 0.")),
    Moment(saturated, Said("Too large: tanh is flat out there, so the hidden weight is still at {now}.")),
    Moment(
        order,
        Said("The start decides: a loss of {zero} from zero, {large} from far out, {glorot} from Glorot."),
    ),
)


def scene(
    large: Annotated[float, Field(gt=0, le=20)] = 5.0,
    learning_rate: Annotated[float, Field(gt=0, le=2)] = 0.3,
    epochs: Annotated[int, Field(ge=10, le=5000)] = 150,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
) -> Scene:
    """Weights that begin at zero, too large, or as Glorot and Bengio say: only the last get to the bottom."""
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
                labels=("hidden", "output"),
            )
            for name in NAMES
        ),
        names=NAMES,
        caption=Said(
            "A hidden neuron and an output, one weight each; too large: both at {large:g}.", large=large
        ),
        layout=(("race", "losses"),),
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )
