"""Where names stand: closed forms on an empty picture, and what they keep away from."""

import numpy as np
import pytest

from animator.drawing.raster.tag_places import AWAY, EDGE, Clutter, along_edges, beside, thinned

EM = 10.0
PICTURE = np.array([0.0, 0.0]), np.array([300.0, 200.0])
SIZE = np.array([40.0, 14.0])
POINT = np.array([150.0, 100.0])
NOWHERE = np.zeros((0, 2))


def clutter(taken=(), path=NOWHERE, clear=0.0):
    return Clutter(PICTURE, list(taken), np.asarray(path, float), clear, EM)


def test_on_an_empty_picture_a_name_stands_to_the_right_above_its_point():
    corner, is_free = clutter().corner(beside(POINT, SIZE, EM), SIZE)
    assert corner.tolist() == [150 + AWAY[0] * EM, 100 + AWAY[0] * EM] and is_free


@pytest.mark.parametrize("what", ["path", "box"])
def test_a_name_goes_to_the_side_where_nothing_is(what):
    """Upper right and upper left are covered: it stands below on the right."""
    path = np.column_stack([np.arange(300.0), np.full(300, 113.0)])
    box = (np.array([0.0, 110.0]), np.array([300.0, 116.0]))
    given = clutter(path=path) if what == "path" else clutter(taken=[box])
    corner, is_free = given.corner(beside(POINT, SIZE, EM), SIZE)
    assert corner.tolist() == [156.0, 100 - AWAY[0] * EM - 14] and is_free


def test_where_all_is_covered_nearby_it_stands_at_the_nearest_free_place():
    """A box 120 pixels around the point leaves a strip of 30 at its left and right, and more nowhere."""
    box = (np.array([30.0, 0.0]), np.array([260.0, 200.0]))
    corner, is_free = clutter(taken=[box]).corner(beside(POINT, SIZE, EM), SIZE)
    assert not is_free  # 40 wide; both strips are narrower
    narrow = np.array([25.0, 14.0])
    corner, is_free = clutter(taken=[box]).corner(beside(POINT, narrow, EM), narrow)
    assert is_free and 260 <= corner[0] <= 300 - EDGE * EM - 25 and abs(corner[1] + 7 - 100) < EM


def test_a_name_never_leaves_the_picture():
    """With every place covered it covers least, inside."""
    box = (np.array([0.0, 0.0]), np.array([300.0, 190.0]))
    corner, is_free = clutter(taken=[box]).corner(beside(np.array([295.0, 195.0]), SIZE, EM), SIZE)
    assert not is_free
    assert (corner >= PICTURE[0]).all() and (corner + SIZE <= PICTURE[1]).all()
    assert corner[1] > 170


def test_faults_are_pixels_over_boxes_and_rows_at_points():
    box = (np.array([0.0, 0.0]), np.array([10.0, 10.0]))
    given = clutter(taken=[box], path=[[30.0, 5.0], [31.0, 5.0]], clear=2.0)
    corners = np.array([[5.0, 5.0], [22.0, 0.0], [100.0, 100.0]])
    np.testing.assert_allclose(given.faults(corners, np.array([7.0, 8.0])), [25.0, 8.0, 0.0])


def test_places_along_edges_and_paths_that_are_thinned():
    np.testing.assert_allclose(along_edges(PICTURE, SIZE)[:3], [[130, 186], [0, 186], [260, 186]])
    line = np.column_stack([np.linspace(0, 100, 5001), np.zeros(5001)])
    few = thinned([line], 5.0)
    assert len(few) == 21 and np.abs(line[:, None, 0] - few[None, :, 0]).min(axis=1).max() <= 2.5
