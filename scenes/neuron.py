"""One tanh neuron learns its own activation: the weights walk to (1, 1)."""

from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Scene, finders
from animator.core.language import Said, digits
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


def steep(runs):
    """When a tenth of the loss is left, if that is within the first tenth of the steps."""
    found = finders.fallen(0.1)(runs)
    return found if found and found.step <= max(1, runs[0].steps // 10) else None


def as_far_again(runs):
    """When the weights have gone as far again as in their first step, after five steps or more."""
    path = finders.path_of(runs[0])
    lengths = np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))
    step = finders.first(np.append(0, lengths) >= 2 * lengths[0])
    return Found(step, {"more": step - 1}) if step and step > 5 else None


def short_of(runs):
    """The last step, where the weights are far from (1, 1) although the loss has fallen."""
    loss, away = finders.loss_of(runs[0]), finders.distance(runs[0], (1.0, 1.0))[-1]
    return (
        Found(runs[0].steps, {"away": digits(f"{away:.2f}")}) if away > 0.25 and loss[-1] < loss[0] else None
    )


MOMENTS = (
    Moment(finders.start, Said("Watch the dot: can it find the point (1, 1), where the loss is 0?")),
    Moment(steep, Said("The start is steep: after {steps} only {left} of the loss is left.")),
    Moment(
        as_far_again,
        Said("Then the slope is gentle: it takes {more} more steps to go as far as the first did."),
    ),
    Moment(
        finders.arrived((1.0, 1.0), 0.25),
        Said("Both weights are near 1: the neuron has found its own activation."),
    ),
    Moment(short_of, Said("The steps are over, and the weights are still {away} away from (1, 1).")),
    Moment(
        finders.diverged(),
        Said("The steps are too long: the loss is twice what it was, and stays above that."),
    ),
)


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
        title=Said("One tanh neuron learns its own activation"),
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
        moments=MOMENTS,
    )
