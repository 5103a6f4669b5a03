"""Why a map goes stale: the bias is learned too, and a map for one bias does not show the loss at another."""

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


def farthest(data):
    """Where the bias is farthest from its last value: the loss there, and what it would be with that."""

    def find(runs):
        x, y = data()
        path, away = finders.path_of(runs[0]), gap(runs)
        step = max(1, int(np.argmax(away)))
        shown = np.mean((np.tanh(x @ path[step, :2] + path[-1, 2]) - y[:, 0]) ** 2)
        loss = finders.loss_of(runs[0])[step]
        words = {"bias": digits(f"{path[step, 2]:.2f}"), "last": digits(f"{path[-1, 2]:.2f}")}
        words |= {"shown": finders.number(shown, 2), "loss": finders.number(loss, 2)}
        return Found(step, words, run=0) if away.max() and words["shown"] != words["loss"] else None

    return find


def close(runs):
    """From where on the bias stays within a tenth of the greatest distance."""
    away = gap(runs)
    step, bias = finders.lasting(away <= away.max() / 10), finders.path_of(runs[0])[:, 2]
    return Found(step, {"bias": digits(f"{bias[step]:.2f}")}) if step else None


def moments(data):
    """What is said of a run on this data."""
    return (
        Moment(
            finders.start,
            Said("One run on two maps of its loss. Watch the left one: where is it wrong at the dot?"),
        ),
        Moment(
            farthest(data),
            Said("The left map, for bias {last}, shows {shown}. But the bias is {bias}, the loss {loss}."),
        ),
        Moment(close, Said("Now the bias is {bias}, near its last value: both maps are nearly the same.")),
        Moment(
            finders.finished(),
            Said("At the last step the maps are the same; only the right one was true all along."),
        ),
    )


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.5,
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 10,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: MaybePoint = None,
) -> Scene:
    """Why a map goes stale: one for the last bias, beside one that is drawn anew at every step."""
    neuron = bundled("neuron").function(learning_rate=learning_rate, epochs=epochs, seed=seed, start=start)
    return replace(
        neuron,
        title=Said("A map for one bias goes stale"),
        runs=neuron.runs * 2,
        names=(Said("map of the last bias"), Said("map of the present bias")),
        caption=Said("One run, twice: the maps show the loss at w1 and w2, with one bias or another."),
        layout=(("surface@0", "surface@1", "weights"),),
        slice=("static", "moving"),
        pacing=Pacing(play=4.0, end=2.0, pace="log"),
        moments=moments(neuron.runs[0].data),
    )
