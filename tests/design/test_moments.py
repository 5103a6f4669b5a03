"""Moments: found where they are put, said with the numbers found, and nowhere else."""

from pathlib import Path

import numpy as np
import pytest

import animator
from animator import AnimatorError, Found, Moment, finders
from animator.design.moments import told


@pytest.fixture
def run_of(tmp_path: Path):
    """From losses (K+1,) to the recording of one weight, their root, on the bowl w^2."""
    count = iter(range(100))

    def make(losses):
        rows = np.sqrt(np.asarray(losses, float))[:, None]
        return animator.recording(
            tmp_path / f"{next(count)}.h5", rows, names=["w"], loss=lambda w: w[:, 0] ** 2
        )

    return make


def test_conditions_are_read_step_by_step():
    holds = [False, True, True, False, True]
    assert finders.first(holds) == 1 and finders.first([False]) is None
    assert finders.lasting(holds) == 4 and finders.lasting([True, False]) is None
    assert finders.lasting([True, True]) == 0
    assert finders.longest(holds) == (1, 2) and finders.longest([False, False]) is None
    assert finders.longest([True, True]) == (0, 1)


def test_a_level_stretch_is_the_longest_within_its_share():
    values = [1.0, 0.5, 0.49, 0.48, 0.51, 0.1]
    assert finders.level(values, 0.05) == (1, 4)
    assert finders.level(np.geomspace(1, 1e-3, 20), 0.05) == (0, 0)


def test_shares_are_told_in_per_cent():
    assert [finders.percent(share) for share in (0.5, 0.0123, 1.0, 1e-4)] == [
        "50 %",
        "1.2 %",
        "100 %",
        "0.010 %",
    ]
    assert [finders.percent(share) for share in (9.9e-5, 1e-12, 0.0)] == [
        "under 0.01 %",
        "under 0.01 %",
        "0 %",
    ]


def test_losses_paths_and_distances_are_those_of_every_step(run_of):
    run = run_of([4, 1, 0.25])
    np.testing.assert_allclose(finders.loss_of(run), [4, 1, 0.25])
    np.testing.assert_allclose(finders.path_of(run), [[2], [1], [0.5]])
    np.testing.assert_allclose(finders.distance(run, (0.5,)), [1.5, 0.5, 0])


def test_a_share_of_the_loss_is_found_at_first_and_for_good(run_of):
    """1, 0.09, 0.4, 0.04: under a tenth at step 1, for good from step 3 on."""
    runs = [run_of([1, 0.09, 0.4, 0.04])]
    assert finders.fallen(0.1)(runs) == Found(1, {"left": "9.0 %"}, run=0)
    assert finders.kept(0.1)(runs) == Found(3, {"left": "4.0 %"}, run=0, lasts=True)
    assert finders.fallen(0.01)(runs) is None and finders.kept(0.01)(runs) is None


def test_a_race_is_won_by_who_keeps_the_share_first(run_of):
    runs = [run_of([1, 0.5, 0.2, 0.05]), run_of([1, 0.05, 0.04, 0.03]), run_of([1, 1, 1, 1])]
    assert finders.winner(0.1, "abc")(runs) == Found(1, {"name": "b"}, run=1, lasts=True)
    assert finders.winner(0.01, "abc")(runs) is None
    assert finders.slower(0.1, 0, 1)(runs) == Found(3, {"other": 1}, run=0, lasts=True)
    assert finders.slower(0.1, 0, 1, times=4)(runs) is None
    assert finders.slower(0.1, 1, 0)(runs) is None and finders.slower(0.1, 2, 1)(runs) is None


def test_who_arrives_stays_and_who_began_there_did_not_arrive(run_of):
    runs = [run_of([4, 1, 0.01, 0.04])]
    assert finders.arrived((0.0,), 0.25)(runs) == Found(2, {"distance": "0.20"}, run=0, lasts=True)
    assert finders.arrived((2.0,), 0.25)(runs) is None
    assert finders.arrived((0.0,), 3.0)(runs) is None


