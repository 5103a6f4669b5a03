"""Two linear neurons, one behind the other: at a saddle the slope is nearly 0, and descent stalls."""

from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import Point

LOSS = "(1 - a*b)**2"


def slope(runs):
    """(K+1,) how steep the loss is at every step."""
    a, b = finders.path_of(runs[0]).T
    return 2 * np.abs(1 - a * b) * np.hypot(a, b)


def stalling(runs):
    """(first step, last step) of the longest stretch at the saddle: a twentieth of the slope, a loss of 1."""
    gentle = slope(runs) <= 0.05 * slope(runs)[0]
    return finders.longest(gentle & (np.abs(finders.loss_of(runs[0]) - 1) < 0.1))


def stalled(runs):
    """When the slope, and with it the length of a step, is a twentieth of what it was, near the saddle."""
    stretch = stalling(runs)
    step = stretch and stretch[0]
    return Found(step, {"times": digits(f"{slope(runs)[0] / slope(runs)[step]:.0f}")}, 0) if step else None


def leaving(runs):
    """When the dot is, and stays, more than 0.5 away from the saddle, after it has stalled there."""
    stretch = stalling(runs)
    step = finders.lasting(finders.distance(runs[0], (0.0, 0.0)) > 0.5)
    if not stretch or not step or step < stretch[1]:
        return None
    return Found(step, {"waited": stretch[1] - stretch[0] + 1}, 0)


def down(runs):
    """When the loss is, and stays, below a hundredth, after it has stalled."""
    step = finders.lasting(finders.loss_of(runs[0]) <= 0.01)
    return Found(step, {}, 0, lasts=True) if step and stalling(runs) and step > stalling(runs)[1] else None


def passing(runs):
    """When the loss is, and stays, below a hundredth, and it has not stalled."""
    step = finders.lasting(finders.loss_of(runs[0]) <= 0.01)
    return Found(step, {}, 0, lasts=True) if step and not stalling(runs) else None


def waiting(runs):
    """The last step, when it is still near the saddle."""
    stretch = stalling(runs)
    at_end = stretch and stretch[1] == runs[0].steps
    return Found(runs[0].steps, {}, 0, lasts=True) if at_end else None


MOMENTS = (
    Moment(finders.start, Said("Watch where the dot stops, and whether that is the bottom, where f is 0.")),
    Moment(
        stalled,
        Said("The dot stalls: the slope is {times} times gentler than at the start, so its steps are short."),
    ),
    Moment(
        leaving,
        Said("After {waited} slow steps the dot slides off sideways: this was a saddle, not the bottom."),
    ),
    Moment(down, Said("On the steep side the dot falls fast: f is below 0.01. The pause was not the end.")),
    Moment(passing, Said("The dot passed the saddle without a stop: after {steps} f is below 0.01.")),
    Moment(
        waiting,
        Said("After {steps} the dot is still at the saddle: f is about 1, and the slope almost 0."),
    ),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=0.2)] = 0.05,
    steps: Annotated[int, Field(ge=10, le=2000)] = 84,
    start: Point = (1.3, -1.298),
) -> Scene:
    """Two linear neurons in a row stall at a saddle, where the slope is nearly 0, and leave it sideways."""
    return Scene(
        title=Said("Stalled at a saddle"),
        runs=(Descent(LOSS, start, "sgd", learning_rate, steps),),
        caption=Said("Two weights, a and b, are to multiply to 1: f = (1 - a b)² is their loss."),
        layout=(("surface", "loss"),),
        window=(-1.7, 2.0, -1.7, 1.7),
        resolution=161,
        pacing=Pacing(play=6.0, end=2.0),
        moments=MOMENTS,
    )
