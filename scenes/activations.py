"""The same neuron with three activations, each taught by a neuron of its own kind: three surfaces."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design.parameters import Point

TEACHERS = {
    "tanh": np.tanh,
    "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    "relu": lambda v: np.maximum(v, 0),
}


def data(activation, seed):
    """200 points around 0, and what a neuron with this activation at (1, 1) makes of them."""
    x = np.random.default_rng(seed).normal(0, 1.5, (200, 2)).astype(np.float32)
    return x, TEACHERS[activation](x.sum(axis=1, keepdims=True)).astype(np.float32)


def model(activation, learning_rate, start):
    """One neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation, use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


NAMES = tuple(TEACHERS)


def there(runs):
    """(when each run has, and keeps, a hundredth of its loss; None where it never does, names beside)."""
    steps = [finders.lasting(finders.loss_of(run) <= 0.01 * finders.loss_of(run)[0]) for run in runs]
    return list(zip(steps, TEACHERS, strict=True))


def latest(runs):
    """The last run that is down to a hundredth of its loss, if all are: not before twice the first's."""
    steps = there(runs)
    if not all(step for step, _ in steps) or max(steps)[0] < 2 * min(steps)[0]:
        return None
    run = NAMES.index(max(steps)[1])
    return Found(max(steps)[0], {"name": NAMES[run], "first": min(steps)[0]}, run, lasts=True)


def gentle(runs):
    """After ten steps: sigmoid, when it has lost the smallest share of its loss."""
    left = {
        name: finders.loss_of(run)[10] / finders.loss_of(run)[0]
        for run, name in zip(runs, TEACHERS, strict=True)
    }
    slowest = max(left, key=left.get) == "sigmoid"
    return (
        Found(10, {"left": finders.percent(left["sigmoid"])}, run=1)
        if slowest and left["sigmoid"] < 1
        else None
    )


def flat(runs):
    """The last step: those that are not down to a hundredth of their loss."""
    late = [name for step, name in there(runs) if step is None]
    return (
        Found(
            runs[0].steps,
            {
                "names": Said("{some} and {last}", some=", ".join(late[:-1]), last=late[-1])
                if late[1:]
                else late[0]
            },
        )
        if 0 < len(late) < len(runs)
        else None
    )


MOMENTS = (
    Moment(
        finders.start, Said("One neuron, three curves (activations): watch which map is steep, which flat.")
    ),
    Moment(
        finders.winner(0.01, NAMES),
        Said("The {name} neuron is first: after {steps} less than 1 % of its loss is left."),
    ),
    Moment(
        gentle,
        Said("The sigmoid curve rises by at most 1/4, so its map is flat: {left} of the loss is left."),
    ),
    Moment(latest, Said("The {name} neuron is last: {steps} for what the first one did in {first}.")),
    Moment(flat, Said("The steps are over before the loss of {names} came down to 1 %.")),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.3,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 7,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: Point = (-1.0, 0.6),
) -> Scene:
    """The same neuron with tanh, sigmoid and relu, each taught by its own kind."""
    return Scene(
        title=Said("Three activations, three landscapes"),
        runs=tuple(
            Experiment(model=partial(model, name, learning_rate, start), data=partial(data, name, seed),
                       epochs=epochs, batch_size=20, seed=seed, labels=("w1", "w2"), target=(1.0, 1.0))
            for name in TEACHERS
        ),
        names=tuple(TEACHERS),
        caption=Said("One neuron without a bias: above, the loss at its two weights; below, its curve."),
        layout=(tuple(f"surface@{i}" for i in range(3)), tuple(f"activation@{i}" for i in range(3))),
        pacing=Pacing(play=5.0, end=2.0),
        moments=MOMENTS,
    )  # fmt: skip
