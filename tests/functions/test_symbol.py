"""Python functions of numbers are read as expressions, by calling them once with names."""

import math

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.functions.expression import CALLABLE
from animator.functions.function import find, read


def bowl(w1, w2, steep=3.0):
    return np.sin(w1) ** 2 + steep * np.square(w2) - 1 / (2 + w1 * w1) + np.maximum(w1, -w2)


def test_the_expression_of_a_function_is_the_function():
    f = find(bowl)
    points = np.random.default_rng(0).normal(size=(40, 2))
    np.testing.assert_allclose(f(points), bowl(points[:, 0], points[:, 1]), rtol=1e-14)
    assert f.variables == ("w1", "w2") and f.title == "bowl"


def test_what_a_recording_keeps_of_it_makes_the_same_function_again():
    f = find(lambda x, y: np.exp(-x) * y)
    said = f.said()
    assert said == {"kind": "function", "expression": "exp(-x) * y", "variables": ["x", "y"]}
    points = np.random.default_rng(0).normal(size=(40, 2))
    np.testing.assert_array_equal(read(said)(points), f(points))


END = f"Use + - * / ** and NumPy's {' '.join(CALLABLE)}, or give an expression as text, such as 'x**2-y**2'."


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x, y: x if x > y else y, "it uses np.greater on its arguments"),
        (lambda x: x if x else 1, "it uses a comparison on its arguments"),
        (lambda x: np.where(x, 1, 2), "it uses np.where on its arguments"),
        (lambda x: np.arange(3) * x, "it uses an array on its arguments"),
        (lambda x: math.sin(x), "it uses float() or a function of math on its arguments"),
        (lambda x: 3, "it gives int and not a number made of its arguments"),
        (lambda x: x + "1", "it uses a text on its arguments"),
    ],
)
def test_what_no_expression_can_say(function, reason):
    with pytest.raises(AnimatorError) as raised:
        find(function)
    assert str(raised.value) == f"The function '<lambda>' cannot be read as an expression: {reason}. {END}"


def test_each_argument_is_one_coordinate():
    with pytest.raises(AnimatorError) as raised:
        find(lambda weights: weights)
    assert str(raised.value) == (
        "The function '<lambda>' has the arguments (weights), and each must be one coordinate, named by a "
        "letter and digits. Write for example lambda x, y: x**2 - y**2, or def f(w1, w2): ..."
    )
