"""StepHook: stands for a model's `train_function`, in front of Keras' own, while a fit is recorded.

A model and a function from Keras' iterator to logs go in. Hooks of several recorders of one fit stand in
front of each other; each can be taken out, wherever it stands.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from animator.training.keras_types import KerasModel, Logs, StepFunction

if TYPE_CHECKING:
    from animator.training.record.recorder import Recorder


class StepHook:
    """What Keras calls for a step of `model` instead of `plain`: `run`, which calls `plain` itself."""

    def __init__(self, model: KerasModel, run: StepFunction, owner: "Recorder") -> None:
        self.model = model
        self.owner = owner
        self.plain = model.train_function
        self._run = run
        model.train_function = self

    def __call__(self, iterator: Iterator[object]) -> Logs:
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


def innermost(function: StepFunction) -> StepFunction:
    """Keras' own step function, behind all hooks that stand in `function`."""
    standing = list(hooks(function))
    return standing[-1].plain if standing else function


def hooks(function: StepFunction) -> Iterator[StepHook]:
    """The hooks that stand in `function`, from the outermost."""
    while isinstance(function, StepHook):
        yield function
        function = function.plain
