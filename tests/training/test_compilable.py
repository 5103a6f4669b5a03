"""What XLA is asked to compile: nothing on strings, with tables or with Python code in it, and all else."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from animator.training.loss.objective import loss_function

TEXT = np.array([b"good film", b"bad film"] * 20, object)
Y = np.array([[1.0], [0.0]] * 20, "float32")
X = np.random.default_rng(0).random((40, 3)).astype("float32")


class PythonCode(layers.Layer):
    """A layer that calls back into Python, as code that wraps another library does."""

    def __init__(self, call, **options):
        super().__init__(**options)
        self._through = call

    def call(self, x):
        result = self._through(x)
        result.set_shape(x.shape)
        return result

    def compute_output_shape(self, shape):
        return shape


def text():
    words = layers.TextVectorization(20, output_sequence_length=4)
    words.adapt(TEXT.astype(str))
    start = keras.Input((), dtype="string")
    return TEXT, start, layers.GlobalAveragePooling1D()(layers.Embedding(20, 3)(words(start)))


def hashed():
    start = keras.Input((1,), dtype="string")
    return TEXT[:, None], start, layers.Flatten()(layers.Embedding(8, 3)(layers.Hashing(8)(start)))


def looked_up():
    x = np.array([[3], [7]] * 20)
    lookup = layers.IntegerLookup()
    lookup.adapt(x)
    start = keras.Input((1,), dtype="int64")
    return x, start, layers.Flatten()(layers.Embedding(8, 3)(lookup(start)))


def py_function():
    start = keras.Input((3,))
    return X, start, PythonCode(lambda x: tf.py_function(lambda a: a.numpy() * 2, [x], tf.float32))(start)


def numpy_function():
    start = keras.Input((3,))
    return X, start, PythonCode(lambda x: tf.numpy_function(lambda a: a * 2, [x], tf.float32))(start)


def inside_a_lambda():
    start = keras.Input((3,))

    def through(x):
        result = tf.numpy_function(lambda a: a * 2, [x], tf.float32)
        return tf.ensure_shape(result, x.shape)

    return X, start, layers.Lambda(through, output_shape=(3,))(start)


def plain():
    start = keras.Input((3,))
    return X, start, layers.Dense(4, "tanh")(start)


def own_and_plain():
    """A Lambda of TensorFlow's own operations is looked at, and may be compiled."""
    start = keras.Input((3,))
    return X, start, layers.Lambda(lambda x: tf.sin(x) + 1.0, output_shape=(3,))(start)


def objective(make):
    x, start, end = make()
    keras.utils.set_random_seed(0)
    model = keras.Model(start, layers.Dense(1, "sigmoid")(end))
    model.compile("sgd", "binary_crossentropy")
    return model, loss_function(model, (x, Y)), x


@pytest.fixture
def asked(monkeypatch):
    """Whether XLA was to compile, for each graph that was made."""
    found = []
    real = tf.function

    def watched(*given, **options):
        found.append(bool(options.get("jit_compile")))
        return real(*given, **options)

    monkeypatch.setattr(tf, "function", watched)
    return found


@pytest.mark.parametrize("make", [text, hashed, looked_up, py_function, numpy_function, inside_a_lambda])
def test_what_xla_cannot_take_is_not_compiled(make, asked):
    """A surface of 1,600 points is what `evaluate` says, and no graph of it was to be compiled."""
    model, loss, x = objective(make)
    asked.clear()
    origin = np.concatenate([np.ravel(v) for v in model.trainable_variables])
    basis = np.random.default_rng(0).standard_normal((2, len(origin)))
    points = np.stack(np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-1, 1, 40)), -1).reshape(-1, 2)
    got = loss.on_plane(origin, basis, np.vstack([points, [[0.0, 0.0]]]))
    assert asked and not any(asked)
    inputs = tf.constant(x) if x.dtype == object else x
    dataset = tf.data.Dataset.from_tensors((inputs, Y))
    assert got[-1] == pytest.approx(model.evaluate(dataset, verbose=0), rel=1e-5)
    assert np.isfinite(got).all() and np.ptp(got) > 0


@pytest.mark.parametrize("make", [plain, own_and_plain])
def test_numbers_are_compiled(make, asked):
    _, loss, _ = objective(make)
    asked.clear()
    rows = np.zeros((1_600, loss.parameters))
    np.testing.assert_allclose(loss(rows), np.log(2), rtol=1e-6)
    assert any(asked)
