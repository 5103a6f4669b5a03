"""The panel that shows the loss of the batch in use: its lines, and the steps that it explains, by NumPy."""

from dataclasses import replace

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.design import scene_files
from animator.landscape.panel_data.model_outputs import batches
from animator.landscape.run_source import Source
from animator.training.loss.objective import loss_function
from tests.drawing.test_race import film_of
from tests.goldens import cheap


def test_the_batch_surface_is_the_loss_of_the_batch_that_makes_the_next_step():
    """mean((x w - y)^2) over samples [b i, b (i + 1)), and the update goes down its gradient."""
    film = film_of("noise", cheap("noise"))
    x, y = film.runs[0].data()
    for view, run, size in zip(film.views(), film.runs, (1, 8, 128), strict=True):
        surface = view.batch_surface
        a, b = np.meshgrid(surface.alpha, surface.beta)
        at = np.stack([a, b], -1)
        for k in (0, 5, 77):
            low = k * size % 128
            own, goal = x[low : low + size], y[low : low + size, 0]
            exact = ((at @ own.T - goal) ** 2).mean(-1)
            np.testing.assert_allclose(surface.slices[k], exact, rtol=2e-4, atol=1e-4)
            weights = run.weights[k].astype(float)
            gradient = 2 * own.T @ (own @ weights - goal) / len(own)
            np.testing.assert_allclose(run.weights[k + 1] - weights, -0.04 * gradient, atol=2e-6)


def test_a_part_of_the_data_has_a_loss_of_its_own():
    """Objective.only(2, 5) is the loss on samples 2, 3 and 4; the whole is as it was."""
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mean_squared_error")
    x, y = np.arange(6.0)[:, None].astype(np.float32), np.zeros((6, 1), np.float32)
    whole = loss_function(model, (x, y))
    assert whole.only(2, 5)(np.array([[1.0]]))[0] == pytest.approx((4 + 9 + 16) / 3)
    assert whole(np.array([[1.0]]))[0] == pytest.approx(55 / 6)
    assert whole.only(4, 9).data.count == 2


def test_a_shuffled_run_is_refused():
    """Which samples made a batch is not known then: one sentence that says what to do."""
    film = film_of("noise", cheap("noise"))
    view = film.views()[0]
    film.runs[0].notes = replace(film.runs[0].notes, in_order=0)
    with pytest.raises(AnimatorError) as caught:
        batches(Source(film.runs[0]), view.plane, view.field.alpha, view.field.beta, np.array([0]))
    assert str(caught.value) == (
        "The panel 'batch' draws the loss of the batch in use, but this run shuffled its samples, so which "
        "ones made a batch is not known. Give its Experiment shuffle=False, or use 'race'."
    )
    assert "noise" in scene_files.names()
