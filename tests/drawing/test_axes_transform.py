"""Places on axes and without them: closed forms, and the same pixels either way."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from animator.design.layout import Box
from animator.drawing.compositor import Background, Compositor
from animator.drawing.raster.arrow_layer import Arrow
from animator.drawing.raster.axes_transform import Places, Viewport
from animator.drawing.raster.band_raster import Banding
from animator.drawing.raster.layer import clip_of
from animator.drawing.raster.line_layers import Span, Stroke
from animator.drawing.raster.loss_colors import BANDS, LossScale
from animator.drawing.raster.marker_layer import Mark, shape_of
from animator.drawing.raster.path_layer import Trail

WIDE, HIGH = 400, 300
BOX, EXTENT = Box(60, 50, 300, 200), (-2.0, 1.0, 10.0, 20.0)
RED, BLACK = (1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0, 1.0)


def blank() -> Figure:
    return Figure(figsize=(WIDE / 100, HIGH / 100), dpi=100, facecolor="white")


def axes_of(figure: Figure):
    axes = figure.add_axes((BOX.left / WIDE, BOX.bottom / HIGH, BOX.width / WIDE, BOX.height / HIGH))
    axes.set(xlim=EXTENT[:2], ylim=EXTENT[2:])
    axes.set_axis_off()
    return axes


def test_a_viewport_puts_its_extent_into_its_box():
    """Corners into corners, the middle into the middle; a pixel is 0.01 across and 0.05 up."""
    area = Viewport(BOX, EXTENT)
    data = np.array([[-2.0, 10.0], [1.0, 20.0], [-0.5, 15.0], [-1.99, 10.05]])
    pixels = [[60, 50], [360, 250], [210, 150], [61, 51]]
    np.testing.assert_allclose(area.transData.transform(data), pixels)
    place = Places(area)
    np.testing.assert_allclose([place(x, y) for x, y in data], pixels)
    assert clip_of(area, HIGH) == (50, 60, 250, 360)


def test_logarithmic_axes_have_their_decades_evenly_apart():
    figure = blank()
    axes = axes_of(figure)
    axes.set(ylim=(1e-3, 10))
    axes.set_yscale("log")
    place = Places(axes)
    assert [place(-0.5, y)[1] for y in (1e-3, 1e-1, 10)] == pytest.approx([50, 150, 250])
    assert np.isnan(place(0, 0.0)[1]) and np.isnan(place(0, -1.0)[1])
    axes.set_xscale("symlog")
    with pytest.raises(ValueError, match="axes are linear or logarithmic here, not 'symlog'"):
        Places(axes)(0, 1)


def parts(area):
    """A surface and a layer of each kind on `area`, set to a state in the middle of a run."""
    x, y = np.linspace(*EXTENT[:2], 13), np.linspace(*EXTENT[2:], 9)
    shades = [(0.1, 0.2, i / BANDS, 1.0) for i in range(BANDS)]
    bands = Banding(area, x, y, LossScale(0.0, 40.0), colours=shades, line=BLACK, width=1.0)
    bands.set_field((x[None] ** 2 * 10) + (y[:, None] - 15) ** 2)
    path = np.stack([np.linspace(-3, 0.5, 20), np.linspace(11, 18, 20)], 1)
    trail = Trail(
        area,
        area.transData.transform(path),
        np.arange(20) % 2,
        colours=[RED, BLACK],
        casing=RED,
        width=3.0,
    )
    trail.show(9, area.transData.transform(path[9:10])[0] + 2, 1)
    stroke = Stroke(area, path[:, 0], path[::-1, 1], colour=RED, width=2.0)
    stroke.show(12, (0.2, 12.0))
    mark = Mark(area, shape_of("^"), size=12.0, fill=RED, edge=BLACK, edge_width=1.5)
    mark.place = (0.25, 17.5)
    span = Span(area, colour=BLACK, width=2.0)
    span.ends = ((-1.5, 12.0), (0.5, 12.5))
    arrow = Arrow(area, colour=RED, casing=BLACK, width=3.0)
    arrow.show((100, 100), (150, 190))
    return bands, [trail, stroke, mark, span, arrow]


def picture(figure, area):
    canvas = FigureCanvasAgg(figure)
    bands, layers = parts(area)
    for artist in (bands, *layers):
        figure.add_artist(artist)
        artist.set_animated(True)
    canvas.draw()
    made = Compositor([Background([bands], clip_of(area, HIGH))], layers)
    made.begin(np.array(canvas.buffer_rgba()))
    return made.compose(canvas.get_renderer(), np.asarray(canvas.buffer_rgba()), whole=True)


def test_layers_without_axes_draw_what_they_draw_on_axes():
    """A surface, a path, a line, a dot, a span and an arrow: the same pixels, and plenty of them."""
    bare, plotted = blank(), blank()
    one, other = picture(bare, Viewport(BOX, EXTENT)), picture(plotted, axes_of(plotted))
    np.testing.assert_array_equal(one, other)
    inside = one[50:250, 60:360, :3]
    assert (inside == (255, 0, 0)).all(axis=2).sum() > 500
    assert len(np.unique(inside.reshape(-1, 3), axis=0)) > 50
    assert (one[:50] == 255).all()
