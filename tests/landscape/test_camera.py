"""The camera: what it shows of a window, and that axes, labels and grid go with it."""

from dataclasses import replace

import numpy as np
import pytest

from animator.design import style
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.landscape.bilinear import bilinear
from animator.landscape.camera import CLOSEST, Camera, camera, grid_lines, smoothed
from tests.conftest import numpy_view

WHOLE = (-2.0, 2.0, -1.0, 3.0)
SPIRAL = np.stack([1.5 * np.exp(-t) * np.cos(5 * t) for t in [np.linspace(0, 3, 121)]] * 2, 1)


SQUARE = (-2.0, 2.0, -2.0, 2.0)


def test_between_two_steps_and_at_an_edge():
    """Middle and width are mixed by the step's fraction; what would lie outside is moved in."""
    eye = Camera((0.0, 10.0, 20.0, 30.0), np.array([[5.0, 25], [7, 25], [0, 30]]), np.array([2.0, 1, 3]))
    assert eye.extent(0.5) == (4.5, 7.5, 23.5, 26.5)
    assert eye.extent(1) == (6, 8, 24, 26)
    assert eye.extent(2) == eye.extent(9) == (0, 6, 24, 30)
    assert eye.closest == 0.2


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        (None, [2, 0.725, 0.3625, 0.145, 0.145]),
        ((0.0, 0.99), [2, 1.4355, 1.4355, 1.4355, 1.4355]),
        ((1.0, 0.0), [2, 0.725, 0.3625, 0.145, 0.145]),
    ],
)
def test_a_zoom_in_closed_form(target, shown):
    """1.45 times the distance from the end, at least that of the last seventh of the run, or of a target that
    is less than half the window away.
    """
    path = np.array([[1, 0], [0.5, 0], [0.25, 0], [0.1, 0], [0, 0]])
    eye = camera("zoom", SQUARE, path, target)
    np.testing.assert_allclose(eye.half, shown)
    np.testing.assert_array_equal(eye.centre, np.zeros((5, 2)))


def test_a_zoom_waits_for_a_path_that_comes_back():
    """It is as wide as the farthest place to come; a place that is not finite counts as 0, and what is nearer
    than a fourteenth is not magnified.
    """
    eye = camera("zoom", SQUARE, np.array([[0, 0.5], [0, np.nan], [0, 1], [0, 0], [0, 0]]))
    np.testing.assert_allclose(eye.half, [2, 1.45, 1.45, 1 / 7, 1 / 7])
    assert camera("zoom", SQUARE, np.zeros((1, 2))).half.tolist() == [1 / 7]


def test_a_camera_that_follows_in_closed_form():
    """0.36 of the window around a path without corners; where it leaps by 3, 1.45 times what it is off."""
    eye = camera("follow", SQUARE, np.zeros((4, 2)))
    np.testing.assert_allclose(eye.half, [0.72] * 4)
    leap = np.repeat([[-1.5, 0], [1.5, 0]], 50, axis=0)
    eye = camera("follow", SQUARE, leap)
    np.testing.assert_allclose(
        eye.half[46:54], np.clip(1.45 * 3 / 7 * np.array([0, 1, 2, 3, 3, 2, 1, 0]), 0.72, 2)
    )
    assert eye.centre[49, 0] == pytest.approx(-1.5 + 3 * 3 / 7)


def test_a_smoothed_leap_takes_seven_of_a_hundred_steps():
    values = np.zeros((101, 2))
    values[50:, 1] = 7
    expected = np.zeros((101, 2))
    expected[47:53, 1], expected[53:, 1] = range(1, 7), 7
    np.testing.assert_allclose(smoothed(values), expected, atol=1e-12)
    np.testing.assert_allclose(smoothed(np.arange(101.0)[:, None])[[0, 100], 0], [6 / 7, 100 - 6 / 7])
    np.testing.assert_allclose(smoothed(np.arange(51.0)[:, None])[[0, 1], 0], [3 / 5, 6 / 5])


def test_lines_of_a_zoom_and_of_a_camera_that_follows():
    """Windows around 8 of half the width each, down to less than a fourteenth, of three lines each."""
    assert grid_lines("zoom", 0.0, 8.0, 8.0, 5).tolist() == [0, 2, 4, 6, 7, 7.5, 7.75, 8]
    assert grid_lines("zoom", 0.0, 8.0, 4.0, 5).tolist() == [0, 2, 3, 3.5, 3.75, 4, 4.25, 4.5, 5, 6, 8]
    np.testing.assert_allclose(grid_lines("follow", 0.0, 56.0, 8.0, 41), np.arange(57))


def test_a_still_camera_is_none():
    """ "fixed" and "orbit" do not move the window."""
    assert camera("fixed", WHOLE, SPIRAL) is None and camera("orbit", WHOLE, SPIRAL) is None


@pytest.mark.parametrize("kind", ["follow", "zoom"])
def test_the_dot_is_always_inside_and_so_is_the_picture(kind):
    """At every quarter of a step the extent is square, inside the window, and holds the dot."""
    eye = camera(kind, WHOLE, SPIRAL)
    for at in np.arange(0, 120.25, 0.25):
        low = int(at)
        x, y = SPIRAL[low] + (at - low) * (SPIRAL[min(low + 1, 120)] - SPIRAL[low])
        a0, a1, b0, b1 = eye.extent(at)
        assert a1 - a0 == pytest.approx(b1 - b0) and a1 > a0
        assert WHOLE[0] - 1e-9 <= a0 <= x <= a1 <= WHOLE[1] + 1e-9
        assert WHOLE[2] - 1e-9 <= b0 <= y <= b1 <= WHOLE[3] + 1e-9


