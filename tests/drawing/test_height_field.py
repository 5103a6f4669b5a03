"""The surface in perspective and its basins: closed forms, what hides what, fast frames equal full ones."""

from dataclasses import replace

import numpy as np
import pytest

from animator.design.style_files import find
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.raster.height_field import (
    DISTANCE,
    ELEVATION,
    HEIGHT,
    LIGHT,
    MIDDLE,
    Heights,
    Perspective,
    corners,
    patches,
)
from animator.drawing.relief import QUADS
from animator.landscape.basins import basins
from tests.conftest import numpy_view

ANGLES = np.linspace(-np.pi, np.pi, 13)


@pytest.mark.parametrize("azimuth", ANGLES)
def test_the_middle_stays_and_nearer_is_larger(azimuth):
    eye = Perspective(azimuth)
    middle = np.array([0.0, 0.0, MIDDLE])
    np.testing.assert_allclose(eye.project(middle), [0, 0], atol=1e-12)
    assert np.linalg.norm(eye.eye - middle) == pytest.approx(DISTANCE)
    toward = (eye.eye - middle) / DISTANCE
    np.testing.assert_allclose(eye.project(middle + toward), [0, 0], atol=1e-12)
    across = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
    near, far = (eye.project(middle + side * toward + 0.1 * across)[0] for side in (1, -1))
    assert near == pytest.approx(0.1 * DISTANCE / (DISTANCE - 1))
    assert far == pytest.approx(0.1 * DISTANCE / (DISTANCE + 1))


def test_a_point_straight_up_stands_above():
    assert Perspective(0.4).project(np.array([0, 0, MIDDLE + 0.1]))[1] > 0
    assert np.sin(ELEVATION) > 0.5


def test_a_flat_surface_hides_nothing_and_a_wall_what_lies_behind():
    grid = np.linspace(-1, 1, 41)
    x, y = np.meshgrid(grid, grid)
    eye = Perspective(0.0).eye  # from -y
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], 1)
    assert not Heights(np.zeros((41, 41))).hides(eye, points).any()
    wall = Heights(np.where(np.abs(y) < 0.06, 0.5, 0.0))
    behind, before = np.array([[0.0, 0.3, 0.0]]), np.array([[0.0, -0.3, 0.0]])
    assert wall.hides(eye, behind).all() and not wall.hides(eye, before).any()
    high = np.array([[0.0, 0.3, 0.9]])
    assert not wall.hides(eye, high).any()


@pytest.mark.parametrize("azimuth", ANGLES)
def test_patches_hold_every_quad_once_and_far_ones_come_first(azimuth):
    count, eye = 20, Perspective(azimuth).eye
    axis = (np.arange(count - 1) + 0.5) / (count - 1) * 2 - 1
    seen = np.zeros((count - 1, count - 1), int)
    at = np.stack(np.meshgrid(np.arange(count), np.arange(count), indexing="ij"), axis=-1).astype(float)
    for rows, columns in patches(count, count, eye):
        first, second = corners(at[rows][:, columns])[::2], corners(at[rows][:, columns])[1::2]
        middles = first[:, [0, 2]].mean(axis=1)
        np.testing.assert_array_equal(second[:, :2].mean(axis=1), middles)
        r, c = np.floor(middles.T).astype(int)
        np.add.at(seen, (r, c), 1)
        for order, own in ((r[:: len(set(c))], eye[1]), (c[: len(set(c))], eye[0])):
            distance = np.abs(axis[order] - own)
            assert (np.diff(distance) < 0).all() or np.abs(own) < 1.1
    assert (seen == 1).all()


@pytest.mark.parametrize("moving", [True, False])
@pytest.mark.parametrize("size", [(640, 360), (1080, 1080)])
def test_frames_of_an_orbit_equal_a_full_draw(moving, size):
    view = replace(numpy_view(moving=moving), camera="orbit")
    fast, full = (Canvas([view], (("surface3d", "loss"),), find("light"), size, "t", "c") for _ in range(2))
    for step, turn in ((40, 0.7), (0, 0.0), (60, 0.99), (40, 0.7)):
        state = FrameState(step, step == 60, 0.0, step, turn=turn)
        np.testing.assert_array_equal(fast.draw(state), full.full(state))


