"""The closed forms of `animator verify`, each asserted, through the real recorder and surface."""

import numpy as np
import pytest

from animator.cli import verify


@pytest.mark.parametrize("section", verify.SECTIONS, ids=lambda section: section.__name__)
def test_closed_forms(section):
    """Every check of the section passes."""
    found = list(section())
    assert found
    assert [check for check in found if not check.passed] == []


def test_verify_runs_every_section():
    """`checks` yields what the sections yield, in order, and says how far it is."""
    sections = [lambda name=name: iter([verify.check(name, 1, 1, 0)]) for name in ("a", "b", "c")]
    heard = []
    found = [c.name for c in verify.checks(lambda *told: heard.append(told), sections)]
    assert found == ["a", "b", "c"]
    assert heard == [("verify", done, 3) for done in range(4)]


def test_a_wrong_number_and_nan_do_not_pass():
    assert verify.check("close", 1.0, 1.05, 0.1).passed
    assert not verify.check("far", 1.0, 1.2, 0.1).passed
    assert not verify.check("nan", 1.0, np.nan, 0.1).passed


def test_the_path_follows_the_matrix_power():
    """w_k = w* + (I - lr H)^k (w0 - w*), for a start and a rate that are no special case."""
    run = verify.trained(verify.LINEAR, (3, -1), rate=0.3, steps=6)
    x, _ = verify.LINEAR
    step = np.eye(2) - 0.3 * 2 / 3 * x.T @ x
    goal = np.array([1, 2])
    expected = [goal + np.linalg.matrix_power(step, k) @ (np.array([3, -1]) - goal) for k in range(7)]
    np.testing.assert_allclose(run.weights, expected, atol=1e-6)


def test_the_second_update_repeats_with_momentum():
    """Keras' momentum: v = beta v - lr g, w = w + v, by hand on one eigenvalue."""
    data = (np.diag([1.0, 1.0]), np.zeros((2, 1)))
    run = verify.trained(data, (1, 0), rate=0.5, steps=2, momentum=0.5)
    np.testing.assert_allclose(run.weights[:, 0], [1, 0.5, 0.0], atol=1e-7)
