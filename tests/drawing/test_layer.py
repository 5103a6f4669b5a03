"""Layers: coverage by distance, growth in any portions, parts laid over parts."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from animator.drawing.raster.axes_transform import Places
from animator.drawing.raster.blend import NumPyPane, PillowPane, in_place, pane
from animator.drawing.raster.layer import NOTHING, Rect, faded, inked, lay, merged, picture_of, swapped
from animator.drawing.raster.line_coverage import Capsules, capsule, painted
from animator.drawing.raster.line_layers import Stroke
from animator.drawing.raster.path_layer import Trail

FRAME = Rect(0, 0, 90, 160)


def picture(value=0):
    """A pane as large as FRAME, of one grey."""
    return pane(np.full((90, 160, 4), value, np.uint8))


def axes(width=160, height=90):
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    made = figure.add_axes((0, 0, 1, 1))
    made.set(xlim=(0, width), ylim=(0, height))
    return made


def test_a_horizontal_line_covers_as_much_as_it_is_wide():
    """A line 3 pixels wide between pixel middles: three rows in full, none in part; the ends are round."""
    coverage, place = capsule((20.5, 30.5), (40.5, 30.5), 1.5, FRAME)
    whole = np.zeros((90, 160))
    place.of(whole)[...] = coverage / 255
    np.testing.assert_allclose(whole[:, 30].nonzero()[0], [29, 30, 31])
    np.testing.assert_allclose(whole[29:32, 30], 1.0)
    assert whole.sum() == pytest.approx(20 * 3 + np.pi * 1.5**2, rel=0.02)


def test_a_disc_covers_its_area():
    coverage, _ = capsule((33.3, 41.7), (33.3, 41.7), 6.0, FRAME)
    assert (coverage / 255).sum() == pytest.approx(np.pi * 36, rel=0.01)


@pytest.mark.parametrize("portions", [[60], [1, 2, 3, 30, 60], [40, 10, 60]])
def test_a_line_that_grows_in_any_portions_is_the_same_line(portions):
    """Forwards, all at once, or back and forth."""
    rng = np.random.default_rng(0)
    x, y = np.linspace(2, 150, 60), rng.uniform(5, 85, 60)
    y[30] = np.nan
    pictures = []
    for steps in (list(range(1, 61)), portions):
        ground = axes()
        stroke = Stroke(ground, x, y, colour=to_rgba("#ff0000"), width=2.4)
        ground.add_artist(stroke)
        laid = picture()
        for end in steps:
            stroke.show(end, (x[end - 1], y[end - 1]))
            stroke.refresh()
        stroke.blend(laid, FRAME)
        pictures.append(laid.pixels)
    np.testing.assert_array_equal(*pictures)
    assert pictures[0].any()


def test_parts_of_a_trail_laid_over_parts_are_the_trail():
    """A path in two colours with a piece on the way to the next point, in rectangles or as a whole."""
    rng = np.random.default_rng(1)
    points = rng.uniform(5, 85, (40, 2))
    ground = axes()
    colours = [to_rgba("#ff0000"), to_rgba("#00ff00")]
    casing = to_rgba("#000000", 0.85)
    trail = Trail(ground, points, np.arange(40) % 2, colours=colours, casing=casing, width=3.0)
    ground.add_artist(trail)
    trail.show(39, (points[38] + points[39]) / 2, 1)
    trail.refresh()
    whole, parts = picture(200), picture(200)
    trail.blend(whole, FRAME)
    for top in range(0, 90, 7):
        for left in range(0, 160, 11):
            trail.blend(parts, Rect(top, left, min(90, top + 7), min(160, left + 11)))
    np.testing.assert_array_equal(whole.pixels, parts.pixels)
    assert (whole.pixels != 200).any()


def test_what_changes_is_told_and_nothing_else():
    """Only pixels inside of the rectangles that a refresh gives differ."""
    rng = np.random.default_rng(2)
    x, y = np.linspace(2, 150, 50), rng.uniform(5, 85, 50)
    ground = axes()
    stroke = Stroke(ground, x, y, colour=to_rgba("#ff0000"), width=2.4)
    ground.add_artist(stroke)
    before = picture().pixels
    for end in range(1, 51):
        stroke.show(end, (x[end - 1], y[end - 1]))
        told = stroke.refresh()
        now = picture()
        stroke.blend(now, FRAME)
        differs = (now.pixels != before).any(axis=2)
        for rect in told:
            rect.of(differs)[...] = False
        assert not differs.any()
        before = now.pixels
    assert stroke.refresh() == ()


def test_blending_is_the_mix_of_both():
    """((255 - c) below + c colour) / 255, rounded; opaque stays opaque; only the part that is asked for."""
    below = picture(100)
    below.pixels[..., 3] = 255
    lay(below, Rect(0, 0, 1, 90), inked(np.array([[64, 255, 255]], np.uint8), "#ff0080", 0, 88))
    ground = [100, 100, 100, 255]
    mixed = [[139, 75, 107, 255], [255, 0, 128, 255]]
    np.testing.assert_array_equal(below.pixels[0, 87:91], [ground, *mixed, ground])


def test_pillow_and_numpy_lay_the_same():
    """All coverages, over all greys in steps of 5: the same bytes, in place, whole or in part."""
    assert in_place()
    coverage, below = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(0, 256, 5, dtype=np.uint8))
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (*coverage.shape, 4), np.uint8)
    laid = []
    for kind in (PillowPane, NumPyPane):
        ground = np.repeat(below[..., None], 4, axis=2)
        target, tint, ink = kind(ground), kind(colours.copy()), kind(coverage.copy())
        for box in ((0, 0, 100, 52), (100, 0, 256, 30), (100, 30, 256, 52)):
            target.lay(box, tint.part(box), ink.part(box))
        laid.append(ground)
    np.testing.assert_array_equal(*laid)
    exact = (below[..., None] * (255.0 - coverage[..., None]) + colours * (coverage[..., None] / 1.0)) / 255
    assert np.abs(laid[0] - exact).max() <= 0.5


def test_pieces_painted_together_are_those_painted_alone():
    """Long and short ones, a dot, one outside, one that is not finite; by a wide and a narrow pen."""
    rng = np.random.default_rng(3)
    points = np.cumsum(rng.normal(0, 6, (300, 2)), axis=0) + 45
    points[[40, 41]] = points[40] + 0.0
    points[100] += 300
    points[200] = np.nan
    pens = [(2.8, 0.85), (1.6, 1.0)]
    together = Capsules(points, pens, FRAME)
    hidden = 0
    for i in range(299):
        coverages, place = together[i]
        if not np.isfinite(points[i : i + 2]).all():
            assert place is NOTHING
            continue
        alone, where = painted((*points[i], *points[i + 1]), pens, FRAME)
        assert place == where
        hidden += place is NOTHING
        for one, other in zip(coverages, alone, strict=place is not NOTHING):
            np.testing.assert_array_equal(one, other)
    assert 0 < hidden < 299


def test_ink_fades_and_is_found_where_it_was_drawn():
    """A block of half coverage, drawn at (3, 5) of a sheet at (10, 20), then at half its strength: 64."""
    sheet = np.zeros((20, 20, 4), np.uint8)
    sheet[3:7, 5:11] = 10, 20, 30, 128
    ink = picture_of(sheet, 10, 20)
    assert ink.place == (13, 25, 17, 31)
    assert (ink.coverage.pixels == 128).all() and (ink.colours.pixels == (10, 20, 30, 255)).all()
    assert (faded(ink, 0.5).coverage.pixels == 64).all() and faded(ink, 1.0) is ink
    assert picture_of(np.zeros((4, 4, 4), np.uint8)).place is NOTHING


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
