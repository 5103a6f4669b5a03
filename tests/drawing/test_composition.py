"""What stands where on frames: nothing covers another's text, names stay in place, tiles share a bar."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from animator.core.progress import quiet
from animator.design import scene_files, style
from animator.design.scene import DEFAULT_LAYOUT
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.raster.loss_colors import LossScale
from animator.films.build import build, film_of, recordings
from animator.landscape.window import Window, around_all, extended, reach, square
from tests import goldens
from tests.conftest import numpy_view
from tests.drawing.labels import SHAPES, covered


@lru_cache
def film(name):
    """A bundled scene's film, trained as little as for the goldens."""
    scene, about = build(scene_files.bundled(name), [goldens.cheap(name)])
    runs, _ = recordings(scene, about, True, quiet)
    return film_of(scene, about, runs, command="")


def test_texts_that_cover_each_other_would_be_found():
    """The measure to which tests/design/test_scene_files.py holds every bundled scene, beside its film."""
    canvas = film("beale").canvas(SHAPES[0], 30.0)
    (ground,) = [panel.ground for panel in canvas.panels if hasattr(panel, "ground")]
    ground.axes.annotate("here", ground.view.trajectory[0], xytext=(-5, 0), textcoords="offset points")
    found = covered(film("beale"), SHAPES[:1])
    assert {what for _, words, what in found if words == "here"} == {"path", "mark"}


@pytest.mark.parametrize(("size", "least"), zip(SHAPES, (50, 40, 110, 100), strict=True))
def test_numbers_on_contours_stay_while_their_surface_moves(size, least):
    """Of a fast surface, which makes 60 steps in six seconds: so many numbers are seen in all."""
    canvas = Canvas([numpy_view()], DEFAULT_LAYOUT, style.DARK, size, "t", "c")
    labels = canvas.panels[0].ground.labels
    seen = 0
    for step in range(61):
        canvas.show(FrameState(step, False))
        seen += len(labels.spots)
    assert seen >= least


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("name", ["neuron", "spirals"])
def test_numbers_on_contours_stay_or_go_and_never_leap(name, size):
    """Of every 10th frame and the one after it, on surfaces that move: no number moves by over 2 % of the
    frame's height, and within half a second no two change places.
    """
    made = film(name)
    clock, canvas = made.timeline(30.0), made.canvas(size, 30.0)
    (ground,) = [panel.ground for panel in canvas.panels if hasattr(panel, "ground")]

    def places(frame):
        canvas.show(clock.state(frame))
        return {stamp.get_text(): np.array(at) for stamp, *at in ground.labels.spots}

    for frame in range(0, clock.frames - 15, 10):
        before, after, later = places(frame), places(frame + 1), places(frame + 15)
        moved = [float(np.hypot(*(after[words] - before[words]))) for words in before.keys() & after.keys()]
        assert max(moved, default=0.0) <= 0.02 * size[1]
        both = sorted(before.keys() & later.keys())
        swapped = [(a, b) for a in both for b in both if (before[a] - before[b]) @ (later[a] - later[b]) < 0]
        assert swapped == []


def test_names_of_runs_stay_where_they_are_and_in_their_order():
    """From the first frame to the last: a name never moves, and never changes places with another."""
    base = numpy_view(moving=False)
    views = [
        replace(base, name=f"run {i}", colour=i, trajectory=base.trajectory * (1 - 0.2 * i)) for i in range(5)
    ]
    views = [replace(view, rivals=tuple(views)) for view in views]
    canvas = Canvas(views, (("race", "losses"),), style.DARK, (1280, 720), "t", "c")
    seen = set()
    for step in range(0, 61, 3):
        canvas.draw(FrameState(step, step == 60))
        race, losses = canvas.panels
        texts = [*race.names, *losses.curves.names]
        seen.add(tuple((text.get_text(), *text.get_position()) for text in texts))
    (names,) = seen
    assert [name for name, *_ in names] == [f"run {i}" for i in range(5)] * 2


def test_surfaces_beside_each_other_share_window_scale_and_bar():
    """Four tiles: one part of the plane, one range of losses, pictures of one size, and one bar, as high as
    all. Each title says the loss at its dot.
    """
    made = film("learning-rates")
    views = made.views(30.0)
    assert len({view.window.extent for view in views}) == 1
    assert len({(view.field.lowest, view.field.highest) for view in views}) == 1
    canvas = made.canvas((1280, 720), 30.0)
    state = made.timeline(30.0).state(20)
    canvas.draw(state)
    tiles = canvas.panels[:2] + canvas.panels[3:]
    boxes = [panel.ground.box for panel in tiles]
    assert len({(round(box.width, 6), round(box.height, 6)) for box in boxes}) == 1
    bars = [axes for axes in canvas.figure.axes if axes.yaxis.get_ticks_position() == "right"]
    assert len(bars) == 1
    assert bars[0].bbox.y0 == pytest.approx(min(box.bottom for box in boxes))
    assert bars[0].bbox.y1 == pytest.approx(max(box.bottom + box.height for box in boxes))
    for panel, view in zip(tiles, views, strict=True):
        assert float(panel.now.get_text()) == pytest.approx(view.loss[state.step], rel=0.05)


