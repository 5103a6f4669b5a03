"""The loss surface in perspective, with the path on it, the camera turning once."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from animator import Pacing, Scene
from animator.core.language import Said
from animator.design.parameters import MaybePoint
from animator.design.scene_files import bundled


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.5,
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 10,
    use_bias: bool = False,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: MaybePoint = None,
) -> Scene:
    """The neuron's loss surface in perspective, its path on it, the camera turning once."""
    neuron = bundled("neuron").function(
        learning_rate=learning_rate, epochs=epochs, use_bias=use_bias, seed=seed, start=start
    )
    return replace(
        neuron,
        title=Said("The loss as a landscape"),
        layout=(("surface3d", "loss"), ("surface3d", "weights")),
        camera="orbit",
        pacing=Pacing(intro=1.0, play=6.0, end=2.0, pace="log"),
    )
