"""Symbols: how a Python function of NumPy is read as an expression, by calling it with names for numbers.

A function such as lambda x, y: np.sin(x) + y**2 goes in, "sin(x) + y**2" comes out. So what a recording keeps
of it is data, and its derivatives are exact.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from animator.core.errors import AnimatorError
from animator.functions.expression import CALLABLE, is_variable

INFIX: Mapping[np.ufunc, str] = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.divide: "/",
    np.power: "**",
    np.float_power: "**",
}
CALLS: Mapping[np.ufunc, str] = {getattr(np, name): name for name in CALLABLE}
SHORT = {"reciprocal": "1/({0})", "square": "({0})**2", "negative": "-({0})", "positive": "({0})"}


class Symbol(NDArrayOperatorsMixin):
    """A number that is not known: arithmetic with it gives the text of what is computed."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: object) -> "Symbol":
        if method != "__call__" or options:
            raise _Unfollowed(f"np.{ufunc.__name__}.{method}")
        texts = [_text(value) for value in inputs]
        if ufunc in INFIX:
            return Symbol(f"({texts[0]}){INFIX[ufunc]}({texts[1]})")
        if ufunc in CALLS:
            return Symbol(f"{CALLS[ufunc]}({', '.join(texts)})")
        if ufunc.__name__ in SHORT:
            return Symbol(SHORT[ufunc.__name__].format(*texts))
        raise _Unfollowed(f"np.{ufunc.__name__}")

    def __array_function__(self, function: Callable[..., object], *unused: object) -> NoReturn:
        raise _Unfollowed(f"np.{getattr(function, '__name__', function)}")

    def __bool__(self) -> bool:
        raise _Unfollowed("a comparison")

    def __float__(self) -> float:
        raise _Unfollowed("float() or a function of math")


class _Unfollowed(Exception):
    """What a function does with its arguments that no expression can say."""


def traced(function: Callable[..., object]) -> tuple[str, tuple[str, ...]]:
    """(the expression, its variables) of a Python `function` of numbers.

    AnimatorError for a function that does something else with its arguments than arithmetic.
    """
    name = getattr(function, "__name__", type(function).__name__)
    variables = _arguments(function, name)
    try:
        found = function(*(Symbol(variable) for variable in variables))
    except _Unfollowed as error:
        raise _refusal(name, f"it uses {error} on its arguments") from error
    except TypeError as error:
        raise _refusal(name, str(error).rstrip(".")) from error
    if not isinstance(found, Symbol):
        raise _refusal(name, f"it gives {type(found).__name__} and not a number made of its arguments")
    return found.text, variables


def _arguments(function: Callable[..., object], name: str) -> tuple[str, ...]:
    entries = inspect.signature(function).parameters.values()
    names = tuple(entry.name for entry in entries if entry.default is inspect.Parameter.empty)
    plain = all(entry.kind is entry.POSITIONAL_OR_KEYWORD for entry in entries)
    if not names or not plain or not all(is_variable(variable) for variable in names):
        raise AnimatorError(
            f"The function {name!r} has the arguments ({', '.join(entry.name for entry in entries)}), and "
            "each must be one coordinate, named by a letter and digits. Write for example lambda x, y: x**2 "
            "- y**2, or def f(w1, w2): ..."
        )
    return names


def _text(value: Any) -> str:
    if isinstance(value, Symbol):
        return value.text
    if np.ndim(value):
        raise _Unfollowed("an array")
    if isinstance(value, str):
        raise _Unfollowed("a text")
    number = float(value)
    if not np.isfinite(number):
        raise _Unfollowed(f"the number {number}")
    return repr(number)


def _refusal(name: str, reason: str) -> AnimatorError:
    return AnimatorError(
        f"The function {name!r} cannot be read as an expression: {reason}. Use + - * / ** and NumPy's "
        f"{' '.join(CALLABLE)}, or give an expression as text, such as 'x**2-y**2'."
    )
