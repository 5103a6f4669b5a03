"""Five optimizers race from one start on an ill-conditioned bowl."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design.parameters import Point

NAMES = ("SGD", Said("momentum"), "Nesterov", "RMSprop", "Adam")


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


def over(run):
    """When a run has crossed the valley's floor, w2 = 1, and gone up on the other side: its loss rises."""

    def find(runs):
        path, loss = finders.path_of(runs[run]), finders.loss_of(runs[run])
        crossed = (path[1:, 1] - 1) * (path[0, 1] - 1) < 0
        step = finders.first(crossed & (np.diff(loss) > 0))
        return None if step is None else step + 1

    return find


def creeping(runs):
    """When SGD stays on the floor, within 0.05, and still has more than 1 of w1's way of 2.5 to go."""
    path = finders.path_of(runs[0])
    step = finders.lasting(np.abs(path[:, 1] - 1) <= 0.05)
    step = step and max(step, 5)
    return step if step and step <= runs[0].steps and 1 - path[step, 0] > 1 else None


def order(runs):
    """The last step: who has the lowest loss, and who the highest."""
    last = [finders.loss_of(run)[-1] for run in runs]
    if not np.isfinite(last).all() or min(last) == max(last):
        return None
    best, worst = (NAMES[last.index(pick(last))] for pick in (min, max))
    return Found(runs[0].steps, {"best": best, "worst": worst})


def moments(kappa):
    """What is said of the race in a valley whose walls are `kappa` times as steep as its floor."""
    creep = Said(
        "SGD is on the floor and creeps: the slope along it is {kappa:g} times gentler than the walls.",
        kappa=kappa,
    )
    return (
        Moment(
            finders.start, Said("Five optimizers, one start, one valley: watch which way each of them takes.")
        ),
        Moment(over(1), Said("Momentum rolls across the floor and up the other side: its loss rises.")),
        Moment(creeping, creep),
        Moment(
            finders.winner(0.01, NAMES),
            Said("{name} is first: after {steps} less than 1 % of its loss is left."),
        ),
        Moment(order, Said("After {steps} {best} has the lowest loss and {worst} the highest.")),
    )


def scene(
    learning_rate: Annotated[float, Field(gt=0, lt=2)] = 0.8,
    kappa: Annotated[float, Field(ge=1, le=1000)] = 25.0,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 80,
    start: Point = (-1.5, 0.2),
) -> Scene:
    """SGD, momentum, Nesterov, RMSprop and Adam race from one start on an ill-conditioned bowl."""
    return Scene(
        title=Said("Five optimizers, one start"),
        runs=tuple(
            Experiment(model=partial(model, name, learning_rate, kappa, start), data=partial(data, kappa),
                       epochs=epochs, batch_size=2, shuffle=False, labels=("w1", "w2"), target=(1.0, 1.0))
            for name in NAMES
        ),
        names=NAMES,
        caption=Said("Same start, same data, full batches; only the optimizer differs."),
        layout=(("race", "losses"),),
        pacing=Pacing(play=6.0, end=2.0),
        moments=moments(kappa),
    )  # fmt: skip
