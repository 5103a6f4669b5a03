"""Objective: equal to model.evaluate at given weights, for any model, and it changes nothing."""

import random
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.training.loss.objective import loss_function
from animator.training.loss.rebuild import rebuild

layers = keras.layers


def neuron(loss="mse"):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="tanh")])
    model.compile(keras.optimizers.SGD(0.5), loss)
    return model


def samples(count=500, inputs=2):
    x = np.random.default_rng(0).random((count, inputs))
    return x, np.tanh(x.sum(axis=1, keepdims=True))


def flat(model):
    return np.concatenate([np.ravel(v.numpy()) for v in model.trainable_variables])


def put(model, row):
    start = 0
    for variable in model.trainable_variables:
        size = int(np.prod(variable.shape))
        variable.assign(np.reshape(row[start : start + size], variable.shape))
        start += size


def rows_of(model, count=4, scale=0.5):
    size = len(flat(model))
    return np.random.default_rng(1).normal(size=(count, size), scale=scale).astype(np.float32)


def evaluated(model, data, rows, **options):
    """What model.evaluate says after each of `rows` is put into the model."""
    found = []
    for row in rows:
        put(model, row)
        found.append(model.evaluate(*data, verbose=0, return_dict=True, **options)["loss"])
    return np.array(found)


def test_the_neuron_equals_model_evaluate():
    model, data = neuron(), samples()
    rows = rows_of(model, 6)
    losses = loss_function(model, data)(rows)
    assert losses.dtype == np.float64
    np.testing.assert_allclose(losses, evaluated(model, data, rows), rtol=0, atol=1e-6)


def test_the_compiled_grid_equals_numpy():
    """2,000 points take the compiled plan; the neuron's loss is one line of NumPy."""
    model, (x, y) = neuron(), samples()
    points = np.random.default_rng(2).normal(size=(2000, 2))
    origin, basis = np.array([0.1, -0.2, 0.3]), np.array([[1, 0, 0], [0.5, 2, 1.0]])
    losses = loss_function(model, (x, y)).on_plane(origin, basis, points)
    w = origin + points @ basis
    expected = ((np.tanh(x @ w[:, :2].T + w[:, 2]) - y) ** 2).mean(axis=0)
    np.testing.assert_allclose(losses, expected, rtol=0, atol=1e-6)


def models():
    image = keras.Input((8, 8, 1))
    deep = layers.Flatten()(layers.MaxPooling2D()(layers.Conv2D(3, 3, activation="relu")(image)))
    one, two = keras.Input((2,), name="one"), keras.Input((2,), name="two")
    both = layers.Dense(1)(layers.concatenate([one, layers.Dense(3, activation="gelu")(two)]))
    l2 = keras.regularizers.L2(0.1)
    yield "regularized, dropped out, normalized", keras.Sequential([
        keras.Input((2,)), layers.Dense(5, "tanh", kernel_regularizer=l2, activity_regularizer=l2),
        layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(1),
    ]), "mse", samples(64)  # fmt: skip
    rng = np.random.default_rng(3)
    pictures, labels = rng.random((20, 8, 8, 1)), rng.integers(0, 4, 20)
    yield "convolution", keras.Model(image, layers.Dense(4, "softmax")(deep)), (
        "sparse_categorical_crossentropy"), (pictures, labels)  # fmt: skip
    inputs = {"one": rng.random((30, 2)), "two": rng.random((30, 2))}
    yield "two inputs", keras.Model({"one": one, "two": two}, both), "mae", (
        inputs, rng.random((30, 1)))  # fmt: skip
    yield "recurrent", keras.Sequential([
        keras.Input((5, 2)), layers.GRU(3), layers.Dense(1),
    ]), "mse", (rng.random((16, 5, 2)), rng.random((16, 1)))  # fmt: skip


