"""One tanh neuron, four minima: where it starts decides where it ends."""

from functools import partial
from itertools import combinations
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import MaybePoint

STARTS = tuple((a, b) for b in (2.1, 0.4, -0.4) for a in (-0.4, 0.4, 2.1))


def data():
    """Four samples that pull each weight two ways (after Auer, Herbster and Warmuth 1995)."""
    x = np.array([[1, 0], [20, 0], [0, 1], [0, 20]], np.float32)
    return x, np.array([[0.9], [0.4], [0.9], [0.4]], np.float32)


def model(start, learning_rate, epochs):
    """A tanh neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "tanh", use_bias=False)])
    falling = keras.optimizers.schedules.CosineDecay(learning_rate, epochs)
    neuron.compile(keras.optimizers.RMSprop(falling), "mean_squared_error")
    neuron.set_weights([np.array(start, float).reshape(2, 1)])
    return neuron


def ends(runs):
    """(n, 2): where runs end, places within 0.2 of one another told once; (N,): which one each run has."""
    places, which = [], []
    for run in runs:
        end = finders.path_of(run)[-1]
        near = [i for i, place in enumerate(places) if np.linalg.norm(place - end) <= 0.2]
        which.append(near[0] if near else len(places))
        places += [] if near else [end]
    return np.array(places), np.array(which)


def parting(runs):
    """When two neighbouring starts that end at different places are half as far again apart as at first."""
    _, which = ends(runs)
    paths = [finders.path_of(run) for run in runs]
    found = []
    for i, j in combinations(range(len(runs)), 2):
        gap = np.linalg.norm(paths[i] - paths[j], axis=1)
        step = finders.lasting(gap >= 1.5 * gap[0])
        if which[i] != which[j] and gap[0] < 1 and step:
            found.append((step, i, j))
    if not found:
        return None
    step, *pair = min(found)
    one, other = ("({:g}, {:g})".format(*paths[k][0]) for k in pair)
    return Found(step, {"one": one, "other": other}, tuple(pair))


def at_rest(runs):
    """When all runs stay within 0.03 of where they end, in different places."""
    places = len(ends(runs)[0])
    steps = [finders.lasting(finders.distance(run, finders.path_of(run)[-1]) <= 0.03) for run in runs]
    return None if None in steps or places < 2 else Found(max(steps), {"places": places}, lasts=True)


def deepest(runs):
    """The last step: how many runs end within a thousandth of the lowest loss, when not all do."""
    last = np.array([finders.loss_of(run)[-1] for run in runs])
    best = tuple(np.flatnonzero(last <= last.min() * 1.001).tolist())
    if not np.isfinite(last).all() or len(best) == len(runs):
        return None
    words = {
        "best": Said("{part} of {all}", part=len(best), all=len(runs)),
        "loss": digits(f"{last.min():.3f}"),
        "worst": digits(f"{last.max():.3f}"),
    }
    return Found(runs[0].steps, words, best, lasts=True)


MOMENTS = (
    Moment(finders.start, Said("One neuron, many starts: watch in which hollow each dot comes to rest.")),
    Moment(
        parting,
        Said("{one} and {other} began side by side. A ridge between them has parted their ways."),
    ),
    Moment(
        at_rest, Said("All dots are at rest, in {places} hollows: where a dot began decided where it ends.")
    ),
    Moment(
        deepest,
        Said("{best} found the lowest loss, {loss}. The others stay, up to {worst}: all ways out lead up."),
    ),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.02,
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 150,
    start: MaybePoint = None,
) -> Scene:
    """One neuron with four minima: nine starts, each in the colour of the minimum it ends in.

    start is one more of your own.
    """
    starts = STARTS if start is None else (*STARTS, start)
    return Scene(
        title=Said("One neuron, four minima"),
        runs=tuple(
            Experiment(model=partial(model, begin, learning_rate, epochs), data=data, epochs=epochs,
                       batch_size=4, shuffle=False, labels=("w1", "w2"))
            for begin in starts
        ),
        names=tuple(Said("({x:g}, {y:g})", x=a, y=b) for a, b in starts),
        caption=Said("Same data, same steps; only the start differs."),
        layout=(("basins",),),
        window=(-0.8, 2.6, -0.7, 2.5),
        resolution=241,
        pacing=Pacing(play=6.0, end=2.0, pace="log"),
        moments=MOMENTS,
    )  # fmt: skip
