"""Why a slice goes stale: the bias trains too, and a still slice shows heights that are not the loss."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from animator import Pacing, Scene
from animator.design.parameters import MaybePoint
from animator.design.scene_files import bundled


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
        title="A still slice goes stale",
        runs=neuron.runs * 2,
        names=("still, at the last bias", "cut again at each step"),
        caption="One run, twice; where the dot's height on the slice is not its loss, the bar shows both.",
        layout=(("surface@0", "surface@1"),),
        slice=("static", "moving"),
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
    )
