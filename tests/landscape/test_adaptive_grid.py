"""Grids from coarse to fine: every point once, interpolation within its tolerance."""

import numpy as np
import pytest

from animator.landscape import adaptive_grid

ALPHA, BETA = np.linspace(-2, 2, 65), np.linspace(-1, 3, 49)


def bowl(at):
    return at[:, 0] ** 2 + 10 * at[:, 1] ** 2


def valley(at):
    """Flat far out, sharp near the axis: a surface whose bends are in one place."""
    return np.log(1e-3 + at[:, 0] ** 2 + at[:, 1] ** 2)


def filled(function, tolerance, grid=None):
    asked = []

    def losses_at(at):
        asked.append(len(at))
        return function(at)

    grid = grid or adaptive_grid.empty(ALPHA, BETA)
    adaptive_grid.fill(grid, losses_at, tolerance, lambda now: None)
    return grid, sum(asked)


def exact(function):
    return function(np.stack(np.meshgrid(ALPHA, BETA), -1).reshape(-1, 2)).reshape(BETA.size, ALPHA.size)


def test_without_tolerance_every_point_is_evaluated_once():
    for function in (bowl, lambda at: at[:, 0]):
        grid, asked = filled(function, 0.0)
        assert asked == grid.values.size and grid.evaluated.all()
        np.testing.assert_array_equal(grid.values, exact(function))


@pytest.mark.parametrize(("lines", "asked"), [(8, 64), (9, 25), (17, 25), (33, 25), (40, 36), (129, 289)])
def test_a_small_grid_begins_less_coarse(lines, asked):
    """A plane needs the first points alone: of 9 to 33 lines an axis 5, of more every 8th and the last."""
    across = np.linspace(0, 1, lines)
    grid, count = filled(lambda at: at.sum(axis=1), 0.01, adaptive_grid.empty(across, across))
    assert count == asked == int(grid.evaluated.sum())


def test_around_a_point_that_stands_out_the_next_cells_are_filled():
    """A hat as wide as two cells, on row 24 and column 32: at its tip the second difference is 2, of which an
    eighth is more than 0.2, beside it 1. So of the points at every 4th line those are evaluated that lie in
    the cells of these nine points; there the tip bends by half as much, and all is done.
    """
    cell = [ALPHA[8] - ALPHA[0], BETA[8] - BETA[0]]

    def hat(at):
        across, down = (np.abs(at - [ALPHA[32], BETA[24]]) / cell).T
        return np.maximum(0, 1 - across) * np.maximum(0, 1 - down)

    grid, _ = filled(hat, 0.2)
    expected = np.zeros((49, 65), bool)
    expected[::8, ::8] = expected[16:40:4, 24:48:4] = True
    np.testing.assert_array_equal(grid.evaluated, expected)


def test_blocks_of_points_are_evaluated_in_order_and_told(monkeypatch):
    """12 points, 5 at a time, of which none is asked again."""
    monkeypatch.setattr(adaptive_grid, "BLOCK", 5)
    asked, told = [], []
    grid = adaptive_grid.empty(np.arange(4.0), np.arange(3.0))
    grid.values[0, 1], grid.evaluated[0, 1] = 7.0, True

    def losses_at(at):
        asked.extend(at.tolist())
        return at.sum(axis=1)

    adaptive_grid.fill(grid, losses_at, 0.0, lambda now: told.append(int(now.evaluated.sum())))
    assert asked == [[a, b] for b in range(3) for a in range(4) if (a, b) != (1, 0)]
    assert told == [5, 9, 12] and grid.values.tolist() == [[0, 7, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5]]


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