def test_what_runs_away_is_found_and_what_comes_back_is_not(run_of):
    assert finders.diverged()([run_of([1, 3, 1.5, 4, 9])]) == Found(3, {"before": "1.00"}, run=0, lasts=True)
    assert finders.diverged()([run_of([1, 3, 1.5])]) is None
    assert finders.diverged()([run_of([1, 3, np.inf])]) == Found(1, {"before": "1.00"}, run=0, lasts=True)
    assert finders.finished()([run_of([1, 0.5])]) == Found(
        1, {"loss": "0.500", "before": "1.00", "left": "50 %"}, run=0, lasts=True
    )
    assert finders.finished()([run_of([1, 2])]) is None


def test_a_run_without_losses_has_no_moments(tmp_path: Path):
    runs = [animator.recording(tmp_path / "a.h5", [[1.0], [0.5]])]
    for find in (finders.fallen(0.5), finders.kept(0.5), finders.diverged(), finders.finished()):
        assert find(runs) is None


def test_moments_are_told_in_order_and_once_a_step(run_of):
    """What never comes is left out; of two at one step the first is said."""
    moments = (
        Moment(finders.finished(), "After {steps} {left} is left."),
        Moment(finders.kept(0.5), "Half is gone after {steps}."),
        Moment(lambda runs: 1, "Never said."),
        Moment(finders.diverged(), "It ran away."),
        Moment(finders.start, "Watch."),
    )
    events = told(moments, [run_of([1, 0.4, 0.09])])
    assert [(event.step, event.caption) for event in events] == [
        (0, "Watch."),
        (1, "Half is gone after 1 step."),
        (2, "After 2 steps 9.0 % is left."),
    ]


def test_a_sentence_is_about_all_runs_or_those_that_are_named(run_of):
    runs = [run_of([1, 0.5])] * 3
    for named, about in ((None, ()), (1, (1,)), ((0, 2), (0, 2))):
        event = Moment(lambda _, named=named: Found(1, run=named, lasts=True), "Now.").event(runs)
        assert event is not None and (event.runs, event.lasts, event.still) == (about, True, False)


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (Moment(finders.start, "At {place}."), "KeyError: 'place'"),
        (Moment(lambda runs: 1 // 0, "Never."), "ZeroDivisionError: integer division or modulo by zero"),
        (
            Moment(lambda runs: Found(1, run=2), "Never."),
            "ValueError: run=2 is none of the 1 runs, which are counted from 0",
        ),
        (Moment(lambda runs: "soon", "Never."), "ValueError: invalid literal for int() with base 10: 'soon'"),
    ],
)
def test_a_moment_that_cannot_be_found_is_told(moment, reason, run_of):
    with pytest.raises(AnimatorError) as caught:
        told([moment], [run_of([1, 0.5])])
    assert str(caught.value) == (
        f"The moment {moment.say!r} could not be found ({reason}). Give a function from the recordings to a "
        "step, an animator.Found or None, and name in braces only what it finds."
    )


def test_a_film_without_captions_is_as_it_was(run_of):
    """The same clock and the same frames as a film that has no moments; with them it is longer."""
    run = run_of([1, 0.4, 0.1])
    plain = animator.film(run, layout="loss")
    moments = (Moment(finders.start, "Watch."), Moment(finders.finished(), "It is over."))
    spoken, silent = (animator.film(run, layout="loss", moments=moments, captions=on) for on in (True, False))
    assert silent.timeline(10).pacing == plain.timeline(10).pacing
    assert spoken.timeline(10).seconds > plain.timeline(10).seconds + 4
    for index in (0, 20, 59):
        one, other = (film.frame(index, (320, 180), 10) for film in (plain, silent))
        np.testing.assert_array_equal(one, other)
    assert (spoken.frame(0, (320, 180), 10) != plain.frame(0, (320, 180), 10)).any()
