"""Optimizers in NumPy, float64: from weights and their gradient to the next weights.

Each is a frozen set of numbers with two functions: `start` gives what it remembers (a tuple of arrays),
`step` the weights after one update and what it remembers then. The formulas, names and defaults are Keras';
Newton's method has no counterpart there. Shapes are those of the weights, (P,), or (N, P) for N of them at
once.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Protocol

import numpy as np

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError, nearest
from animator.core.json_types import JSON
from animator.core.language import Said

Memory = tuple[Floats, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Slope:
    """What an update is made from: gradient (..., P), the learning rate, the update's number from 1, and the
    Hessian (..., P, P) for the optimizer that needs it, else (0, 0).
    """

    gradient: Floats
    rate: float
    number: int
    hessian: Floats


class Optimizer(Protocol):
    """See the module. uses_hessian: whether `step` needs it. rate: the learning rate to use unasked."""

    uses_hessian: ClassVar[bool]
    default_rate: ClassVar[float]

    def start(self, weights: Floats) -> Memory:
        """What it remembers before the first update."""

    def step(self, weights: Floats, slope: Slope, memory: Memory) -> tuple[Floats, Memory]:
        """The weights after an update, and what it remembers then."""


@dataclass(frozen=True, slots=True)
class SGD:
    """Gradient descent, with momentum (v <- beta v - rate g; w <- w + v) and Nesterov's look ahead."""

    momentum: float = 0.0
    nesterov: bool = False
    uses_hessian: ClassVar[bool] = False
    default_rate: ClassVar[float] = 0.01

    def start(self, weights: Floats) -> Memory:
        return (np.zeros_like(weights),)

    def step(self, weights: Floats, slope: Slope, memory: Memory) -> tuple[Floats, Memory]:
        moved = slope.rate * slope.gradient
        velocity = self.momentum * memory[0] - moved
        update = self.momentum * velocity - moved if self.nesterov else velocity
        return weights + update, (velocity,)


@dataclass(frozen=True, slots=True)
class RMSprop:
    """Steps divided by the root of a running mean of squared gradients (Hinton 2012, lecture 6e)."""

    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-7
    uses_hessian: ClassVar[bool] = False
    default_rate: ClassVar[float] = 0.01

    def start(self, weights: Floats) -> Memory:
        return np.zeros_like(weights), np.zeros_like(weights)

    def step(self, weights: Floats, slope: Slope, memory: Memory) -> tuple[Floats, Memory]:
        square = self.rho * memory[0] + (1 - self.rho) * slope.gradient**2
        velocity = self.momentum * memory[1] + slope.rate * slope.gradient / np.sqrt(square + self.epsilon)
        return weights - velocity, (square, velocity)


@dataclass(frozen=True, slots=True)
class Adagrad:
    """Steps divided by the root of the sum of all squared gradients (Duchi et al. 2011)."""

    initial_accumulator_value: float = 0.1
    epsilon: float = 1e-7
    uses_hessian: ClassVar[bool] = False
    default_rate: ClassVar[float] = 0.5

    def start(self, weights: Floats) -> Memory:
        return (np.full_like(weights, self.initial_accumulator_value),)

    def step(self, weights: Floats, slope: Slope, memory: Memory) -> tuple[Floats, Memory]:
        total = memory[0] + slope.gradient**2
        return weights - slope.rate * slope.gradient / np.sqrt(total + self.epsilon), (total,)


