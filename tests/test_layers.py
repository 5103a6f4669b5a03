"""Layers: coverage by distance, growth in any portions, parts laid over parts."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from animator.panels.layers import Rect, cover, merged, row_of, spread, swapped
from animator.panels.places import Places
from animator.panels.strokes import Stroke, capsule
from animator.panels.trail import Trail

FRAME = Rect(0, 0, 90, 160)


def plain(flat):
    """(h, w) of a flat (h, 4 w)."""
    assert (flat.reshape(flat.shape[0], -1, 4) == flat.reshape(flat.shape[0], -1, 4)[..., :1]).all()
    return flat[:, ::4]


def axes(width=160, height=90):
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    made = figure.add_axes((0, 0, 1, 1))
    made.set(xlim=(0, width), ylim=(0, height))
    return made


def test_a_horizontal_line_covers_as_much_as_it_is_wide():
    """A line 3 pixels wide between pixel middles: three rows in full, none in part; the ends are round."""
    coverage, place = capsule((20.5, 30.5), (40.5, 30.5), 1.5, FRAME)
    whole = np.zeros((90, 160))
    place.of(whole)[...] = plain(coverage)
    np.testing.assert_allclose(whole[:, 30].nonzero()[0], [29, 30, 31])
    np.testing.assert_allclose(whole[29:32, 30], 1.0)
    assert whole.sum() == pytest.approx(20 * 3 + np.pi * 1.5**2, rel=0.02)


def test_a_disc_covers_its_area():
    coverage, _ = capsule((33.3, 41.7), (33.3, 41.7), 6.0, FRAME)
    assert plain(coverage).sum() == pytest.approx(np.pi * 36, rel=0.01)


@pytest.mark.parametrize("portions", [[60], [1, 2, 3, 30, 60], [40, 10, 60]])
def test_a_line_that_grows_in_any_portions_is_the_same_line(portions):
    """Forwards, all at once, or back and forth."""
    rng = np.random.default_rng(0)
    x, y = np.linspace(2, 150, 60), rng.uniform(5, 85, 60)
    y[30] = np.nan
    pictures = []
    for steps in (list(range(1, 61)), portions):
        ground = axes()
        stroke = Stroke(ground, x, y, to_rgba("#ff0000"), 2.4)
        ground.add_artist(stroke)
        flat = np.zeros((90, 640), np.uint8)
        for end in steps:
            stroke.show(end, (x[end - 1], y[end - 1]))
            stroke.refresh()
        stroke.blend(flat, FRAME)
        pictures.append(flat)
    np.testing.assert_array_equal(*pictures)
    assert pictures[0].any()


def test_parts_of_a_trail_laid_over_parts_are_the_trail():
    """A path in two colours with a piece on the way to the next point, in rectangles or as a whole."""
    rng = np.random.default_rng(1)
    points = rng.uniform(5, 85, (40, 2))
    ground = axes()
    trail = Trail(ground, points, np.arange(40) % 2, [to_rgba("#ff0000"), to_rgba("#00ff00")],
                  to_rgba("#000000", 0.85), 3.0)  # fmt: skip
    ground.add_artist(trail)
    trail.show(39, (points[38] + points[39]) / 2, 1)
    trail.refresh()
    whole, parts = np.full((90, 640), 200, np.uint8), np.full((90, 640), 200, np.uint8)
    trail.blend(whole, FRAME)
    for top in range(0, 90, 7):
        for left in range(0, 160, 11):
            trail.blend(parts, Rect(top, left, min(90, top + 7), min(160, left + 11)))
    np.testing.assert_array_equal(whole, parts)
    assert (whole != 200).any()


def test_what_changes_is_told_and_nothing_else():
    """Only pixels inside of the rectangles that a refresh gives differ."""
    rng = np.random.default_rng(2)
    x, y = np.linspace(2, 150, 50), rng.uniform(5, 85, 50)
    ground = axes()
    stroke = Stroke(ground, x, y, to_rgba("#ff0000"), 2.4)
    ground.add_artist(stroke)
    before = np.zeros((90, 640), np.uint8)
    for end in range(1, 51):
        stroke.show(end, (x[end - 1], y[end - 1]))
        told = stroke.refresh()
        now = np.zeros((90, 640), np.uint8)
        stroke.blend(now, FRAME)
        differs = (now != before).reshape(90, 160, 4).any(axis=2)
        for rect in told:
            rect.of(differs)[...] = False
        assert not differs.any()
        before = now
    assert stroke.refresh() == ()


def test_blending_is_the_mix_of_both():
    """(1 - c) below + c colour, rounded, alpha untouched."""
    below = np.full((1, 8), 100, np.uint8)
    below[:, 3::4] = 255
    cover(below, spread(np.array([[0.25, 1.0]], np.float32)), row_of("#ff0080")[:8])
    np.testing.assert_array_equal(below, [[139, 75, 107, 255, 255, 0, 128, 255]])


def test_rectangles_are_joined_where_they_overlap():
    rects = [Rect(0, 0, 10, 10), Rect(20, 20, 30, 30), Rect(5, 5, 22, 22), Rect(80, 150, 99, 170)]
    assert sorted(merged(rects, FRAME)) == [(0, 0, 30, 30), (80, 150, 90, 160)]
    assert swapped(Rect(0, 0, 4, 4), Rect(2, 2, 6, 6)) == (Rect(0, 0, 6, 6),)
    assert swapped(Rect(0, 0, 4, 4), Rect(4, 0, 6, 6)) == (Rect(0, 0, 4, 4), Rect(4, 0, 6, 6))


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_places_are_those_of_matplotlib(scale):
    ground = axes()
    ground.set_yscale(scale)
    ground.set(ylim=(0.01, 30), xlim=(-3, 7))
    places = Places(ground)
    for x, y in ((-3.0, 0.01), (0.2, 0.5), (7.0, 30.0)):
        np.testing.assert_allclose(places(x, y), ground.transData.transform((x, y)), atol=1e-9)
    assert np.isnan(places(0.0, -1.0)[1]) or scale == "linear"
