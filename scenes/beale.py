"""Beale's function: a plateau with steep corners, where one learning rate does not suit all places."""

from typing import Annotated

from pydantic import Field

from animator import Descent, Pacing, Scene
from animator.design.parameters import Point
from animator.functions import optimizers

RATES = {"sgd": 0.01, "momentum": 0.005, "adagrad": 0.5, "rmsprop": 0.02, "adam": 0.1}


def scene(
    rate: Annotated[float, Field(gt=0, le=3)] = 1.0,
    steps: Annotated[int, Field(ge=10, le=10_000)] = 150,
    start: Point = (1.0, 1.5),
) -> Scene:
    """Five optimizers on Beale's function: steep at the corners, flat before the minimum at (3, 0.5).

    rate multiplies the learning rate of each.
    """
    said = ", ".join(f"{optimizers.title(name)} {rate * own:g}" for name, own in RATES.items())
    return Scene(
        title="Beale's function: steep corners, then a long flat way",
        runs=tuple(Descent("beale", start, name, rate * own, steps) for name, own in RATES.items()),
        names=tuple(optimizers.title(name) for name in RATES),
        caption=f"One start; {said}.",
        layout=(("race", "race", "race", "losses", "losses"),),
        resolution=201,
        pacing=Pacing(play=8.0, end=2.5, pace="log"),
    )
