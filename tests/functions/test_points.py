"""Points written as text, grids and clouds."""

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.functions import points


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("-1,-1", ((-1, -1),)),
        ("2", ((2,),)),
        ("(-1, 2),(3,4)", ((-1, 2), (3, 4))),
        ("(1) (2)", ((1,), (2,))),
    ],
)
def test_points(text, found):
    assert points.read(text) == found


def test_a_grid_is_even_and_a_cloud_lies_in_the_window():
    grid = points.grid((-1, 1, 0, 2), 3)
    assert len(grid) == 9
    np.testing.assert_allclose(grid[0], (-0.88, 1.88))
    np.testing.assert_allclose(grid[4], (0, 1), atol=1e-15)
    cloud = np.array(points.cloud((-1, 1, 0, 2), 300, 7))
    assert cloud.shape == (300, 2) and (cloud >= [-0.88, 0.12]).all() and (cloud <= [0.88, 1.88]).all()
    np.testing.assert_allclose(cloud.mean(axis=0), [0, 1], atol=0.1)
    assert (
        points.cloud((-1, 1, 0, 2), 5, 7)
        == points.cloud((-1, 1, 0, 2), 5, 7)
        != points.cloud((-1, 1, 0, 2), 5, 8)
    )


@pytest.mark.parametrize("text", ["a,b", "1,,2", "(1,2),(3)", "(1,2),3", "nan,1", "(1,2"])
def test_what_is_no_point(text):
    with pytest.raises(AnimatorError) as raised:
        points.read(text)
    assert str(raised.value) == (
        f"start={text} is no point. Type its numbers with commas between them, as in start=-1,-1, and "
        "several points in parentheses: start=(-1,-1),(2,3)."
    )


def test_a_cloud_has_a_size():
    with pytest.raises(AnimatorError) as raised:
        points.cloud((-1, 1, -1, 1), 500, 0)
    assert str(raised.value) == "starts=500 cannot be drawn: from 1 to 400 can. Use starts=100."
