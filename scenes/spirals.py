"""A small network learns two spirals: 321 weights on the plane of their path's principal components."""

from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said


def data(seed, samples):
    """Two arms of a spiral, half of the samples each, with a little noise; targets 0 and 1."""
    rng = np.random.default_rng(seed)
    arm = np.arange(samples) % 2
    along = np.sqrt(rng.random(samples)) * 1.25 * 2 * np.pi
    angle = along + np.pi * arm
    points = np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1) / (2.5 * np.pi)
    x = points + 0.03 * rng.standard_normal((samples, 2))
    return x.astype(np.float32), arm[:, None].astype(np.float32)


def model(learning_rate, width, seed):
    """Two hidden layers of tanh, a sigmoid, cross-entropy; Adam."""
    import keras

    layers = [keras.layers.Dense(width, "tanh") for _ in range(2)]
    network = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1, "sigmoid")])
    network.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy", metrics=["accuracy"])
    return network


def waiting(runs):
    """The end of the longest stretch over which the loss stays within 5 %, if it is a tenth of the run."""
    loss = finders.loss_of(runs[0])
    begin, end = finders.level(loss, 0.05)
    long = end - begin >= len(loss) / 10 and loss[-1] < 0.7 * loss[begin]
    words = {"begin": begin, "low": finders.number(loss[end], 2)}
    return Found(end, words) if long else None


def solved(share):
    """The last step, where at most a share of the loss is left."""

    def find(runs):
        found, loss = finders.finished()(runs), finders.loss_of(runs[0])
        return found if found and loss[-1] <= share * loss[0] else None

    return find


MOMENTS = (
    Moment(
        finders.start, Said("Two spirals: watch the white boundary bend as the dot goes to lighter ground.")
    ),
    Moment(
        waiting,
        Said("From step {begin} to {step} the loss stayed near {low}: no plain line can part two spirals."),
    ),
    Moment(
        finders.kept(0.5),
        Said("After {steps} half of the loss is gone: the boundary begins to follow the arms."),
    ),
    Moment(
        solved(0.25), Said("After {steps} {left} of the loss is left: the boundary winds between both arms.")
    ),
    Moment(finders.finished(), Said("After {steps} {left} of the loss is left.")),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.02,
    width: Annotated[int, Field(ge=2, le=256)] = 16,
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 60,
    plane: Literal["pca", "random", "hessian", "through"] = "pca",
    slice: Literal["static", "moving", "blend"] = "static",
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
) -> Scene:
    """A small network learns two spirals: its path on a plane, the boundary that it draws beside."""
    return Scene(
        title=Said("A network learns two spirals"),
        runs=(
            Experiment(
                model=partial(model, learning_rate, width, seed),
                data=partial(data, seed, 300),
                epochs=epochs,
                batch_size=50,
                seed=seed,
            ),
        ),
        caption=Said("White: where the network says one spiral is as likely as the other."),
        layout=(("surface", "prediction"), ("loss", "prediction")),
        widths=(1.0, 1.0),
        heights=(2.6, 1.0),
        plane=plane,
        slice=slice,
        resolution=61,
        pacing=Pacing(play=5.0, end=2.0),
        moments=MOMENTS,
    )
