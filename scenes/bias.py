"""Why a slice goes stale: the bias trains too, and a still slice shows heights that are not the loss."""

from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import MaybePoint
from animator.design.scene_files import bundled


def gap(runs):
    """(K+1,) how far the bias is from its last value."""
    bias = finders.path_of(runs[0])[:, 2]
    return np.abs(bias - bias[-1])


def farthest(runs):
    """Where the bias is farthest from its last value."""
    away = gap(runs)
    step, bias = int(np.argmax(away)), finders.path_of(runs[0])[:, 2]
    return (
        Found(max(step, 1), {"now": digits(f"{bias[max(step, 1)]:.2f}"), "last": digits(f"{bias[-1]:.2f}")})
        if away.max()
        else None
    )


def close(runs):
    """From where on the bias stays within a tenth of the greatest distance."""
    away = gap(runs)
    step = finders.lasting(away <= away.max() / 10)
    return step or None


MOMENTS = (
    Moment(finders.start, Said("The same run twice. Watch the left dot: where is its height not its loss?")),
    Moment(
        farthest,
        Said("The bias is {now}, far from its last value {last}, at which the left surface was cut."),
    ),
    Moment(close, Said("Now the bias is nearly at its last value, so both surfaces are nearly the same.")),
    Moment(
        finders.finished(),
        Said("At the last step they are the same. Only the right one told the loss all along."),
    ),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.5,
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 10,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: MaybePoint = None,
) -> Scene:
    """Why a slice goes stale: a still slice at the last bias, beside one that is cut again at every step."""
    neuron = bundled("neuron").function(learning_rate=learning_rate, epochs=epochs, seed=seed, start=start)
    return replace(
        neuron,
        title=Said("A still slice goes stale"),
        runs=neuron.runs * 2,
        names=(Said("still, at the last bias"), Said("cut again at each step")),
        caption=Said("One run, twice; where the dot's height on the slice is not its loss, both are told."),
        layout=(("surface@0", "surface@1"),),
        slice=("static", "moving"),
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )
