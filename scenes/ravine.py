"""Gradient descent against momentum in a ravine, each at its best learning rate.

`--layout "race losses; race rates"` puts the measured rates of convergence beside the theory's.
"""

from functools import partial
from typing import Annotated

import numpy as np
from pydantic import Field

from animator import Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits
from animator.design.parameters import Point


def data(kappa):
    """Two samples that make the loss a ravine around (1, 1) with curvatures 1 and kappa."""
    x = np.diag([1.0, np.sqrt(kappa)]).astype(np.float32)
    return x, x @ np.ones((2, 1), np.float32)


def model(learning_rate, beta, start):
    """A linear neuron without a bias, at `start`."""
    import keras

    neuron = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    neuron.compile(keras.optimizers.SGD(learning_rate, momentum=beta), "mean_squared_error")
    neuron.set_weights([np.array(start).reshape(2, 1)])
    return neuron


def best(kappa):
    """(learning rate, beta, rate) of gradient descent and of momentum (Goh 2017)."""
    root = np.sqrt(kappa)
    slow = (kappa - 1) / (kappa + 1)
    fast = (root - 1) / (root + 1)
    return (2 / (1 + kappa), 0.0, slow), ((2 / (1 + root)) ** 2, fast**2, fast)


def swinging(runs):
    """Where momentum's loss is highest, above where it began, when descent's is below."""
    descent, momentum = (finders.loss_of(run) for run in runs)
    step = int(np.argmax(momentum))
    higher = momentum[step] > momentum[0] and descent[step] < descent[0]
    words = {"high": finders.number(momentum[step], 2), "low": finders.number(descent[step], 2)}
    return Found(step, words, run=1) if step and higher else None


def ahead(runs):
    """From where on momentum's loss stays below descent's, if it has come farther along the floor."""
    descent, momentum = (finders.loss_of(run) for run in runs)
    step = finders.lasting(momentum < descent)
    if not step:
        return None
    slow, fast = (abs(path[step, 0] - path[0, 0]) for path in map(finders.path_of, runs))
    return Found(step, {"times": digits(f"{fast / slow:.1f}")}, run=1) if fast > 1.2 * slow > 0 else None


def late(runs):
    """The last step, where momentum has a hundredth of its loss left and descent has more."""
    left = [finders.loss_of(run)[-1] / finders.loss_of(run)[0] for run in runs]
    return Found(runs[0].steps, {"left": finders.percent(left[0])}) if left[1] <= 0.01 < left[0] else None


MOMENTS = (
    Moment(finders.start, Said("A narrow ravine, two ways down: watch who swings, and who is first.")),
    Moment(
        swinging, Said("Momentum keeps its last step and swings high: its loss is {high}, descent's {low}.")
    ),
    Moment(ahead, Said("Swings cancel out, along the floor steps add up: momentum is {times} times as far.")),
    Moment(finders.kept(0.01, 1), Said("After {steps} momentum has less than 1 % of its loss left.")),
    Moment(
        finders.slower(0.01, 0, 1, 1),
        Said("Descent needs {steps} to have less than 1 % left; momentum needed {other}."),
    ),
    Moment(late, Said("After {steps} descent still has {left} of its loss left.")),
)


def scene(
    kappa: Annotated[float, Field(ge=2, le=1000)] = 30.0,
    epochs: Annotated[int, Field(ge=12, le=1000)] = 45,
    start: Point = (-2.0, 1.6),
) -> Scene:
    """Gradient descent against momentum in a ravine, each at its best learning rate."""
    choices = best(kappa)
    return Scene(
        title=Said("Why momentum works"),
        runs=tuple(
            Experiment(model=partial(model, float(rate), float(beta), start), data=partial(data, kappa),
                       epochs=epochs, batch_size=2, shuffle=False, labels=("w1", "w2"), target=(1.0, 1.0),
                       notes={"theory": float(theory)})
            for rate, beta, theory in choices
        ),
        names=(Said("descent"), Said("momentum")),
        caption=Said("A bowl {kappa:g} times as steep one way as the other; each at its best learning rate.",
                     kappa=kappa),
        layout=(("race", "losses"),),
        pacing=Pacing(play=4.0, end=2.0),
        moments=MOMENTS,
    )  # fmt: skip