# The part of the plane that a picture shows


@pytest.mark.parametrize("size", SHAPES)
def test_tiles_of_one_window_are_equal_and_share_numbers_and_names(size):
    """Numbers at the left and below alone; start and target are named once; losses beside have no names."""
    base = numpy_view(moving=False)
    views = [replace(base, name=f"run {i}", colour=i) for i in range(4)]
    views = [replace(view, rivals=tuple(views)) for view in views]
    layout = (("surface@0", "surface@1", "losses"), ("surface@2", "surface@3", "losses"))
    *tiles, losses = sorted(
        Canvas(views, layout, style.DARK, size, "t", "c").panels,
        key=lambda panel: panel.spec.name == "losses",
    )
    boxes = [tile.ground.box for tile in tiles]
    assert np.ptp([(box.width, box.height) for box in boxes], axis=0).max() < 1e-6
    assert len({round(box.left, 6) for box in boxes}) == len({round(box.bottom, 6) for box in boxes}) == 2
    numbered = [(len(t.ground.axes.get_xticks()) > 0, len(t.ground.axes.get_yticks()) > 0) for t in tiles]
    assert numbered == [(False, True), (False, False), (True, True), (True, False)]
    named = [[text.get_text() for text in tile.ground.axes.texts if text.get_text()] for tile in tiles]
    assert "start" in named[0] and named[1:] == [[], [], []]
    assert losses.curves.names == [] and losses.curves.values == []


def test_the_flattest_of_surfaces_beside_each_other_keeps_its_colours():
    """Of losses up to 40 and up to 0.4 on one scale, those up to 0.4 have more than half of the colours, not
    a quarter, and the scale is as fine at its lowest as it would be alone.
    """
    alone, shared = LossScale(0.0, 40.0), LossScale(0.0, 40.0, 400.0 / 0.01)
    assert alone.position(0.4) < 0.27 and shared.position(0.4) > 0.55
    assert shared.eps == pytest.approx(LossScale(0.0, 0.4).eps)


def test_a_picture_shows_what_its_shape_has_room_for():
    """A path from (0, 0) to (3, 1): 0.18 of 3 around it; in equal units at any shape, the path in it."""
    points = np.array([[0.0, 0.0], [3.0, 1.0]])
    window = Window(square(points), None, around_all(points))
    assert window.held == pytest.approx((-0.54, 3.54, -0.316, 1.316))
    for aspect in (1.0, 1.25, 1.6, 3.0):
        a0, a1, b0, b1 = window.seen(aspect)
        assert (a1 - a0) / (b1 - b0) == pytest.approx(aspect)
        assert a0 <= -0.54 + 1e-9 and a1 >= 3.54 - 1e-9 and b0 <= 0 and b1 >= 1
    wide = Window((-1.0, 1.0, -1.0, 1.0), None)
    assert wide.seen(4 / 3) == pytest.approx((-4 / 3, 4 / 3, -1, 1))
    assert wide.seen(2.0) == pytest.approx((-1.6, 1.6, -1, 1))
    assert wide.seen(0.5) == pytest.approx((-1, 1, -1, 1))


def test_a_grid_reaches_as_far_as_a_picture_may():
    """The lines of the square stay, and as many more of the same distance as go 1.6 times as far."""
    lines = np.linspace(-1, 1, 21)
    found = extended(lines, (-1.0, 1.0, -1.0, 1.0))
    assert reach((-1.0, 1.0, -1.0, 1.0)) == (-1.6, 1.6)
    np.testing.assert_array_equal(found[6:-6], lines)
    np.testing.assert_allclose(found, np.linspace(-1.6, 1.6, 33), atol=1e-12)


def test_larger_text_means_fewer_numbers():
    """Twice as large, the axes of the surface have fewer numbers, and none runs into the next."""
    view = numpy_view()
    counts = []
    for times in (1.0, 2.0):
        look = replace(style.DARK, text_size=times * style.DARK.text_size)
        canvas = Canvas((view,), DEFAULT_LAYOUT, look, (1280, 720), "t", "c")
        axes = canvas.panels[0].ground.axes
        counts.append((len(axes.get_xticks()), len(axes.get_yticks())))
    assert counts[1] < counts[0] and counts[1][1] < counts[0][1]
