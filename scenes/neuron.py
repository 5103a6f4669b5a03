"""One tanh neuron learns its own activation: the weights walk to (1, 1)."""

from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import MaybePoint


def data(seed, samples):
    """samples points in [0, 1)^2 and the tanh of their sums."""
    x = np.random.default_rng(seed).random((samples, 2), dtype=np.float32)
    return x, np.tanh(x.sum(axis=1, keepdims=True))


def model(learning_rate, optimizer, use_bias, start):
    """One neuron with tanh, for mean squared error; start: its two weights, where they are not random."""
    import keras

    make = {
        "sgd": lambda: keras.optimizers.SGD(learning_rate),
        "momentum": lambda: keras.optimizers.SGD(learning_rate, momentum=0.9),
        "adam": lambda: keras.optimizers.Adam(learning_rate),
    }
    neuron = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(1, activation="tanh", use_bias=use_bias)]
    )
    neuron.compile(make[optimizer](), "mean_squared_error")
    if start is not None:
        neuron.set_weights([np.array(start).reshape(2, 1), *neuron.get_weights()[1:]])
    return neuron


def lengths(runs):
    """(K,) how far the weights go in each step."""
    return np.linalg.norm(np.diff(finders.path_of(runs[0]), axis=0), axis=1)


def steep(runs):
    """When a tenth of the loss is left, if that is within the first tenth of the steps."""
    found, loss = finders.fallen(0.1)(runs), finders.loss_of(runs[0])
    if found is None or found.step > max(1, runs[0].steps // 10):
        return None
    return Found(found.step, {"before": finders.number(loss[0]), "now": finders.number(loss[found.step])})


def moved(runs):
    """The same, where the bias is far by then from the 0 that it began at."""
    found, others = steep(runs), finders.path_of(runs[0])[:, 2:]
    if found is None or abs(others[found.step].sum()) <= 0.2:
        return None
    return Found(found.step, {**found.words, "bias": digits(f"{others[found.step, 0]:.3f}")})


def as_far_again(runs):
    """When the weights have gone as far again as in their first step, after five steps or more."""
    gone = np.cumsum(lengths(runs))
    step = finders.first(np.append(0, gone) >= 2 * gone[0])
    return Found(step, {"more": step - 1}) if step and step > 5 else None


def ends(near):
    """The last step, with a smaller loss and shorter steps: within 0.25 of the target, or farther away."""

    def find(runs):
        loss, away = finders.loss_of(runs[0]), finders.distance(runs[0], (1.0, 1.0))[-1]
        gone = lengths(runs)
        told = loss[-1] < loss[0] and gone[-1] < gone[0] and (away <= 0.25) == near
        return Found(runs[0].steps, {"away": finders.number(away, 2)}, lasts=True) if told else None

    return find


MOMENTS = (
    Moment(finders.start, Said("Watch the dot go downhill, to less error (loss). Can it get to the target?")),
    Moment(
        moved,
        Said(
            "Steep at first: loss {before} became {now}. The map moved: a third number, the bias, is {bias}."
        ),
    ),
    Moment(steep, Said("The start is steep: after {steps} the loss is {now}; it was {before}.")),
    Moment(
        as_far_again, Said("Steps shrink with the slope: it takes {more} more to go as far as the first did.")
    ),
    Moment(ends(True), Said("Nearly there, {away} from the target: with the slope the steps have shrunk.")),
    Moment(ends(False), Said("The steps are over, {away} from the target: with the slope they have shrunk.")),
    Moment(
        finders.diverged(),
        Said("The steps are too long: the loss is twice what it was, and stays above that."),
    ),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.5,
    optimizer: Literal["sgd", "momentum", "adam"] = "sgd",
    epochs: Annotated[int, Field(ge=1, le=10_000)] = 10,
    use_bias: bool = True,
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
    start: MaybePoint = None,
) -> Scene:
    """One tanh neuron learns its own activation: the weights walk to (1, 1)."""
    return Scene(
        title=Said("How one neuron learns"),
        runs=(
            Experiment(
                model=partial(model, learning_rate, optimizer, use_bias, start),
                data=partial(data, seed, 500),
                test=partial(data, seed + 1_000_000, 10),
                epochs=epochs,
                batch_size=32,
                seed=seed,
                labels=("w1", "w2", "bias") if use_bias else ("w1", "w2"),
                target=(1.0, 1.0),
            ),
        ),
        moments=MOMENTS,
    )
