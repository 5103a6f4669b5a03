"""Grids from coarse to fine: every point once, interpolation within its tolerance, interruptions resumed."""

import keras
import numpy as np
import pytest
from keras import layers

import animator
from animator.core import cache
from animator.landscape import adaptive_grid
from animator.landscape.plane import Plane

ALPHA, BETA = np.linspace(-2, 2, 65), np.linspace(-1, 3, 49)


def bowl(at):
    return at[:, 0] ** 2 + 10 * at[:, 1] ** 2


def valley(at):
    """Flat far out, sharp near the axis: a surface whose bends are in one place."""
    return np.log(1e-3 + at[:, 0] ** 2 + at[:, 1] ** 2)


def filled(function, tolerance, known=None):
    asked = []

    def losses_at(at):
        asked.append(len(at))
        return function(at)

    grid = known or adaptive_grid.empty(ALPHA, BETA)
    adaptive_grid.fill(grid, losses_at, tolerance, lambda now: None)
    return grid, sum(asked)


def exact(function):
    return function(np.stack(np.meshgrid(ALPHA, BETA), -1).reshape(-1, 2)).reshape(BETA.size, ALPHA.size)


def test_without_tolerance_every_point_is_evaluated_once():
    grid, asked = filled(bowl, 0.0)
    assert asked == grid.values.size and grid.evaluated.all()
    np.testing.assert_array_equal(grid.values, exact(bowl))


def test_a_tolerance_saves_points_and_is_kept():
    """Interpolated heights err by less than 1 % of the range, from under half of the points."""
    grid, asked = filled(valley, 0.01)
    whole = exact(valley)
    assert asked < 0.5 * whole.size
    assert np.abs(grid.values - whole).max() < 0.01 * np.ptp(whole)
    np.testing.assert_array_equal(grid.values[grid.evaluated], whole[grid.evaluated])


def test_a_plane_needs_only_the_coarse_points():
    grid, asked = filled(lambda at: at[:, 0] + 10 * at[:, 1], 0.001)
    assert asked == int(grid.evaluated.sum()) == 9 * 7
    np.testing.assert_allclose(grid.values, exact(lambda at: at[:, 0] + 10 * at[:, 1]), atol=1e-12)


def test_points_beside_what_is_not_finite_are_evaluated():
    def broken(at):
        return np.where(at[:, 0] > 1, np.nan, at[:, 0])

    grid, _ = filled(broken, 0.01)
    np.testing.assert_array_equal(np.isnan(grid.values), np.isnan(exact(broken)))


def test_an_interrupted_evaluation_goes_on_where_it_stopped(monkeypatch):
    """The second call asks only for what is missing; the third asks nothing; all equal an uncached one."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(5).random((40, 2)).astype("f4")
    data, plane = (x, x[:, :1]), Plane(np.zeros(13), np.eye(13)[:2])
    monkeypatch.setattr(adaptive_grid, "BLOCK", 100)
    heard = []

    def stop(stage, done, total):
        heard.append(done)
        if len(heard) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        animator.evaluate(model, data, plane, 33, (-1, 1, -1, 1), stop)
    assert len(list((cache.folder() / "surfaces").glob("*.part.h5"))) == 1
    resumed = []
    first = animator.evaluate(model, data, plane, 33, (-1, 1, -1, 1), lambda s, done, n: resumed.append(done))
    assert resumed[0] > heard[-1] and resumed[-1] == 33 * 33
    again = []
    second = animator.evaluate(model, data, plane, 33, (-1, 1, -1, 1), lambda *now: again.append(now))
    assert again == []
    fresh = animator.evaluate(model, data, plane, 33, (-1, 1, -1, 1), use_cache=False)
    np.testing.assert_array_equal(second.loss, first.loss)
    np.testing.assert_allclose(first.loss, fresh.loss, atol=1e-7)
    assert not list((cache.folder() / "surfaces").glob("*.part.h5"))
