"""Compiled steps and graphs are used again, and the bits stay the same; a whole fit in one graph too."""

from functools import partial

import keras
import numpy as np
import pytest

from animator import Experiment
from animator.core.progress import quiet
from animator.recordings.reader import load
from animator.sweeps.training import compiled_loop
from animator.sweeps.training.prepared import ready
from animator.training import model_reuse, rebuild, training
from animator.training.model_description import description


def data(samples=50):
    x = np.random.default_rng(1).random((samples, 3), dtype=np.float32)
    return x, x.sum(axis=1, keepdims=True)


def model(rate, width=4, momentum=0.0, activation="relu"):
    network = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(width, activation), keras.layers.Dense(1)]
    )
    network.compile(keras.optimizers.SGD(rate, momentum), "mae")
    return network


def experiment(rate, seed=0, **options):
    return Experiment(partial(model, rate, **options), data, data, epochs=2, batch_size=16, seed=seed)


def key(network):
    return model_reuse.key(network, description(network))


def forget():
    model_reuse._MODELS.clear()
    rebuild._WARM.clear()
    compiled_loop._PROVEN.clear()


def test_a_fit_that_uses_an_earlier_step_leaves_the_same_bytes(tmp_path):
    """Kinks and rates that diverge included: nothing is near, all is equal."""
    forget()
    training.record(experiment(0.3), tmp_path / "cold.h5", {}, quiet)
    forget()
    for rate, seed in ((50.0, 4), (0.01, 2), (0.3, 0)):
        training.record(experiment(rate, seed), tmp_path / "warm.h5", {}, quiet)
    assert len(model_reuse._MODELS) == 1
    assert (tmp_path / "warm.h5").read_bytes() == (tmp_path / "cold.h5").read_bytes()


def test_one_graph_leaves_the_same_bytes(tmp_path):
    """The third run of a kind is no fit but a loop in a graph, with the bytes of its fit."""
    forget()
    for rate, seed in ((0.1, 0), (0.2, 1), (50.0, 4)):
        compiled_loop.record(ready(experiment(rate, seed)), tmp_path / "straight.h5", {"a": 1}, quiet)
    assert list(compiled_loop._PROVEN.values()) == [True]
    forget()
    training.record(experiment(50.0, 4), tmp_path / "fit.h5", {"a": 1}, quiet)
    assert (tmp_path / "straight.h5").read_bytes() == (tmp_path / "fit.h5").read_bytes()
    with load(tmp_path / "fit.h5") as run:
        assert (run.way, run.steps) == ("fit", 8)


def test_a_loop_that_differs_in_a_bit_is_not_believed(tmp_path, monkeypatch):
    forget()
    real = compiled_loop.run_of
    monkeypatch.setattr(compiled_loop, "run_of", lambda cell: _nudged(real(cell)))
    compiled_loop.record(ready(experiment(0.1)), tmp_path / "a.h5", {}, quiet)
    assert list(compiled_loop._PROVEN.values()) == [None]
    compiled_loop.record(ready(experiment(0.3)), tmp_path / "a.h5", {}, quiet)
    assert list(compiled_loop._PROVEN.values()) == [False]
    compiled_loop.record(ready(experiment(0.2)), tmp_path / "a.h5", {}, quiet)
    training.record(experiment(0.2), tmp_path / "b.h5", {}, quiet)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def _nudged(run):
    run.weights[3, 1] = np.nextafter(run.weights[3, 1], np.float32(9))
    return run


def _own(y, predicted):
    return keras.ops.mean((y - predicted) ** 2)


def _with(*layers, loss="mse", optimizer="sgd", metrics=None):
    network = keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(1)])
    network.compile(optimizer, loss, metrics=metrics)
    return network


ALONE = {
    "a loss of one's own": lambda: _with(loss=_own),
    "a metric of one's own": lambda: _with(metrics=[_own]),
    "an activation of one's own": lambda: _with(keras.layers.Dense(2, activation=lambda x: x * 2)),
    "chance": lambda: _with(keras.layers.Dropout(0.5)),
    "a schedule": lambda: _with(
        optimizer=keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 9, 0.9))
    ),
    "an optimizer that does not begin at 0": lambda: _with(optimizer="adagrad"),
}


@pytest.mark.parametrize("what", ALONE)
@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_what_a_description_does_not_tell_is_never_shared(what):
    assert key(ALONE[what]()) is None


def test_what_differs_in_more_than_a_rate_is_another_model():
    keys = []
    for options in ({}, {"width": 5}, {"momentum": 0.9}, {"activation": "tanh"}):
        keras.utils.clear_session(free_memory=False)
        keys.append(key(model(0.1, **options)))
    keras.utils.clear_session(free_memory=False)
    assert len({*keys, key(model(7.0))}) == 4


def test_losses_with_kept_graphs_are_those_of_evaluate(tmp_path):
    """A second recording's losses come from the first one's graphs, at its own weights on its own data."""
    forget()
    for rate, samples in ((0.1, 50), (0.2, 50), (0.2, 31)):
        one = Experiment(partial(model, rate), partial(data, samples), epochs=1, batch_size=16)
        training.record(one, tmp_path / f"{rate}-{samples}.h5", {}, quiet)
        with load(tmp_path / f"{rate}-{samples}.h5") as run:
            found = rebuild.objective_of(run)(run.weights[:])
            fresh = rebuild.rebuild(run)
            rebuild.assign(tuple(fresh.trainable_variables), run.weights[-1])
            x, y = run.data()
            known = fresh.evaluate(x, y, batch_size=len(x), verbose=0)
        np.testing.assert_allclose(found[-1], known, rtol=1e-6)
    assert len(rebuild._WARM) == 1
