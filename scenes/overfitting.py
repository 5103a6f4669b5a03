"""Overfitting: few samples pull the weights away from what holds for others."""

from dataclasses import replace
from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import Point


def data(part, samples, noise, seed):
    """Noisy sums of two inputs, the second varying half as much: a few to train on, 200 to test."""
    rng = np.random.default_rng(seed)
    turn = np.array([[np.cos(0.6), np.sin(0.6)], [-np.sin(0.6), np.cos(0.6)]])

    def drawn(count):
        x = rng.normal(0, 1, (count, 2)) * [1.0, 0.5] @ turn
        y = x.sum(axis=1) + noise * rng.normal(size=count)
        return x.astype(np.float32), y.astype(np.float32)[:, None]

    train, test = drawn(samples), drawn(200)
    return train if part == "train" else test


def model(learning_rate, start):
    """A linear neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def turns(runs):
    """Where the test loss is lowest, when that is before the end and the training loss falls on."""
    train, test = (finders.loss_of(run) for run in runs)
    step = int(np.argmin(test))
    turns = 0 < step < runs[0].steps and test[-1] > 1.1 * test[step] and train[-1] < train[step]
    return Found(step, {"test": digits(f"{test[step]:.2f}")}) if turns else None


def worse(runs):
    """When the test loss is, and stays, twice its lowest, and the training loss has fallen on."""
    turn = turns(runs)
    train, test = (finders.loss_of(run) for run in runs)
    step = finders.lasting(test >= 2 * test[turn.step]) if turn else None
    return step if step and train[step] < train[turn.step] else None


def both(runs):
    """When both losses have halved, before the test loss is lowest."""
    train, test = (finders.loss_of(run) for run in runs)
    step = finders.first((train <= 0.5 * train[0]) & (test <= 0.5 * test[0]))
    return step if step and step < np.argmin(test) else None


def outcome(runs):
    """The last step: what the test loss is, and what it was where it was lowest."""
    turn, test = turns(runs), finders.loss_of(runs[1])
    if turn is None:
        return None
    best = digits(f"{test[turn.step]:.2f}")
    return Found(runs[0].steps, {"last": digits(f"{test[-1]:.2f}"), "best": best, "low": turn.step})


def ok(runs):
    """The last step, where the test loss is not a tenth above its lowest."""
    test = finders.loss_of(runs[1])
    return Found(runs[0].steps, {"last": digits(f"{test[-1]:.2f}")}) if test[-1] <= 1.1 * test.min() else None


MOMENTS = (
    Moment(
        finders.start,
        Said("One path on two surfaces: watch whether the loss on unseen data falls all along."),
    ),
    Moment(both, Said("At first both losses fall: what holds for the few samples holds for others, too.")),
    Moment(turns, Said("Here the loss on unseen data is lowest, {test}. Stop here: that is early stopping.")),
    Moment(worse, Said("Now it learns the noise of its few samples: unseen data have twice that loss.")),
    Moment(
        outcome,
        Said(
            "On its samples the loss still falls; on unseen data it is {last}, and was {best} at step {low}."
        ),
    ),
    Moment(ok, Said("On unseen data the loss ends at {last}, within a tenth of its lowest: no overfitting.")),
)


def scene(
    samples: Annotated[int, Field(ge=2, le=1000)] = 4,
    noise: Annotated[float, Field(ge=0, le=10)] = 0.7,
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.1,
    epochs: Annotated[int, Field(ge=5, le=2000)] = 300,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 267,
    start: Point = (-0.8, -0.4),
) -> Scene:
    """Overfitting: the loss of four training samples falls on, the loss on unseen data turns up again."""
    train, test = (partial(data, part, samples, noise, seed) for part in ("train", "test"))
    run = Experiment(
        model=partial(model, learning_rate, start),
        data=train,
        epochs=epochs,
        batch_size=samples,
        shuffle=False,
        seed=seed,
        labels=("w1", "w2"),
    )
    return Scene(
        title=Said("Overfitting: good on what it has seen"),
        runs=(run, replace(run, data=test, train=train)),
        names=(Said("training data"), Said("unseen data")),
        caption=Said(
            "A neuron is trained on {samples} noisy samples; right, its loss on 200 others.", samples=samples
        ),
        layout=(("surface@0", "surface@1", "losses"),),
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )
