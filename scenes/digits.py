"""A small convolutional network with BatchNormalization learns handwritten digits."""

from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import AnimatorError, Experiment, Found, Moment, Pacing, Scene, finders
from animator.core.language import Said, digits


def data(part):
    """The 8 x 8 digits that come with scikit-learn, scaled to [0, 1]: each third to test, or the others."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise AnimatorError(
            "Scene 'digits' learns the digits that come with scikit-learn, which is not installed. "
            "Type: pip install 'animator[scenes]'."
        ) from error
    digits = load_digits()
    test = np.arange(len(digits.target)) % 3 == 2
    chosen = test if part == "test" else ~test
    x = (digits.images[chosen, :, :, None] / 16).astype(np.float32)
    return x[:600], digits.target[chosen][:600].astype(np.int32)


def model(learning_rate):
    """Convolution, BatchNormalization, convolution, and a softmax over ten digits."""
    import keras

    layers = keras.layers
    network = keras.Sequential([
        keras.Input((8, 8, 1)),
        layers.Conv2D(8, 3, activation="relu"), layers.BatchNormalization(momentum=0.9),
        layers.Conv2D(12, 3, activation="relu"), layers.GlobalAveragePooling2D(),
        layers.Dense(10, "softmax"),
    ])  # fmt: skip
    optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9)
    network.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


GUESS = np.log(10)  # the loss of guessing among ten digits


def leaving(runs):
    """When the loss is, and stays, 5 % below that of guessing, after it has been near that for ten steps."""
    loss = finders.loss_of(runs[0])
    step = finders.lasting(loss <= 0.95 * GUESS)
    return step if step and step >= 10 and (np.abs(loss[: step - 1] / GUESS - 1) <= 0.1).all() else None


def below(share):
    """When the loss is, and stays, at most a share of that of guessing."""

    def find(runs):
        loss = finders.loss_of(runs[0])
        step = finders.lasting(loss <= share * GUESS)
        return Found(step, {"now": finders.number(loss[step], 2)}) if step else None

    return find


def unseen(falling):
    """The last step: the loss on digits that were not seen; whether the other fell over the last fifth."""

    def find(runs):
        loss, test = finders.loss_of(runs[0]), np.asarray(runs[0].test_loss, float)[-1]
        early, late = (part.mean() for part in np.array_split(loss[-max(2, len(loss) // 5) :], 2))
        if not np.isfinite([loss[-1], test]).all() or (late < early) != falling:
            return None
        words = {"train": digits(f"{loss[-1]:.2f}"), "test": digits(f"{test:.2f}")}
        return Found(runs[0].steps, words, lasts=True)

    return find


MOMENTS = (
    Moment(
        finders.start, Said("A network sees digits: watch its wrong answers, marked with a ?, turn right.")
    ),
    Moment(leaving, Said("For {steps} the network did little better than guess: now it has found a way.")),
    Moment(below(0.5), Said("After {steps} the loss is {now}, half of what guessing gives.")),
    Moment(unseen(True), Said("Training ends while the loss falls: {train}, and {test} on unseen digits.")),
    Moment(unseen(False), Said("Training ends: the loss is {train}, and {test} on unseen digits.")),
)


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.02,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 12,
    plane: Literal["pca", "random", "through"] = "pca",
    slice: Literal["static", "moving", "blend"] = "static",
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
) -> Scene:
    """A convolutional network learns handwritten digits; plane=random shows it filter-normalized."""
    return Scene(
        title=Said("A convolutional network learns digits"),
        runs=(
            Experiment(
                model=partial(model, learning_rate),
                data=partial(data, "train"),
                test=partial(data, "test"),
                epochs=epochs,
                batch_size=50,
                seed=seed,
            ),
        ),
        layout=(("surface", "examples"), ("surface", "loss")),
        heights=(1.4, 1.0),
        plane=plane,
        slice=slice,
        resolution=31,
        pacing=Pacing(play=5.0, end=2.0),
        moments=MOMENTS,
    )
