"""The camera: what it shows of a window, and that axes, labels and grid go with it."""

from dataclasses import replace

import numpy as np
import pytest

from animator.design import style
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.landscape.bilinear import bilinear
from animator.landscape.camera import CLOSEST, camera, grid_lines, smoothed
from tests.conftest import numpy_view

WHOLE = (-2.0, 2.0, -1.0, 3.0)
SPIRAL = np.stack([1.5 * np.exp(-t) * np.cos(5 * t) for t in [np.linspace(0, 3, 121)]] * 2, 1)


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
