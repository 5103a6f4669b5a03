"""What momentum is: gradient, momentum and the update made of both, as arrows at the dot."""

from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Experiment, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design.parameters import Point

STEEP = 12.0


def data():
    """Two samples, two weights: a bowl twelve times as steep one way as the other, turned a little."""
    turn = np.deg2rad(25)
    x = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    x = (np.diag([1, np.sqrt(STEEP)]) @ x).astype(np.float32)
    return x, x @ np.ones((2, 1), np.float32)


def model(learning_rate, momentum, nesterov, start):
    """A linear neuron without a bias, far out at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    optimizer = keras.optimizers.SGD(learning_rate, momentum=momentum, nesterov=nesterov)
    neuron.compile(optimizer, "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def uphill(runs):
    """Before the first update that goes uphill although the gradient pulls back, so that the loss rises."""
    path, loss = finders.path_of(runs[0]), finders.loss_of(runs[0])
    x, _ = data()
    gradient = (path - 1) @ (x.T @ x)
    against = (np.diff(path, axis=0) * gradient[:-1]).sum(axis=1) > 0
    return finders.first(against & (np.diff(loss) > 0)) or None


def back(runs):
    """When the weights have crossed the valley's floor six times, and stand less high each time they turn."""
    x, _ = data()
    across = (finders.path_of(runs[0]) - 1) @ x[1]
    crossings = np.flatnonzero(across[1:] * across[:-1] < 0) + 1
    heights = [np.abs(part).max() for part in np.split(across, crossings)[:6]]
    return int(crossings[5]) if len(crossings) > 5 and (np.diff(heights) < 0).all() else None


def moments(momentum):
    """What is said of a ball that keeps `momentum` of its last step."""
    kept = Said(
        "The momentum, {momentum:g} of the last update, beats the gradient: the ball goes uphill.",
        momentum=momentum,
    )
    return (
        Moment(
            finders.start,
            Said("Watch the arrows: gradient (downhill) and momentum (as before) make the update."),
        ),
        *((Moment(uphill, kept),) if momentum else ()),
        Moment(
            back,
            Said("The sixth time across: each swing is smaller, as the gradient brakes the ball uphill."),
        ),
        Moment(
            finders.kept(0.01),
            Said("After {steps} less than 1 % of the loss is left, and it stays below that."),
        ),
        Moment(
            finders.diverged(),
            Said("The steps are too long: the loss is twice what it was, and stays above that."),
        ),
    )


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.04,
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.85,
    kind: Literal["heavy ball", "nesterov"] = "heavy ball",
    epochs: Annotated[int, Field(ge=5, le=1000)] = 50,
    start: Point = (-2.0, 2.0),
) -> Scene:
    """What momentum is: gradient, momentum and the update made of both, as arrows at the dot."""
    ahead = Said("w ← w + {momentum:g} v − {rate:g} ∇L", momentum=momentum, rate=learning_rate)
    rule = ahead if kind == "nesterov" else "w ← w + v"
    return Scene(
        title=Said("Momentum: a ball that remembers where it came from"),
        runs=(
            Experiment(model=partial(model, learning_rate, momentum, kind == "nesterov", start), data=data,
                       epochs=epochs, batch_size=2, shuffle=False, labels=("w1", "w2"), target=(1.0, 1.0)),
        ),
        caption=Said("The velocity keeps some of itself: v ← {momentum:g} v − {rate:g} ∇L, then {rule}.",
                     momentum=momentum, rate=learning_rate, rule=rule),
        layout=(("arrows", "loss"),),
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
        moments=moments(momentum),
    )  # fmt: skip
