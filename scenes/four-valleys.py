"""Himmelblau's function has four valleys that are equally deep: the start decides which one is found."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import MaybePoint
from animator.functions import function, points

MINIMA = function.find("himmelblau").minima
NEAR = 0.26  # of the 17.6 that the picture is wide: so near a dot counts as in a valley there, too


def valleys(runs):
    """(N, 4, K+1) bools: which of the minima each run is NEAR, at every step."""
    return np.array([[finders.distance(run, place) <= NEAR for place in MINIMA] for run in runs])


def most(runs):
    """When three quarters of the runs are in a valley and stay there."""
    inside = valleys(runs).any(axis=1)
    steps = sorted(step for step in map(finders.lasting, inside) if step is not None)
    needed = -(-3 * len(runs) // 4)
    if len(steps) < needed:
        return None
    step = steps[needed - 1]
    there = sum(other <= step for other in steps)
    return Found(step, {"share": Said("{part} of {all}", part=there, all=len(runs))})


def last_one(runs):
    """When the last run has come into a valley, if all do: not before twice the time of most."""
    steps = [finders.lasting(inside) for inside in valleys(runs).any(axis=1)]
    early = most(runs)
    if early is None or None in steps or max(steps) < 2 * early.step:
        return None
    last = steps.index(max(steps))
    lengths = np.linalg.norm(np.diff(finders.path_of(runs[last])[: max(steps) + 1], axis=0), axis=1)
    short = lengths.min()
    return Found(max(steps), {"times": digits(f"{lengths.max() / short:.0f}")}, last) if short else None


def shares(runs):
    """The last step: how many runs each of the valleys has."""
    counts = [int(count) for count in valleys(runs)[:, :, -1].sum(axis=0)]
    words = Said("{some} and {last}", some=", ".join(map(str, counts[:-1])), last=counts[-1])
    said = {"counts": words, "runs": len(runs)}
    return Found(runs[0].steps, said, lasts=True) if min(counts) else None


MOMENTS = (
    Moment(finders.start, Said("Four valleys, all equally deep: watch which of them each dot finds.")),
    Moment(most, Said("After {steps} {share} dots are in a valley: each goes down where it is steepest.")),
    Moment(
        last_one,
        Said("Between two valleys it is nearly flat: there the last dot's steps were {times} times shorter."),
    ),
    Moment(
        shares,
        Said("The valleys got {counts} of {runs} dots: all are equally deep, only the starts differed."),
    ),
)


def scene(
    optimizer: Literal["sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "lion"] = "sgd",
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.004,
    across: Annotated[int, Field(ge=2, le=12)] = 5,
    steps: Annotated[int, Field(ge=5, le=5000)] = 120,
    start: MaybePoint = None,
) -> Scene:
    """A grid of starts on Himmelblau's function: neighbours part, and each of four equal minima has its
    basin.

    start is one more of your own.
    """
    starts = points.grid(function.find("himmelblau").window, across)
    starts = starts if start is None else (*starts, start)
    return Scene(
        title=Said("Four valleys, equally deep: the start decides"),
        runs=tuple(Descent("himmelblau", begin, optimizer, learning_rate, steps) for begin in starts),
        names=tuple(Said("({x:.2f}, {y:.2f})", x=x, y=y) for x, y in starts),
        caption=Said("The same steps for all; only the start differs."),
        layout=(("basins",),),
        resolution=241,
        pacing=Pacing(play=7.0, end=2.5, pace="log"),
        moments=MOMENTS,
    )
