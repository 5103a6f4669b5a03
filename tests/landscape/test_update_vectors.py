"""Arrows: gradient, momentum and update, beside the optimizer's formula in NumPy; the panel's lengths."""

from dataclasses import replace

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.design import style
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.panels.update_arrows import larger
from animator.drawing.raster.arrow_layer import arrow_shape
from animator.landscape.panel_data.update_vectors import forces
from tests.conftest import numpy_view

HESSIAN = np.array([[2.0, 0.5], [0.5, 1.0]])


def descent(rate, beta, nesterov, steps=20):
    """A quadratic's path (K+1, 2) and its -rate x gradient (K, 2), by the formula."""
    w, v, path, pulls = np.array([3.0, -2.0]), np.zeros(2), [], []
    for _ in range(steps):
        path.append(w)
        pull = -rate * HESSIAN @ w
        v = beta * v + pull
        w = w + (beta * v + pull if nesterov else v)
        pulls.append(pull)
    return np.array([*path, w]), np.array(pulls)


@pytest.mark.parametrize(("beta", "nesterov"), [(0.0, False), (0.9, False), (0.9, True)])
def test_the_gradients_part_is_the_rate_times_the_gradient(beta, nesterov):
    """From the weights alone: -rate x gradient, and momentum the rest; they add up to the update."""
    path, pulls = descent(0.1, beta, nesterov)
    found = forces(path, {"class_name": "SGD", "config": {"momentum": beta, "nesterov": nesterov}}, True)
    np.testing.assert_allclose(found.gradient, pulls, atol=1e-12)
    np.testing.assert_allclose(found.gradient + found.momentum, np.diff(path, axis=0), atol=1e-12)
    assert found.heavy is (beta > 0)
    if not beta:
        np.testing.assert_allclose(found.momentum, 0, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "every", "said"),
    [
        ("Adam", True, "the updates of Adam do not tell them apart. Train with SGD"),
        ("SGD", False, "this recording skipped steps. Record every step"),
    ],
)
def test_what_does_not_tell_is_refused(kind, every, said):
    """One sentence: what was given, why it cannot work, what to do."""
    with pytest.raises(AnimatorError) as caught:
        forces(np.zeros((3, 2)), {"class_name": kind, "config": {}}, every)
    assert str(caught.value) == (
        f"The panel 'arrows' draws gradient and momentum, but {said}, or leave the panel away."
    )


def test_factors_are_1_2_and_5():
    """The largest of 1, 2, 5 times a power of ten that is not above."""
    np.testing.assert_allclose(larger(np.array([0.3, 1.0, 1.9, 4.9, 5.0, 99.0])), [0.2, 1, 1, 2, 5, 50])


def test_an_arrow_is_as_long_as_it_says():
    """From tail to tip, whatever its width; a short one is all point."""
    for length in (3.0, 80.0):
        tail, head = np.array([10.0, 20.0]), np.array([10.0, 20.0]) + length * np.array([0.6, 0.8])
        shape = arrow_shape(tail, head, 5.0)
        along = (shape - tail) @ [0.6, 0.8]
        assert along.max() == pytest.approx(length) and along.min() == pytest.approx(0.0, abs=1e-9)


def test_arrows_are_drawn_to_the_scale_they_name():
    """Pixels of an arrow = update x pixels a unit x the factor beside it; frames in any order are equal."""
    view = numpy_view(moving=False)
    update = np.diff(view.trajectory, axis=0)
    config = {"momentum": 0.5, "nesterov": False}
    held = forces(view.trajectory, {"class_name": "SGD", "config": config}, True)
    view = replace(view, forces=held)
    fast, full = (
        Canvas([view], (("arrows", "loss"),), style.DARK, (1280, 720), "One neuron", "") for _ in range(2)
    )
    for step in (40, 0, 12, 60):
        frame = fast.draw(FrameState(step, False)).copy()
        np.testing.assert_array_equal(frame, full.full(FrameState(step, False)))
        panel = fast.panels[0]
        if step == 60:
            assert panel.factor.get_text() == "–"
            continue
        factor = float(panel.factor.get_text().removeprefix("× "))
        arrow = panel.arrows[-1]
        a0, a1 = panel.ground.whole[:2]
        scale = panel.ground.axes.bbox.width / (a1 - a0)
        np.testing.assert_allclose(arrow.ends[1] - arrow.ends[0], update[step] * scale * factor, rtol=1e-6)
