"""At a saddle the gradient is nearly zero, and gradient descent waits; noise finds the way down."""

from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import MaybePoint

NAMES = (Said("no noise"), Said("noise"))


def across(run):
    """(K+1,) how far a run is from the ridge, y = 0."""
    return np.abs(finders.path_of(run)[:, 1])


def at_saddle(runs):
    """When the run without noise is within 0.3 of the saddle at (0, 0)."""
    return finders.first(finders.distance(runs[0], (0.0, 0.0)) <= 0.3)


def off(run):
    """When a run is, and stays, more than 0.5 off the ridge; the other one's distance beside it."""

    def find(runs):
        step = finders.lasting(across(runs[run]) > 0.5)
        if not step or (run == 1 and across(runs[0])[step] > 0.1):
            return None
        return Found(step, {"other": digits(f"{across(runs[1 - run])[step]:.2g}")})

    return find


def waiting(runs):
    """The last step, where the run without noise is still within 0.1 of the ridge, and the other is not."""
    still = across(runs[0])[-1] <= 0.1 and across(runs[1])[-1] > 0.5
    return Found(runs[0].steps, {"away": digits(f"{across(runs[0])[-1]:.2g}")}) if still else None


MOMENTS = (
    Moment(finders.start, Said("A ridge that leads to a saddle: watch who finds the way down, and when.")),
    Moment(at_saddle, Said("Without noise it is at the saddle after {steps}: here the slope is nearly 0.")),
    Moment(off(1), Said("Noise has pushed the other off the ridge, and the slope takes it down: {steps}.")),
    Moment(off(0), Said("At last it is off the ridge without noise, too: it took {steps}.")),
    Moment(waiting, Said("After {steps} it is only {away} off the ridge without noise: it still waits.")),
)


def scene(
    noise: Annotated[float, Field(gt=0, le=5)] = 0.3,
    offset: Annotated[float, Field(ge=0, le=0.5)] = 1e-6,
    learning_rate: Annotated[float, Field(gt=0, le=0.5)] = 0.05,
    steps: Annotated[int, Field(ge=10, le=2000)] = 90,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 3,
    start: MaybePoint = None,
) -> Scene:
    """Gradient descent on a saddle, with and without noise on its gradient: the noisy one leaves first."""
    begin = start or (-1.5, offset)
    return Scene(
        title=Said("Escape from a saddle: noise finds the way down"),
        runs=tuple(
            Descent("saddle", begin, "sgd", learning_rate, steps, size, seed) for size in (0.0, noise)
        ),
        names=NAMES,
        caption=Said(
            "Both start {beside:g} beside the ridge; one has noise of {noise:g} on every gradient.",
            beside=begin[1],
            noise=noise,
        ),
        layout=(("race", "losses"),),
        resolution=161,
        pacing=Pacing(play=8.0, end=2.5),
        moments=MOMENTS,
    )
