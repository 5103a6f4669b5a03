"""Rosenbrock's valley: it is easy to reach its floor, and hard to go along it."""

from typing import Annotated

from pydantic import Field

from animator import Descent, Pacing, Scene
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


def scene(
    rate: Annotated[float, Field(gt=0, le=1.5)] = 1.0,
    steps: Annotated[int, Field(ge=10, le=10_000)] = 400,
    start: MaybePoint = None,
) -> Scene:
    """Eight optimizers in Rosenbrock's valley: all reach its floor at once, few its end; Newton's method
    jumps.

    rate multiplies the learning rate of each.
    """
    said = ", ".join(f"{optimizers.title(name)} {rate * own:g}" for name, own in RATES.items())
    return Scene(
        title="Rosenbrock's valley: the floor is easy, the way along it is hard",
        runs=tuple(
            Descent("rosenbrock", start, optimizer=name, learning_rate=rate * own, steps=steps)
            for name, own in RATES.items()
        ),
        names=tuple(optimizers.title(name) for name in RATES),
        caption=f"One start, each optimizer at a rate that suits it: {said}.",
        layout=(("race", "race", "race", "losses", "losses"),),
        resolution=201,
        pacing=Pacing(play=9.0, end=2.5, pace="log"),
    )
