"""Numbers, points, bytes and seconds as text: each against the text that one would write."""

import math

import pytest

from animator.core.formatting import brief, bytes_text, duration, finite, number, point


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 3, "0"),
        (0.123456, 3, "0.123"),
        (-0.5, 2, "-0.50"),
        (999_999.4, 3, "999999"),
        (1e6, 3, "1.0×10⁶"),
        (1e-4, 2, "0.00010"),
        (9.99e-5, 3, "1.0×10⁻⁴"),
        (3.3e-13, 3, "3.3×10⁻¹³"),
        (-2.84e-6, 2, "-2.8×10⁻⁶"),
        (math.nan, 3, "not finite"),
        (math.inf, 3, "infinite"),
        (-math.inf, 3, "-infinite"),
    ],
)
def test_a_number_has_its_significant_digits(value, digits, text):
    assert number(value, digits) == text


def test_ticks_are_written_as_the_numbers_beside_them():
    """A power of ten, as a live number says it; what needs none has none."""
    values = (1e-5, 0.001, 20.0, 1e-10, 3e7)
    assert [brief(value) for value in values] == ["10⁻⁵", "0.001", "20", "10⁻¹⁰", "3×10⁷"]
    assert number(3e-5, 1) == brief(3e-5)


def test_a_point_says_where_a_coordinate_is_not_finite():
    assert point((0.481, -0.04)) == "(0.48, -0.04)"
    assert point((math.nan, math.inf)) == "(?, ?)"


def test_json_holds_finite_numbers_only():
    assert [finite(value) for value in (0.5, 3, math.nan, math.inf, -math.inf)] == [
        0.5,
        3.0,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "5 s"), (89, "89 s"), (120, "2 min"), (5399, "1 h 30 min"), (7260, "2 h 1 min")]
)
def test_durations_are_said_as_people_say_them(seconds, text):
    assert duration(seconds) == text


def test_sizes_are_said_as_people_say_them():
    assert [bytes_text(count) for count in (500, 2_500_000, 3_210_000_000)] == ["0 kB", "2.5 MB", "3.2 GB"]
    assert [bytes_text(count, 1) for count in (500, 2_500_000)] == ["0.5 kB", "2.5 MB"]
