"""The article's own figure: the weights over steps, from two different starts, side by side."""

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Found, Moment, Scene, finders
from animator.core.language import Said, digits
from animator.design.scene_files import bundled


def together(run):
    """When the two weights of a run come, and stay, within 0.1 of each other."""

    def find(runs):
        path = finders.path_of(runs[run])
        step = finders.lasting(np.abs(path[:, 0] - path[:, 1]) <= 0.1)
        return Found(step, {"value": digits(f"{path[step, :2].mean():.1f}")}) if step else None

    return find


def ends(same):
    """The last step, where the runs end within 0.25 of each other, or do not."""

    def find(runs):
        one, other = (finders.path_of(run)[-1, :2] for run in runs)
        apart = np.linalg.norm(one - other)
        return Found(runs[0].steps, {"apart": digits(f"{apart:.2f}")}) if (apart <= 0.25) == same else None

    return find


MOMENTS = (
    Moment(
        finders.start,
        Said("Same neuron, same data, two starts: watch whether the weights end at the same values."),
    ),
    Moment(together(0), Said("Test 1: the two weights have met, at about {value}, and stay together.")),
    Moment(together(1), Said("Test 2: the two weights have met, at about {value}, and stay together.")),
    Moment(
        ends(True),
        Said("Two starts, one end: the weights of both tests are {apart} apart, whatever they began with."),
    ),
    Moment(ends(False), Said("The steps are over, and the two tests are still {apart} apart.")),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.5,
    optimizer: Literal["sgd", "momentum", "adam"] = "sgd",
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 10,
    seed: Annotated[int, Field(ge=0, lt=2**31 - 1)] = 1,
) -> Scene:
    """The article's own figure: the weights over steps, from two different starts, side by side."""
    neuron = bundled("neuron").function
    tests = [
        neuron(learning_rate=learning_rate, optimizer=optimizer, epochs=epochs, seed=s)
        for s in (seed, seed + 1)
    ]
    return replace(
        tests[0],
        title=Said("Two starts, one end"),
        runs=tuple(test.runs[0] for test in tests),
        names=(Said("Test 1"), Said("Test 2")),
        layout=(("weights@0", "weights@1"),),
        moments=MOMENTS,
    )
