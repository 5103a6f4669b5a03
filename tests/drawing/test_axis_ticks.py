"""Rulers: grid lines and numbers stand where matplotlib's own ticks would."""

import numpy as np
import pytest
from matplotlib.axis import XAxis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatterSciNotation, LogLocator, MaxNLocator, NullLocator, ScalarFormatter

from animator.core.language import speaking
from animator.design import style
from animator.design.layout import Box
from animator.design.style_files import find
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.look import Look
from animator.drawing.raster.axis_ticks import Rulers, ruled, told
from tests.conftest import numpy_view


def drawn(make, dress):
    """(axes, grey picture (300, 400)) of axes that `make` makes and `dress` sets up."""
    figure = Figure(figsize=(4, 3), dpi=100, facecolor=style.LIGHT.background)
    canvas = FigureCanvasAgg(figure)
    axes = make(Look(figure, style.LIGHT, 14.0), Box(60, 50, 300, 200))
    dress(axes)
    canvas.draw()
    return axes, np.array(canvas.buffer_rgba())[..., :3].mean(axis=2)


def plain(axes):
    axes.set(xlim=(0, 160), ylim=(-0.5, 1.0))
    axes.xaxis.set_major_locator(MaxNLocator(4))


def right(axes):
    plain(axes)
    axes.yaxis.tick_right()


def logarithmic(axes):
    axes.set(xlim=(0, 10), ylim=(1e-3, 1))
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=5))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")


def test_a_logarithmic_axis_of_many_decades_has_no_tick_beyond_its_ends():
    """From 2e-11 to 48 the locator gives 1e-12 too, which lies below."""

    def deep(axes):
        logarithmic(axes)
        axes.set_ylim(2e-11, 48)

    axes, _ = drawn(ruled, deep)
    assert 1e-12 in axes.yaxis.get_majorticklocs()
    assert [place for place, _ in told(axes.yaxis)] == pytest.approx([1e-9, 1e-6, 1e-3, 1])


@pytest.mark.parametrize("dress", [plain, right, logarithmic])
def test_numbers_and_lines_stand_where_matplotlibs_ticks_would(dress):
    """The ink of each row and column of pixels lies within a pixel of where matplotlib puts it."""
    _, ours = drawn(ruled, dress)
    _, theirs = drawn(lambda look, box: look.axes(box), dress)
    for axis in (0, 1):
        one, two = (np.abs(picture - picture[0, 0]).sum(axis=axis) for picture in (ours, theirs))
        assert np.abs(np.cumsum(one) - np.cumsum(two)).max() < 0.02 * two.sum() + 2 * two.max()
        assert one.sum() == pytest.approx(two.sum(), rel=0.02)
    inside = slice(60, 240), slice(70, 350)
    np.testing.assert_array_equal(ours[inside], theirs[inside])


def test_words_that_the_atlas_has_not_are_left_to_matplotlib():
    """Powers in mathtext and offsets make an axis matplotlib's own, to the pixel."""

    def powers(axes):
        axes.set(xlim=(0, 1e-7), ylim=(1e-3, 1))
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(LogFormatterSciNotation())

    axes, ours = drawn(ruled, powers)
    _, theirs = drawn(lambda look, box: look.axes(box), powers)
    assert told(axes.xaxis) is None and told(axes.yaxis) is None
    np.testing.assert_array_equal(ours, theirs)


def test_ticks_beyond_the_axis_are_not_told():
    axes, _ = drawn(ruled, plain)
    assert [words for _, words in told(axes.xaxis)] == ["0", "40", "80", "120", "160"]
    axes.set_xlim(1, 159)
    assert [words for _, words in told(axes.xaxis)] == ["40", "80", "120"]
    assert isinstance(axes.xaxis, XAxis) and isinstance(axes.xaxis.get_major_formatter(), ScalarFormatter)


def test_numbers_can_be_found_as_texts():
    """What looks for texts in a figure, as the tests of overlap do, finds them."""
    axes, _ = drawn(ruled, plain)
    (rulers,) = (child for child in axes.get_children() if isinstance(child, Rulers))
    assert [stamp.get_text() for stamp in rulers.get_children()][:5] == ["0", "40", "80", "120", "160"]


@pytest.mark.parametrize(("lang", "at_the_end"), [("en", False), ("de", True)])
def test_a_name_that_is_too_long_to_stand_before_the_numbers_stands_at_their_end(lang, at_the_end):
    """ "step" has room in the margin; "Schritt" would reach the name of the axis at its left."""
    with speaking(lang):
        canvas = Canvas([numpy_view()], (("surface", "loss"),), find("dark"), (960, 540), "t", "c")
        canvas.draw(FrameState(60, True))
    panel = canvas.panels[1]
    box = panel.curves.axes.xaxis.label.get_window_extent(canvas.canvas.get_renderer())
    assert (box.x0 > panel.curves.box.left) == at_the_end
    assert box.x0 >= panel.cell.left and box.x1 <= panel.curves.box.left + panel.curves.box.width + 1
