"""Training at the edge of stability: the sharpness rises to 2 / learning rate and stays there."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.formatting import number
from animator.core.language import Said


def data():
    """40 points of a curve of one variable."""
    x = np.linspace(-1, 1, 40, dtype=np.float32)[:, None]
    return x, np.sin(3 * x) + 0.4 * np.cos(7 * x)


def model(learning_rate, width):
    """One hidden layer of tanh, mean squared error, plain gradient descent on all data at once."""
    import keras

    layers = keras.layers
    network = keras.Sequential([keras.Input((1,)), layers.Dense(width, "tanh"),
                                layers.Dense(width, "tanh"), layers.Dense(1)])  # fmt: skip
    network.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    return network


def halved(runs):
    """When the loss has halved, if every step up to there made it smaller."""
    loss = finders.loss_of(runs[0])
    step = finders.first(loss <= 0.5 * loss[0])
    return step if step and (np.diff(loss[: step + 1]) < 0).all() else None


def rise(runs):
    """The first step that makes the loss larger."""
    step = finders.first(np.diff(finders.loss_of(runs[0])) > 0)
    return step if step is None else step + 1


def widest(runs):
    """Where the loss is largest after the first rise, if ten steps or more have made it larger by then."""
    loss, begin = finders.loss_of(runs[0]), rise(runs)
    if begin is None or not np.isfinite(loss).all():
        return None
    step = begin + int(np.argmax(loss[begin:]))
    rises = int((np.diff(loss[begin - 1 : step + 1]) > 0).sum())
    return Found(step, {"rises": rises, "loss": number(loss[step], 2)}) if rises >= 10 else None


def calm(runs):
    """The last step, if since the widest swing the loss has fallen at nearly every step, below what it was
    before the swings.
    """
    loss, begin, peak = finders.loss_of(runs[0]), rise(runs), widest(runs)
    if peak is None or not loss[-1] < loss[begin - 1]:
        return None
    falls = np.diff(loss[peak.step :]) <= 0
    return Found(runs[0].steps, {"loss": number(loss[-1], 2)}, lasts=True) if falls.mean() >= 0.9 else None


def moments(learning_rate):
    """What is said of steps of this learning rate."""
    edge = 2 / learning_rate
    return (
        Moment(
            finders.start,
            Said(
                "Watch sharpness, how strongly the valley bends: can it pass {edge:g}, 2 / learning rate?",
                edge=edge,
            ),
        ),
        Moment(halved, Said("The loss has halved after {steps}, and so far every step went down.")),
        Moment(
            rise,
            Said(
                "Sharper than {edge:g}: a step lands higher on the valley's other side, and the loss rises.",
                edge=edge,
            ),
        ),
        Moment(
            widest,
            Said("The swings across the valley grow: {rises} steps have raised the loss, to {loss}."),
        ),
        Moment(
            calm,
            Said("The swings led to a wider valley, which the steps fit: the loss falls again, to {loss}."),
        ),
    )


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.1,
    width: Annotated[int, Field(ge=2, le=256)] = 24,
    epochs: Annotated[int, Field(ge=10, le=100_000)] = 1500,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
) -> Scene:
    """The edge of stability: the Hessian's top eigenvalue rises to 2 / learning rate (Cohen et al. 2021)."""
    return Scene(
        title=Said("At the edge of stability"),
        runs=(
            Experiment(
                model=partial(model, learning_rate, width),
                data=data,
                epochs=epochs,
                batch_size=40,
                shuffle=False,
                seed=seed,
            ),
        ),
        layout=(("sharpness", "prediction"), ("loss", "prediction")),
        widths=(3, 2),
        heights=(4, 3),
        pacing=Pacing(play=6.0, end=2.0),
        moments=moments(learning_rate),
    )