@pytest.mark.parametrize("turn", ANGLES)
@pytest.mark.parametrize("kind", ["bowl", "slope", "saddle"])
def test_no_wall_stands_before_the_surface(kind, turn):
    """From all around: of points a little over it, but near its corners, none is hidden."""
    x, y = np.meshgrid(*[np.linspace(-1, 1, 31)] * 2)
    z = {"bowl": (x**2 + y**2) / 2, "slope": (x + y + 2) ** 2 / 16, "saddle": (x**2 - y**2 + 1) / 2}[kind]
    field = Heights(HEIGHT * z)
    inside = np.abs(np.stack([x, y])).max(axis=0) < 0.8
    points = np.stack([x, y, field.z + 0.015], axis=-1)[inside]
    assert not field.hides(field.looked_at(turn).eye, points).any()


def word_boxes(panel):
    """(left, bottom, right, top) in pixels of the numbers and names on the floor, and of marks' names."""
    stamps = [*panel.names, *(stamp for pairs in panel.ticks for _, stamp in pairs)]
    stamps += [stamp for stamp, *_ in panel.tags if stamp.get_visible()]
    return [stamp.get_window_extent().extents for stamp in stamps]


@pytest.mark.parametrize("size", [(640, 360), (640, 480), (540, 540), (360, 640)])
def test_an_orbit_fills_its_cell_and_words_keep_apart(size):
    """From wherever the camera looks: surface and words lie in the panel's cell; no word is on another; and
    the surface takes from side to side three fifths of it or more on most of the way.
    """
    view = replace(numpy_view(moving=False), camera="orbit")
    canvas = Canvas([view], (("surface3d", "loss"),), find("dark"), size, "t", "c")
    panel, cell = canvas.panels[0], canvas.panels[0].cell
    corners = np.array([(x, y, 0.0) for x in (-1, 1) for y in (-1, 1)])
    spans = []
    for turn in np.linspace(0, 1, 24, endpoint=False):
        canvas.show(FrameState(60, False, 0.0, 60, turn=float(turn)))
        place = panel.framing.pixels(panel.relief.eye, corners)
        boxes = word_boxes(panel)
        left, bottom = np.min([*place, *(box[:2] for box in boxes)], axis=0)
        right, top = np.max([*place, *(box[2:] for box in boxes)], axis=0)
        assert cell.left <= left and cell.bottom <= bottom
        assert right <= cell.left + cell.width and top <= cell.bottom + cell.height
        for i, one in enumerate(boxes):
            for other in boxes[i + 1 :]:
                assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        spans.append(np.ptp(place[:, 0]) / panel.room.width)
    assert np.median(spans) > 0.6


def test_an_edge_of_the_floor_that_is_hidden_has_no_numbers():
    """Seen from -y, of x at the edge y = -1; and from +x, of y at x = 1."""
    assert Perspective(0.1).sides == (-1.0, 1.0)
    assert Perspective(np.pi - 0.1).sides == (1.0, 1.0)


@pytest.mark.parametrize("turn", [0.0, 0.4, 0.8])
def test_start_and_target_are_marked_and_named_beside_the_path(turn):
    """Each name is within 3 em of its mark, and covers neither that nor the path."""
    view = replace(numpy_view(moving=False), camera="orbit")
    canvas = Canvas([view], (("surface3d", "loss"),), find("dark"), (640, 360), "t", "c")
    canvas.show(FrameState(60, False, 0.0, 60, turn=turn))
    panel = canvas.panels[0]
    eye = panel.relief.eye
    path = panel.framing.pixels(eye, panel.relief.points)
    shown = [(stamp, point) for stamp, point, _ in panel.tags if stamp.get_visible()]
    assert [stamp.get_text() for stamp, _ in shown] == ["start", "target"]
    for stamp, point in shown:
        left, bottom, right, top = stamp.get_window_extent().extents
        mark = panel.framing.pixels(eye, point)
        apart = np.maximum(0, np.maximum([left, bottom] - mark, mark - [right, top]))
        assert 0 < np.hypot(*apart) < 3 * panel.look.em
        inside = (path > [left, bottom]).all(axis=1) & (path < [right, top]).all(axis=1)
        assert not inside.any()


def test_two_triangles_cover_a_quad():
    """Of the square with corners 0 to 3, row by row: areas of a half each, turned alike."""
    square = np.array([[[0.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 1.0]]])
    for a, b, c in corners(square):
        assert np.linalg.det(np.stack([b - a, c - a])) == pytest.approx(1.0)


