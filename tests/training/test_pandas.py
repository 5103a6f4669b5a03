"""pandas' tables as data: in `fit`, as the Recorder's data=, and as a film's."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import animator
from animator.core.errors import AnimatorError
from tests.training.alike import recorded

pandas = pytest.importorskip("pandas")

RNG = np.random.default_rng(0)
X = RNG.random((40, 3))
FRAME = pandas.DataFrame(X, columns=["a", "b", "c"])
SERIES = pandas.Series(X.sum(1), name="y")
WEIGHTS = pandas.Series(np.linspace(0.5, 1.5, 40))
SHUFFLED = FRAME.sample(frac=1, random_state=1)  # its index is out of order: rows count by place, as in fit
KINDS = {
    "floats": (FRAME, SERIES, None),
    "an index out of order": (SHUFFLED, SERIES, None),
    "sample weights": (FRAME, SERIES, WEIGHTS),
    "integers": ((FRAME * 3).astype(int), SERIES.round().astype(int), None),
    "truth values": (FRAME > 0.5, SERIES > 1.5, None),
    "columns of several types": (FRAME.assign(b=1), SERIES, None),
    "a table of targets": (FRAME, SERIES.to_frame(), None),
}


def linear():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model


def by_hand(run, x, y, weight):
    """(K+1,) mean of weight * (x @ kernel + bias - y)^2 at every row, in float64."""
    rows = run.weights[:].astype(float)
    off = np.asarray(x, float) @ rows[:, :3].T + rows[:, 3] - np.asarray(y, float).reshape(-1, 1)
    return (np.ones(40) if weight is None else np.asarray(weight)) @ off**2 / 40


@pytest.mark.parametrize("kind", KINDS)
def test_tables_are_recorded_as_the_arrays_that_they_hold(kind, tmp_path):
    """Training is the same to the last bit, and each loss is that of the values, row by row."""
    x, y, weight = KINDS[kind]

    def program(callbacks):
        model = linear()
        history = model.fit(x, y, sample_weight=weight, epochs=2, verbose=0, callbacks=callbacks)
        return model, history

    given = (x, y) if weight is None else (x, y, weight)
    _, run, said = recorded(program, tmp_path / "a.h5", data=given)
    with run:
        assert said == [] and run.steps == 4
        np.testing.assert_array_equal(run.samples().x, np.asarray(x))
        np.testing.assert_allclose(run.loss, by_hand(run, x, y, weight), rtol=2e-5)
        film = animator.film(run, data=given)
        assert film.warnings() == ()
        assert film.fidelity()["max_abs_error"] < 1e-2 * float(run.loss.max())


def test_a_dict_of_columns_is_a_dict_of_inputs(tmp_path):
    def program(callbacks):
        keras.utils.set_random_seed(1)
        inputs = {name: keras.Input((1,), name=name) for name in "abc"}
        output = layers.Dense(1)(layers.Concatenate()(list(inputs.values())))
        model = keras.Model(inputs, output)
        model.compile(keras.optimizers.SGD(0.01), "mse")
        return model, model.fit(dict(FRAME), SERIES, epochs=2, verbose=0, callbacks=callbacks)

    _, run, said = recorded(program, tmp_path / "a.h5", data=(dict(FRAME), SERIES))
    with run:
        assert said == [] and list(run.samples().x) == ["a", "b", "c"]
        np.testing.assert_allclose(run.loss, by_hand(run, X, SERIES, None), rtol=2e-5)


def test_a_column_of_words_is_kept_as_strings(tmp_path):
    """`fit` takes words as a tensor only; the Recorder takes the column too."""
    words = pandas.Series(["yes", "no"] * 20)

    def program(callbacks):
        keras.utils.set_random_seed(1)
        start = keras.Input((1,), dtype="string")
        known = layers.StringLookup(vocabulary=["no", "yes"], output_mode="one_hot")(start)
        model = keras.Model(start, layers.Dense(1, use_bias=False)(known))
        model.compile(keras.optimizers.SGD(0.1), "mse")
        column = tf.constant(list(words))[:, None]
        return model, model.fit(column, SERIES, epochs=2, verbose=0, callbacks=callbacks)

    _, run, said = recorded(program, tmp_path / "a.h5", data=(words, SERIES))
    with run:
        assert said == [] and list(run.samples().x) == list(words)
        found = run.weights[:].astype(float)[:, np.where(words == "yes", 2, 1)]
        np.testing.assert_allclose(run.loss, ((found - SERIES.to_numpy()) ** 2).mean(1), rtol=2e-5)


def test_a_table_of_numbers_and_words_is_refused(tmp_path):
    mixed = pandas.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    with pytest.raises(AnimatorError) as caught:
        animator.Recorder(tmp_path / "a.h5", data=(mixed, [0.0, 1.0]))
    assert str(caught.value) == (
        "Recorder's data has a part of type DataFrame that is no array of numbers or of strings (could not "
        "convert string to float: 'x'). Give arrays whose samples are of one shape."
    )
