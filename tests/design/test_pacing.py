"""Easings in closed form."""

from dataclasses import replace

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.design.pacing import EASINGS, Event, Pacing, ramp
from animator.design.timeline import Timeline


@pytest.mark.parametrize("name", EASINGS)
def test_an_easing_goes_from_0_to_1_and_never_back(name):
    values = [EASINGS[name](t) for t in np.linspace(0, 1, 101)]
    assert (values[0], values[-1]) == (0, 1) and (np.diff(values) >= 0).all()


def test_easings_in_the_middle_and_at_a_quarter():
    assert {name: (ease(0.25), ease(0.5)) for name, ease in EASINGS.items()} == {
        "linear": (0.25, 0.5),
        "smooth": (0.15625, 0.5),
        "slow-start": (0.0625, 0.25),
        "slow-end": (0.4375, 0.75),
    }


def test_a_ramp_is_flat_outside_its_ends():
    assert [ramp(value, 2, 6) for value in (-9, 2, 3, 4, 6, 9)] == [0, 0, 0.15625, 0.5, 1, 1]


def test_a_film_of_another_length_holds_as_long_if_that_is_half_of_it_at_most():
    """Holds of 0.5, 1.5 and 1 seconds; a film of 4 has half a second of each two left."""
    pacing = Pacing(events=(Event(5, "here", 1.0),))
    assert (pacing.seconds, pacing.moving) == (7, 5)
    assert pacing.lasting(10) == replace(pacing, play=7)
    assert pacing.lasting(6) == replace(pacing, play=3)
    short = pacing.lasting(3.5)
    assert (short.intro, short.play, short.end) == (0.25, 2, 0.75)
    assert short.events == (Event(5, "here", 0.5),) and short.seconds == 3.5


@pytest.mark.parametrize("name", ["intro", "play", "end"])
@pytest.mark.parametrize("seconds", [-0.1, 86_401, "2", float("nan")])
def test_seconds_that_cannot_be_shown(name, seconds):
    assert getattr(Pacing(**{name: 86_400}), name) == 86_400
    with pytest.raises(AnimatorError) as caught:
        Pacing(**{name: seconds})
    assert str(caught.value) == (
        f"{name}={seconds} seconds cannot be shown: a hold or a play lasts 0 to 86,400 seconds. Give {name} "
        f"as a number of seconds, such as {name}=2."
    )


def test_a_frame_between_two_steps_goes_on_to_the_next_one():
    """6 steps on 31 frames: a fifth of a step each, the whole way."""
    line = Timeline(6, 10.0, Pacing(intro=0.0, play=3.1, end=0.0))
    states = [line.state(frame) for frame in range(1, 30)]
    assert [round(state.at, 9) for state in states] == [round(frame / 5, 9) for frame in range(1, 30)]
    assert {state.onto - state.step for state in states if state.part} == {1}