def test_a_zoom_begins_with_the_whole_and_never_widens():
    """Step 0 shows all; the width falls to the end, which is not narrower than the closest view."""
    eye = camera("zoom", WHOLE, SPIRAL)
    assert eye.extent(0) == pytest.approx(WHOLE)
    widths = [a1 - a0 for a0, a1, _, _ in map(eye.extent, range(121))]
    assert (np.diff(widths) <= 1e-9).all() and widths[-1] < 0.3 * widths[0]
    assert eye.closest >= CLOSEST


def test_a_zoom_keeps_a_near_target_in_sight():
    """A target a quarter of the window away from the end is on the last picture."""
    a0, a1, b0, b1 = camera("zoom", WHOLE, SPIRAL, (0.4, 0.2)).extent(120)
    assert a0 < 0.4 < a1 and b0 < 0.2 < b1


def test_smoothing_keeps_a_straight_line():
    """The mean of neighbours on a line is the line, but near its ends, where it stays between them."""
    line = np.linspace(0, 1, 101)[:, None]
    np.testing.assert_allclose(smoothed(line)[3:-3], line[3:-3], atol=1e-12)


def test_a_zooms_grid_is_as_fine_in_the_basin_as_in_the_whole():
    """Every window half as wide as the last has at least half as many lines; all are inside, ascending."""
    lines = grid_lines("zoom", -2.0, 2.0, 1.9, 41)
    assert (np.diff(lines) > 0).all() and lines[0] == -2.0 and lines[-1] == 2.0
    for share in (1.0, 0.5, 0.25, 0.125):
        low, high = 2.0 - 4.0 * share, 2.0
        assert ((lines >= low - 1e-9) & (lines <= high + 1e-9)).sum() >= 21
    np.testing.assert_array_equal(grid_lines("fixed", 0.0, 1.0, 0.5, 5), [0, 0.25, 0.5, 0.75, 1])


def test_heights_between_uneven_lines_are_linear():
    """z = 3 + 2 a - b is met exactly on any grid; NaN outside."""
    x, y = np.array([0.0, 0.1, 1.0]), np.array([-1.0, 0.5, 0.75, 2.0])
    z = 3 + 2 * x[None, :] - y[:, None]
    a, b = np.array([0.05, 0.7, 1.0, 1.1]), np.array([0.0, 0.6, 2.0, 0.0])
    np.testing.assert_allclose(bilinear(x, y, z, a, b)[:3], (3 + 2 * a - b)[:3])
    assert np.isnan(bilinear(x, y, z, a, b)[3])


@pytest.mark.parametrize("kind", ["follow", "zoom"])
def test_axes_and_ticks_follow(kind):
    """The dot is drawn at its true place and ticks lie where they say, in whatever order frames come."""
    view = replace(numpy_view(), camera=kind)
    fast = Canvas([view], (("surface",),), style.DARK, (640, 360), "One neuron", "")
    full = Canvas([view], (("surface",),), style.DARK, (640, 360), "One neuron", "")
    for step in (30, 60, 0, 31):
        state = FrameState(step, False)
        frame = fast.draw(state).copy()
        np.testing.assert_array_equal(frame, full.full(state))
        panel = fast.panels[0]
        x, y = panel.axes.transData.transform(view.trajectory[step])
        assert tuple(frame[round(360 - y), round(x), :3]) == style.rgb(style.DARK.dot)
        stamps = [stamp for stamp in panel.ground.ticks.pools[0] if stamp.get_text()]
        assert len(stamps) >= 3
        for stamp in stamps:
            value = float(stamp.get_text().replace("−", "-"))
            assert panel.axes.transData.transform((value, 0))[0] == pytest.approx(
                stamp.get_position()[0], abs=0.6
            )


@pytest.mark.parametrize("kind", ["follow", "zoom"])
def test_numbers_move_with_the_plane(kind):
    """Of a surface that stands still: while the camera moves, each number keeps its point of the plane."""
    view = replace(numpy_view(moving=False), camera=kind)
    canvas = Canvas([view], (("surface",),), style.DARK, (640, 360), "One neuron", "")
    ground = canvas.panels[0].ground
    seen: dict[str, list[np.ndarray]] = {}
    for step in range(61):
        canvas.show(FrameState(step, False))
        to_plane = ground.axes.transData.inverted()
        for stamp, *at in ground.labels.spots:
            seen.setdefault(stamp.get_text(), []).append(to_plane.transform(at))
    assert max(map(len, seen.values())) > 15
    for places in seen.values():
        np.testing.assert_allclose(places, np.broadcast_to(places[0], (len(places), 2)), atol=1e-9)


def test_levels_are_named_on_their_lines():
    """The surface's loss at the middle of a label is the level that it names, to two digits."""
    view = numpy_view(moving=False)
    drawn = Canvas([view], (("surface",),), style.DARK, (1280, 720), "One neuron", "")
    labels = drawn.panels[0].ground.labels
    assert len(labels.spots) >= 3
    inverse = drawn.panels[0].axes.transData.inverted()
    for stamp, x, y in labels.spots:
        a, b = inverse.transform((x, y))
        loss = bilinear(view.field.alpha, view.field.beta, view.field.slices[0].astype(float), a, b)
        assert float(stamp.get_text()) == pytest.approx(float(loss), rel=0.1)
