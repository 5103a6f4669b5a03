"""A descent to film: an optimizer on a function of a few numbers, as data; nothing runs here.

It stands in a Scene's runs like an Experiment, and becomes a recording in animator.training, without Keras
unless its optimizer is one of Keras'.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from animator.core.errors import AnimatorError
from animator.core.json_types import plain_json
from animator.design.experiment import version
from animator.design.fingerprint import ingredients
from animator.functions import function, optimizers, schedules
from animator.functions.function import Function, Given
from animator.functions.optimizers import Optimizer
from animator.functions.schedules import Rate, Schedule

MOST_STEPS = 1_000_000
KerasOptimizer = Any  # Keras has no types


@dataclass(frozen=True, slots=True)
class Descent:
    """One path down a function.

    Parameters
    ----------
    function
        The name of one ("rosenbrock", "ellipse(50)"), an expression ("x**2-y**2"), or a Python function of
        numbers that uses NumPy.
    start
        Where it begins, a number for each variable; by default where the named function says.
    optimizer
        "sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw", "lion" or "newton", with
        settings as in "adam(beta_1=0.5)"; or an optimizer of Keras.
    learning_rate
        A number, a schedule such as "cosine(0.1)", or a function of the update's number, from 0; by default
        the optimizer's own.
    steps
        How many updates.
    noise
        The standard deviation of what is added to each component of the gradient, drawn from `seed`.
    notes
        What else a film may use, as of an Experiment.

    Raises
    ------
    AnimatorError
        For what is no function, no start of it, no optimizer or no learning rate.

    Examples
    --------
    >>> animator.Descent("ellipse(50)", start=(-2, 1), optimizer="momentum(momentum=0.8)", steps=100).steps
    100
    """

    function: Given
    start: tuple[float, ...] | None = None
    optimizer: str | Optimizer | KerasOptimizer = "adam"
    learning_rate: Rate | None = None
    steps: int = 300
    noise: float = 0.0
    seed: int = 0
    notes: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begin(self.resolved())
        if not self.with_keras:
            self.built_in()
            self.schedule()
        elif self.learning_rate is not None:
            raise AnimatorError(
                "learning_rate= was given beside an optimizer of Keras, which has its own. Leave it away, or "
                "set it there, as in keras.optimizers.Adam(0.1)."
            )
        if not (isinstance(self.steps, int | np.integer) and 1 <= self.steps <= MOST_STEPS):
            raise AnimatorError(
                f"steps={self.steps!r} is no number of updates: it must be a whole number from 1 to "
                f"{MOST_STEPS:,}. Use steps=300."
            )
        if not 0 <= self.noise < float("inf"):
            raise AnimatorError(
                f"noise={self.noise!r} is no standard deviation: it must be a number from 0 on. Use "
                "noise=0.1."
            )

    @property
    def with_keras(self) -> bool:
        """Whether the optimizer is one of Keras', which needs TensorFlow."""
        return hasattr(self.optimizer, "apply_gradients")

    def resolved(self) -> Function:
        """The function that is descended on."""
        return function.find(self.function)

    def begin(self, on: Function) -> tuple[float, ...]:
        """The start (P,) on the function `on`."""
        count, names = len(on.variables), ", ".join(on.variables)
        given = self.start if self.start is not None else on.start
        if given is None:
            raise AnimatorError(
                f"{on.title} has no value or no slope at the usual starts. Give start= with {count} "
                f"number{'s' * (count > 1)} for {names}, such as start={(1.0,) * count}."
            )
        try:
            numbers = tuple(float(value) for value in np.atleast_1d(np.asarray(given, np.float64)))
        except (TypeError, ValueError):
            numbers = ()
        if len(numbers) != count or not np.isfinite(numbers).all():
            raise AnimatorError(
                f"start={given} is no start on {on.title}, which has {count} variable{'s' * (count > 1)}: "
                f"{names}. Give {count} finite number{'s' * (count > 1)}, such as start={(1.0,) * count}."
            )
        return numbers

    def built_in(self) -> Optimizer:
        """The optimizer, of those in NumPy."""
        return optimizers.find(self.optimizer)

    def schedule(self) -> Schedule:
        """The learning rate of every update."""
        given = self.learning_rate
        return schedules.find(self.built_in().default_rate if given is None else given, self.steps)

    def optimizer_said(self) -> dict[str, object]:
        """The optimizer as a recording keeps it."""
        if self.with_keras:
            optimizer: KerasOptimizer = self.optimizer
            return {"class_name": type(optimizer).__name__, "config": plain_json(optimizer.get_config())}
        return {**optimizers.said(self.built_in(), learning_rate=schedules.said(self.schedule()))}

    def key(self) -> str:
        """Digest of all that decides the recording: function, start, optimizer, rates, seed and versions."""
        on = self.resolved()
        rate = ingredients(self.learning_rate) if callable(self.learning_rate) else self.learning_rate
        packages = ("animator", "numpy", *(("tensorflow", "keras") if self.with_keras else ()))
        parts = {
            "function": on.said(),
            "numbers": [self.begin(on), self.optimizer_said(), rate, self.steps, self.noise, self.seed],
            "shown": self.said(on),
            "versions": {name: version(name) for name in packages},
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]

    def said(self, on: Function) -> dict[str, object]:
        """What a recording of a descent on the function `on` keeps for its film."""
        alone = len(on.minima) == 1
        begin = self.begin(on)
        return {
            **self.notes,
            "labels": list(on.variables),
            "target": list(on.minima[0]) if alone else None,
            "minima": [] if alone else [list(point) for point in on.minima],
            "window": list(on.window) if on.window is not None and _holds(on.window, begin) else None,
            "axes": [0, min(1, len(on.variables) - 1)],
        }


def _holds(window: tuple[float, float, float, float], point: tuple[float, ...]) -> bool:
    (x0, x1, y0, y1), (x, y) = window, point
    return x0 <= x <= x1 and y0 <= y <= y1
