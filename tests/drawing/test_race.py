"""Races: one surface for all runs, heights that are true losses, rates beside theory; all scenes render."""

from dataclasses import replace

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.core.progress import quiet
from animator.design import scene_files
from animator.design.style_files import find
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.panels.metric_curves import measured
from animator.drawing.panels.race import SHAPES, shape_among
from animator.drawing.raster.marker_layer import shape_of
from animator.films.build import build, recordings
from animator.films.film import Film
from animator.sweeps.figure.race import MOST
from tests.conftest import numpy_view


def film_of(name, *values):
    scene, about = build(scene_files.bundled(name), list(values))
    runs, _ = recordings(scene, about, True, quiet)
    return Film(runs, replace(scene.design(), resolution=81))


def test_learning_rates_follow_their_closed_forms():
    """facts 2.A: w_k = w* + (I - lr H)^k (w0 - w*), H with eigenvalues 2 and 2/3; the last one diverges."""
    film = film_of("learning-rates")
    hessian = 2 / 3 * np.array([[2.0, 1.0], [1.0, 2.0]])
    goal, start = np.array([1.0, 2.0]), np.array([-1.0, 0.5])
    views = film.views()
    for rate, view in zip((0.04, 0.5, 0.9, 1.06), views, strict=True):
        step = np.eye(2) - rate * hessian
        exact = [goal + np.linalg.matrix_power(step, k) @ (start - goal) for k in range(33)]
        np.testing.assert_allclose(view.trajectory, exact, rtol=1e-4, atol=1e-4)
    assert [view.window.left_at is None for view in views] == [True, True, True, False]
    assert len({view.window.extent for view in views}) == 1
    assert views[0].field.slices is views[1].field.slices or np.array_equal(
        views[0].field.slices, views[1].field.slices
    )


def test_heights_on_a_shared_surface_are_true_losses():
    """Two weights and no others: every dot's height equals its loss; the surface equals NumPy's."""
    film = film_of("optimizers", "epochs=12")
    x = np.diag([1.0, 5.0])
    for view in film.views():
        np.testing.assert_allclose(view.field.heights, view.loss[view.field.checked], rtol=1e-4, atol=1e-6)
    field = film.views()[0].field
    a, b = np.meshgrid(field.alpha, field.beta)
    exact = ((np.stack([a, b], -1) - 1) @ x) ** 2
    np.testing.assert_allclose(field.slices[0], exact.mean(-1), rtol=1e-4, atol=1e-5)


def test_the_ravines_rates_are_those_of_the_theory():
    """Goh 2017, kappa = 30: 29/31 for descent, (sqrt 30 - 1)/(sqrt 30 + 1) for momentum."""
    views = film_of("ravine").views()
    assert [view.theory for view in views] == pytest.approx([29 / 31, 0.69128], abs=1e-4)
    descent, momentum = (measured(view.loss) for view in views)
    assert descent[40] == pytest.approx(29 / 31, abs=2e-3)
    assert momentum[30] == pytest.approx(0.69128, abs=0.06)


def test_race_frames_equal_a_full_draw():
    base = numpy_view(moving=False)
    views = [replace(base, name=f"run {i}", trajectory=base.trajectory + 0.1 * i, colour=i) for i in range(3)]
    views = [replace(view, rivals=tuple(views), theory=0.9) for view in views]
    for size in ((1280, 720), (1080, 1080)):
        canvas = Canvas(views, (("race", "losses"), ("race", "rates")), find("dark"), size, "t", "c")
        for step in (60, 0, 31):
            state = FrameState(step, step == 60)
            fast = canvas.draw(state).copy()
            np.testing.assert_array_equal(fast, canvas.full(state))


def test_a_run_that_diverges_hides_no_other():
    """Losses to 1e30 leave the panel at a hundred times the first loss; those of 0.01 are within."""
    from matplotlib.figure import Figure

    from animator.design.layout import Box
    from animator.drawing.look import Look
    from animator.drawing.panels.loss_curves import LossesPanel, near
    from animator.drawing.panels.registry import PANELS
    from animator.drawing.units import DPI

    calm, steps = numpy_view(), np.arange(61.0)
    wild = replace(calm, loss=np.where(steps < 50, 2 * 10 ** (steps * 30 / 50), np.nan), colour=1)
    calm = replace(calm, loss=10 ** (-2 * steps / 60))
    view = replace(calm, rivals=(calm, wild))
    look = Look(Figure(figsize=(12.8, 7.2), dpi=DPI), find("dark"), 14.0)
    panel = LossesPanel(PANELS["losses"], look, Box(0, 0, 600, 600), view)
    low, high = panel.curves.axes.get_ylim()
    assert 0.005 < low < 0.01 and 50 < high <= 1.6 * 200
    broken = np.full(3, np.nan)
    np.testing.assert_array_equal(near([broken, np.array([np.nan, 2.0, 3000.0])]), [2.0])
    assert len(near([broken])) == 0


@pytest.mark.filterwarnings("error")
def test_losses_that_are_infinite_on_both_sides_are_no_error_and_no_warning():
    view = numpy_view()
    endless = np.full(61, np.inf)
    found = replace(view, loss=endless, field=replace(view.field, heights=endless[view.field.checked]))
    assert found.worst() is None


def test_runs_of_different_models_cannot_race():
    film = film_of("optimizers", "epochs=2")
    other = film_of("neuron", "epochs=1")
    film = replace(film, runs=(film.runs[0], other.runs[0]), makers=()).redesigned(
        names=("a", "b"), moments=()
    )
    with pytest.raises(AnimatorError) as caught:
        film.views()
    assert str(caught.value) == (
        "The runs of a race must have the same weights, but a has 2 parameters and b has 3 parameters. "
        "Give each its own panel: 'surface@0', 'surface@1'."
    )


def test_the_end_card_of_many_runs_names_the_best():
    """Twelve results in a row would be specks: the lowest is told, with its run's name."""
    from matplotlib.figure import Figure

    from animator.design import style
    from animator.design.layout import Box
    from animator.drawing.end_card import outcomes
    from animator.drawing.look import Look
    from animator.drawing.readout import Readout
    from animator.drawing.units import DPI

    ends = [float("nan"), *(0.5 - 0.01 * (i == 7) for i in range(1, 12))]
    views = [replace(numpy_view(), name=f"run {i}", test_loss=(1.0, end)) for i, end in enumerate(ends)]
    look = Look(Figure(figsize=(12.8, 7.2), dpi=DPI), style.DARK, 14.0)
    readout = Readout(look, Box(0, 0, 1280, 720), views, "Many", "")
    assert outcomes(views, readout.called)[-1] == ("lowest loss on 10 test samples", "0.49, run 7")


def test_a_race_of_two_rates_tells_none():
    """One number cannot be the rate of both; it is told where both have the same."""
    from matplotlib.figure import Figure

    from animator.design import style
    from animator.design.layout import Box
    from animator.drawing.look import Look
    from animator.drawing.readout import Readout
    from animator.drawing.units import DPI

    look = Look(Figure(figsize=(12.8, 7.2), dpi=DPI), style.DARK, 14.0)
    for rates, told in (((0.5, 0.5), True), ((0.5, 1.5), False)):
        views = [replace(numpy_view(), learning_rate=np.full(60, rate)) for rate in rates]
        readout = Readout(look, Box(0, 0, 1280, 720), views, "Two", "")
        assert ("learning rate" in [stamp.get_text() for stamp in readout.names]) == told


def test_twelve_runs_have_twelve_shapes():
    """No two cover more than 0.8 of what either covers."""
    line = np.linspace(-1.5, 1.5, 121)
    points = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)
    covered = [shape_of(shape).contains_points(points) for shape in SHAPES]
    assert len(covered) == MOST == 12
    alike = {
        (i, j): (covered[i] & covered[j]).sum() / (covered[i] | covered[j]).sum()
        for i in range(12)
        for j in range(i)
    }
    assert max(alike.values()) < 0.8


def test_basins_count_the_runs_that_are_there():
    """25 starts on a grid, Himmelblau's four minima, found by root finding: at the end each basin says how
    many runs are near its own, at the start none; and all dots are plain.
    """
    minima = np.array([(3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)])
    film = film_of("four-valleys", "across=5")
    canvas = film.canvas((640, 360), 30.0)
    (panel,) = canvas.panels
    timeline = film.timeline(30.0)
    ends = np.array([view.trajectory[-1] for view in film.views()])
    nearest = np.linalg.norm(ends[:, None] - minima, axis=2).argmin(axis=1)
    canvas.show(timeline.state(0))
    assert {stamp.get_text() for stamp in panel.counts.values()} <= {"", "1"}
    canvas.show(timeline.state(timeline.frames - 1))
    told = sorted(int(stamp.get_text()) for stamp in panel.counts.values())
    assert told == sorted(np.bincount(nearest).tolist()) and sum(told) == 25
    vertices = {len(runner.dot.shape.vertices) for runner in panel.runners}
    assert vertices == {len(shape_of("o").vertices)}


def test_of_more_than_eight_runs_dots_are_plain():
    assert [shape_among(8, i) for i in range(3)] == list(SHAPES[:3])
    assert {shape_among(9, i) for i in range(9)} == {"o"}
