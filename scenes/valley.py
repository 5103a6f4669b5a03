"""Rosenbrock's valley: it is easy to reach its floor, and hard to go along it."""

from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design import descent_words as words
from animator.design.parameters import Point
from animator.functions import optimizers

RATES = {
    "sgd": 0.001,
    "momentum": 0.0005,
    "newton": 1.0,
    "nesterov": 0.001,
    "rmsprop": 0.01,
    "adagrad": 0.5,
    "adam": 0.1,
    "lion": 0.01,
}
NAMES = (Said("plain descent"), "momentum", "Newton", "Nesterov", "RMSprop", "Adagrad", "Adam", "Lion")
END = (1.0, 1.0)


def floor(runs):
    """When plain descent is, and stays, on the valley's floor, y = x^2, within 0.1."""
    path = finders.path_of(runs[0])
    step = finders.lasting(np.abs(path[:, 1] - path[:, 0] ** 2) <= 0.1)
    return Found(step, {}, 0) if step else None


def newton(runs):
    """When Newton's method is, and stays, within 0.01 of the end."""
    return finders.arrived(END, 0.01, run=2)(runs) if len(runs) > 2 else None


def ahead(runs):
    """When momentum is, and stays, within 0.25 of the end, and plain descent is not, {away} from it."""
    found = finders.arrived(END, 0.25, run=1)(runs)
    away = found and finders.distance(runs[0], END)[found.step]
    return Found(found.step, {"away": digits(f"{away:.1f}")}, 1) if found and away > 0.25 else None


def left_behind(runs):
    """The last step, when plain descent is over 0.5 away; {times}: how much shorter its steps have become."""
    lengths = np.linalg.norm(np.diff(finders.path_of(runs[0]), axis=0), axis=1)
    if not finders.distance(runs[0], END)[-1] > 0.5 or not lengths[-1] < 0.1 * lengths[0]:
        return None
    return Found(runs[0].steps, {"times": digits(f"{lengths[0] / lengths[-1]:.0f}")}, 0, lasts=True)


MOMENTS = (
    Moment(
        finders.start,
        Said("A curved valley: watch how soon each is on its floor, and how soon at the cross."),
    ),
    Moment(floor, Said("After {steps} plain descent is on the floor: steep walls make long steps.")),
    Moment(newton, Said("Newton's method also knows how the ground bends, and jumps: {steps} to the cross.")),
    Moment(
        ahead,
        Said("Along the floor momentum adds step to step: it is 0.25 from the cross, plain descent {away}."),
    ),
    Moment(
        left_behind,
        Said(
            "The floor is nearly level: there plain descent's steps are {times} times shorter than its first."
        ),
    ),
)


def scene(
    rate: Annotated[float, Field(gt=0, le=1.5)] = 1.0,
    steps: Annotated[int, Field(ge=10, le=10_000)] = 400,
    start: Point = (-0.6, 1.6),
    runners: Annotated[int, Field(ge=2, le=len(RATES))] = 3,
) -> Scene:
    """Optimizers in Rosenbrock's valley: all are on its floor at once, few at its end; Newton's method jumps.

    rate multiplies the learning rate of each; runners: how many of plain descent (SGD), momentum, Newton,
    Nesterov, RMSprop, Adagrad, Adam and Lion.
    """
    raced = list(RATES.items())[:runners]
    said = words.rated((optimizers.title(name), rate * own) for name, own in raced)
    return Scene(
        title=Said("Rosenbrock's valley: the floor is easy, the way along it is hard"),
        runs=tuple(
            Descent("rosenbrock", start, optimizer=name, learning_rate=rate * own, steps=steps)
            for name, own in raced
        ),
        names=NAMES[:runners],
        description=Said("One start, each optimizer at a rate that suits it: {rates}.", rates=said),
        caption=Said("One start, each optimizer at a rate that suits it."),
        layout=(("race", "losses"),),
        window=(-1.7, 1.5, -1.7, 2.0),
        resolution=201,
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )
