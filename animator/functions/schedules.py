"""Learning rates that change: from the number of an update, from 0, to its rate.

The formulas are those of Keras' schedules of the same names. A number, a name with numbers ("cosine(0.1)") or
a function of the update's number goes in, a Schedule comes out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from animator.core.errors import AnimatorError, nearest
from animator.core.json_types import JSON

Schedule = Callable[[int], float]
Rate = float | str | Schedule


@dataclass(frozen=True, slots=True)
class Constant:
    """The same rate for every update."""

    rate: float

    def __call__(self, update: int) -> float:
        return self.rate


@dataclass(frozen=True, slots=True)
class Cosine:
    """Half a cosine from `rate` to 0 over `steps` updates (Loshchilov and Hutter 2017)."""

    rate: float
    steps: float

    def __call__(self, update: int) -> float:
        share = min(update, self.steps) / self.steps
        return float(self.rate * 0.5 * (1 + np.cos(np.pi * share)))


@dataclass(frozen=True, slots=True)
class Exponential:
    """`rate` times `decay` to the power of update / steps."""

    rate: float
    steps: float
    decay: float = 0.1

    def __call__(self, update: int) -> float:
        return float(self.rate * self.decay ** (update / self.steps))


@dataclass(frozen=True, slots=True)
class InverseTime:
    """`rate` / (1 + decay update / steps)."""

    rate: float
    steps: float
    decay: float = 9.0

    def __call__(self, update: int) -> float:
        return float(self.rate / (1 + self.decay * update / self.steps))


@dataclass(frozen=True, slots=True)
class Linear:
    """A line from `rate` to 0 over `steps` updates: Keras' polynomial decay of power 1."""

    rate: float
    steps: float

    def __call__(self, update: int) -> float:
        return float(self.rate * (1 - min(update, self.steps) / self.steps))


NAMES: Mapping[str, Callable[..., Schedule]] = {
    "cosine": Cosine,
    "exponential": Exponential,
    "inverse": InverseTime,
    "linear": Linear,
}
_WORDS = re.compile(r"(\w+)\(([^()]*)\)")


def find(given: Rate, steps: int) -> Schedule:
    """The schedule of a number, of "cosine(0.1)", or of a function; steps: updates over which one falls.

    In parentheses stand the first rate and, after it, the updates it falls over: "cosine(0.1, 200)".
    """
    if callable(given):
        return given
    if isinstance(given, str):
        words = _WORDS.fullmatch(given.strip().lower())
        if words:
            return _called(given, words[1], words[2], steps)
    return Constant(_rate(given))


def scheduled(kind: str, rate: float, steps: int) -> Schedule:
    """The schedule called `kind` from `rate` over `steps` updates; "constant" is one too."""
    return Constant(rate) if kind == "constant" else NAMES[kind](rate, max(1, steps))


def said(schedule: Schedule) -> JSON:
    """What a recording keeps of it: a number, or its name and numbers; a function's name alone."""
    if isinstance(schedule, Constant):
        return schedule.rate
    kind = type(schedule)
    if kind in NAMES.values():
        return {"class_name": kind.__name__, "config": asdict(schedule)}  # type: ignore[call-overload]
    return {"class_name": getattr(schedule, "__name__", kind.__name__)}


def _called(given: str, name: str, inside: str, steps: int) -> Schedule:
    if name not in NAMES:
        raise AnimatorError(
            f"learning_rate={given}: no schedule is called {name!r}. {nearest(name, NAMES)}Known: "
            f"{' '.join(NAMES)}; in parentheses stand the first rate and the steps it falls over."
        )
    numbers = [_rate(part) for part in inside.split(",")]
    if len(numbers) > 2:
        raise AnimatorError(
            f"learning_rate={given} has {len(numbers)} numbers, and two are the most: the first rate, and "
            f"the steps it falls over. Type for example '{name}(0.1, 200)'."
        )
    return NAMES[name](numbers[0], numbers[1] if len(numbers) > 1 else max(1, steps))


def _rate(given: float | str) -> float:
    try:
        rate = float(given)
    except (TypeError, ValueError):
        rate = float("nan")
    if not 0 < rate < float("inf"):
        raise AnimatorError(
            f"learning_rate={given} is no rate: it must be a number above 0. Type for example "
            "learning_rate=0.1, or a schedule such as 'cosine(0.1)'."
        )
    return rate
