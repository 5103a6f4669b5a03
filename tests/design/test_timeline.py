"""The clock: frames, steps and seconds."""

import json

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.design.clock import clock, unhurried
from animator.design.pacing import Event, Pacing
from animator.design.timeline import FrameState, Timeline
from animator.drawing.panels.growing_curves import thin
from animator.drawing.panels.network import spread
from animator.drawing.raster.loss_colors import LossScale
from animator.drawing.raster.path_layer import visible
from animator.landscape.window import choose


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


def test_log_pace_shows_each_power_alike():
    """log(1 + step) passes evenly: half of the play is over at sqrt(1 + K) - 1."""
    made = clock(Pacing(pace="log"), 9_999)
    assert made.position(0.5) == pytest.approx(99, rel=0.02)
    assert made.position(0) == 0 and made.position(1) == 9_999


def test_arc_pace_travels_evenly():
    """Nine tenths of the way in a tenth of the steps get nine tenths of the time."""
    lengths = np.concatenate([np.linspace(0, 9, 11), np.linspace(9, 10, 91)[1:]])
    made = clock(Pacing(pace="arc"), 100, lengths)
    assert made.position(0.9 * 0.98 + 0.002) == pytest.approx(10, abs=0.1)


def test_an_event_adds_its_seconds_from_its_step_on():
    pacing = Pacing(0, 4, 0, events=(Event(50, "here", 2.0),))
    made = clock(pacing, 100)
    assert pacing.seconds == 6 and made.seconds[-1] == pytest.approx(6)
    low, high = np.interp([50, 53], made.steps, made.seconds)
    assert high - low == pytest.approx(2 + 4 * 0.03)
    now = float(np.interp(50, made.steps, made.seconds)) / 6
    assert made.caption(now + 0.1) == ("here", 1.0) and made.caption(now - 0.001) == ("", 0.0)
    assert 0 < made.caption(now + 0.03)[1] < 1


def test_slow_motion_ends_where_the_next_one_begins():
    """Of three steps that it would last, the first event has one; the last one has all that are left."""
    events = (Event(50, "one", 2.0), Event(51, "two", 2.0), Event(99, "three", 1.0))
    made = clock(Pacing(0, 4, 0, events=events), 100)
    at = np.interp([50, 50.5, 51, 52.5, 54, 99, 99.5, 100], made.steps, made.seconds)
    np.testing.assert_allclose(np.diff(at), [1.02, 1.02, 1.06, 1.06, 45 * 0.04, 0.52, 0.52])
    few = clock(Pacing(0, 4, 0, events=(Event(5, "a step at least", 1.0),)), 10)
    np.testing.assert_allclose(np.interp([5, 5.5, 6], few.steps, few.seconds), [2, 2.7, 3.4])
    end = clock(Pacing(0, 4, 0, events=(Event(100, "end", 1.0),)), 100)
    assert end.steps[-1] == pytest.approx(100, abs=1e-5)
    np.testing.assert_allclose(np.interp([99, 100], end.steps, end.seconds), [3.96, 4])
    assert end.seconds[-1] == pytest.approx(5)


def test_a_caption_comes_and_goes_in_sixths():
    """It takes 0.35 seconds to come up and as long to go, as the last of it is read."""
    made = clock(Pacing(0, 4, 0, events=(Event(50, "here", 0.0),)), 100)
    for sixths in range(7):
        for second in (2 + sixths * 0.35 / 6, 2 + 0.35 + 3 + (6 - sixths) * 0.35 / 6):
            assert made.caption(second / 4) == ("here" if sixths else "", sixths / 6)
    assert made.caption(3.9 / 4) == ("here", 1.0) and made.caption(6 / 4) == ("", 0.0)


def test_a_path_that_never_moves_passes_evenly():
    made = clock(Pacing(pace="arc"), 10, np.zeros(11))
    assert [made.position(share) for share in (0, 0.25, 1)] == pytest.approx([0, 2.5, 10])


