"""The clock: frames, steps and seconds."""

import numpy as np
import pytest

from animator.panels.artists import visible
from animator.panels.curves import spread, thin
from animator.panels.scale import LossScale
from animator.timeline import Pacing, Timeline
from animator.window import choose


@pytest.mark.parametrize("fps", [1, 12, 20, 24, 29.97, 30, 60, 120])
@pytest.mark.parametrize("steps", [0, 1, 160, 100_000])
def test_a_film_begins_at_0_and_ends_at_the_last_step(fps, steps):
    clock = Timeline(steps, fps)
    states = [clock.state(i) for i in range(clock.frames)]
    assert clock.frames == round(6 * fps)
    assert states[0].step == 0 and states[-1].step == steps and states[-1].ended
    assert [s.step for s in states] == sorted(s.step for s in states)
    assert sum(repeat for _, repeat in clock.stills()) == clock.frames
    assert {0, steps} <= set(clock.shown())


def test_a_film_of_one_frame_shows_the_end():
    clock = Timeline(10, 1, Pacing(0, 0.2, 0))
    assert clock.frames == 1 and clock.state(0).step == 10


def test_the_window_is_square_and_holds_path_and_target():
    path = np.array([[0.0, 0.0], [0.2, 0.9], [0.4, 0.1]])
    a0, a1, b0, b1 = choose(path, (1.0, 1.0)).extent
    assert a1 - a0 == pytest.approx(b1 - b0)
    assert a0 < 0 and a1 > 1 and b0 < 0 and b1 > 1
    assert choose(path, (1.0, 1.0)).left_at is None


def test_a_path_that_runs_away_does_not_take_the_window_along():
    path = np.array([[0.0, 0.0], [0.5, 0.5], [90.0, 3.0], [np.nan, 1.0]])
    found = choose(path, (1.0, 1.0))
    assert found.left_at == 2
    assert found.extent[1] - found.extent[0] < 3


def test_the_scale_and_its_inverse():
    scale = LossScale(0.25, 4.0)
    loss = np.array([0.25, 0.26, 0.5, 1.0, 4.0])
    np.testing.assert_allclose(scale.loss(scale.position(loss)), loss)
    assert scale.position(0.25) == 0 and scale.position(4.0) == pytest.approx(1)
    assert scale.position(np.nan) == 1
    assert (np.diff(scale.levels()) > 0).all()


def test_labels_are_spread_in_order():
    assert spread([5.0, 5.0, 5.0], 1, 0, 10) == [5.0, 6.0, 7.0]
    assert spread([10.0, 9.9], 1, 0, 10) == [10.0, 9.0]


def test_long_lines_keep_their_extremes():
    values = np.sin(np.arange(100_000) / 700.0)
    values[54_321] = 9
    x, y = thin(np.arange(100_000.0), values, 300)
    assert len(x) <= 602 and y.max() == 9 and x[0] == 0 and x[-1] == 99_999


def test_points_in_one_pixel_are_drawn_once():
    pixels = np.column_stack([np.linspace(0, 9.5, 1000), np.zeros(1000)])
    assert len(visible(pixels)) == 11
