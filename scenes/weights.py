"""The weights over steps from two starts, as in the article's figure, and the ground that they go down."""

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Found, Moment, Scene, finders
from animator.core.language import Said, digits
from animator.design.scene_files import bundled


def apart(runs):
    """(K+1,) how far the weights w1 and w2 of the two runs are from each other."""
    one, other = (finders.path_of(run)[:, :2] for run in runs)
    return np.linalg.norm(one - other, axis=1)


def nearing(runs):
    """When the paths are, and stay, half as far from each other as the starts were, {begin}."""
    gap = apart(runs)
    step = finders.lasting(gap <= 0.5 * gap[0])
    return (
        Found(step, {"begin": digits(f"{gap[0]:.1f}"), "gap": digits(f"{gap[step]:.1f}")}) if step else None
    )


def met(runs):
    """When the paths are, and stay, within 0.1 of each other, before the last step."""
    step = finders.lasting(apart(runs) <= 0.1)
    return step if step and step < runs[0].steps else None


def ends(same):
    """The last step, where the weights of the two runs agree within 0.1, or do not."""

    def find(runs):
        gap = float(apart(runs)[-1])
        return (
            Found(runs[0].steps, {"apart": digits(f"{gap:.2f}")}, lasts=True)
            if (gap <= 0.1) == same
            else None
        )

    return find


MOMENTS = (
    Moment(finders.start, Said("One neuron, the same data, two starts: watch where the weights end.")),
    Moment(
        nearing,
        Said("The starts were {begin} apart, now it is {gap}: both paths go down into the same hollow."),
    ),
    Moment(met, Said("At step {step} the paths have met: less than 0.1 is between their weights.")),
    Moment(
        ends(True),
        Said("Two starts, one end: the map has one lowest point, and from both the way down led to it."),
    ),
    Moment(ends(False), Said("The steps are over, and the weights of the two are still {apart} apart.")),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.5,
    optimizer: Literal["sgd", "momentum", "adam"] = "sgd",
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 20,
    seed: Annotated[int, Field(ge=0, lt=2**31 - 1)] = 1,
) -> Scene:
    """The article's own figure, the weights over steps from two starts, beside the surface of both."""
    neuron = bundled("neuron").function
    tests = [
        neuron(learning_rate=learning_rate, optimizer=optimizer, epochs=epochs, seed=s)
        for s in (seed, seed + 1)
    ]
    return replace(
        tests[0],
        title=Said("Two starts, one end"),
        runs=tuple(test.runs[0] for test in tests),
        names=(Said("first start"), Said("second start")),
        layout=(("race", "weights@0"), ("race", "weights@1")),
        moments=MOMENTS,
    )
