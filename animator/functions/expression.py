"""Expressions: text such as (x**2+y-11)**2+(x+y**2-7)**2 as a function of its variables.

Text goes in, an Expression comes out, which gives values, gradients and Hessians at points. The text is
parsed by Python's grammar and never run: only numbers, variables of one letter (and digits), the arithmetic
operators and the functions of `jet` have a meaning here, and all else is refused.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError, nearest
from animator.functions import jet
from animator.functions.jet import FUNCTIONS, Jet

LONGEST = 1000  # characters of an expression
DEEPEST = 60  # operations inside one another
CONSTANTS = {"pi": math.pi, "e": math.e}
ALIASES = {"ln": "log", "atan": "arctan", "absolute": "abs", "min": "minimum", "max": "maximum"}
PAIRS: Mapping[str, Callable[[Jet, Jet], Jet]] = {"minimum": jet.minimum, "maximum": jet.maximum}
OPERATORS: Mapping[type[ast.operator], Callable[[Jet, Jet], Jet]] = {
    ast.Add: jet.add,
    ast.Sub: jet.subtract,
    ast.Mult: jet.multiply,
    ast.Div: jet.divide,
    ast.Pow: jet.power,
}
CALLABLE = sorted({*FUNCTIONS, *PAIRS} - {"neg"})
Made = Callable[[Mapping[str, Jet], Jet], Jet]  # (coordinates by name, a jet that carries what they carry)
_VARIABLE = re.compile(r"[a-zA-Z][0-9]{0,3}")


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """text: in Python's notation. variables: names of the P coordinates of a point, in order. made: gives the
    jet of the whole.
    """

    text: str
    variables: tuple[str, ...]
    made: Made

    def __call__(self, points: Floats) -> Floats:
        """Values (N,) at points (N, P)."""
        return self._jet(points, 0).value

    def gradient(self, points: Floats) -> Floats:
        """Gradients (N, P) at points (N, P), exact."""
        return np.ascontiguousarray(self._jet(points, 1).gradient.T)

    def value_and_gradient(self, points: Floats) -> tuple[Floats, Floats]:
        """Values (N,) and gradients (N, P) at points (N, P)."""
        found = self._jet(points, 1)
        return found.value, np.ascontiguousarray(found.gradient.T)

    def hessian(self, points: Floats) -> Floats:
        """Hessians (N, P, P) at points (N, P), exact."""
        return np.ascontiguousarray(np.moveaxis(self._jet(points, 2).hessian, -1, 0))

    def _jet(self, points: Floats, order: int) -> Jet:
        at = np.asarray(points, np.float64)
        coordinates = dict(zip(self.variables, jet.variables(at, order), strict=True))
        with np.errstate(all="ignore"):  # infinite and undefined values are values of the function
            found = self.made(coordinates, jet.variables(at[:1], order)[0])
        count, first, second = len(at), len(found.gradient), len(found.hessian)
        return Jet(
            np.array(np.broadcast_to(found.value, (count,))),
            np.broadcast_to(found.gradient, (first, count)),
            np.broadcast_to(found.hessian, (second, second, count)),
        )


def parse(text: str, variables: tuple[str, ...] | None = None) -> Expression:
    """The Expression that `text` means; variables: the names of a point's coordinates, by default those in
    the text, in alphabetical order. AnimatorError for all that is no such expression.
    """
    tree = _tree(text)
    _check(tree, text, 0)
    names = sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & _used(tree), key=_order)
    if variables is not None and not set(names) <= set(variables):
        raise AnimatorError(
            f"{_short(text)!r} has the variables {' '.join(names)}, but only {' '.join(variables)} are "
            "known. Use those alone."
        )
    if not names:
        raise AnimatorError(
            f"{_short(text)!r} has no variable, so there is nothing to descend on. Type for example "
            "x**2+y**2."
        )
    return Expression(ast.unparse(tree), variables or tuple(names), _made(tree))


def is_variable(name: str) -> bool:
    """Whether `name` can be a variable: a letter, and up to three digits; not a constant."""
    return bool(_VARIABLE.fullmatch(name)) and name not in CONSTANTS


def _tree(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise AnimatorError(
            f"The expression {_short(text)!r} has {len(text):,} characters, and {LONGEST:,} is the most. "
            "Give a shorter one."
        )
    try:
        return ast.parse(text.replace("^", "**").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise AnimatorError(
            f"{_short(text)!r} cannot be read as an expression. Write every operation, as in 2*x, and close "
            "each parenthesis; for example (x**2+y-11)**2+(x+y**2-7)**2."
        ) from error


def _check(node: ast.expr, text: str, depth: int) -> None:
    """AnimatorError for what has no meaning here."""
    if depth > DEEPEST:
        raise AnimatorError(
            f"{_short(text)!r} has more than {DEEPEST} operations inside one another. Give a simpler "
            "expression."
        )
    match node:
        case ast.Constant(value=bool() | complex()) | ast.Constant(value=str() | bytes()):
            raise _refusal(node, text)
        case ast.Constant(value=int() | float()):
            _number(node, text)
        case ast.Name(id=name) if name in CONSTANTS or is_variable(name):
            pass
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            _check(node.left, text, depth + 1)
            _check(node.right, text, depth + 1)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            _check(node.operand, text, depth + 1)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            _check_call(ALIASES.get(name, name), name, len(args), text)
            for argument in args:
                _check(argument, text, depth + 1)
        case _:
            raise _refusal(node, text)


def _check_call(name: str, typed: str, count: int, text: str) -> None:
    if name not in CALLABLE:
        raise AnimatorError(
            f"{_short(text)!r} calls {typed!r}, which is no function here. {nearest(typed, CALLABLE)}"
            f"Known: {' '.join(CALLABLE)}."
        )
    needed = 2 if name in PAIRS else 1
    if count != needed:
        raise AnimatorError(
            f"{_short(text)!r} gives {typed} {count} values, and it takes {needed}. Type for example "
            f"{typed}({'x, y' if needed == 2 else 'x'})."
        )


def _refusal(node: ast.expr, text: str) -> AnimatorError:
    said = _short(ast.unparse(node), 40)
    return AnimatorError(
        f"{_short(text)!r} cannot be a function: {said!r} is no number, variable (a letter, such as x, y or "
        f"w1), + - * / ** or one of {' '.join(CALLABLE)}. Type for example (x**2+y-11)**2+(x+y**2-7)**2."
    )


def _number(node: ast.Constant, text: str) -> float:
    try:
        return float(node.value)  # type: ignore[arg-type]
    except (OverflowError, TypeError) as error:
        raise _refusal(node, text) from error


def _used(tree: ast.expr) -> set[str]:
    """Names that stand for numbers, without those of functions and constants."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}
    return names - set(CONSTANTS)


