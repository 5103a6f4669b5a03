"""At a saddle the gradient is nearly zero, and gradient descent waits; noise finds the way down."""

from typing import Annotated

from pydantic import Field

from animator import Descent, Pacing, Scene

NAMES = ("no noise", "noise")


def scene(
    noise: Annotated[float, Field(gt=0, le=5)] = 0.3,
    offset: Annotated[float, Field(ge=0, le=0.5)] = 1e-6,
    learning_rate: Annotated[float, Field(gt=0, le=0.5)] = 0.05,
    steps: Annotated[int, Field(ge=10, le=2000)] = 90,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 3,
) -> Scene:
    """Gradient descent on a saddle, with and without noise on its gradient: the noisy one leaves first."""
    return Scene(
        title="Escape from a saddle: noise finds the way down",
        runs=tuple(
            Descent("saddle", (-1.5, offset), "sgd", learning_rate, steps, size, seed)
            for size in (0.0, noise)
        ),
        names=NAMES,
        caption=f"Both start {offset:g} beside the ridge of x² - y², learning rate {learning_rate:g}; one "
        f"has normal noise of {noise:g} on every gradient.",
        layout=(("race", "losses"),),
        resolution=161,
        pacing=Pacing(play=8.0, end=2.5),
    )
