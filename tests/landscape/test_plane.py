"""Plane: a closed form, invariants of projection, an independent reference, errors."""

import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.landscape import planes
from animator.landscape.plane import Plane, eigenplane, from_arrays, to_arrays
from animator.landscape.weight_rows import column_blocks, row_blocks

SKEW = Plane([1.0, 0, 0], [[2.0, 0, 0], [1, 1, 0]])


def run_of(weights, names=("w1", "w2", "b")):
    """A stand-in for a Recording: rows of weights with names."""
    rows = np.asarray(weights, np.float32)

    def index(key):
        return key if isinstance(key, int) else names.index(key)

    return SimpleNamespace(weights=rows, steps=len(rows) - 1, parameter_names=list(names), index=index)


def test_a_skewed_plane_by_hand():
    """(5, 3, 7) = origin + 0.5 (2, 0, 0) + 3 (1, 1, 0), and 7 off the plane."""
    np.testing.assert_allclose(SKEW.project([5, 3, 7]), [0.5, 3])
    np.testing.assert_allclose(SKEW.lift([0.5, 3]), [5, 3, 0])
    assert SKEW.residual([5, 3, 7]) == pytest.approx(7)


def test_project_undoes_lift_for_directions_neither_orthogonal_nor_unit():
    rng = np.random.default_rng(0)
    plane = Plane(rng.normal(size=40), rng.normal(size=(2, 40)) * [[3], [0.01]])
    points = rng.normal(size=(5, 6, 2))
    assert plane.lift(points).shape == (5, 6, 40)
    np.testing.assert_allclose(plane.project(plane.lift(points)), points, rtol=1e-9, atol=1e-9)
    assert plane.residual(plane.lift(points)).max() < 1e-12


def test_project_equals_numpy_least_squares():
    rng = np.random.default_rng(1)
    plane = Plane(rng.normal(size=10), rng.normal(size=(2, 10)))
    rows = rng.normal(size=(7, 10))
    expected, *_ = np.linalg.lstsq(plane.basis.T, (rows - plane.origin).T)
    np.testing.assert_allclose(plane.project(rows), expected.T)
    off = rows - plane.lift(expected.T)
    np.testing.assert_allclose(plane.residual(rows), np.linalg.norm(off, axis=1))


def test_arrays_are_read_only_copies():
    origin = np.zeros(2)
    plane = Plane(origin, np.eye(2))
    origin[0] = 9
    assert plane.origin[0] == 0
    for array in (plane.origin, plane.basis):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_weights_that_are_not_finite_give_coordinates_that_are_not_finite():
    assert not np.isfinite(SKEW.project([np.inf, 0, 0])).any()


@pytest.mark.parametrize(
    ("origin", "basis", "sentence"),
    [
        (
            [0, 0],
            [[1, 2], [2, 4]],
            "The two directions are parallel (cosine 1.000000): they span a line, not a plane. "
            "Give two directions that are not multiples of each other.",
        ),
        (
            [0, 0],
            [[1, 2], [0, 0]],
            "The second direction is zero: it spans no plane. Give two directions that differ from "
            "zero and are not parallel.",
        ),
        (
            [0, 0, 0],
            [[1, 2], [0, 1]],
            "A plane needs an origin (P,) and a basis (2, P), but got (3,) and (2, 2): both must "
            "live in the same weight space. Give two directions as long as the origin.",
        ),
        (
            [0, np.nan],
            [[1, 0], [0, 1]],
            "The plane's origin or basis has values that are not finite: no point can be lifted "
            "from it. Choose a step at which the weights are still finite.",
        ),
    ],
)
def test_what_is_no_plane_is_refused(origin, basis, sentence):
    with pytest.raises(AnimatorError) as caught:
        Plane(origin, basis)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("weights", "count"), [(np.zeros((4, 1290)), "1,290"), (np.zeros(3), "3"), (0.5, "1")]
)
def test_weights_of_another_length_are_refused(weights, count):
    with pytest.raises(AnimatorError) as caught:
        Plane(np.zeros(1210), np.eye(2, 1210)).project(weights)
    assert str(caught.value) == (
        f"These weights have {count} parameters but the plane has 1,210: the plane was laid through "
        "another model. Use weights of the model that the plane was made for."
    )


def test_directions_a_thousandth_of_a_degree_apart_span_a_plane():
    """The squared sine decides: 3e-10 is enough, 3e-11 is parallel."""
    assert Plane([0, 0], [[1, 0], [1, 3e-10**0.5]]).project([1, 0]).tolist() == pytest.approx([1, 0])
    with pytest.raises(AnimatorError):
        Plane([0, 0], [[1, 0], [1, 3e-11**0.5]])


@pytest.mark.parametrize("share", [None, 0.75])
def test_the_plane_of_a_hessian_comes_back_from_its_arrays(share):
    plane = replace(eigenplane(np.array([1.0, 2, 3]), np.eye(2, 3), np.array([5.0, 4.0])), explained=share)
    again = from_arrays(to_arrays(plane))
    assert (again.kind, again.explained, again.eigenvalues) == ("hessian", share, (5.0, 4.0))
    assert again.names == ("sharpest direction (5)", "second sharpest (4)")
    assert (again.origin.tolist(), again.basis.tolist()) == ([1, 2, 3], [[1, 0, 0], [0, 1, 0]])


def test_weights_are_read_in_blocks_of_128_mib():
    """Of 600,000 parameters 27 rows are 128 MiB; of 40 rows 262,144 columns, a whole number of chunks."""
    run = run_of(np.zeros((60, 1)))
    run.weights = np.broadcast_to(run.weights, (60, 600_000))
    blocks = row_blocks(run, np.arange(60))
    assert [(block.start, block.stop) for block in blocks] == [(0, 27), (27, 54), (54, 60)]
    for rows, size in ((40, 262_144), (400, 41_943)):
        starts = range(0, 600_000, size)
        expected = [(start, min(start + size, 600_000)) for start in starts]
        assert [(block.start, block.stop) for block in column_blocks(run, rows)] == expected


def test_plane_of_weights_has_the_weights_as_coordinates():
    """Coordinates are the values of parameters i and j; the others stay at their last values."""
    run = run_of([[1, 2, 3], [4, 5, 6]])
    plane = planes.weights(run, "w2", 0)
    assert plane.names == ("w2", "w1")
    np.testing.assert_array_equal(plane.project(run.weights), [[2, 1], [5, 4]])
    np.testing.assert_array_equal(plane.lift([20, 10]), [10, 20, 6])
    np.testing.assert_array_equal(plane.residual(run.weights), [3, 0])
    assert planes.weights(run, 0, 1, names=("a", "b")).names == ("a", "b")


def test_plane_of_weights_of_a_diverged_run_stays_at_the_last_finite_row():
    run = run_of([[1, 2, 3], [4, 5, 6], [np.nan, np.inf, 7]])
    np.testing.assert_array_equal(planes.weights(run, 0, 1).origin, [0, 0, 6])


def test_one_weight_on_both_axes_is_refused():
    with pytest.raises(AnimatorError) as caught:
        planes.weights(run_of([[1, 2, 3]]), 1, "w2")
    assert str(caught.value) == (
        "A plane needs two different weights, but both axes are 'w2': they span a line. Choose "
        "another weight for one of them."
    )


def test_planes_and_surfaces_import_no_keras():
    code = (
        "import sys, animator.landscape.plane, animator.landscape.planes, animator.landscape.loss_surface;"
        "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
