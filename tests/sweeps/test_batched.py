"""Trained together is trained alone: each cell's weights and losses are those of its own Keras fit."""

from dataclasses import replace
from functools import partial

import h5py
import keras
import numpy as np
import pytest

from animator import Experiment
from animator.core.progress import quiet
from animator.recordings.reader import load
from animator.sweeps.training import batched, eligibility
from animator.sweeps.training.finished_run import Run, columns
from animator.sweeps.training.vectorized import turned
from animator.training import training
from animator.training.model_description import description


def points(seed, count):
    x = np.random.default_rng(seed).random((count, 2), dtype=np.float32)
    return x, np.tanh(x.sum(axis=1, keepdims=True))


def neuron(make, bias=True):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "tanh", use_bias=bias)])
    model.compile(make(), "mean_squared_error")
    return model


def sgd(rate, momentum=0.0, nesterov=False):
    return keras.optimizers.SGD(rate, momentum=momentum, nesterov=nesterov)


def adam(rate, epsilon=1e-7):
    return keras.optimizers.Adam(rate, epsilon=epsilon)


def arms(seed, count):
    rng = np.random.default_rng(seed)
    arm = np.arange(count) % 2
    along = np.sqrt(rng.random(count)) * 2.5 * np.pi
    angle = along + np.pi * arm
    x = np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1) / (2.5 * np.pi)
    return x.astype(np.float32), arm[:, None].astype(np.float32)


def network(rate):
    layers = [
        keras.layers.Dense(8, "tanh"),
        keras.layers.Dense(8, "sigmoid"),
        keras.layers.Dense(1, "sigmoid"),
    ]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
    return model


def cells(make, rates, seeds, data=points, samples=70, epochs=4, batch=16, shuffle=True):
    """One experiment for each rate and seed; 70 samples in batches of 16 leave 6 for the last."""
    return [
        Experiment(make(rate), partial(data, seed, samples), partial(data, seed + 99, 10), epochs, batch,
                   seed, shuffle)
        for rate in rates for seed in seeds
    ]  # fmt: skip


def tried(experiments, folder):
    """(ways, paths) of experiments trained together."""
    paths = [folder / f"{i}.h5" for i in range(len(experiments))]
    return batched.train(experiments, [{"i": i} for i in range(len(paths))], paths, quiet), paths


CASES = {
    "sgd": (lambda rate: partial(neuron, partial(sgd, rate)), (0.05, 0.5)),
    "momentum": (lambda rate: partial(neuron, partial(sgd, rate, 0.9)), (0.005, 0.01)),
    "nesterov": (lambda rate: partial(neuron, partial(sgd, rate, 0.5, True)), (0.02, 0.2)),
    "adam": (lambda rate: partial(neuron, partial(adam, rate)), (0.01, 0.05)),
}


@pytest.mark.parametrize("name", CASES)
def test_weights_are_those_of_a_fit(name, tmp_path):
    """Weights within 1e-5 at every step, losses within 1e-6, in the same datasets with the same words."""
    make, rates = CASES[name]
    experiments = cells(make, rates, (0, 3))
    ways, paths = tried(experiments, tmp_path)
    assert ways.count("together") == 3  # one is compared with its fit, and is that fit
    for i, (experiment, path) in enumerate(zip(experiments, paths, strict=True)):
        training.record(experiment, tmp_path / "fit.h5", {"i": i}, quiet)
        same(tmp_path / "fit.h5", path, ways[i])


def test_a_network_with_a_metric_and_data_of_its_own_in_each_cell(tmp_path):
    experiments = cells(lambda rate: partial(network, rate), (0.001, 0.003), (0, 1, 2), arms)
    ways, paths = tried(experiments, tmp_path)
    assert ways.count("together") >= 4
    for i in (ways.index("together"), 5):
        training.record(experiments[i], tmp_path / "fit.h5", {"i": i}, quiet)
        same(tmp_path / "fit.h5", paths[i], ways[i])


