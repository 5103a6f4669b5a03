"""Flashes by WCAG 2.3.1: square waves, slow ramps, small areas, bright states."""

import numpy as np
import pytest

from animator.films.flash_check import FlashCounter, cells, covered, luminance, sentence


def shown(values, fps=30, size=(90, 160)):
    """The most flashes in a second of a film whose frames are grey, `values` (0 to 255) one after another."""
    counter = FlashCounter(fps)
    for value in values:
        counter.add(np.full((*size, 4), value, np.uint8))
    return counter.worst


def square(hertz, low=0, high=255, fps=30, seconds=3):
    """A square wave."""
    return [high if int(2 * hertz * i / fps) % 2 else low for i in range(int(fps * seconds))]


@pytest.mark.parametrize(("hertz", "worst"), [(1, 1), (2, 2), (3, 3), (5, 5), (10, 10)])
def test_a_square_wave_flashes_as_often_as_it_says(hertz, worst):
    """Two opposing changes are one flash."""
    assert shown(square(hertz)) == worst


def test_repeats_are_time():
    """Ten changes, each shown for ten frames of thirty a second, are three changes in a second: one flash."""
    counter = FlashCounter(30)
    for i in range(10):
        counter.add(np.full((90, 160, 4), 255 * (i % 2), np.uint8), 10)
    assert counter.worst == 1


def test_bright_states_and_small_changes_do_not_count():
    """The darker state must be below 0.80 (231 is 0.799, 235 is 0.831), the change at least 10 %."""
    assert shown(square(10, low=235, high=255)) == 0
    assert shown(square(10, low=60, high=90)) == 0
    assert shown(square(10, low=60, high=130)) == 10


def test_a_slow_ramp_up_and_down_is_one_flash():
    """Many small changes one way are one change."""
    ramp = [*range(0, 250, 5), *range(250, 0, -5)]
    assert shown(ramp, fps=100) == 1


@pytest.mark.parametrize(("share", "worst"), [(0.10, 0), (0.20, 10)])
def test_small_areas_do_not_count(share, worst):
    """A block counts from a quarter of a window of a third of the sides: a sixth of each side."""
    counter = FlashCounter(30)
    for value in square(10):
        picture = np.zeros((360, 640, 4), np.uint8)
        picture[: int(360 * share), : int(640 * share)] = value
        counter.add(picture)
    assert counter.worst == worst


def test_areas_and_luminance():
    """A full picture covers a window wholly; white is 1, mid grey 0.216."""
    assert covered(np.ones((27, 48), bool)) == 1.0
    assert covered(np.zeros((27, 48), bool)) == 0.0
    picture = np.full((720, 1280, 4), 128, np.uint8)
    np.testing.assert_allclose(luminance(cells(picture)), 0.2158, atol=1e-3)
    assert max(luminance(cells(picture)).shape) <= 49


def test_the_sentence():
    """A safe film says nothing; another one what can be done."""
    assert sentence(3) == ""
    assert sentence(5) == (
        "This film flashes 5 times in a second, and more than 3 can cause seizures (WCAG 2.3.1). "
        "Play it slower, such as with a longer Pacing(play=), or with fewer frames a second."
    )


def test_looking_only_where_it_changed_counts_the_same():
    """Boxes that flash over a ground that stays: told of the boxes or not."""
    rng = np.random.default_rng(0)
    told, whole = FlashCounter(30), FlashCounter(30)
    picture = np.full((180, 320, 4), 20, np.uint8)
    for i in range(90):
        boxes = [(20, 30, 140, 260)] if i % 4 == 0 else []
        boxes += [(int(t), int(a), int(t) + 30, int(a) + 40) for t, a in rng.integers(0, 150, (2, 2))]
        for top, left, bottom, right in boxes:
            picture[top:bottom, left:right, :3] = rng.integers(0, 256)
        told.add(picture, 1, boxes if i else None)
        whole.add(picture, 1)
        np.testing.assert_array_equal(told.latest, whole.latest)
    assert told.worst == whole.worst > 3