@pytest.mark.parametrize("case", range(4))
@pytest.mark.parametrize("count", [3, 1100])
def test_other_models_equal_model_evaluate(case, count):
    """Few rows and many take different plans; each model equals evaluate on both."""
    _, model, loss, data = list(models())[case]
    model.compile("sgd", loss)
    rows = rows_of(model, count)
    losses = loss_function(model, data)(rows)[:3]
    size = len(keras.tree.flatten(data)[0])
    expected = evaluated(model, data, rows[:3], batch_size=size)
    np.testing.assert_allclose(losses, expected, rtol=2e-6, atol=1e-6)


def test_little_memory_gives_the_same_losses():
    """Points and samples are then run in pieces, weighted by their number of samples."""
    model, data = neuron(), samples(101)
    rows = rows_of(model, 30)
    np.testing.assert_allclose(
        loss_function(model, data, memory=300)(rows), loss_function(model, data)(rows), atol=1e-6
    )


def test_model_optimizer_and_random_state_are_as_they_were():
    keras.utils.set_random_seed(4)
    model = keras.Sequential([
        keras.Input((2,)), layers.Dense(4), layers.BatchNormalization(), layers.Dropout(0.3),
        layers.Dense(1),
    ])  # fmt: skip
    model.compile(keras.optimizers.Adam(), "mse", metrics=["mae"])
    data = samples(64)
    model.fit(*data, verbose=0)

    def everything():
        return [np.array(v) for v in model.variables]

    before, states = everything(), (np.random.get_state()[1].copy(), random.getstate())
    loss_function(model, data)(rows_of(model, 1100))
    for old, new in zip(before, everything(), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_array_equal(states[0], np.random.get_state()[1])
    assert states[1] == random.getstate()


def test_losses_that_are_not_finite_stay_so():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    rows = np.zeros((1100, 3), np.float32)
    rows[0], rows[1] = np.nan, 1e30
    for count in (3, 1100):
        losses = loss_function(model, samples())(rows[:count])
        assert np.isnan(losses[0])
        assert losses[1] == np.inf
        assert np.isfinite(losses[2:]).all()


def refused(make):
    with pytest.raises(AnimatorError) as caught:
        make()
    return str(caught.value)


def test_weights_of_another_model_are_refused():
    model = keras.Sequential([keras.Input((1209,)), layers.Dense(1)], name="net")
    model.compile("sgd", "mse")
    objective = loss_function(model, (np.zeros((1, 1209)), np.zeros((1, 1))))
    sentence = (
        "These weights have 1,290 parameters but model 'net' has 1,210: they are not of this model. "
        "Give weights that were recorded from it."
    )
    assert refused(lambda: objective(np.zeros((2, 1290)))) == sentence
    plane = (np.zeros(1290), np.zeros((2, 1290)), np.zeros((5, 2)))
    assert refused(lambda: objective.on_plane(*plane)) == sentence


def test_a_model_without_a_loss_is_refused():
    bare = keras.Sequential([keras.Input((2,)), layers.Dense(1)], name="bare")
    sentence = (
        "Model 'bare' has no loss: there is no surface to cut. Call model.compile(optimizer, loss) first."
    )
    assert refused(lambda: loss_function(bare, samples())) == sentence
    bare.compile("sgd")
    assert refused(lambda: loss_function(bare, samples())) == sentence


def test_a_loss_for_each_sample_is_refused():
    model = neuron(keras.losses.MeanSquaredError(reduction=None))
    model.name = "each"
    assert refused(lambda: loss_function(model, samples())) == (
        "The loss of model 'each' is not a scalar: it has shape (1,). Compile the model with a loss "
        "whose reduction is not None."
    )


class Trainer(keras.Model):
    """A model around another one that it trains by steps of its own, and never calls as a whole."""

    def __init__(self, inner, name):
        super().__init__(name=name)
        self.inner = inner


def test_a_model_that_cannot_move_is_refused():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)], name="stone")
    model.trainable = False
    model.compile("sgd", "mse")
    assert refused(lambda: loss_function(model, samples())) == (
        "Model 'stone' has no trainable weights: its loss cannot change. Give it a layer with "
        "weights, or set layer.trainable = True."
    )
    trainer = Trainer(neuron(), name="trainer")
    trainer.compile("sgd", "mse")
    assert refused(lambda: loss_function(trainer, samples())) == (
        "Model 'trainer' has no call(x) of its own, so its loss cannot be computed at other weights. Give "
        "its class a call that returns what the loss is computed from."
    )
    later = keras.Sequential([layers.Dense(1)], name="later")
    later.compile("sgd", "mse")
    assert refused(lambda: loss_function(later, samples())) == (
        "Model 'later' is not built: it has no weights yet. Begin it with keras.Input(shape) or call "
        "model.build(input_shape) first."
    )


