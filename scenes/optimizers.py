"""Optimizers race from one start down a narrow valley: descent, momentum and Adam, or five of them."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design.parameters import Point

NAMES = (Said("descent"), Said("momentum"), "Adam", "Nesterov", "RMSprop")


def data(kappa):
    """Two samples that make the loss a bowl around (1, 1) with curvatures 1 and kappa."""
    x = np.diag([1.0, np.sqrt(kappa)]).astype(np.float32)
    return x, x @ np.ones((2, 1), np.float32)


def model(name, learning_rate, kappa, start):
    """A linear neuron without a bias, at `start`."""
    import keras

    make = {
        "descent": lambda: keras.optimizers.SGD(learning_rate / kappa),
        "momentum": lambda: keras.optimizers.SGD(learning_rate / kappa, momentum=0.85),
        "Nesterov": lambda: keras.optimizers.SGD(learning_rate / kappa, momentum=0.85, nesterov=True),
        "RMSprop": lambda: keras.optimizers.RMSprop(learning_rate / 12),
        "Adam": lambda: keras.optimizers.Adam(learning_rate / 10),
    }
    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    neuron.compile(make[name](), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def over(runs):
    """When momentum has crossed the valley's floor, w2 = 1, and gone up on the other side: its loss rises."""
    path, loss = finders.path_of(runs[1]), finders.loss_of(runs[1])
    crossed = (path[1:, 1] - 1) * (path[0, 1] - 1) < 0
    step = finders.first(crossed & (np.diff(loss) > 0))
    return None if step is None else Found(step + 1, run=1)


def aslant(runs):
    """After four steps: when Adam has gone as far in w1 as in w2, within a tenth, and descent has not."""
    gone = [np.abs(path[min(4, len(path) - 1)] - path[0]) for path in map(finders.path_of, runs)]
    even = abs(gone[2][0] / gone[2][1] - 1) <= 0.1
    return Found(4, run=2) if even and gone[0].max() > 2 * gone[0].min() and runs[2].steps > 4 else None


def creeping(runs):
    """When descent stays on the floor, within 0.05, and still has more than 1 of w1's way of 2.5 to go."""
    path = finders.path_of(runs[0])
    step = finders.lasting(np.abs(path[:, 1] - 1) <= 0.05)
    step = step and max(step, 8)
    return Found(step, run=0) if step and step <= runs[0].steps and 1 - path[step, 0] > 1 else None


def arrivals(runs):
    """[(when a run has, and keeps, a hundredth of its loss, its number)] of those that do, in order."""
    steps = [finders.lasting(loss <= 0.01 * loss[0]) for loss in map(finders.loss_of, runs)]
    return sorted((step, i) for i, step in enumerate(steps) if step)


def last(runs):
    """When the last one arrives, if all do, the first not at the same step."""
    there = arrivals(runs)
    if len(there) < len(runs) or there[0][0] == there[-1][0]:
        return None
    (step, best), (end, worst) = there[0], there[-1]
    return Found(end, {"worst": NAMES[worst], "best": NAMES[best], "first": step}, run=worst, lasts=True)


def moments(kappa):
    """What is said of the race in a valley whose walls are `kappa` times as steep as its floor."""
    return (
        Moment(finders.start, Said("One start, different ways downhill: watch who is first at the cross.")),
        Moment(over, Said("Momentum keeps most of its last step: it shoots up the other wall.")),
        Moment(aslant, Said("Adam goes as far in w1 as in w2, however steep each is: it cuts the corner.")),
        Moment(
            creeping,
            Said(
                "Descent's steps follow the slope: on the floor, {kappa:g} times gentler, it creeps.",
                kappa=kappa,
            ),
        ),
        Moment(
            last,
            Said("Less than 1 % of the loss left: {best} after {first} steps, {worst} only after {steps}."),
        ),
    )


def scene(
    learning_rate: Annotated[float, Field(gt=0, lt=2)] = 0.8,
    kappa: Annotated[float, Field(ge=1, le=1000)] = 25.0,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 60,
    start: Point = (-1.5, 0.2),
    five: bool = False,
) -> Scene:
    """Descent, momentum and Adam race from one start down a narrow valley; five=true: and two more."""
    names = NAMES if five else NAMES[:3]
    return Scene(
        title=Said("Optimizers: one start, different ways down"),
        runs=tuple(
            Experiment(model=partial(model, name, learning_rate, kappa, start), data=partial(data, kappa),
                       epochs=epochs, batch_size=2, shuffle=False, labels=("w1", "w2"), target=(1.0, 1.0))
            for name in names
        ),
        names=names,
        caption=Said("Same start, same data, full batches; only the optimizer differs."),
        layout=(("race", "losses"),),
        pacing=Pacing(play=4.0, end=2.0),
        moments=moments(kappa),
    )  # fmt: skip
