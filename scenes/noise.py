"""Batch sizes 1, 8 and all: the smaller the batch, the more its gradient wanders."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import Point

SAMPLES = 128
SIZES = (1, 8, SAMPLES)


def data(seed, noise):
    """128 points and noisy sums of their coordinates."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (SAMPLES, 2)).astype(np.float32)
    return x, (x.sum(axis=1, keepdims=True) + noise * rng.normal(size=(SAMPLES, 1))).astype(np.float32)


def model(learning_rate, start):
    """A linear neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def wrong(runs):
    """The step of the batch of 1 that makes the loss of all data larger by most."""
    rises = np.diff(finders.loss_of(runs[0]))[: runs[0].steps // 2]
    step = int(np.argmax(rises)) + 1
    before, after = finders.loss_of(runs[0])[step - 1 : step + 1]
    return (
        Found(step, {"before": digits(f"{before:.2f}"), "after": digits(f"{after:.2f}")}, run=0)
        if after > before + 0.01
        else None
    )


def travelled(run, begin=0):
    """How far a run's weights have gone from a step on."""
    return np.linalg.norm(np.diff(finders.path_of(run)[begin:], axis=0), axis=1).sum()


def sure(runs):
    """When all data have halved their loss, if every step up to there went downhill."""
    loss = finders.loss_of(runs[2])
    step = finders.first(loss <= 0.5 * loss[0])
    return Found(step, run=2) if step and (np.diff(loss[: step + 1]) < 0).all() else None


def wandering(runs):
    """Where the batch of 1 has its highest loss in the last quarter, if it goes 5 times as far as all."""
    begin = 3 * runs[0].steps // 4
    far = travelled(runs[0], begin) > 5 * travelled(runs[2], begin)
    one, whole = (finders.loss_of(run) for run in (runs[0], runs[2]))
    step = begin + int(np.argmax(one[begin:-1]))
    words = {"one": finders.number(one[step], 2), "all": finders.number(whole[step], 2)}
    return Found(step, words, run=0) if far and words["one"] != words["all"] else None


def detour(runs):
    """The last step, when the batch of 1 has gone farther than all data, and both went downhill."""
    times = travelled(runs[0]) / travelled(runs[2])
    down = all(finders.loss_of(run)[-1] < finders.loss_of(run)[0] for run in (runs[0], runs[2]))
    words = {"times": digits(f"{times:.1f}"), "count": SAMPLES}
    return Found(runs[0].steps, words, run=(0, 2), lasts=True) if times > 1.2 and down else None


MOMENTS = (
    Moment(
        finders.start, Said("A step is made from 1, 8 or all 128 samples. Watch how straight each path is.")
    ),
    Moment(
        wrong,
        Said("One sample can mislead: this step of the batch of 1 raised the loss from {before} to {after}."),
    ),
    Moment(sure, Said("With all data every step went downhill: {steps} halve the loss.")),
    Moment(
        wandering,
        Said("Each sample pulls its own way, so the batch of 1 never rests: its loss is {one}, not {all}."),
    ),
    Moment(
        detour,
        Said("The batch of 1 went {times} times as far as all data, but saw 1 sample a step, not {count}."),
    ),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.04,
    noise: Annotated[float, Field(ge=0, le=10)] = 1.0,
    rounds: Annotated[int, Field(ge=1, le=100)] = 1,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: Point = (-1.0, -0.4),
) -> Scene:
    """Batch sizes 1, 8 and all (batch-size): why stochastic gradient descent zigzags."""
    return Scene(
        title=Said("Small batches wander"),
        runs=tuple(
            Experiment(model=partial(model, learning_rate, start), data=partial(data, seed, noise),
                       epochs=rounds * size, batch_size=size, seed=seed, labels=("w1", "w2"),
                       shuffle=False)
            for size in SIZES
        ),
        names=(Said("batch of 1"), Said("batch of 8"), Said("all data")),
        caption=Said("Same start, {updates:,} updates each. Lines: the loss of the batch in use, down which "
                     "the next step goes.", updates=SAMPLES * rounds),
        layout=(("batch@0", "batch@1"), ("batch@2", "losses")),
        pacing=Pacing(play=4.0, end=2.0),
        moments=MOMENTS,
    )  # fmt: skip
