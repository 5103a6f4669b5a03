"""A small convolutional network with BatchNormalization learns handwritten digits."""

from functools import partial
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from animator import AnimatorError, Experiment, Pacing, Scene


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


def scene(
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.02,
    epochs: Annotated[int, Field(ge=1, le=1000)] = 12,
    plane: Literal["pca", "random", "through"] = "pca",
    slice: Literal["static", "moving", "blend"] = "static",
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0,
) -> Scene:
    """A convolutional network learns handwritten digits; plane=random shows it filter-normalized."""
    return Scene(
        title="A convolutional network learns digits",
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
        layout=(("surface", "examples"), ("surface", "accuracy"), ("surface", "loss")),
        plane=plane,
        slice=slice,
        resolution=31,
        pacing=Pacing(play=5.0, end=2.0),
    )