def same(fit, other, way):
    with load(fit) as a, load(other) as b:
        assert np.abs(a.weights - b.weights).max() <= 1e-5
        assert {**b.meta, "way": "fit"} == {**a.meta, "way": "fit"}
        assert (a.way, b.way) == ("fit", way)
        for mine, its in ((a.loss, b.loss), (a.batch_loss, b.batch_loss), (a.test_loss, b.test_loss),
                          *((a.running_means[k], b.running_means[k]) for k in a.running_means)):  # fmt: skip
            np.testing.assert_allclose(mine, its, rtol=1e-5, atol=1e-6)
        for name in ("learning_rate", "epoch", "batch", "weight_steps"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    with h5py.File(fit) as a, h5py.File(other) as b:
        found, known = {}, {}
        a.visititems(lambda path, item: known.update({path: _kind(item)}))
        b.visititems(lambda path, item: found.update({path: _kind(item)}))
        assert {**found, "meta": 0} == {**known, "meta": 0}


def _kind(item):
    return (item.dtype, item.shape, item.maxshape) if isinstance(item, h5py.Dataset) else None


def test_in_order_as_well(tmp_path):
    experiments = cells(CASES["sgd"][0], (0.1, 0.2), (0, 1), shuffle=False)
    ways, paths = tried(experiments, tmp_path)
    i = ways.index("together")
    training.record(experiments[i], tmp_path / "fit.h5", {"i": i}, quiet)
    same(tmp_path / "fit.h5", paths[i], "together")


def test_the_linear_neuron_by_its_closed_form(tmp_path):
    """w_k = w* + (I - lr H)^k (w0 - w*), loss_k = (14/3)/4^k at rate 0.75."""

    def data():
        return np.float32([[1, 0], [0, 1], [1, 1]]), np.float32([[1], [2], [3]])

    def linear(rate):
        model = keras.Sequential(
            [keras.Input((2,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")]
        )
        model.compile(keras.optimizers.SGD(rate), "mean_squared_error")
        return model

    rates = (0.75, 0.5, 0.25, 0.1, 0.05)
    ways, paths = tried(
        [Experiment(partial(linear, rate), data, epochs=20, batch_size=3) for rate in rates], tmp_path
    )
    assert ways.count("together") >= 3
    hessian, goal = 2 / 3 * np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, 2.0])
    for rate, path in zip(rates, paths, strict=True):
        with load(path) as run:
            matrix = np.eye(2) - rate * hessian
            exact = [goal - np.linalg.matrix_power(matrix, k) @ goal for k in range(21)]
            np.testing.assert_allclose(run.weights, exact, atol=1e-6)
            if rate == 0.75:
                np.testing.assert_allclose(
                    run.batch_loss, 14 / 3 / 4.0 ** np.arange(20), rtol=1e-4, atol=1e-12
                )


def test_a_run_that_rounding_carries_away_is_trained_alone(tmp_path):
    """Rates that diverge or saturate have weights whose last bits matter; they are fits, bit for bit."""
    experiments = cells(CASES["sgd"][0], (0.05, 0.2, 1000.0), (0, 1))
    ways, paths = tried(experiments, tmp_path)
    assert ways[4:] == ["fit", "fit"] and ways.count("together") == 3
    training.record(experiments[4], tmp_path / "fit.h5", {"i": 4}, quiet)
    assert (tmp_path / "fit.h5").read_bytes() == paths[4].read_bytes()


def test_all_are_trained_alone_when_one_differs_from_its_fit(tmp_path, monkeypatch):
    monkeypatch.setattr(batched, "EQUAL", -1.0)
    ways, _ = tried(cells(CASES["sgd"][0], (0.05, 0.2), (0, 1), epochs=1), tmp_path)
    assert ways == ["fit"] * 4


def test_what_has_no_vectorised_form_is_trained_alone(tmp_path):
    """TensorFlow cannot vectorise the classes' accuracy."""

    def classes():
        x, y = points(0, 20)
        return x, (y[:, 0] > 0.5).astype(np.int64)

    def classifier(rate):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])
        model.compile(sgd(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    experiments = [Experiment(partial(classifier, rate), classes, epochs=1) for rate in (0.1, 0.2, 0.3, 0.4)]
    ways, paths = tried(experiments, tmp_path)
    assert ways == ["fit"] * 4
    with load(paths[3]) as run:
        assert list(run.running_means) == ["accuracy", "loss"]


def test_one_that_raises_does_not_stop_the_others(tmp_path):
    def broken(rate):
        raise ZeroDivisionError(f"no model of {rate}")

    experiments = cells(CASES["sgd"][0], (0.05, 0.2), (0, 1), epochs=1)
    experiments.insert(2, replace(experiments[0], model=partial(broken, 0.1)))
    with pytest.raises(ZeroDivisionError, match=r"^no model of 0\.1$"):
        tried(experiments, tmp_path)
    assert [(tmp_path / f"{i}.h5").exists() for i in range(5)] == [True, True, False, True, True]


def test_the_same_bytes_again(tmp_path):
    """A batch leaves the same bytes whatever was trained before it in the process."""
    experiments = cells(CASES["adam"][0], (0.01, 0.02), (0, 1), epochs=2)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ways, first = tried(experiments, tmp_path / "a")
    tried([replace(e, seed=e.seed + 5) for e in experiments], tmp_path / "b")
    batched._PROGRAMS.clear()
    again, second = tried(experiments, tmp_path / "b")
    assert ways == again
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def _compiled(*layers, loss="mse", optimizer=None, **options):
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1)])
    model.compile(optimizer or sgd(0.1), loss, **options)
    return model


