"""Every named function against its published values, and its derivatives against differences of its
values.
"""

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.functions.function import find, pretty
from animator.functions.named import NAMED

# name -> points and values as the literature has them
PUBLISHED = {
    "sphere": {(3, 4): 25},
    "ellipse": {(1, 1): 10.5},
    "rosenbrock": {(-2, 2): 409, (0, 0): 1, (-1.2, 1): 24.2},
    "beale": {(0, 0): 14.203125, (3, 0.5): 0, (1, 1): 14.203125},
    "himmelblau": {(0, 0): 170, (3, 2): 0, (-0.270845, -0.923039): 181.617},
    "saddle": {(2, 1): 3},
    "monkey-saddle": {(1, 1): -2, (2, 0): 8},
    "ackley": {(0, 0): 0, (1, 1): 3.6253849384403627},
    "rastrigin": {(0, 0): 0, (1, 1): 2, (0.5, 0): 20.25},
    "styblinski-tang": {(0, 0): 0, (-2.903534, -2.903534): -78.332331, (1, 1): -10},
    "three-hump-camel": {(0, 0): 0, (1.747552, -0.873776): 0.298638, (1, 1): 3.1166666666666667},
    "booth": {(1, 3): 0, (0, 0): 74},
    "matyas": {(0, 0): 0, (1, 1): 0.04},
}


def test_every_function_has_published_values():
    assert set(PUBLISHED) == set(NAMED)


@pytest.mark.parametrize(
    ("name", "point", "value"), [(n, p, v) for n, at in PUBLISHED.items() for p, v in at.items()]
)
def test_values(name, point, value):
    np.testing.assert_allclose(find(name)(np.array([point], float)), [value], rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("name", NAMED)
def test_minima_have_the_least_value_no_slope_and_lie_in_the_window(name):
    f = find(name)
    x0, x1, y0, y1 = f.window
    rng = np.random.default_rng(0)
    around = rng.uniform((x0, y0), (x1, y1), (20_000, 2))
    for minimum in f.minima:
        place = np.array([minimum])
        np.testing.assert_allclose(f(place), [f.least], atol=1e-12)
        np.testing.assert_allclose(f.expression.gradient(place), [[0, 0]], atol=1e-12)
        assert x0 < minimum[0] < x1 and y0 < minimum[1] < y1
        if name != "ackley":  # a cone: its slope has no derivative there
            assert np.linalg.eigvalsh(f.expression.hessian(place)[0]).min() > 0
    if f.minima:
        assert f(around).min() >= f.least - 1e-12
    else:
        assert f.least is None and f(around).min() < 0


@pytest.mark.parametrize("name", NAMED)
def test_gradients_and_hessians_agree_with_differences(name):
    f = find(name).expression
    points = np.random.default_rng(1).uniform(-1.9, 1.9, (30, 2))
    h = 1e-6
    for axis, step in enumerate(h * np.eye(2)):
        slope = (f(points + step) - f(points - step)) / (2 * h)
        np.testing.assert_allclose(f.gradient(points)[:, axis], slope, rtol=1e-5, atol=1e-5)
        curve = (f.gradient(points + step) - f.gradient(points - step)) / (2 * h)
        np.testing.assert_allclose(f.hessian(points)[:, axis], curve, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", NAMED)
def test_windows_are_squares_that_hold_the_start_and_every_source_is_told(name):
    known = NAMED[name]
    x0, x1, y0, y1 = known.window
    assert x1 - x0 == y1 - y0
    assert x0 < known.start[0] < x1 and y0 < known.start[1] < y1
    assert len(known.source) > 20 and known.title


def test_an_ellipse_has_the_condition_number_that_it_is_given():
    assert np.linalg.eigvalsh(find("ellipse(50)").expression.hessian(np.zeros((1, 2)))[0]).tolist() == [
        1.0,
        50.0,
    ]
    assert find("Ellipse( 50 )".replace(" ", "")).title == "A bowl 50 times as steep one way"


@pytest.mark.parametrize("words", ["monkey saddle", "Monkey-Saddle", "MONKEY_SADDLE"])
def test_names_may_be_written_in_any_way(words):
    assert find(words).title == "A monkey saddle"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "rosenbrok",
            f"No function is called 'rosenbrok'. Did you mean 'rosenbrock'? Known: {' '.join(NAMED)}. Or "
            "give an expression, such as (x**2+y-11)**2+(x+y**2-7)**2.",
        ),
        (
            "ellipse(-1)",
            "ellipse(-1) is no bowl: the number is how much steeper it is along y than along x. Type for "
            "example ellipse(20).",
        ),
        (
            3,
            "f=3 is no function. Give the name of one, such as 'rosenbrock', an expression such as "
            "'x**2-y**2', or a Python function such as lambda x, y: x**2 - y**2.",
        ),
    ],
)
def test_what_is_no_function(text, sentence):
    with pytest.raises(AnimatorError) as raised:
        find(text)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("text", "board"),
    [
        ("(x**2+y-11)**2", "(x²+y-11)²"),
        ("3*x^4 - 2*(y+1)", "3x⁴ - 2(y+1)"),
        ("x*y**12", "x·y**12".replace("**", "··")),
    ],
)
def test_expressions_are_written_as_on_a_board(text, board):
    assert pretty(text) == board