def _order(name: str) -> tuple[str, int]:
    return name[0], int(name[1:] or -1)


def _made(node: ast.expr) -> Made:
    """What gives the jet of a checked `node`."""
    match node:
        case ast.Constant():
            value = _number(node, "")
            return lambda at, like: jet.constant(value, like)
        case ast.Name(id=name) if name in CONSTANTS:
            value = CONSTANTS[name]
            return lambda at, like: jet.constant(value, like)
        case ast.Name(id=name):
            return lambda at, like: at[name]
        case ast.UnaryOp(op=op, operand=operand):
            inner = _made(operand)
            return (lambda at, like: jet.apply("neg", inner(at, like))) if isinstance(op, ast.USub) else inner
        case ast.Call(func=ast.Name(id=name), args=args):
            parts, called = [_made(argument) for argument in args], ALIASES.get(name, name)
            if called in PAIRS:
                return lambda at, like: PAIRS[called](*(part(at, like) for part in parts))
            return lambda at, like: jet.apply(called, parts[0](at, like))
        case ast.BinOp(left=left, op=op, right=right):
            a, b, combined = _made(left), _made(right), OPERATORS[type(op)]
            if isinstance(op, ast.Pow) and not _used(right):
                return lambda at, like: _raised(a(at, like), b(at, like))
            return lambda at, like: combined(a(at, like), b(at, like))
    raise AssertionError(f"{ast.dump(node)} was checked when it was parsed")


def _raised(a: Jet, b: Jet) -> Jet:
    """a to the power of b, which is one number."""
    return jet.power(a, b, float(b.value[0]))


def _short(text: str, most: int = 60) -> str:
    """`text` in one line, cut where it is long."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 3]}..."