@pytest.mark.parametrize("turn", ANGLES)
def test_light_on_a_slope_is_that_of_its_normal(turn):
    """z = x a + y b: everywhere 0.6 + 0.47 n.l, with n = (-a, -b, 1) and l the light, of length 1."""
    x, y = np.meshgrid(*[np.linspace(-1, 1, 9)] * 2)
    a, b = 0.3 * np.cos(turn), 0.3 * np.sin(turn)
    normal = np.array([-a, -b, 1.0]) / np.sqrt(a * a + b * b + 1)
    lit = 0.6 + 0.47 * max(0.0, float(normal @ LIGHT / np.linalg.norm(LIGHT)))
    np.testing.assert_allclose(Heights(a * x + b * y).shade(), lit)


@pytest.mark.parametrize("turn", [0.0, 0.3, 0.6])
def test_colours_of_an_orbit_are_smooth(turn):
    """In the middle of the surface: where colour changes from a pixel to the next, it does so by at most 4
    of 765 levels on half of the places. With one colour a quad it was 9 to 12.
    """
    view = replace(numpy_view(moving=False), camera="orbit")
    canvas = Canvas([view], (("surface3d", "loss"),), find("dark"), (1280, 720), "t", "c")
    frame = canvas.draw(FrameState(60, False, 0.0, 60, turn=turn))
    panel = canvas.panels[0]
    x, y = panel.framing.pixels(panel.relief.eye, np.array([0.0, 0.0, MIDDLE])).astype(int)
    part = frame[720 - y - 80 : 720 - y + 80, x - 80 : x + 80, :3].astype(int)
    change = np.abs(np.diff(part, axis=1)).sum(axis=-1)
    assert np.median(change[change > 0]) <= 4


def test_there_are_enough_quads_for_a_smooth_outline():
    assert QUADS >= 64


def test_basins_of_a_double_well_part_at_its_ridge():
    """(x^2 - 1)^2 + y^2: minima at (-1, 0) and (1, 0), the ridge at x = 0."""
    x, y = np.meshgrid(np.linspace(-2, 2, 81), np.linspace(-2, 2, 61))
    found = basins((x**2 - 1) ** 2 + y**2)
    assert sorted(found.lowest.tolist()) == [[30, 20], [30, 60]]
    assert len(set(found.label[:, :40].ravel().tolist())) == 1
    assert len(set(found.label[:, 41:].ravel().tolist())) == 1
    assert found.label[0, 0] != found.label[0, 80]


def test_the_four_minima_of_one_neuron():
    """facts 2.D: {.007332, 1.472219} squared; the barrier between them is the 1-D function's maximum."""
    axis = np.linspace(-0.5, 2.5, 241)
    one = ((np.tanh(axis) - 0.9) ** 2 + (np.tanh(20 * axis) - 0.1) ** 2) / 4
    found = basins(one[:, None] + one[None])
    assert len(found.lowest) == 4
    places = {(round(float(axis[r]), 1), round(float(axis[c]), 1)) for r, c in found.lowest}
    assert places == {(0.0, 0.0), (0.0, 1.5), (1.5, 0.0), (1.5, 1.5)}
    inner = (axis > 0.01) & (axis < 1.4)
    barrier = axis[inner][np.argmax(one[inner])]
    row = found.label[np.argmin(np.abs(axis))]
    change = axis[np.flatnonzero(np.diff(row))]
    np.testing.assert_allclose(change, [barrier], atol=0.02)


def test_shallow_dents_and_missing_points_make_no_basin():
    x, y = np.meshgrid(np.linspace(-1, 1, 41), np.linspace(-1, 1, 41))
    bowl = x**2 + y**2 + 1e-5 * np.sin(40 * x)
    bowl[0, 0] = np.nan
    found = basins(bowl)
    assert len(found.lowest) == 1 and found.label[0, 0] == -1 and (found.label.ravel()[1:] == 0).all()


def test_the_path_comes_towards_the_camera():
    """Within the slant and the swing: its end is nearer than its start, which so stands behind."""
    view = replace(numpy_view(moving=False), camera="orbit")
    canvas = Canvas([view], (("surface3d", "loss"),), find("dark"), (640, 360), "t", "c")
    panel = canvas.panels[0]
    start, end = panel.floor(view.trajectory[[0, -1]])
    for turn in np.linspace(0, 1, 12, endpoint=False):
        canvas.show(FrameState(60, False, 0.0, 60, turn=float(turn)))
        across, away, _ = panel.relief.eye.eye
        slant = np.degrees(
            np.arccos((end - start) @ [across, away] / np.hypot(*(end - start)) / np.hypot(across, away))
        )
        assert slant <= 25 + 30 + 1e-6, turn
