"""Optimizers on a function: a named one or a formula, from one start or many."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
from animator.design import descent_words as words
from animator.functions import function

LAYOUTS = {
    "path": (("surface", "weights"), ("surface", "loss")),
    "3d": (("surface3d", "weights"), ("surface3d", "loss")),
    "line": (("curve", "loss"),),
    "lines": (("curve", "losses"),),
    "race": (("race", "losses"),),
    "swarm": (("basins",),),
}


def best(runs):
    """(K+1,) the lowest value that any run has at each step; NaN where one has none."""
    return np.min([finders.loss_of(run) for run in runs], axis=0)


def lowest(runs):
    """From where on the lowest value stays within a hundredth of its whole fall of what it is at the end."""
    value = best(runs)
    fall = value[0] - value[-1]
    step = finders.lasting(value <= value[-1] + 0.01 * fall) if fall > 0 else None
    is_early = step and step < 0.95 * runs[0].steps
    return Found(step, {"value": finders.number(value[-1])}, lasts=True) if is_early else None


def half(runs):
    """When the lowest value has gone half of the way that it goes in all."""
    value = best(runs)
    step = finders.first(value <= (value[0] + value[-1]) / 2) if value[-1] < value[0] else None
    return Found(step, {"all": runs[0].steps}) if step else None


MOMENTS = (
    Moment(finders.start, Said("Watch how far down each step leads: the slope decides its direction.")),
    Moment(half, Said("Half of the way down is done after {step} of {all} steps.")),
    Moment(lowest, Said("From here on the lowest value hardly changes: it ends at {value}.")),
)


def scene(
    f: str = "himmelblau",
    start: str = "",
    optimizer: str = "adam",
    learning_rate: Annotated[float, Field(ge=0)] = 0.0,
    schedule: Literal["constant", "cosine", "exponential", "inverse", "linear"] = "constant",
    steps: Annotated[int, Field(ge=1, le=100_000)] = 200,
    noise: Annotated[float, Field(ge=0)] = 0.0,
    starts: Annotated[int, Field(ge=0, le=400)] = 0,
    view: Literal["map", "3d"] = "map",
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
) -> Scene:
    """Optimizers on a function: f is a name or a formula, start a point or several, optimizer one or several.

    A learning_rate of 0 is each optimizer's own; starts=100 drops a swarm over the window.
    """
    on, kinds, rates = function.find(f), words.parted(optimizer), words.Rates(learning_rate, schedule)
    begins = words.starts(on, start, starts, seed)
    runs = words.runs(f, begins, kinds, rates, steps, noise, seed)
    return Scene(
        title=on.title,
        runs=runs,
        names=words.names(begins, kinds),
        caption=words.caption(kinds, rates, noise, len(begins)),
        layout=LAYOUTS[kind(len(on.variables), len(runs), len(begins), view)],
        resolution=161,
        pacing=Pacing(play=6.0, end=2.0, pace="arc" if len(runs) == 1 else "step"),
        moments=MOMENTS,
    )


def kind(variables, runs, begins, view):
    """Which layout suits: by how many variables, runs and starts there are."""
    if variables == 1:
        return "line" if runs == 1 else "lines"
    if begins > 8:
        return "swarm"
    return "race" if runs > 1 else "3d" if view == "3d" else "path"
