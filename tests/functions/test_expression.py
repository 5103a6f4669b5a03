"""Expressions are parsed, never run; their derivatives are exact."""

import math

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.functions.expression import CALLABLE, LONGEST, parse

ROSENBROCK = "(1-x)**2 + 100*(y-x**2)**2"
KNOWN = " ".join(CALLABLE)
ALLOWED = f"is no number, variable (a letter, such as x, y or w1), + - * / ** or one of {KNOWN}."
EXAMPLE = "Type for example (x**2+y-11)**2+(x+y**2-7)**2."


def at(*point: float) -> np.ndarray:
    """A point as one row (1, P)."""
    return np.array([point], float)


def test_rosenbrock_has_its_published_value_gradient_and_curvatures():
    f = parse(ROSENBROCK)
    assert f(at(-2, 2)) == [409.0]
    assert f.gradient(at(-2, 2)).tolist() == [[-1606.0, -400.0]]
    curvatures = np.linalg.eigvalsh(f.hessian(at(1, 1))[0])
    np.testing.assert_allclose(curvatures, [0.399361, 1001.600639], atol=5e-7)


@pytest.mark.parametrize(
    ("text", "value", "slope", "curvature"),
    [
        ("x**3", 8.0, 12.0, 12.0),
        ("2**x", 4.0, 4 * math.log(2), 4 * math.log(2) ** 2),
        ("x**x", 4.0, 4 * (math.log(2) + 1), 4 * (math.log(2) + 1) ** 2 + 4 / 2),
        ("1/x", 0.5, -0.25, 0.25),
        ("x^0.5", math.sqrt(2), 0.5 / math.sqrt(2), -0.25 / 2**1.5),
        ("sqrt(x)", math.sqrt(2), 0.5 / math.sqrt(2), -0.25 / 2**1.5),
        ("sin(x)", math.sin(2), math.cos(2), -math.sin(2)),
        ("cos(x)", math.cos(2), -math.sin(2), -math.cos(2)),
        ("tan(x)", math.tan(2), 1 / math.cos(2) ** 2, 2 * math.tan(2) / math.cos(2) ** 2),
        ("exp(-x)", math.exp(-2), -math.exp(-2), math.exp(-2)),
        ("ln(x)", math.log(2), 0.5, -0.25),
        ("sinh(x)", math.sinh(2), math.cosh(2), math.sinh(2)),
        ("cosh(x)", math.cosh(2), math.sinh(2), math.cosh(2)),
        ("tanh(x)", math.tanh(2), 1 - math.tanh(2) ** 2, -2 * math.tanh(2) * (1 - math.tanh(2) ** 2)),
        ("atan(x)", math.atan(2), 1 / 5, -4 / 25),
        ("abs(-x)", 2.0, 1.0, 0.0),
        ("min(x, x**2)", 2.0, 1.0, 0.0),
        ("max(x, x**2)", 4.0, 4.0, 2.0),
        ("x*exp(x)", 2 * math.exp(2), 3 * math.exp(2), 4 * math.exp(2)),
        ("e*pi + +x", math.e * math.pi + 2, 1.0, 0.0),
    ],
)
def test_every_function_and_operator_has_its_derivatives_in_closed_form(text, value, slope, curvature):
    f = parse(text)
    np.testing.assert_allclose(f(at(2)), [value], rtol=1e-14)
    np.testing.assert_allclose(f.gradient(at(2)), [[slope]], rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(f.hessian(at(2)), [[[curvature]]], rtol=1e-13, atol=1e-15)


def test_mixed_second_derivatives():
    f = parse("sin(x*y) + x*y**2/2")
    x, y = 0.7, -1.3
    mixed = np.cos(x * y) - x * y * np.sin(x * y) + y
    expected = [[-(y**2) * np.sin(x * y), mixed], [mixed, -(x**2) * np.sin(x * y) + x]]
    np.testing.assert_allclose(f.hessian(at(x, y))[0], expected, rtol=1e-14)


def test_many_points_give_what_each_gives_alone():
    f = parse("exp(-x**2-y**2)*cos(3*x) + max(x, y)")
    points = np.random.default_rng(0).normal(size=(50, 2))
    for many, one in ((f(points), f), (f.gradient(points), f.gradient), (f.hessian(points), f.hessian)):
        np.testing.assert_allclose(many, np.concatenate([one(p[None]) for p in points]), rtol=1e-14)


def test_a_kink_has_one_of_its_slopes_and_an_infinite_value_stays_infinite():
    assert parse("sqrt(x**2 + y**2)").gradient(at(0, 0)).tolist() == [[0.0, 0.0]]
    assert parse("1/x")(at(0)) == [np.inf]
    assert np.isnan(parse("log(x)")(at(-1)))
    assert parse("9**9**9**9*x")(at(1)) == [np.inf]


def test_variables_are_those_in_the_text_in_order():
    assert parse("w10 + w2 + a").variables == ("a", "w2", "w10")
    assert parse("x**2", ("x", "y"))(at(3, 100)) == [9.0]


def test_the_text_of_an_expression_means_the_same_function():
    f = parse("-x**2**y/(1-x)*min(x,-y)")
    points = np.random.default_rng(1).uniform(0.1, 0.9, (20, 2))
    np.testing.assert_array_equal(parse(f.text)(points), f(points))


@pytest.mark.parametrize(
    "text",
    [
        "x.real",
        "x if x else y",
        "lambda x: x",
        "x<y",
        "[x]",
        "x@y",
        "x//2",
        "f'{x}'",
        "True*x",
        "1j*x",
        "x and y",
        "(x, y)",
        "x[0]",
        "~x",
        "'x'*2",
        "x:=2",
        "rosen",
        "__class__",
        "*x",
        "x@y",
        "{x}",
    ],
)
def test_all_else_is_refused_in_a_sentence(text):
    with pytest.raises(AnimatorError) as raised:
        parse(text)
    said = str(raised.value)
    assert (ALLOWED in said or "cannot be read as an expression" in said) and said.endswith(
        "(x**2+y-11)**2+(x+y**2-7)**2."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x.real", f"'x.real' cannot be a function: 'x.real' {ALLOWED} {EXAMPLE}"),
        (
            "2x",
            "'2x' cannot be read as an expression. Write every operation, as in 2*x, and close each "
            "parenthesis; for example (x**2+y-11)**2+(x+y**2-7)**2.",
        ),
        (
            "__import__('os')",
            f"\"__import__('os')\" calls '__import__', which is no function here. Known: {KNOWN}.",
        ),
        ("sn(x)", f"'sn(x)' calls 'sn', which is no function here. Did you mean 'sin'? Known: {KNOWN}."),
        ("sin(x, y)", "'sin(x, y)' gives sin 2 values, and it takes 1. Type for example sin(x)."),
        ("min(x)", "'min(x)' gives min 1 values, and it takes 2. Type for example min(x, y)."),
        ("3+4", "'3+4' has no variable, so there is nothing to descend on. Type for example x**2+y**2."),
        (
            "-" * 70 + "x",
            f"'{'-' * 57}...' has more than 60 operations inside one another. Give a simpler expression.",
        ),
        (
            "x+" * LONGEST + "x",
            f"The expression '{'x+' * 28}x...' has 2,001 characters, and 1,000 is the most. Give a "
            "shorter one.",
        ),
    ],
)
def test_what_is_wrong_and_what_to_type(text, sentence):
    with pytest.raises(AnimatorError) as raised:
        parse(text)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("text", ["(" * 300 + "x" + ")" * 300, "1" * 400 + "*x", "x\0"])
def test_what_python_itself_cannot_parse_is_a_sentence_too(text):
    with pytest.raises(AnimatorError, match="cannot be"):
        parse(text)


def test_a_variable_that_is_not_known_is_told():
    with pytest.raises(AnimatorError) as raised:
        parse("x+z", ("x", "y"))
    assert str(raised.value) == "'x+z' has the variables x z, but only x y are known. Use those alone."
