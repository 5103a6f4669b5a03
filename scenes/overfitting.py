"""Overfitting: few samples pull the weights away from what holds for others."""

from dataclasses import replace
from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said
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


def lowest(part):
    """The weights with the least loss on a part of the data."""
    x, y = part()
    return tuple(np.linalg.lstsq(x, y[:, 0], rcond=None)[0].round(3).tolist())


def turns(runs):
    """Where the test loss is lowest, when that is before the end and the training loss falls on."""
    train, test = (finders.loss_of(run) for run in runs)
    step = int(np.argmin(test))
    turns = 0 < step < runs[0].steps and test[-1] > 1.1 * test[step] and train[-1] < train[step]
    return Found(step, {"test": finders.number(test[step], 2)}, run=1) if turns else None


def worse(runs):
    """When the test loss is, and stays, twice its lowest, and the training loss has fallen on."""
    turn = turns(runs)
    train, test = (finders.loss_of(run) for run in runs)
    step = finders.lasting(test >= 2 * test[turn.step]) if turn else None
    if not step or train[step] >= train[turn.step]:
        return None
    return Found(step, {"train": finders.number(train[step], 2), "test": finders.number(test[step], 2)})


def both(runs):
    """When both losses have halved, before the test loss is lowest."""
    train, test = (finders.loss_of(run) for run in runs)
    step = finders.first((train <= 0.5 * train[0]) & (test <= 0.5 * test[0]))
    return step if step and step < np.argmin(test) else None


def end(runs):
    """The last step: what both losses are, and what that of the test was where it was lowest."""
    turn, last = turns(runs), [finders.number(finders.loss_of(run)[-1], 2) for run in runs]
    words = {"train": last[0], "last": last[1]}
    return turn and Found(runs[0].steps, {**words, "best": turn.words["test"], "low": turn.step}, lasts=True)


def ok(runs):
    """The last step, where the test loss is not a tenth above its lowest."""
    test, last = finders.loss_of(runs[1]), runs[0].steps
    low = test[-1] <= 1.1 * test.min()
    return Found(last, {"last": finders.number(test[-1], 2)}, run=1, lasts=True) if low else None


MOMENTS = (
    Moment(finders.start, Said("The same weights on two maps: watch whether both losses fall all along.")),
    Moment(both, Said("At first both losses fall: what holds for the few samples holds for others, too.")),
    Moment(turns, Said("Here the loss on unseen data is lowest, {test}: time to stop (early stopping).")),
    Moment(worse, Said("Now chance errors are learned: loss {train} on the samples, {test} on unseen data.")),
    Moment(end, Said("Loss at the end: {train} on the samples, {last} on unseen data (step {low}: {best}).")),
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
    made = partial(model, learning_rate, start)
    run = Experiment(made, train, epochs=epochs, batch_size=samples, shuffle=False, labels=("w1", "w2"))
    return Scene(
        title=Said("Overfitting: good on what it has seen"),
        runs=(
            replace(run, seed=seed, target=lowest(train)),
            replace(run, seed=seed, data=test, train=train, target=lowest(test)),
        ),
        names=(Said("training data"), Said("unseen data")),
        caption=Said(
            "A neuron learns from {count} noisy samples; right, its loss on 200 others.", count=samples
        ),
        layout=(("surface@0", "surface@1", "losses"),),
        pacing=Pacing(play=4.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )
