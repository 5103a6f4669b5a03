"""Rosenbrock's valley: it is easy to reach its floor, and hard to go along it."""

from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design import descent_words as words
from animator.design.parameters import MaybePoint
from animator.functions import optimizers

RATES = {
    "sgd": 0.001,
    "momentum": 0.001,
    "nesterov": 0.001,
    "rmsprop": 0.01,
    "adagrad": 0.5,
    "adam": 0.1,
    "lion": 0.01,
    "newton": 1.0,
}


def floor(runs):
    """When six of the runs have been on the valley's floor, y = x^2, within 0.1."""
    paths = [finders.path_of(run) for run in runs]
    steps = [finders.first(np.abs(path[:, 1] - path[:, 0] ** 2) <= 0.1) for path in paths]
    found = sorted(step for step in steps if step is not None)
    return found[5] if len(found) > 5 else None


def newton(runs):
    """When Newton's method is, and stays, within 0.01 of the end at (1, 1)."""
    return finders.arrived((1.0, 1.0), 0.01, run=len(runs) - 1)(runs)


def first_of_others(runs):
    """When the first of the other runs is, and stays, within 0.1 of the end."""
    steps = [finders.lasting(finders.distance(run, (1.0, 1.0)) <= 0.1) for run in runs[:-1]]
    found = [(step, name) for step, name in zip(steps, RATES, strict=False) if step is not None]
    return Found(min(found)[0], {"name": optimizers.title(min(found)[1])}) if found else None


def left_behind(runs):
    """The last step: how many are more than 1 away from the end."""
    away = [finders.distance(run, (1.0, 1.0))[-1] for run in runs]
    far = sum(not distance <= 1 for distance in away)
    return (
        Found(runs[0].steps, {"far": Said("{part} of {all}", part=far, all=len(runs))})
        if 0 < far < len(runs)
        else None
    )


MOMENTS = (
    Moment(
        finders.start, Said("A curved valley: watch how soon each is on its floor, and how far it then gets.")
    ),
    Moment(floor, Said("Six of eight have been on the floor after {steps}: that was the easy part.")),
    Moment(newton, Said("Newton's method knows how the ground curves: it is at the end after {steps}.")),
    Moment(first_of_others, Said("{name} is the first of the others at the end, after {steps}.")),
    Moment(
        left_behind, Said("After {steps} {far} are still far from it: along the floor the slope is gentle.")
    ),
)


def scene(
    rate: Annotated[float, Field(gt=0, le=1.5)] = 1.0,
    steps: Annotated[int, Field(ge=10, le=10_000)] = 400,
    start: MaybePoint = None,
) -> Scene:
    """Eight optimizers in Rosenbrock's valley: all reach its floor at once, few its end; Newton's method
    jumps.

    rate multiplies the learning rate of each.
    """
    said = words.rated((optimizers.title(name), rate * own) for name, own in RATES.items())
    return Scene(
        title=Said("Rosenbrock's valley: the floor is easy, the way along it is hard"),
        runs=tuple(
            Descent("rosenbrock", start, optimizer=name, learning_rate=rate * own, steps=steps)
            for name, own in RATES.items()
        ),
        names=tuple(optimizers.title(name) for name in RATES),
        description=Said("One start, each optimizer at a rate that suits it: {rates}.", rates=said),
        caption=Said("One start, each optimizer at a rate that suits it."),
        layout=(("race", "losses"),),
        resolution=201,
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )
