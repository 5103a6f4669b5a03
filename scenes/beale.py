"""Beale's function: a steep wall, then flat ground, where one learning rate does not suit all places."""

from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.formatting import number
from animator.core.language import Said, digits
from animator.design.parameters import Point

RATES = {"sgd": 0.01, "momentum": 0.005, "adam": 0.1, "adagrad": 0.5, "rmsprop": 0.02}
NAMES = (Said("plain descent"), "momentum", "Adam", "Adagrad", "RMSprop")


def uphill(runs):
    """Where momentum's loss is highest after it has risen by a quarter: {low} before, {high} there."""
    loss = finders.loss_of(runs[1])
    begin = finders.first(loss > 1.25 * np.minimum.accumulate(loss))
    if begin is None:
        return None
    falls = finders.first(np.diff(loss[begin:]) < 0)
    if falls is None:
        return None
    low, high = loss[: begin + 1].min(), loss[begin + falls]
    return Found(begin + falls, {"low": number(low, 2), "high": number(high, 2)}, 1)


def adam(runs):
    """When Adam has, and keeps, a fifth of its loss, later than plain descent, which needed {quick} steps."""
    slow, quick = (finders.kept(0.2, run)(runs) if run < len(runs) else None for run in (2, 0))
    return Found(slow.step, {"quick": quick.step}, 2) if slow and quick and slow.step > quick.step else None


def overtaking(runs):
    """When momentum's loss is, and stays, below that of all others."""
    others = np.min([finders.loss_of(run) for run in (runs[0], *runs[2:])], axis=0)
    step = finders.lasting(finders.loss_of(runs[1]) < others)
    return Found(step, {}, 1, lasts=True) if step else None


def creeping(runs):
    """The last step: how much shorter plain descent's steps became."""
    lengths = np.linalg.norm(np.diff(finders.path_of(runs[0]), axis=0), axis=1)
    if not lengths[-1] < 0.1 * lengths[0]:
        return None
    return Found(runs[0].steps, {"times": digits(f"{lengths[0] / lengths[-1]:.0f}")}, 0, lasts=True)


MOMENTS = (
    Moment(
        finders.start, Said("A steep wall, then a long flat way to the cross: watch who is quick on which.")
    ),
    Moment(
        uphill,
        Said("Momentum is too fast for the bend, and runs up the next wall: f rises from {low} to {high}."),
    ),
    Moment(
        adam,
        Said("Adam evens out steep and flat: {steps} down the wall, where plain descent took {quick}."),
    ),
    Moment(
        overtaking, Said("On the flat way all steps point ahead, and momentum adds them up: now it leads.")
    ),
    Moment(
        creeping,
        Said("Plain descent creeps: on flat ground its steps are {times} times shorter than its first."),
    ),
)


def scene(
    rate: Annotated[float, Field(gt=0, le=3)] = 1.0,
    steps: Annotated[int, Field(ge=10, le=10_000)] = 150,
    start: Point = (1.0, 1.5),
    runners: Annotated[int, Field(ge=2, le=len(RATES))] = 3,
) -> Scene:
    """Optimizers on Beale's function: down a steep wall, then along flat ground to the minimum at (3, 0.5).

    rate multiplies the learning rate of each; runners: how many of plain descent (SGD), momentum, Adam,
    Adagrad and RMSprop.
    """
    raced = list(RATES.items())[:runners]
    return Scene(
        title=Said("Beale's function: a steep wall, then a long flat way"),
        runs=tuple(Descent("beale", start, name, rate * own, steps) for name, own in raced),
        names=NAMES[:runners],
        caption=Said("One start, each optimizer at a learning rate that suits it."),
        window=(-0.6, 3.7, -2.1, 1.7),
        layout=(("race", "losses"),),
        resolution=201,
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )
