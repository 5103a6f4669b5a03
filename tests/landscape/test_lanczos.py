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


def test_one_parameter_is_too_few():
    with pytest.raises(AnimatorError) as told:
        top_eigenvectors(Quadratic([[1]]), np.zeros(1))
    assert str(told.value) == (
        "A Hessian plane needs 2 eigenvectors, but the model has 1 parameters. Use a model with more of them."
    )
