"""The closed forms of `animator verify`, each asserted, through the real recorder and surface."""

import numpy as np
import pytest

from animator.cli import verify

SECTIONS = (
    verify.linear_neuron, verify.linear_limits, verify.momentum, verify.tanh_gradients,
    verify.tanh_surface, verify.four_minima, verify.two_weights, verify.evaluation,
)  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_closed_forms(section):
    """Every check of the section passes."""
    found = list(section())
    assert found
    assert [check for check in found if not check.passed] == []


def test_verify_runs_every_section(monkeypatch):
    """`checks` yields what the sections yield, in order, and says how far it is."""
    for section in SECTIONS:
        name = section.__name__
        monkeypatch.setattr(verify, name, lambda name=name: iter([verify.check(name, 1, 1, 0)]))
    heard = []
    names = [c.name for c in verify.checks(lambda *a: heard.append(a))]
    assert names == [section.__name__ for section in SECTIONS]
    assert heard[0] == ("verify", 0, 8)
    assert heard[-1] == ("verify", 8, 8)


def test_a_wrong_number_and_nan_do_not_pass():
    assert verify.check("close", 1.0, 1.05, 0.1).passed
    assert not verify.check("far", 1.0, 1.2, 0.1).passed
    assert not verify.check("nan", 1.0, np.nan, 0.1).passed


def test_the_path_follows_the_matrix_power():
    """w_k = w* + (I - lr H)^k (w0 - w*), for a start and a rate that are no special case."""
    run = verify.trained(verify.LINEAR, (3, -1), 0.3, 6)
    x, _ = verify.LINEAR
    step = np.eye(2) - 0.3 * 2 / 3 * x.T @ x
    goal = np.array([1, 2])
    expected = [goal + np.linalg.matrix_power(step, k) @ (np.array([3, -1]) - goal) for k in range(7)]
    np.testing.assert_allclose(run.weights, expected, atol=1e-6)


def test_the_second_update_repeats_with_momentum():
    """Keras' momentum: v = beta v - lr g, w = w + v, by hand on one eigenvalue."""
    data = (np.diag([1.0, 1.0]), np.zeros((2, 1)))
    run = verify.trained(data, (1, 0), 0.5, 2, beta=0.5)
    np.testing.assert_allclose(run.weights[:, 0], [1, 0.5, 0.0], atol=1e-7)