@pytest.mark.parametrize(
    ("easing", "steps"),
    [
        ("linear", [25, 50, 75]),
        ("smooth", [15.625, 50, 84.375]),
        ("slow-start", [6.25, 25, 56.25]),
        ("slow-end", [43.75, 75, 93.75]),
    ],
)
def test_an_easing_decides_how_much_has_passed(easing, steps):
    made = clock(Pacing(easing=easing), 100)
    assert [made.position(share) for share in (0.25, 0.5, 0.75)] == pytest.approx(steps, abs=0.01)


def test_a_run_may_begin_at_any_step():
    """From step 40 to 140, evenly: a quarter of the play is a quarter of the way."""
    made = clock(Pacing(), 140, first=40)
    assert [made.position(share) for share in (0, 0.25, 1)] == pytest.approx([40, 65, 140])
    slow = clock(Pacing(pace="log"), 1039, first=40)
    assert slow.position(0.5) == pytest.approx(40 + 1000**0.5 - 1, rel=0.02)


def shown(film: Timeline, caption: str) -> list[FrameState]:
    """The frames that show a caption in full."""
    states = [film.state(i) for i in range(film.frames)]
    return [state for state in states if state.caption == caption and state.opacity == 1]


@pytest.mark.parametrize("pace", ["step", "log"])
@pytest.mark.parametrize("easing", ["linear", "smooth"])
@pytest.mark.parametrize(
    ("steps", "at"), [(160, (0, 1, 2, 160)), (8, (0, 3, 3, 3)), (20_000, (5, 600, 19_000, 20_000))]
)
def test_every_caption_can_be_read_and_none_comes_before_its_step(pace, easing, steps, at):
    """Three seconds, or a second for 20 letters, in full; the one of step 0 stands in the intro."""
    words = [f"{number}: {'x' * length}" for number, length in enumerate((10, 70, 100, 20))]
    events = [Event(step, caption, lasts=True) for step, caption in zip(at, words, strict=True)]
    pacing = unhurried(Pacing(0.5, 4, 1.5, pace, easing), events, steps)
    film = Timeline(steps, 30, pacing, clock=clock(pacing, steps, stays=True))
    for step, caption in zip(at, words, strict=True):
        states = shown(film, caption)
        assert len(states) / 30 >= max(3, len(caption) / 20) - 0.1
        assert states[0].at >= step - 1e-5
    assert (film.state(0).caption == words[0]) == (at[0] == 0)
    assert film.state(film.frames - 1).caption == words[-1]
    assert pacing.seconds < 0.5 + 4 + 1.5 + sum(max(3, len(caption) / 20) + 0.75 for caption in words)


def test_a_film_halts_until_a_caption_is_read():
    """Captions come up in 0.35 seconds and are read in three. The play of 20 seconds is 10: four follow the
    second one, one the third, and the last one has the end.
    """
    moments = [Event(0, "Watch.", 0.0), Event(50, "Half.", 0.0), Event(90, "Soon.", 0.0), Event(100, "End.")]
    pacing = unhurried(Pacing(0.5, 20, 1.5), moments, 100)
    np.testing.assert_allclose([event.hold for event in pacing.named], [0, 3.35, 3.35, 0])
    assert (pacing.intro, pacing.play, pacing.end) == (3, 10, 3.35)
    made = clock(pacing, 100)
    at = np.interp([50, 50 + 1e-6, 90, 90 + 1e-6, 100], made.steps, made.seconds)
    np.testing.assert_allclose(np.diff(at), [3.35, 4, 3.35, 1], atol=1e-6)
    crowded = unhurried(Pacing(0.5, 20, 1.5), [Event(50, "Half.", 0.0), Event(51, "More.", 0.0)], 100)
    np.testing.assert_allclose([event.hold for event in crowded.named], [3.35, 3.35])
    own = unhurried(Pacing(0.5, 20, 1.5, events=(Event(10, "Own.", 9.0),)), moments[1:2], 100)
    np.testing.assert_allclose([event.hold for event in own.named], [9, 3.35])
    assert unhurried(Pacing(), [], 100) == Pacing()
    assert unhurried(Pacing(), moments[::3], 100).play == 4


