"""StepHook: stands for a model's `train_function`, in front of Keras' own, while a fit is recorded.

A model and a function from Keras' iterator to logs go in. Hooks of several recorders of one fit stand in
front of each other; each can be taken out, wherever it stands.
"""

from collections.abc import Callable, Iterator
from typing import Any


class StepHook:
    """What Keras calls for a step of `model` instead of `plain`: `run`, which calls `plain` itself."""

    def __init__(self, model: Any, run: Callable[[Any], Any], owner: Any) -> None:
        self.model, self.owner = model, owner
        self._run = run
        self.plain: Any = model.train_function
        model.train_function = self

    def __call__(self, iterator: Any) -> Any:
        """Run a step, or as many as Keras runs at once."""
        return self._run(iterator)

    def remove(self) -> None:
        """Take this hook out; nothing when it stands there no more."""
        if self.model.train_function is self:
            self.model.train_function = self.plain
        for other in hooks(self.model.train_function):
            if other.plain is self:
                other.plain = self.plain
        self._run = self.plain  # for who holds it still


def innermost(function: Any) -> Any:
    """Keras' own step function, behind all hooks that stand in `function`."""
    standing = list(hooks(function))
    return standing[-1].plain if standing else function


def hooks(function: Any) -> Iterator[StepHook]:
    """The hooks that stand in `function`, from the outermost."""
    while isinstance(function, StepHook):
        yield function
        function = function.plain
