"""At a saddle the slope is nearly zero, and descent waits; noise finds the way down on either side."""

from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design.parameters import MaybePoint

# A ridge along w2 = 0, a saddle at (0, 0), where it is 1/2, and minima at (0, 1) and (0, -1), where it is 0.
LOSS = "w1**2 + (w2**2 - 1)**2/2"
NAMES = (Said("no noise"), Said("noise"))


def across(run):
    """(K+1,) how far a run is from the ridge, w2 = 0."""
    return np.abs(finders.path_of(run)[:, 1])


def at_saddle(runs):
    """When the run without noise is within 0.1 of the saddle at (0, 0), for three steps at least."""
    stay = finders.longest(finders.distance(runs[0], (0.0, 0.0)) <= 0.1)
    return Found(stay[0], {}, 0) if stay and stay[1] >= stay[0] + 3 else None


def off(run):
    """When a run is, and stays, more than 0.5 off the ridge: the noisy one before the other has begun."""

    def find(runs):
        steps = [finders.lasting(across(each) > 0.5) for each in runs]
        if not steps[run] or (run == 1 and across(runs[0])[steps[1]] > 0.1):
            return None
        return Found(steps[run], {"other": steps[1 - run]}, run, lasts=True) if run == 1 or steps[1] else None

    return find


def down(runs):
    """When the run with noise is within 0.05 of a minimum, while the other is still on the ridge."""
    step = finders.first(np.hypot(finders.path_of(runs[1])[:, 0], across(runs[1]) - 1) <= 0.05)
    return Found(step, {}, 1) if step and across(runs[0])[step] <= 0.1 else None


def waiting(runs):
    """The last step, where the run without noise is still within 0.1 of the ridge, and the other is not."""
    still = across(runs[0])[-1] <= 0.1 and across(runs[1])[-1] > 0.5
    return Found(runs[0].steps, {}, 0, lasts=True) if still else None


MOMENTS = (
    Moment(
        finders.start, Said("Two dots on one ridge, one of them with noise: watch who finds the way down.")
    ),
    Moment(
        at_saddle, Said("A saddle is flat in the middle, so the slope hardly moves the dot without noise.")
    ),
    Moment(off(1), Said("Small random pushes have moved the noisy dot sideways, to where it is steep.")),
    Moment(down, Said("After {steps} the noisy dot is at the bottom; without noise nothing has changed.")),
    Moment(
        off(0), Said("Only at step {step} is the other dot off the ridge; with noise it was step {other}.")
    ),
    Moment(waiting, Said("After {steps} the dot without noise still waits on the ridge.")),
)


def scene(
    noise: Annotated[float, Field(gt=0, le=5)] = 0.3,
    offset: Annotated[float, Field(ge=0, le=0.5)] = 1e-6,
    learning_rate: Annotated[float, Field(gt=0, le=0.5)] = 0.05,
    steps: Annotated[int, Field(ge=10, le=2000)] = 160,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 3,
    start: MaybePoint = None,
) -> Scene:
    """Gradient descent at a saddle, with and without noise on its gradient: the noisy one leaves first."""
    begin = start or (-1.5, -offset)
    return Scene(
        title=Said("Escape from a saddle: noise finds the way down"),
        runs=tuple(Descent(LOSS, begin, "sgd", learning_rate, steps, size, seed) for size in (0.0, noise)),
        names=NAMES,
        caption=Said("One start; f is the loss of two weights, w1 and w2. The noise pushes at random."),
        layout=(("race", "losses"),),
        window=(-1.8, 1.2, -1.4, 1.4),
        resolution=161,
        pacing=Pacing(play=6.0, end=2.5),
        moments=MOMENTS,
    )
