"""Bands as pixels: the right colour for each loss, lines where levels are, contours as a reference."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from animator.drawing.raster.band_raster import PARTS, Banding, between, reading, shaded, slope, table
from animator.drawing.raster.loss_colors import BANDS, LossScale
from animator.drawing.raster.vector_artists import Bands

SIDE = 200
GREYS = [(k / BANDS, k / BANDS, k / BANDS, 1.0) for k in range(BANDS)]
CLEAR = (1.0, 0.0, 0.0, 0.0)
GRID = np.linspace(-1, 1, 41)
BOWL = GRID[None, :] ** 2 + GRID[:, None] ** 2


def painted(kind, z, line=CLEAR, window=(-1, 1)):
    """z over GRID as kind (Banding or Bands) paints it on SIDE x SIDE pixels, RGBA, on white."""
    figure = Figure(figsize=(SIDE / 100, SIDE / 100), dpi=100, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=window, ylim=window)
    scale = LossScale(0.0, 2.0)
    where = scale if kind is Banding else scale.levels()
    width = 1.0 if kind is Banding else 0.72  # Agg counts these lines in pixels at 72 an inch
    bands = kind(axes, GRID, GRID, where, colours=GREYS, line=line, width=width)
    bands.set_field(z)
    axes.add_artist(bands)
    canvas.draw()
    return np.array(canvas.buffer_rgba())


def heights(z, window=(-1, 1)):
    """z at the middles of the pixels, row 0 on top, by NumPy's own interpolation."""
    low, high = window
    at = low + (np.arange(SIDE) + 0.5) / SIDE * (high - low)
    across = np.array([np.interp(at, GRID, row) for row in z])
    return np.array([np.interp(at, GRID, column) for column in across.T]).T[::-1]


@pytest.mark.parametrize("window", [(-1, 1), (-0.3, 0.5)])
def test_a_pixel_has_the_colour_of_its_losss_band(window):
    """More than a pixel from an edge, the band is floor(15 t) of the bilinear height: exactly."""
    scale = LossScale(0.0, 2.0)
    frame = painted(Banding, BOWL, window=window)
    place = scale.position(heights(BOWL, window)) * BANDS
    far = np.abs(place - np.clip(np.rint(place), 1, BANDS - 1)) > slope(place.astype(np.float32))
    assert far.mean() > 0.6
    band = np.minimum(place.astype(int), BANDS - 1)
    np.testing.assert_array_equal(frame[..., 0][far], np.rint(255 * band / BANDS)[far])


@pytest.mark.parametrize("line", [CLEAR, (1.0, 0.0, 0.0, 0.35)])
def test_painted_bands_look_like_matplotlibs_contours(line):
    """Beside contourpy's paths drawn by Agg, whose lines also run along the rim, the mean is 1 level off."""
    one, two = (painted(kind, BOWL, line)[4:-4, 4:-4].astype(int) for kind in (Banding, Bands))
    assert np.abs(one - two).mean() < 1.0
    assert np.percentile(np.abs(one - two), 99) < 30


def test_where_the_loss_is_not_finite_nothing_is_painted():
    """The cells of the grid around such a point stay white, all others do not."""
    z = BOWL.copy()
    z[10, 30] = np.nan
    frame = painted(Banding, z)
    left, right = (np.searchsorted((np.arange(SIDE) + 0.5) / SIDE * 2 - 1, GRID[[29, 31]])).tolist()
    low, high = (np.searchsorted((np.arange(SIDE) + 0.5) / SIDE * 2 - 1, GRID[[9, 11]])).tolist()
    white = np.zeros((SIDE, SIDE), bool)
    white[SIDE - high : SIDE - low, left:right] = True
    np.testing.assert_array_equal((frame[..., :3] == 255).all(axis=2), white)


def test_outside_of_the_grid_nothing_is_painted():
    frame = painted(Banding, BOWL, window=(-2, 2))
    assert (frame[: SIDE // 4 - 1, :, :3] == 255).all() and (frame[SIDE // 2, SIDE // 2, :3] < 40).all()


def test_values_between_grid_points_are_bilinear():
    at = np.array([-1.0, -0.995, 0.013, 0.5, 1.0])
    found = between(BOWL.astype(np.float32), reading(GRID, at), reading(GRID, at))
    across = np.array([np.interp(at, GRID, row) for row in BOWL])
    expected = np.array([np.interp(at, GRID, column) for column in across.T]).T
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_an_edge_is_smoothed_over_one_pixel_and_its_line_is_as_wide_as_asked():
    """Across a level at a slope of 1/4 band a pixel: coverage falls linearly; ink adds up to the width."""
    colours = table(np.array([[0.0] * 3, [1.0] * 3]), (1.0, 0.0, 0.0, 0.0), 1.0)
    assert colours.view(np.uint8).reshape(-1, 4)[:, 0].tolist() == sorted(
        colours.view(np.uint8).reshape(-1, 4)[:, 0].tolist()
    )
    ramp = np.tile((1 + (np.arange(-8, 9)) / 4).astype(np.float32), (3, 1))
    grey = shaded(ramp, colours, 2).view(np.uint8).reshape(3, -1, 4)[1, :, 0]
    assert grey.tolist() == [0] * 8 + [128] + [255] * 8
    for width in (0.5, 1.0, 3.0):
        inked = table(np.zeros((2, 3)), (1.0, 1.0, 1.0, 1.0), width).view(np.uint8).reshape(-1, 4)[:, 0]
        assert inked.sum() / 255 / PARTS == pytest.approx(width, rel=0.01)
