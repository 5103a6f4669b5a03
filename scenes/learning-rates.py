"""Four learning rates on one surface: too small, right, nearly too large, and too large."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design.parameters import Point

NAMES = (Said("too small"), Said("right"), Said("nearly too large"), Said("too large"))
START = (-1.0, 0.5)
WINDOW = (-4.0, 6.0, -1.5, 5.5)  # around the default start: all but the last run stay in it


def data():
    """Three points of y = x1 + 2 x2: the loss is a bowl with curvatures 2 and 2/3 around (1, 2)."""
    return np.array([[1, 0], [0, 1], [1, 1]], np.float32), np.array([[1], [2], [3]], np.float32)


def model(learning_rate, start):
    """A linear neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def walls(run):
    """(K+1,) where a run is along the steepest direction, 0 at the bottom."""
    return finders.path_of(run) @ [1.0, 1.0] - 3.0


def jumping(run):
    """When a run has changed sides six times in a row, a little nearer to the bottom each time."""

    def find(runs):
        side = walls(runs[run])
        nearer = (side[1:] * side[:-1] < 0) & (np.abs(side[1:]) < np.abs(side[:-1]))
        stretch = finders.longest(nearer)
        return Found(stretch[0] + 6, run=run) if stretch and stretch[1] - stretch[0] >= 5 else None

    return find


def growing(run):
    """When a run's loss has doubled, if it changes sides and grows at every step up to the end."""

    def find(runs):
        loss, side = finders.loss_of(runs[run]), walls(runs[run])
        step = finders.first(loss > 2 * loss[0])
        if step is None or (np.diff(loss) <= 0).any() or (side[1:] * side[:-1] >= 0).any():
            return None
        return Found(step, {"before": finders.number(loss[0], 2), "now": finders.number(loss[step], 2)}, run)

    return find


def straight(runs):
    """When the first run, which never changes sides, keeps a hundredth of its loss: ten times as late."""
    side = walls(runs[0])
    return finders.slower(0.01, 0, 1, 10)(runs) if (side[1:] * side[:-1] > 0).all() else None


def moments(rates):
    """What is said of these learning rates."""
    names = ("small", "right", "edge", "diverging")
    named = {name: Said("{rate:g}", rate=rate) for name, rate in zip(names, rates, strict=True)}
    first = finders.winner(0.01, tuple(named.values()))
    return (
        Moment(
            finders.start,
            Said("A step is slope times learning rate: watch which rate is first at the bottom."),
        ),
        Moment(first, Said("{name} fits this valley: after {steps} less than 1 % of its loss is left.")),
        Moment(
            jumping(2),
            Said("{edge} is nearly too large: it jumps across the valley, each time less far.", **named),
        ),
        Moment(
            growing(3),
            Said(
                "{diverging} is too large: each jump ends higher, and the loss is {now}, not {before}.",
                **named,
            ),
        ),
        Moment(
            straight,
            Said("{small} goes straight, in tiny steps: {steps} for what {right} did in {other}.", **named),
        ),
    )


def scene(
    small: Annotated[float, Field(gt=0, le=10)] = 0.04,
    right: Annotated[float, Field(gt=0, le=10)] = 0.5,
    edge: Annotated[float, Field(gt=0, le=10)] = 0.9,
    diverging: Annotated[float, Field(gt=0, le=10)] = 1.06,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 32,
    start: Point = START,
) -> Scene:
    """Four learning rates on one surface: too small, right, nearly too large, and too large."""
    rates = (small, right, edge, diverging)
    return Scene(
        title=Said("The learning rate decides"),
        description=Said("Gradient descent on a bowl of curvature 2 is stable below a learning rate of 1."),
        runs=tuple(
            Experiment(model=partial(model, rate, start), data=data, epochs=epochs, batch_size=3,
                       shuffle=False, labels=("w1", "w2"), target=(1.0, 2.0),
                       notes={"window": WINDOW} if start == START else {})
            for rate in rates
        ),
        names=tuple(
            Said("{name}, {rate:g}", name=name, rate=rate) for name, rate in zip(NAMES, rates, strict=True)
        ),
        caption=Said("Same start, same data; only the learning rate differs."),
        layout=(("surface@0", "surface@1", "losses"), ("surface@2", "surface@3", "losses")),
        pacing=Pacing(play=4.0, end=2.0, pace="log"),
        moments=moments(rates),
    )  # fmt: skip
