"""Compiled steps and graphs are used again, and the bits stay the same."""

from functools import partial

import keras
import numpy as np
import pytest

from animator import Experiment
from animator.core.progress import quiet
from animator.recordings.reader import load
from animator.training import training
from animator.training.loss.model_reuse import ModelReuse, step_identity
from animator.training.loss.rebuild import objective_of, rebuild
from animator.training.variables import assign


def data(samples=50):
    x = np.random.default_rng(1).random((samples, 3), dtype=np.float32)
    return x, x.sum(axis=1, keepdims=True)


def model(rate, width=4, momentum=0.0, activation="relu"):
    network = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(width, activation), keras.layers.Dense(1)]
    )
    network.compile(keras.optimizers.SGD(rate, momentum), "mae")
    return network


def falling(rate):
    return keras.optimizers.schedules.CosineDecay(rate, 6)


def experiment(rate, seed=0, **options):
    return Experiment(partial(model, rate, **options), data, data, epochs=2, batch_size=16, seed=seed)


@pytest.mark.parametrize("rates", [(50.0, 0.01, 0.3), (falling(0.3),) * 3], ids=["constant", "falling"])
def test_a_fit_that_uses_an_earlier_step_leaves_the_same_bytes(tmp_path, rates):
    """Kinks and rates that diverge included: nothing is near, all is equal."""
    training.record(experiment(rates[-1]), tmp_path / "cold.h5", {}, quiet, ModelReuse())
    reuse = ModelReuse()
    for rate, seed in zip(rates, (4, 2, 0), strict=True):
        training.record(experiment(rate, seed), tmp_path / "warm.h5", {}, quiet, reuse)
    assert len(reuse.models) == 1
    assert (tmp_path / "warm.h5").read_bytes() == (tmp_path / "cold.h5").read_bytes()


class Rising(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that a description of it does not tell."""

    def __call__(self, step):
        return 0.01 * keras.ops.cast(step, "float32")

    def get_config(self):
        return {}


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
    "a schedule of one's own": lambda: _with(optimizer=keras.optimizers.SGD(Rising())),
    "an optimizer that does not begin at 0": lambda: _with(optimizer="adagrad"),
}


@pytest.mark.parametrize("what", ALONE)
@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_what_a_description_does_not_tell_is_never_shared(what):
    assert step_identity(ALONE[what]()) is None


def identity(rate, **options):
    """As of a model that is the first of its process."""
    keras.utils.clear_session(free_memory=False)
    return step_identity(model(rate, **options))


def test_what_differs_in_more_than_a_rate_is_another_model():
    others = ({"width": 5}, {"momentum": 0.9}, {"activation": "tanh"})
    found = {identity(0.1), *(identity(0.1, **options) for options in others)}
    assert len({*found, identity(7.0)}) == 4
    assert identity(falling(0.1)) == identity(falling(0.1))
    assert len({*found, identity(falling(0.1)), identity(falling(0.2))}) == 6


def test_losses_with_kept_graphs_are_those_of_evaluate(tmp_path):
    """A second recording's losses come from the first one's graphs, at its own weights on its own data."""
    reuse = ModelReuse()
    for rate, samples in ((0.1, 50), (0.2, 50), (0.2, 31)):
        one = Experiment(partial(model, rate), partial(data, samples), epochs=1, batch_size=16)
        training.record(one, tmp_path / f"{rate}-{samples}.h5", {}, quiet, reuse)
        with load(tmp_path / f"{rate}-{samples}.h5") as run:
            found = objective_of(run, reuse=reuse)(run.weights[:])
            fresh = rebuild(run)
            assign(tuple(fresh.trainable_variables), run.weights[-1])
            x, y = run.data()
            known = fresh.evaluate(x, y, batch_size=len(x), verbose=0)
        np.testing.assert_allclose(found[-1], known, rtol=1e-6)
    assert len(reuse.objectives) == 1