@dataclass(frozen=True, slots=True)
class Adam:
    """Momentum divided by the root of the mean square, both freed of their bias (Kingma and Ba 2015)."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    uses_hessian: ClassVar[bool] = False
    default_rate: ClassVar[float] = 0.1

    def start(self, weights: Floats) -> Memory:
        return np.zeros_like(weights), np.zeros_like(weights)

    def step(self, weights: Floats, slope: Slope, memory: Memory) -> tuple[Floats, Memory]:
        mean = memory[0] + (slope.gradient - memory[0]) * (1 - self.beta_1)
        square = memory[1] + (slope.gradient**2 - memory[1]) * (1 - self.beta_2)
        rate = slope.rate * np.sqrt(1 - self.beta_2**slope.number) / (1 - self.beta_1**slope.number)
        return weights - mean * rate / (np.sqrt(square) + self.epsilon), (mean, square)


@dataclass(frozen=True, slots=True)
class AdamW:
    """Adam with weights that shrink beside it by rate times weight_decay (Loshchilov and Hutter 2019)."""

    weight_decay: float = 0.004
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    uses_hessian: ClassVar[bool] = False
    default_rate: ClassVar[float] = 0.1

    def start(self, weights: Floats) -> Memory:
        return self._adam.start(weights)

    def step(self, weights: Floats, slope: Slope, memory: Memory) -> tuple[Floats, Memory]:
        shrunk = weights - weights * self.weight_decay * slope.rate
        return self._adam.step(shrunk, slope, memory)

    @property
    def _adam(self) -> Adam:
        return Adam(self.beta_1, self.beta_2, self.epsilon)


@dataclass(frozen=True, slots=True)
class Lion:
    """Steps of one size, by the sign of the momentum (Chen et al. 2023)."""

    beta_1: float = 0.9
    beta_2: float = 0.99
    uses_hessian: ClassVar[bool] = False
    default_rate: ClassVar[float] = 0.02

    def start(self, weights: Floats) -> Memory:
        return (np.zeros_like(weights),)

    def step(self, weights: Floats, slope: Slope, memory: Memory) -> tuple[Floats, Memory]:
        direction = np.sign(memory[0] * self.beta_1 + slope.gradient * (1 - self.beta_1))
        mean = memory[0] * self.beta_2 + slope.gradient * (1 - self.beta_2)
        return weights - slope.rate * direction, (mean,)


@dataclass(frozen=True, slots=True)
class Newton:
    """The Hessian's inverse times the gradient; where there is none, its pseudoinverse. It goes to where the
    gradient is zero, so to saddles too.
    """

    uses_hessian: ClassVar[bool] = True
    default_rate: ClassVar[float] = 1.0

    def start(self, weights: Floats) -> Memory:
        return ()

    def step(self, weights: Floats, slope: Slope, memory: Memory) -> tuple[Floats, Memory]:
        if weights.ndim > 1:
            each = zip(weights, slope.gradient, slope.hessian, strict=True)
            moved = [self.step(w, replace(slope, gradient=g, hessian=h), memory)[0] for w, g, h in each]
            return np.stack(moved), memory
        if not (np.isfinite(slope.hessian).all() and np.isfinite(slope.gradient).all()):
            return np.full_like(weights, np.nan), memory
        direction = np.linalg.lstsq(slope.hessian, slope.gradient, rcond=None)[0]
        return weights - slope.rate * direction, memory


NAMES: Mapping[str, Optimizer] = {
    "sgd": SGD(),
    "momentum": SGD(momentum=0.9),
    "nesterov": SGD(momentum=0.9, nesterov=True),
    "rmsprop": RMSprop(),
    "adagrad": Adagrad(),
    "adam": Adam(),
    "adamw": AdamW(),
    "lion": Lion(),
    "newton": Newton(),
}
TITLES: Mapping[str, str] = {
    "sgd": "SGD",
    "momentum": Said("momentum"),
    "nesterov": "Nesterov",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
    "adam": "Adam",
    "adamw": "AdamW",
    "lion": "Lion",
    "newton": "Newton",
}
_WORDS = re.compile(r"(\w+)(?:\((.*)\))?", re.DOTALL)


def find(given: "str | Optimizer") -> Optimizer:
    """The optimizer of a name ("adam"), a name with settings ("adam(beta_1=0.5)"), or one itself."""
    if not isinstance(given, str):
        if isinstance(given, tuple({type(known) for known in NAMES.values()})):
            return given
        raise AnimatorError(
            f"optimizer={given!r} is none. Give one of {' '.join(NAMES)}, or an optimizer of Keras, such as "
            "keras.optimizers.Adam(0.1)."
        )
    words = _WORDS.fullmatch(given.strip().lower())
    name = words[1] if words else given
    if words is None or name not in NAMES:
        raise AnimatorError(
            f"No optimizer is called {given!r}. {nearest(name, NAMES)}Known: {' '.join(NAMES)}; settings "
            "stand in parentheses, as in 'adam(beta_1=0.5)'."
        )
    settings = [part for part in (words[2] or "").split(",") if part.strip()]
    return _with(NAMES[name], name, settings, given)


def title(given: str) -> str:
    """What the optimizer called `given` is called on screen: "Adam", or "adam(beta_1=0.5)" as it is typed."""
    return TITLES.get(given.strip().lower(), given.strip())


def said(optimizer: Optimizer, **more: JSON) -> dict[str, JSON]:
    """What a recording keeps of it: class_name and config, as Keras has them, and `more` in the config."""
    config: dict[str, JSON] = asdict(optimizer)  # type: ignore[call-overload]
    return {"class_name": type(optimizer).__name__, "config": {**config, **more}}


def _with(optimizer: Any, name: str, settings: list[str], given: str) -> Optimizer:
    """`optimizer` with `settings` such as "beta_1=0.5"."""
    known = [field.name for field in fields(optimizer)]
    values: dict[str, float | bool] = {}
    for part in settings:
        key, _, text = (piece.strip() for piece in part.partition("="))
        if key not in known:
            has = f"It has {' '.join(known)}." if known else "It has none."
            raise AnimatorError(
                f"optimizer={given}: {name} has no setting {key!r}. {nearest(key, known)}{has} The learning "
                "rate is given by learning_rate=."
            )
        flag = isinstance(getattr(optimizer, key), bool)
        values[key] = text == "true" if flag and text in ("true", "false") else _number(text, given, key)
    made: Optimizer = replace(optimizer, **values)
    return made


def _number(text: str, given: str, key: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value) or value < 0:
        raise AnimatorError(
            f"optimizer={given}: {key}={text} is no number from 0 on. Type for example '{key}=0.9'."
        )
    return value
