"""Schedules have the values of Keras' schedules of the same names."""

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.functions import schedules

UPDATES = range(0, 140, 7)


def keras_schedule(name: str) -> object:
    import keras

    known = keras.optimizers.schedules
    return {
        "cosine": known.CosineDecay(0.2, 100),
        "exponential": known.ExponentialDecay(0.2, 100, 0.1),
        "inverse": known.InverseTimeDecay(0.2, 100, 9.0),
        "linear": known.PolynomialDecay(0.2, 100, 0.0),
    }[name]


@pytest.mark.parametrize("name", schedules.NAMES)
def test_rates_are_those_of_keras(name):
    own, other = schedules.find(f"{name}(0.2, 100)", 1), keras_schedule(name)
    np.testing.assert_allclose([own(k) for k in UPDATES], [float(other(k)) for k in UPDATES], atol=1e-7)


def test_a_schedule_falls_over_all_steps_where_none_are_given():
    assert schedules.find("linear(0.4)", 8)(4) == 0.2
    assert schedules.scheduled("cosine", 0.4, 8)(4) == pytest.approx(0.2)
    assert schedules.scheduled("constant", 0.4, 8)(4) == 0.4


def test_a_number_a_text_and_a_function_are_schedules():
    assert schedules.find(0.3, 9)(5) == 0.3 == schedules.find("0.3", 9)(5)
    assert schedules.find(lambda k: 1 / (k + 1), 9)(3) == 0.25


def test_what_a_recording_keeps():
    assert schedules.said(schedules.find(0.3, 9)) == 0.3
    assert schedules.said(schedules.find("cosine(0.1)", 9)) == {
        "class_name": "Cosine",
        "config": {"rate": 0.1, "steps": 9},
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            "fast",
            "learning_rate=fast is no rate: it must be a number above 0. Type for example learning_rate=0.1, "
            "or a schedule such as 'cosine(0.1)'.",
        ),
        (
            -1,
            "learning_rate=-1 is no rate: it must be a number above 0. Type for example learning_rate=0.1, "
            "or a schedule such as 'cosine(0.1)'.",
        ),
        (
            "cosin(0.1)",
            "learning_rate=cosin(0.1): no schedule is called 'cosin'. Did you mean 'cosine'? Known: cosine "
            "exponential inverse linear; in parentheses stand the first rate and the steps it "
            "falls over.",
        ),
        (
            "linear(1,2,3)",
            "learning_rate=linear(1,2,3) has 3 numbers, and two are the most: the first rate, and the "
            "steps it falls over. Type for example 'linear(0.1, 200)'.",
        ),
    ],
)
def test_what_is_no_schedule(given, sentence):
    with pytest.raises(AnimatorError) as raised:
        schedules.find(given, 100)
    assert str(raised.value) == sentence