def test_data_that_cannot_be_used_is_refused():
    x, y = samples(1000)
    x[3, 0] = x[7, 1] = np.nan
    assert refused(lambda: loss_function(neuron(), (x, y))) == (
        "The data has 2 values in x that are NaN or infinite, so no loss can be computed. Remove or "
        "replace them first."
    )
    assert refused(lambda: loss_function(neuron(), (y[:1000, [0, 0]], y[:999]))) == (
        "The data has 1,000 samples in x but 999 in y. Give one y for each x."
    )
    assert refused(lambda: loss_function(neuron(), 7)) == (
        "The data is of type int, which is no pair, and the loss must be computed from it many times. "
        "Give arrays (x, y), or a tf.data.Dataset or keras.utils.PyDataset, which can be replayed."
    )


def described(model, **changes):
    """A stand-in for a Recording that describes `model`."""
    meta = {
        "model_config": keras.saving.serialize_keras_object(model),
        "compile_config": model.get_compile_config(),
    }
    variables = [SimpleNamespace(shape=tuple(v.shape)) for v in model.trainable_variables]
    none = {"state_variables": [], "fixed_variables": [], "fixed": np.zeros(0), "state": np.zeros((1, 0))}
    return SimpleNamespace(path="runs/a.h5", meta={**meta, **changes}, variables=variables, **none)


def test_a_rebuilt_model_has_the_same_loss():
    model, data = neuron("mae"), samples()
    rows = rows_of(model)
    again = rebuild(described(model))
    np.testing.assert_array_equal(loss_function(again, data)(rows), loss_function(model, data)(rows))


def test_a_model_that_cannot_be_rebuilt_asks_for_the_model():
    assert refused(lambda: rebuild(described(neuron(), model_config=None))) == (
        "The model of recording 'runs/a.h5' cannot be rebuilt: it holds no description of the model. "
        "Give the model itself with model=."
    )


def test_nothing_in_a_recording_is_run_as_code():
    """A Lambda layer holds Python code; safe mode refuses it."""
    model = keras.Sequential([keras.Input((2,)), layers.Lambda(lambda v: v), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert refused(lambda: rebuild(described(model))) == (
        "The model of recording 'runs/a.h5' cannot be rebuilt: Requested the deserialization of a "
        "`Lambda` layer whose `function` is a Python lambda. Give the model itself with model=."
    )


def test_surfaces_of_many_models_leave_no_line_in_tensorflows_log(caplog):
    """Eight models of eight widths, evaluated, derived and asked for outputs: TensorFlow counts retracing."""
    with caplog.at_level("DEBUG", logger="tensorflow"):
        for width in range(1, 9):
            net = keras.Sequential([keras.Input((width,)), layers.Dense(1, use_bias=False)])
            net.compile("sgd", "mse")
            x = np.eye(width, dtype="float32")
            loss = loss_function(net, (x, np.zeros((width, 1), "float32")))
            ones = np.ones(width)
            assert loss(ones[None]) == pytest.approx([1.0])
            np.testing.assert_allclose(loss.gradient(ones), 2 * ones / width, rtol=1e-6)
            np.testing.assert_allclose(loss.outputs(ones, x)[:, 0], ones)
    assert [record for record in caplog.records if record.name == "tensorflow"] == []
