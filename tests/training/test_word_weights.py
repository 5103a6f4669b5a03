"""Preprocessing inside a model that weighs or mixes what it was adapted to: the film is true, or has no
surface and says why.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.utils import FeatureSpace

import animator

RNG = np.random.default_rng(0)
Y = RNG.random((40, 1)).astype("float32")
TEXTS = np.array([" ".join(RNG.choice(["red", "green", "blue"], n % 4 + 1)) for n in range(40)], object)


def hold_true(run, model, x):
    """The film has a surface, whose heights along the path are the losses, and nothing to warn of."""
    film = animator.film(run)
    (view,) = film.views()
    assert view.field is not None and film.warnings() == ()
    assert run.loss[-1] == pytest.approx(model.evaluate(x, Y, batch_size=40, verbose=0), rel=1e-4)
    np.testing.assert_allclose(view.loss, run.loss, rtol=1e-6)
    assert film.fidelity()["max_abs_error"] < 0.1 * float(np.ptp(run.loss))


@pytest.mark.parametrize("nested", [False, True])
def test_words_that_are_weighed(nested, tmp_path):
    words = layers.TextVectorization(5, output_mode="tf_idf", name="words")
    words.adapt(tf.constant(list(TEXTS)))
    start = keras.Input((1,), dtype="string")
    found = keras.Sequential([start, words])(start) if nested else words(start)
    model = keras.Model(start, layers.Dense(1)(found))
    model.compile(keras.optimizers.SGD(0.05), "mse")
    x = tf.constant(list(TEXTS))[:, None]
    model.fit(x, Y, epochs=3, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5", data=(x, Y))])
    with animator.load(tmp_path / "a.h5") as run:
        assert run.loss[-1] == pytest.approx(model.evaluate(x, Y, batch_size=40, verbose=0), rel=1e-4)
        film = animator.film(run)
        assert film.views()[0].field is None and film.warnings() == (
            "'a.h5': no surface: the model cannot be rebuilt (layer 'words'); give it with model=.",
        )
        (view,) = animator.film(run, model=model).views()
        assert view.field.height(view.steps) == pytest.approx(run.loss[-1], rel=1e-4)


def space():
    made = FeatureSpace(
        features={
            "age": FeatureSpace.float_discretized(num_bins=4),
            "size": FeatureSpace.float_normalized(),
            "kind": FeatureSpace.string_categorical(num_oov_indices=0),
        },
        crosses=[FeatureSpace.cross(("age", "kind"), crossing_dim=8)],
        output_mode="concat",
    )
    data = {"age": RNG.uniform(0, 80, 40).astype("float32"), "size": RNG.normal(5, 2, 40).astype("float32"),
            "kind": RNG.choice(["a", "b", "c"], 40).astype(object)}  # fmt: skip
    made.adapt(tf.data.Dataset.from_tensor_slices({k: list(v) for k, v in data.items()}).batch(8))
    return made, data


def test_a_feature_space_before_the_model(tmp_path):
    """The model takes what comes out of the space."""
    made, data = space()
    x = np.asarray(made({k: tf.constant(list(v)) for k, v in data.items()}))
    inputs = made.get_encoded_features()
    model = keras.Model(inputs, layers.Dense(1)(inputs))
    model.compile(keras.optimizers.SGD(0.05), "mse")
    model.fit(x, Y, epochs=3, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5", data=(x, Y))])
    with animator.load(tmp_path / "a.h5") as run:
        hold_true(run, model, x)


def test_a_feature_space_inside_the_model(tmp_path):
    """The model takes raw columns."""
    made, data = space()
    model = keras.Model(made.get_inputs(), layers.Dense(1)(made.get_encoded_features()))
    model.compile(keras.optimizers.SGD(0.05), "mse")
    x = {k: tf.constant(list(v))[:, None] for k, v in data.items()}
    model.fit(x, Y, epochs=3, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5", data=(x, Y))])
    with animator.load(tmp_path / "a.h5") as run:
        hold_true(run, model, x)
