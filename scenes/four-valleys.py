"""Himmelblau's function has four valleys that are equally deep: the start decides which one is found."""

from typing import Annotated, Literal

from pydantic import Field

from animator import Descent, Pacing, Scene
from animator.functions import function, optimizers, points


def scene(
    optimizer: Literal["sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "lion"] = "sgd",
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.004,
    across: Annotated[int, Field(ge=2, le=12)] = 7,
    steps: Annotated[int, Field(ge=5, le=5000)] = 120,
) -> Scene:
    """A grid of starts on Himmelblau's function: neighbours part, and each of four equal minima has its
    basin.
    """
    starts = points.grid(function.find("himmelblau").window, across)
    return Scene(
        title="Four valleys, equally deep: the start decides",
        runs=tuple(Descent("himmelblau", start, optimizer, learning_rate, steps) for start in starts),
        names=tuple(f"({x:.2f}, {y:.2f})" for x, y in starts),
        caption=f"{len(starts)} starts on a grid, all with {optimizers.title(optimizer)}, learning rate "
        f"{learning_rate:g}. Colours: the minimum that a path ends in, over the basins.",
        layout=(("basins",),),
        resolution=241,
        pacing=Pacing(play=7.0, end=2.5, pace="log"),
    )
