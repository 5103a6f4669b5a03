"""Learning-rate schedules under noise: constant, decay, warm restarts and warm-up, from one start."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import Point

BOWL = "(x**2 + y**2)/2 + 0.15*(x**4 + y**4)"
END = (0.0, 0.0)
NAMES = (Said("constant"), Said("decay"), Said("restarts"), Said("warm-up"))


def cosine(rate, share):
    """Half a cosine from `rate` to 0 while share goes from 0 to 1."""
    return float(rate * 0.5 * (1 + np.cos(np.pi * share)))


def restarts(rate, steps, update):
    """Three times from `rate` to 0 (Loshchilov and Hutter 2017)."""
    return cosine(rate, 3 * update / steps % 1)


def warm_up(rate, steps, update):
    """A line from 0 to `rate` over the first tenth of the updates, then a cosine to 0."""
    begin = steps // 10
    return rate * (update + 1) / begin if update < begin else cosine(rate, (update - begin) / (steps - begin))


def thrown(runs):
    """When the constant rate's first step goes to the other side of the minimum, and warm-up's does not."""
    constant, warm = (finders.path_of(run)[0] @ finders.path_of(run)[1] for run in (runs[0], runs[3]))
    return Found(1, {}, (0, 3)) if constant < 0 < warm else None


def jittering(runs):
    """Where the constant rate is farthest from the minimum between a fifth and a third of the steps."""
    begin, end = runs[0].steps // 5, runs[0].steps // 3
    away = finders.distance(runs[0], END)
    step = begin + int(np.argmax(away[begin:end]))
    return Found(step, {"far": digits(f"{away[step]:.2f}")}, 0) if 0 < away[step] <= 3 else None


def kicked(runs):
    """After the first restart, at a large rate: where the dot is farthest, twice as far as before or more."""
    begin, away = runs[2].steps // 3, finders.distance(runs[2], END)
    step = begin + int(np.argmax(away[begin : begin + begin // 2]))
    words = {"near": digits(f"{away[begin]:.2f}"), "far": digits(f"{away[step]:.2f}")}
    return Found(step, words, 2) if away[step] >= 2 * away[begin] else None


def settled(runs):
    """The last step, when decay is, and was over the last tenth, less than half as far away as constant."""
    away = [finders.distance(run, END)[-runs[0].steps // 10 :] for run in runs[:2]]
    far, near = (digits(f"{each[-1]:.2f}") for each in away)
    rests = away[0][-1] > 2 * away[1][-1] and away[0].mean() > 2 * away[1].mean()
    return Found(runs[0].steps, {"far": far, "near": near}, (0, 1), lasts=True) if rests else None


def moments(noise):
    """What is said of the schedules under `noise`; without it all of them come to rest."""
    begin = (
        Moment(
            finders.start,
            Said("Four schedules set how long steps are: watch which dots come to rest in the middle."),
        ),
        Moment(
            thrown,
            Said(
                "A long first step lands beyond the middle; 'warm-up' begins with short ones, and does not."
            ),
        ),
    )
    noisy = (
        Moment(
            jittering,
            Said("'constant' never rests: noise bends its long steps, and threw it {far} off the middle."),
        ),
        Moment(
            kicked,
            Said("'restarts' takes long steps again: noise has thrown its dot from {near} to {far} off."),
        ),
        Moment(
            settled,
            Said("'decay' rests, {near} off: short steps carry little noise. 'constant' is {far} off."),
        ),
    )
    return begin + noisy if noise else begin


def scene(
    rate: Annotated[float, Field(gt=0, le=1)] = 0.3,
    noise: Annotated[float, Field(ge=0, le=5)] = 1.0,
    steps: Annotated[int, Field(ge=30, le=5000)] = 120,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 2,
    start: Point = (-1.5, 2.5),
) -> Scene:
    """Constant learning rate, decay, warm restarts and warm-up under the same noise: decay comes to rest."""
    rates = (
        rate,
        f"cosine({rate!r})",
        partial(restarts, rate, steps),
        partial(warm_up, rate, steps),
    )
    return Scene(
        title=Said("Learning-rate schedules: long steps first, short ones last"),
        runs=tuple(Descent(BOWL, start, "sgd", each, steps, noise, seed) for each in rates),
        names=NAMES,
        caption=Said("One start, one surface, and the same noise on every slope for all."),
        layout=(
            ("surface@0", "surface@1", "surface@2", "surface@3"),
            ("rate@0", "rate@1", "rate@2", "rate@3"),
        ),
        heights=(16, 5),
        window=(-1.9, 1.9, -2.1, 2.9),
        resolution=161,
        pacing=Pacing(play=6.0, end=2.0, wake=0.15),
        moments=moments(noise),
    )
