"""Lanczos' method on matrices that are written out."""

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.landscape.lanczos import top_eigenvectors


class Quadratic:
    """A loss of a given Hessian (P, P)."""

    def __init__(self, matrix):
        self._matrix = np.asarray(matrix, float)

    def hessian_product(self, row, direction, state=None):
        return self._matrix @ direction


def test_the_largest_of_a_whole_matrix_and_their_vectors():
    """numpy.linalg.eigh is the reference; negative ones are no largest."""
    rng = np.random.default_rng(0)
    turned, _ = np.linalg.qr(rng.standard_normal((60, 60)))
    values = np.concatenate([[9.0, 7.0], np.linspace(1, -8, 58)])
    found, vectors = top_eigenvectors(Quadratic(turned * values @ turned.T), np.zeros(60))
    np.testing.assert_allclose(found, [9, 7], rtol=1e-6)
    np.testing.assert_allclose(np.abs(vectors @ turned[:, :2]), np.eye(2), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1)


@pytest.mark.parametrize("values", [[2, 2, 2, 2], [3, 0, 0, 0], [0, 0, 0, 0]])
def test_where_one_direction_leads_nowhere_new_another_is_taken(values):
    found, vectors = top_eigenvectors(Quadratic(np.diag(values)), np.zeros(4))
    np.testing.assert_allclose(found, sorted(values)[:1:-1], atol=1e-12)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(2), atol=1e-9)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_as_many_as_are_asked_for(count):
    """Of 1, 2 and 3, all of them if need be: the axes, whatever the seed."""
    for seed in (0, 1):
        found, vectors = top_eigenvectors(Quadratic(np.diag([1, 3, 2])), np.zeros(3), seed=seed, count=count)
        np.testing.assert_allclose(found, [3, 2, 1][:count])
        np.testing.assert_allclose(np.abs(vectors), np.eye(3)[[1, 2, 0]][:count], atol=1e-9)


def test_no_more_products_are_asked_for_than_are_needed(monkeypatch):
    """Three different eigenvalues take three steps, however many parameters there are; many take as many
    steps as there may be.
    """
    monkeypatch.setattr("animator.landscape.lanczos.MOST_STEPS", 9)
    asked = []

    class Counted(Quadratic):
        def hessian_product(self, row, direction, state=None):
            asked.append(state)
            return super().hessian_product(row, direction)

    top_eigenvectors(Counted(np.diag([5.0] * 10 + [3.0] * 20 + [1.0] * 30)), np.zeros(60), "state")
    assert asked == ["state"] * 3
    asked.clear()
    top_eigenvectors(Counted(np.diag(np.linspace(0, 1, 60))), np.zeros(60))
    assert len(asked) == 9


def test_one_parameter_is_too_few():
    with pytest.raises(AnimatorError) as told:
        top_eigenvectors(Quadratic([[1]]), np.zeros(1))
    assert str(told.value) == (
        "A Hessian plane needs 2 eigenvectors, but the model has 1 parameters. Use a model with more of them."
    )
