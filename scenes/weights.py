"""The article's own figure: the weights over steps, from two different starts, side by side."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from animator import Scene
from animator.design.scene_files import bundled


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.5,
    optimizer: Literal["sgd", "momentum", "adam"] = "sgd",
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 10,
    seed: Annotated[int, Field(ge=0, lt=2**31 - 1)] = 1,
) -> Scene:
    """The article's own figure: the weights over steps, from two different starts, side by side."""
    neuron = bundled("neuron").function
    tests = [
        neuron(learning_rate=learning_rate, optimizer=optimizer, epochs=epochs, seed=s)
        for s in (seed, seed + 1)
    ]
    return replace(
        tests[0],
        title="Two starts, one end",
        runs=tuple(test.runs[0] for test in tests),
        names=("Test 1", "Test 2"),
        layout=(("weights@0", "weights@1"),),
    )