def told(film: Timeline) -> list[tuple[Event, list[int]]]:
    """Each event of a film with its frames: those on which more of its caption is seen than of another."""
    states = [film.state(i) for i in range(film.frames)]
    events = film.pacing.named
    return [
        (e, [i for i, s in enumerate(states) if s.caption == e.caption and s.opacity > 0]) for e in events
    ]


@pytest.mark.parametrize("seconds", [None, 8.0, 60.0])
@pytest.mark.parametrize("steps", [20, 400, 50_000])
def test_a_halt_shows_the_step_of_its_caption_and_the_caption_goes_soon_after(steps, seconds):
    """For nine tenths of its time, to a frame at each end; then it fades, but not into the next one."""
    moments = [Event(steps * share // 20, f"At {share} of 20 parts of it.", 0.0) for share in (3, 4, 12, 15)]
    pacing = unhurried(Pacing(0.5, 6, 1.5), moments, steps)
    pacing = pacing if seconds is None else pacing.lasting(seconds)
    film = Timeline(steps, 30, pacing, clock=clock(pacing, steps, stays=True))
    assert film.seconds == pytest.approx(pacing.seconds if seconds is None else seconds, abs=1 / 30)
    for event, frames in told(film):
        states = [film.state(i) for i in frames]
        on_it = [state.at == event.step for state in states]
        halted = sum(on_it)
        assert all(on_it[:halted]) and not any(on_it[halted:])
        assert halted >= 0.9 * (len(frames) - 2) and halted >= 0.69 * 30 * event.hold
        assert len(frames) - halted <= 0.25 * 30 * event.hold / 0.75 + 1
    assert film.state(film.frames - 1).caption == ""


def test_the_last_words_stand_until_the_film_ends_where_they_hold_for_its_end():
    """As those of the last step do, but not those of the intro, nor where no words are to stay."""
    first, half = Event(0, "Watch.", 0.0), Event(50, "Half.", 0.0)
    holds, last = Event(50, "Half.", 0.0, lasts=True), Event(100, "End.", 0.0)
    cases = (
        ([first, half], True, ""),
        ([first, holds], True, "Half."),
        ([first, holds], False, ""),
        ([first, half, last], True, "End."),
        ([first], True, ""),
    )
    for moments, stays, words in cases:
        pacing = unhurried(Pacing(0.5, 20, 1.5), moments, 100)
        film = Timeline(100, 30, pacing, clock=clock(pacing, 100, stays=stays))
        assert film.state(film.frames - 1).caption == words


def test_frames_between_steps_move_on_and_numbers_stay():
    """10 steps in 4 seconds at 30 frames: each step is a twelfth of the way on in every frame."""
    timeline = Timeline(10, 30, Pacing(0, 4, 0))
    states = [timeline.state(i) for i in range(120)]
    np.testing.assert_allclose([s.at for s in states], np.arange(120) / 119 * 10, atol=1e-5)
    assert all(s.step == int(s.at + 1e-9) for s in states)
    fast = Timeline(1000, 30, Pacing(0, 4, 0))
    assert all(fast.state(i).part == 0 for i in range(120))


def test_where_steps_are_faster_than_frames_the_nearest_one_is_shown():
    film = Timeline(1236, 1, Pacing(0, 101, 0))
    assert [film.state(i).step for i in range(101)] == [round(12.36 * i) for i in range(101)]


def test_a_film_holds_still_before_and_after_its_play():
    """A second before, two of play, a second after, in ten frames each; the play ends with its last frame."""
    film = Timeline(19, 10, Pacing(1, 2, 1), turning=True)
    states = [film.state(i) for i in range(40)]
    assert [state.at for state in states] == pytest.approx([0] * 10 + list(range(20)) + [19] * 10, abs=1e-5)
    assert [state.ended for state in states] == [False] * 30 + [True] * 10
    assert [state.turn for state in states] == [i / 40 for i in range(40)]
    assert (film.frames, film.seconds) == (40, 4.0)
    assert Timeline(19, 10, Pacing(1, 2, 1)).state(20).turn == 0
    np.testing.assert_allclose(film.seconds_of(np.array([0, 9.5, 19])), [0, 1, 2])
    for frame in (-1, 40):
        with pytest.raises(IndexError, match=f"^frame {frame} is outside of a film of 40 frames$"):
            film.state(frame)


def test_a_frame_stands_between_steps_where_the_pace_around_it_is_less_than_one():
    """With pace="log" steps come ever faster; the pace is that from the frame before to the one after."""
    pacing = Pacing(0, 4, 0, "log")
    film, made = Timeline(300, 30, pacing), clock(pacing, 300)
    place = [made.position(min(1.0, max(0.0, i / 119))) for i in range(-1, 121)]
    for frame in range(119):
        state = film.state(frame)
        slow = place[frame + 2] - place[frame] < 2
        assert state.onto - state.step == slow
        assert state.at == pytest.approx(place[frame + 1] if slow else round(place[frame + 1]), abs=1e-5)
    assert {film.state(frame).onto - film.state(frame).step for frame in range(119)} == {0, 1}


def test_only_kept_steps_are_shown_and_the_way_between_them():
    timeline = Timeline(20, 30, Pacing(0, 4, 0), kept=(0, 10, 20))
    states = [timeline.state(i) for i in range(120)]
    assert {s.step for s in states} == {0, 10, 20} and states[60].at == pytest.approx(60 / 119 * 20, abs=1e-4)


def test_a_wake_is_as_long_as_asked():
    """The last frames keep it, as the play left it."""
    timeline = Timeline(1000, 30, Pacing(0, 4, 2, wake=0.25))
    for frame in (90, 119, 120, 179):
        state = timeline.state(frame)
        assert state.step - state.tail == pytest.approx(250, abs=10)
    assert timeline.state(10).tail == 0


def test_a_run_on_another_ones_clock():
    """A run of 5 steps, half as many a clock step: at 4.5 of the clock it is on its way from 2 to 3."""
    own = FrameState(4, False, 0.5, 5).own(5, 0.5)
    assert (own.step, own.onto) == (2, 3) and own.part == pytest.approx(0.25, abs=1e-6)
    assert FrameState(40, True, 0, 40).own(5).step == 5
    for state in (FrameState(3, False, 0.0, 3, 2), FrameState(5, True, 0.0, 5), FrameState(4, False, 0.5, 5)):
        assert state.own(5) == state
    assert FrameState(4, False, 0.5, 5, 3, "here", 0.5).own(20, 3.0) == FrameState(
        13, False, pytest.approx(0.5, abs=1e-6), 14, 9, "here", 0.5
    )
    assert FrameState(4, False, 0.0, 4).own(20, 1.5) == FrameState(6, False, 0.0, 7)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"pace": "lg"}, "No pace is called 'lg'. Did you mean 'log'? Known: step arc log."),
        (
            {"easing": "smoth"},
            "No easing is called 'smoth'. Did you mean 'smooth'? Known: linear smooth slow-start slow-end.",
        ),
        (
            {"wake": 2},
            "wake=2 is no fraction of the play: the path that stays is a part of it. "
            "Give a number above 0 and up to 1, such as wake=0.2, or leave it away to keep all.",
        ),
    ],
)
def test_pacing_refuses_in_a_sentence(given, sentence):
    with pytest.raises(AnimatorError) as caught:
        Pacing(**given)
    assert str(caught.value) == sentence


def test_a_pacing_survives_the_recording():
    events = Event(3, "three", 0.5), Event(4, "four", 2.0, still=True, lasts=True, runs=(1, 0))
    pacing = Pacing(1, 2, 3, "log", "smooth", events, 0.4)
    assert Pacing.read(json.loads(json.dumps(pacing.data() | {"unknown": 1}))) == pacing
    earlier = {"events": [{"step": 3, "caption": "three", "hold": 0.5}]}
    assert Pacing.read(earlier) == Pacing(events=events[:1])
    assert Pacing.read(Pacing(events="found").data()).events == "found"