REFUSED = {
    "a kink": lambda: _compiled(keras.layers.Dense(3, "relu")),
    "chance": lambda: _compiled(keras.layers.Dropout(0.5)),
    "statistics": lambda: _compiled(keras.layers.BatchNormalization()),
    "a regularizer": lambda: _compiled(keras.layers.Dense(3, kernel_regularizer="l2")),
    "a constraint": lambda: _compiled(keras.layers.Dense(3, kernel_constraint="non_neg")),
    "a frozen layer": lambda: _compiled(keras.layers.Dense(3, trainable=False)),
    "a loss with a kink": lambda: _compiled(loss="mae"),
    "a loss of one's own": lambda: _compiled(loss=lambda y, p: keras.ops.mean((y - p) ** 2)),
    "a sum": lambda: _compiled(loss=keras.losses.MeanSquaredError(reduction="sum")),
    "a schedule": lambda: _compiled(optimizer=sgd(keras.optimizers.schedules.ExponentialDecay(0.1, 9, 0.9))),
    "clipping": lambda: _compiled(optimizer=keras.optimizers.SGD(0.1, clipnorm=1.0)),
    "decay": lambda: _compiled(optimizer=keras.optimizers.Adam(0.1, weight_decay=0.1)),
    "another optimizer": lambda: _compiled(optimizer=keras.optimizers.RMSprop(0.1)),
    "eager steps": lambda: _compiled(run_eagerly=True),
    "another metric": lambda: _compiled(metrics=["auc"]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_program_cannot_repeat(what):
    model = REFUSED[what]()
    assert eligibility.structure(model, description(model)) is None


def test_what_a_program_can_repeat():
    """Rates and momenta are numbers; that a momentum is of Nesterov's kind is not."""
    told = []
    for optimizer in (sgd(0.1), sgd(3.0, 0.9), sgd(0.1, 0.9, True), adam(0.1), adam(0.2, 1e-3)):
        keras.utils.clear_session(free_memory=False)
        model = _compiled(keras.layers.Dense(3, "tanh"), optimizer=optimizer)
        told.append(eligibility.structure(model, description(model)))
    assert None not in told
    assert (told[0] == told[1], told[3] == told[4], len(set(told))) == (True, True, 3)


def test_batches_are_of_experiments_alike():
    """Numbers and seeds may differ; words, flags and sizes may not; no more than 32, no fewer than 4."""
    short = cells(CASES["sgd"][0], np.linspace(0.1, 1, 65).tolist(), (0,))
    long = cells(CASES["adam"][0], (0.1, 0.2), (0, 1))
    other = cells(lambda rate: partial(neuron, partial(sgd, rate), False), (0.1, 0.2, 0.3), (0,))
    found = batched.batches([*short, *long, *other])
    assert found == [
        tuple(range(22)),
        tuple(range(22, 44)),
        tuple(range(44, 65)),
        (65, 66, 67, 68),
        (69,),
        (70,),
        (71,),
    ]
    assert batched.batches([*short, *long, *other]) == found
    assert batched.batches([]) == []


def test_keys_name_the_whole_batch():
    few = cells(CASES["sgd"][0], (0.1, 0.2), (0, 1))
    keys = batched.keys(few)
    assert len({*keys, *batched.keys([*few, few[0]]), *(e.key() for e in few)}) == 12
    assert batched.keys(few) == keys
    assert batched.keys(few[:1]) == [few[0].key()]


def test_columns_by_hand():
    """Three samples in batches of two: batch losses 1, 4, then 2, 8; means 1, (2 + 4) / 3, 2, (4 + 8) / 3."""
    run = Run(np.zeros((5, 1), np.float32), np.zeros((5, 0), np.float32), np.float32([2, 4, 4, 8]),
              np.float32([[2, 2], [0, 1], [1, 2], [1, 1]]), ["accuracy"], 0.1, 2, 2)  # fmt: skip
    found = columns(run, 3)
    assert found["batch_loss"].tolist() == [1, 4, 2, 8]
    np.testing.assert_allclose(found["running_means/loss"], [1, 2, 2, 4])
    np.testing.assert_allclose(found["running_means/accuracy"], [1, 2 / 3, 0.5, 2 / 3])
    assert found["learning_rate"].tolist() == [float(np.float32(0.1))] * 4
    assert (found["epoch"].tolist(), found["batch"].tolist()) == ([0, 0, 1, 1], [0, 1, 0, 1])


def test_twins_read_the_same_batches_in_another_order():
    order = np.array([[4, 1, 0, 3, 2]])
    assert turned(order, 3, 0).tolist() == order.tolist()
    assert turned(order, 3, 1).tolist() == [[0, 1, 4, 2, 3]]
    assert sorted(turned(order, 3, 3)[0, :3].tolist()) == [0, 1, 4]
