"""Learning-rate schedules under noise: constant, decay, warm restarts and warm-up, from one start."""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Descent, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import Point

BOWL = "(x**2 + y**2)/2 + 0.15*(x**4 + y**4)"
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
    constant, warm = (finders.path_of(run)[:2, 0] for run in (runs[0], runs[3]))
    return 1 if constant[0] * constant[1] < 0 < warm[0] * warm[1] else None


def jittering(runs):
    """Before the first restart, when the constant rate has been near the minimum for a tenth of the steps."""
    step = 3 * runs[0].steps // 10
    near = finders.distance(runs[0], (0.0, 0.0))[step - runs[0].steps // 10 : step + 1]
    if not 0 < near.max() <= 3:
        return None
    return Found(step, {"near": digits(f"{near.min():.2f}"), "far": digits(f"{near.max():.2f}")})


def kicked(runs):
    """After the first restart: when the loss is ten times what it was, at a rate still above a half."""
    begin, loss, rate = runs[2].steps // 3, finders.loss_of(runs[2]), np.asarray(runs[2].learning_rate)
    last = begin + begin // 2
    step = finders.first(loss[begin:last] >= 10 * loss[begin])
    return begin + step if step and rate[begin + step] > 0.5 * rate.max() else None


def settled(runs):
    """The last step: how far the constant rate and the decay are from the minimum, over the last tenth."""
    last = runs[0].steps // 10
    constant, decay = (finders.distance(run, (0.0, 0.0))[-last:].mean() for run in runs[:2])
    if not constant > 2 * decay:
        return None
    return Found(runs[0].steps, {"times": digits(f"{constant / decay:.0f}")})


def moments(noise):
    """What is said of the schedules under `noise`; without it all of them come to rest."""
    begin = (
        Moment(
            finders.start,
            Said("One start, one surface, four schedules: watch how each of them comes to rest."),
        ),
        Moment(
            thrown,
            Said("A full step lands on the other side of the minimum; warm-up begins with a short one."),
        ),
    )
    noisy = (
        Moment(
            jittering,
            Said("At a constant rate the noise gives no rest: it drifts {near} to {far} from the minimum."),
        ),
        Moment(
            kicked, Said("A warm restart: the rate is large again, and the noise shakes it out of its rest.")
        ),
        Moment(
            settled,
            Said("Decay shrinks the noise with the steps: it ends {times} times nearer than constant."),
        ),
    )
    return begin + noisy if noise else begin


def scene(
    rate: Annotated[float, Field(gt=0, le=1)] = 0.3,
    noise: Annotated[float, Field(ge=0, le=5)] = 1.0,
    steps: Annotated[int, Field(ge=30, le=5000)] = 240,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: Point = (-3.0, 2.4),
) -> Scene:
    """Constant learning rate, decay, warm restarts and warm-up under the same noise: decay comes to rest."""
    rates = (
        rate,
        f"cosine({rate!r})",
        partial(restarts, rate, steps),
        partial(warm_up, rate, steps),
    )
    return Scene(
        title=Said("Learning-rate schedules"),
        runs=tuple(Descent(BOWL, start, "sgd", each, steps, noise, seed) for each in rates),
        names=NAMES,
        caption=Said(
            "Rates of at most {rate:g}; noise of {noise:g} on every gradient, the same for all.",
            rate=rate,
            noise=noise,
        ),
        layout=(
            ("surface@0", "surface@1", "losses"),
            ("surface@2", "surface@3", "schedules"),
        ),
        resolution=161,
        pacing=Pacing(play=6.0, end=2.0, wake=0.2),
        moments=moments(noise),
    )
