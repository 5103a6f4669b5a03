"""Beale's function: a plateau with steep corners, where one learning rate does not suit all places."""

from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design import descent_words as words
from animator.design.parameters import Point
from animator.functions import optimizers

RATES = {"sgd": 0.01, "momentum": 0.005, "adagrad": 0.5, "rmsprop": 0.02, "adam": 0.1}


def tenth(pick):
    """When the first, or the last, of the runs has, and keeps, a tenth of its loss."""

    def find(runs):
        steps = [finders.lasting(finders.loss_of(run) <= 0.1 * finders.loss_of(run)[0]) for run in runs]
        found = [(step, name) for step, name in zip(steps, RATES, strict=True) if step is not None]
        if not found or (pick is max and len(found) < len(runs)):
            return None
        step, name = pick(found)
        return Found(step, {"name": optimizers.title(name), "first": min(found)[0]})

    return find


def uphill(runs):
    """When momentum's loss has risen by more than a quarter of what it was, from its lowest so far."""
    loss = finders.loss_of(runs[1])
    return finders.first(loss > 1.25 * np.minimum.accumulate(loss))


def nearest(runs):
    """The last step: who is nearest to the minimum at (3, 0.5), and how near."""
    away = [finders.distance(run, (3.0, 0.5))[-1] for run in runs]
    if not np.isfinite(away).all():
        return None
    name = list(RATES)[int(np.argmin(away))]
    return Found(runs[0].steps, {"name": optimizers.title(name), "away": digits(f"{min(away):.2f}")})


MOMENTS = (
    Moment(finders.start, Said("A steep corner, then a long flat way: watch who is quick on which.")),
    Moment(
        tenth(min),
        Said("{name} is first out of the steep corner: a tenth of its loss is left after {steps}."),
    ),
    Moment(uphill, Said("Momentum is too fast for the bend, and runs uphill: its loss rises again.")),
    Moment(
        tenth(max),
        Said("{name} is the last to lose nine tenths: it needs {step} steps, the first needed {first}."),
    ),
    Moment(nearest, Said("After {steps} {name} is nearest to the minimum: {away} away.")),
)


def scene(
    rate: Annotated[float, Field(gt=0, le=3)] = 1.0,
    steps: Annotated[int, Field(ge=10, le=10_000)] = 150,
    start: Point = (1.0, 1.5),
) -> Scene:
    """Five optimizers on Beale's function: steep at the corners, flat before the minimum at (3, 0.5).

    rate multiplies the learning rate of each.
    """
    said = words.rated((optimizers.title(name), rate * own) for name, own in RATES.items())
    return Scene(
        title=Said("Beale's function: steep corners, then a long flat way"),
        runs=tuple(Descent("beale", start, name, rate * own, steps) for name, own in RATES.items()),
        names=tuple(optimizers.title(name) for name in RATES),
        caption=Said("One start; {rates}.", rates=said),
        layout=(("race", "losses"),),
        resolution=201,
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )
