"""What lookup layers have learnt is in the description, and a model rebuilt from it looks up the same."""

import keras
import numpy as np
import pytest
from keras import layers

import animator
from animator.training.loss.rebuild import rebuild
from animator.training.loss.vocabularies import with_vocabularies

WORDS = np.array(["b", "a", "b", "c", "a", "b", "é", "a"])
NUMBERS = np.array([7, 3, 7, 9, 3, 7, 11, 3])


def texts():
    found = layers.TextVectorization(10, output_sequence_length=1)
    return found, keras.Input((), dtype="string"), WORDS


def strings():
    return layers.StringLookup(output_mode="one_hot"), keras.Input((), dtype="string"), WORDS


def integers():
    return layers.IntegerLookup(output_mode="multi_hot"), keras.Input((1,), dtype="int64"), NUMBERS[:, None]


@pytest.mark.parametrize("make", [texts, strings, integers], ids=lambda make: make.__name__)
def test_a_rebuilt_layer_has_learnt_the_same(make, tmp_path):
    layer, inputs, x = make()
    layer.adapt(x)
    found = keras.ops.cast(layer(inputs), "float32")
    model = keras.Model(inputs, layers.Dense(1)(found))
    model.compile("sgd", "mse")
    y = np.ones((8, 1), "float32")
    given = keras.ops.convert_to_tensor(x)
    model.fit(given, y, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5", data=(x, y))])
    with animator.load(tmp_path / "a.h5") as run:
        again = rebuild(run)
        assert np.isfinite(run.loss).all()
    (other,) = [found for found in again.layers if type(found) is type(layer)]
    assert other.get_vocabulary() == layer.get_vocabulary()
    np.testing.assert_array_equal(other(given), layer(given))


def test_what_was_given_or_is_weighed_stays_as_it_is():
    """A vocabulary of the constructor's is in the configuration already; tf_idf needs more than words."""
    known = layers.StringLookup(vocabulary=["x"], name="known")
    weighed = layers.TextVectorization(10, output_mode="tf_idf", name="weighed")
    weighed.adapt(WORDS)
    stack = keras.Sequential([known, weighed])
    config = [{"name": "known", "vocabulary": ["x"]},
              {"name": "weighed", "vocabulary": None, "output_mode": "tf_idf"}]  # fmt: skip
    assert with_vocabularies(config, stack) == config
