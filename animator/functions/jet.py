"""Jets: a value with its exact gradient and Hessian, carried forward through arithmetic.

Second-order forward-mode automatic differentiation (Griewank and Walther 2008, "Evaluating Derivatives",
chapter 13). Jets go in, the jet of their sum, product, power or sine comes out, at N points at once. Which
derivatives are carried is told by the shapes: a jet without them has gradients of 0 rows, and its arithmetic
costs nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Floats, Mask

Scalar = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Jet:
    """value (N,), gradient (P, N) and hessian (P, P, N); (0, N) and (0, 0, N) where they are not carried."""

    value: Floats
    gradient: Floats
    hessian: Floats


def variables(points: Floats, order: int) -> list[Jet]:
    """The P coordinates of points (N, P) as jets with derivatives up to `order`: 0, 1 or 2."""
    count, size = points.shape
    first = size if order >= 1 else 0
    second = size if order >= 2 else 0
    flat = np.zeros((second, second, 1))
    return [Jet(points[:, i], np.eye(first, size)[:, i, None] * np.ones(count), flat) for i in range(size)]


def constant(value: float, like: Jet) -> Jet:
    """A number as a jet that carries what `like` carries."""
    first, second = len(like.gradient), len(like.hessian)
    return Jet(np.float64(value) * np.ones(1), np.zeros((first, 1)), np.zeros((second, second, 1)))


def add(a: Jet, b: Jet) -> Jet:
    """a + b."""
    return Jet(a.value + b.value, a.gradient + b.gradient, a.hessian + b.hessian)


def subtract(a: Jet, b: Jet) -> Jet:
    """a - b."""
    return Jet(a.value - b.value, a.gradient - b.gradient, a.hessian - b.hessian)


def multiply(a: Jet, b: Jet) -> Jet:
    """a b, by Leibniz' rule."""
    cross = _outer(a, b)
    return Jet(
        a.value * b.value,
        _times(b.value, a.gradient) + _times(a.value, b.gradient),
        _times(b.value, a.hessian) + cross + cross.swapaxes(0, 1) + _times(a.value, b.hessian),
    )


def divide(a: Jet, b: Jet) -> Jet:
    """a / b."""
    u = b.value
    return multiply(a, _chain(b, 1 / u, -1 / u**2, 2 / u**3))


def power(a: Jet, b: Jet, exponent: float | None = None) -> Jet:
    """a to the power of b; exponent: the value of b where that is a constant, so that a may be negative."""
    u, c = a.value, exponent
    if c is not None:
        first = c * u ** (c - 1) if c else np.zeros_like(u)
        second = c * (c - 1) * u ** (c - 2) if c * (c - 1) else np.zeros_like(u)
        return _chain(a, u**c, first, second)
    found = apply("exp", multiply(b, apply("log", a)))
    return Jet(u**b.value, found.gradient, found.hessian)


def minimum(a: Jet, b: Jet) -> Jet:
    """The smaller of a and b; a where they are equal."""
    return _chosen(a.value <= b.value, a, b)


def maximum(a: Jet, b: Jet) -> Jet:
    """The larger of a and b; a where they are equal."""
    return _chosen(a.value >= b.value, a, b)


def apply(name: str, a: Jet) -> Jet:
    """The function called `name` (see FUNCTIONS) of a."""
    function, first, second = FUNCTIONS[name]
    return _chain(a, function(a.value), first(a.value), second(a.value))


def _chain(a: Jet, value: Floats, first: Floats, second: Floats) -> Jet:
    """The jet of h(a), from the values of h, h' and h'' there."""
    return Jet(value, _times(first, a.gradient), _times(first, a.hessian) + _times(second, _outer(a, a)))


def _outer(a: Jet, b: Jet) -> Floats:
    """(P, P, N) the product of two gradients, as far as Hessians are carried."""
    size = len(a.hessian)
    return np.asarray(a.gradient[:size, None] * b.gradient[None, :size])


def _times(slope: Floats, part: Floats) -> Floats:
    """slope times part; 0 where part is, so that an infinite slope at a point where nothing changes (the
    square root of x^2 + y^2 at 0) gives the derivative 0, which is one of those that a kink has.
    """
    if not part.size:
        return np.zeros((*part.shape[:-1], 1))
    product = slope * part
    return product if np.isfinite(product).all() else np.where(part == 0, 0.0, product)


def _chosen(first: Mask, a: Jet, b: Jet) -> Jet:
    return Jet(
        np.where(first, a.value, b.value),
        np.where(first, a.gradient, b.gradient),
        np.where(first, a.hessian, b.hessian),
    )


def _zero(u: Floats) -> Floats:
    return np.zeros_like(u)


# name -> the function, its derivative and its second derivative
FUNCTIONS: Mapping[str, tuple[Scalar, Scalar, Scalar]] = {
    "sin": (np.sin, np.cos, lambda u: -np.sin(u)),
    "cos": (np.cos, lambda u: -np.sin(u), lambda u: -np.cos(u)),
    "tan": (np.tan, lambda u: 1 / np.cos(u) ** 2, lambda u: 2 * np.tan(u) / np.cos(u) ** 2),
    "exp": (np.exp, np.exp, np.exp),
    "log": (np.log, lambda u: 1 / u, lambda u: -1 / u**2),
    "sqrt": (np.sqrt, lambda u: 0.5 / np.sqrt(u), lambda u: -0.25 / u**1.5),
    "abs": (np.abs, np.sign, _zero),
    "sinh": (np.sinh, np.cosh, np.sinh),
    "cosh": (np.cosh, np.sinh, np.cosh),
    "tanh": (np.tanh, lambda u: 1 - np.tanh(u) ** 2, lambda u: 2 * np.tanh(u) * (np.tanh(u) ** 2 - 1)),
    "arctan": (np.arctan, lambda u: 1 / (1 + u**2), lambda u: -2 * u / (1 + u**2) ** 2),
    "neg": (np.negative, lambda u: -np.ones_like(u), _zero),
}
