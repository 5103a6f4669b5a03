"""What points at events: rings and marks where the run is, lines at their steps, numbers that are clear."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import animator
from animator.core.color_vision import contrast
from animator.design import style
from animator.design.clock import Clock
from animator.design.pacing import Event
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.event_marks import MARK, RING, SMALL, WIDE
from animator.drawing.raster.marker_layer import CASED
from animator.drawing.units import em_of
from animator.drawing.view import Halt
from animator.films.film_views import halts
from tests.conftest import numpy_view

SIZE = (640, 360)
EVENTS = (Halt(0), Halt(7), Halt(40))


def canvas(layout=(("surface", "loss"),), events=EVENTS) -> Canvas:
    """A canvas of numpy_view with three events, at steps 0, 7 and 40 of 60."""
    return Canvas([replace(numpy_view(), halts=events)], layout, style.DARK, SIZE, "One neuron", "")


def pixels(at_720p: float) -> float:
    """A length on frames of SIZE: widths count in em of 14 points."""
    return at_720p * em_of(style.DARK.text_size, SIZE) / 14


def middle(rect) -> tuple[float, float]:
    """Of a rectangle of the frame, rows counted upwards."""
    return (rect.left + rect.right) / 2, SIZE[1] - (rect.top + rect.bottom) / 2


def test_a_ring_opens_around_the_dot_and_closes_to_a_mark():
    """Its radius goes with how far it is open; the mark stays where the run was, and not at the start."""
    made = canvas()
    halted = made.panels[0].halts
    where = [made.panels[0].axes.transData.transform(numpy_view().trajectory[k]) for k in (0, 7, 40)]
    for ring in (0.25, 1.0):
        made.draw(FrameState(40, False, onto=40, event=2, ring=ring))
        bounds = halted.ring.bounds
        radius = pixels(SMALL + (WIDE - SMALL) * ring + CASED * RING / 2)
        assert middle(bounds) == pytest.approx(where[2], abs=1)
        assert (bounds.right - bounds.left) / 2 == pytest.approx(radius + 0.5, abs=0.8)  # to whole pixels
    assert list(halted.marks) == [1, 2] and middle(halted.marks[1].bounds) == pytest.approx(where[1], abs=1)
    assert halted.marks[2].bounds.area == 0
    made.draw(FrameState(41, False, onto=41))
    assert halted.marks[2].bounds.area == 0  # the dot is still there, and would be covered
    made.draw(FrameState(60, False, onto=60))
    bounds = halted.marks[2].bounds
    assert halted.ring.bounds.area == 0 and middle(bounds) == pytest.approx(where[2], abs=1)
    assert (bounds.right - bounds.left) / 2 == pytest.approx(pixels(SMALL + CASED * MARK / 2) + 0.5, abs=0.8)
    made.draw(FrameState(6, False, 0.5, 7))
    assert [mark.bounds.area for mark in halted.marks.values()] == [0, 0]


def test_a_line_stands_at_the_step_from_then_on():
    """One pixel column of a chart from bottom to top, in a colour that stands out."""
    made = canvas((("loss",),))
    axes = made.panels[0].curves.axes
    column = round(float(axes.transData.transform((40, 1.0))[0]) - 0.5)
    rows = slice(SIZE[1] - int(axes.bbox.y1) + 2, SIZE[1] - int(axes.bbox.y0) - 2)
    before = made.draw(FrameState(39, False))[rows, column].copy()
    after = made.draw(FrameState(40, False))[rows, column]
    assert (before[:, :3] != after[:, :3]).any(axis=1).mean() > 0.95
    assert all(contrast(look.muted, look.panel) >= 3 for look in style.STYLES.values())
    ink = 255 * np.array(to_rgb(style.DARK.muted))
    assert np.abs(after[:, :3] - ink).max(axis=1).min() < 40


def test_numbers_stand_beside_their_lines_and_cover_nothing():
    """Of three events close together two have room; the curve falls, so they stand at the top."""
    made = canvas((("loss",),))
    assert made.panels[0].events.numbers[0][1] == "7"
    close = canvas((("loss",),), (Halt(30), Halt(31), Halt(32)))
    close.draw(FrameState(60, False))
    stamps = [stamp for *_, stamp in close.panels[0].events.numbers]
    assert [stamp.get_text() for stamp in stamps] == ["30", "32"]
    lines = [line.bounds for line in close.panels[0].events.lines]
    for stamp in stamps:
        assert stamp.bounds.area > 0
        assert all(stamp.bounds.clip(line).area == 0 for line in lines)
    assert stamps[0].bounds.right < lines[0].left and stamps[1].bounds.left >= lines[2].right


@pytest.mark.parametrize(
    "layout", [(("surface", "weights", "loss"),), (("surface3d", "loss"),), (("race", "losses"),)]
)
def test_frames_with_marks_depend_on_their_state_alone(layout):
    """Mended in any order and drawn anew by matplotlib they are the same."""
    fast, full = canvas(layout), canvas(layout)
    states = [
        FrameState(40, False, onto=40, event=2, ring=0.6),
        FrameState(0, False, event=0, ring=1.0),
        FrameState(41, False, onto=41, event=2, ring=0.2),
        FrameState(60, True),
        FrameState(7, False, onto=7, event=1, ring=1.0),
        FrameState(40, False, onto=40, event=2, ring=0.6),
    ]
    for state in states:
        np.testing.assert_array_equal(fast.draw(state), full.full(state))


def test_a_ring_stands_around_the_runs_that_a_sentence_is_about():
    """Around all where it names none, unless these are many; marks stay only where it is known on which."""
    events = (Event(3, "all"), Event(5, "one", runs=(1,)))
    assert halts(events[:1], 0, 1) == (Halt(3),)
    assert halts(events, 0, 2) == (Halt(3, kept=False), Halt(5, pointed=False, kept=False))
    assert halts(events, 1, 2) == (Halt(3, kept=False), Halt(5))
    assert halts(events, 1, 9) == (Halt(3, pointed=False, kept=False), Halt(5))


def test_a_ring_opens_and_closes_in_half_a_second():
    """Smoothly: 3 t^2 - 2 t^3; of two the later one stands."""
    made = Clock(np.array([0.0, 10.0]), np.array([0.0, 10.0]), (), ((-1.0, 0.0), (4.0, 6.0), (7.0, np.inf)))
    expected = {
        -0.1: (0, 1.0),
        0.5: (-1, 0.0),
        4.25: (1, 0.5),
        4.375: (1, 27 / 32),
        5: (1, 1.0),
        6.25: (1, 0.5),
    }
    for second, (event, ring) in {**expected, 6.5: (-1, 0.0), 7.25: (2, 0.5), 12: (2, 1.0)}.items():
        assert made.ring(second / 10) == (event, pytest.approx(ring)), second


def test_a_run_on_another_clock_is_pointed_at_where_it_is():
    """Every tenth step is recorded, two on the clock are one of its own: at 30, half-way from 10 to 20."""
    view = replace(numpy_view(), recorded=np.arange(0, 61, 10), ratio=0.5)
    at = view.when(30)
    assert (at.step, at.onto, at.part) == (10, 20, pytest.approx(0.5, abs=1e-6))
    assert (view.when(20).step, view.when(20).part) == (10, 0.0)
    assert (view.when(999).step, view.when(999).part) == (60, 0.0)


def test_a_film_without_captions_points_at_nothing():
    run = animator.descend("x**2 + 9*y**2", start=(2, 1), optimizer="sgd", learning_rate=0.02, steps=40)
    told = animator.film(run, layout="loss", hold=((20, "Here."),))
    silent = animator.film(run, layout="loss", hold=((20, "Here."),), captions=False)
    assert any(state.event == 1 and state.ring == 1 for state, _ in told.timeline(30).stills())
    assert all(state.event == -1 and state.ring == 0 for state, _ in silent.timeline(30).stills())
    assert [view.halts for view in silent.views()] == [()]
    assert [halt.step for halt in told.views()[0].halts] == [4, 20, 40]  # its own moments are the others


def test_arrows_stand_while_the_film_halts():
    """Gradient and momentum head to tail, and their sum from the dot; none before the ring opens."""
    run = animator.descend("x**2 + 9*y**2", start=(2, 1), optimizer="momentum", learning_rate=0.02, steps=40)
    film = animator.film(run, layout="arrows", hold=((20, "Here."),))
    panel = film.canvas(SIZE, 30).panels[0]
    event = [halt.step for halt in film.views()[0].halts].index(20)
    for ring in (0.0, 1.0):
        panel.update(FrameState(20, False, 0.0, 21, event=event, ring=ring))
        gradient, momentum, update = (arrow.ends for arrow in panel.arrows)
        lengths = [float(np.hypot(*(head - tail))) for tail, head in (gradient, momentum, update)]
        assert all(length > 3 for length in lengths) if ring else lengths == [0, 0, 0]
    np.testing.assert_allclose(gradient[1], momentum[0])
    np.testing.assert_allclose(momentum[1] - gradient[0], update[1] - update[0], atol=1e-3)
