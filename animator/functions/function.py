"""Functions of a few numbers: whatever names one becomes a Function, with values and exact derivatives.

A name ("himmelblau"), an expression ("x**2-y**2") or a Python function of numbers goes in; points (N, P) then
give values (N,), gradients (N, P) and Hessians (N, P, P). What a recording keeps of it is data.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle, islice
from typing import Union

import numpy as np

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.core.json_types import JSON, JSONObject
from animator.functions import named
from animator.functions.expression import Expression, parse
from animator.functions.named import Extent, Points
from animator.functions.symbol import traced

SUPERSCRIPTS = dict(zip("23456789", "²³⁴⁵⁶⁷⁸⁹", strict=True))

# Where a function without a start of its own begins: the first of these that has a value and a slope.
USUAL_STARTS = ((-1.0, 1.0), (1.0, 1.0), (0.5, 2.0))

Given = Union[str, Callable[..., object], "Function"]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """expression: the function. title: what it is called on screen. window: what to show of it, minima:
    points (P,) to mark, start: one to begin at, least: the value at the minima; empty or None where not
    known. source: where it is described.
    """

    expression: Expression
    title: str
    window: Extent | None = None
    minima: Points = ()
    start: tuple[float, ...] | None = None
    least: float | None = None
    source: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the P coordinates."""
        return self.expression.variables

    def __call__(self, points: Floats) -> Floats:
        """Values (N,) at points (N, P)."""
        return self.expression(points)

    def said(self) -> dict[str, JSON]:
        """What a recording keeps, as JSON: `read` makes the same function of it."""
        return {"kind": "function", "expression": self.expression.text, "variables": list(self.variables)}


def find(given: Given) -> Function:
    """The Function that a name, an expression or a Python function of numbers stands for."""
    if isinstance(given, Function):
        return given
    if callable(given):
        text, variables = traced(given)
        name = getattr(given, "__name__", "f")
        return _untold(parse(text, variables), "A function" if name == "<lambda>" else name)
    if not isinstance(given, str):
        raise AnimatorError(
            f"f={given!r} is no function. Give the name of one, such as 'rosenbrock', an expression such as "
            "'x**2-y**2', or a Python function such as lambda x, y: x**2 - y**2."
        )
    return _of_text(given)


@lru_cache(maxsize=64)
def _of_text(given: str) -> Function:
    """The Function of a name or an expression."""
    known = named.find(given)
    if known is None:
        found = parse(given)
        return _untold(found, f"f({', '.join(found.variables)}) = {pretty(given)}")
    return Function(
        parse(known.formula, ("x", "y")),
        known.title,
        known.window,
        known.minima,
        known.start,
        known.least,
        known.source,
    )


def _untold(expression: Expression, title: str) -> Function:
    """The Function of an expression of which nothing else is known, with a usual start where one will do."""
    rows = (tuple(islice(cycle(pair), len(expression.variables))) for pair in USUAL_STARTS)
    return Function(expression, title, start=next((row for row in rows if _has_slope(expression, row)), None))


def _has_slope(expression: Expression, row: tuple[float, ...]) -> bool:
    """Whether a descent can begin at `row`: the value is finite, and the gradient too, and not zero."""
    point = np.array([row])
    slope = expression.gradient(point)
    return bool(np.isfinite(expression(point)).all() and np.isfinite(slope).all() and slope.any())


def pretty(text: str) -> str:
    """An expression as it is written on a board: x² for x**2, and no sign for a product of a number."""
    raised = re.sub(r"\s*(?:\*\*|\^)\s*([2-9])(?![\d.])", lambda found: SUPERSCRIPTS[found[1]], text.strip())
    return re.sub(r"(?<=\d)\s*\*\s*(?=[a-z(])", "", raised).replace("*", "·")


def read(said: JSONObject) -> Function:
    """The Function that `said` tells of, parsed again; nothing of it is run as code."""
    variables = said["variables"]
    names = map(str, variables) if isinstance(variables, list) else ()
    return Function(parse(str(said["expression"]), tuple(names)), "")
