"""What a view is made from: a recording, and the model and data in place of the recorded ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from animator.core.progress import Progress, quiet
from animator.recordings.identity import loss_key
from animator.recordings.reader import Recording
from animator.recordings.samples import Samples, samples


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A recording to draw; model and data: to evaluate in place of the recorded ones.

    ratio: steps of this run for each step of the film's clock. unit: what a step counts on that clock.
    """

    run: Recording
    model: Any = None
    data: Any = None
    use_cache: bool = True
    progress: Progress = quiet
    ratio: float = 1.0
    unit: float = 1.0

    @property
    def can_evaluate(self) -> bool:
        """Whether losses can be evaluated: there is a function, or data with a model or its description."""
        if self.run.given_loss is not None or self.run.meta.get("loss"):
            return self.run.has_function
        with_model = self.model is not None or self.run.meta.get("model_config") is not None
        return with_model and (self.data is not None or "data" in self.run)

    @property
    def reads_cache(self) -> bool:
        """Whether what was evaluated before may be used: not for a model or a function that is given, since
        what those compute is not told.
        """
        return self.use_cache and self.model is None and self.run.given_loss is None

    @property
    def samples(self) -> Samples | None:
        """The data, given or recorded."""
        return samples(self.data) if self.data is not None else self.run.samples()

    def key(self) -> list[Any]:
        """What decides the loss as a function of weights, and the path."""
        run, meta = self.run, self.run.meta
        recorded = (meta.get("data") or {}).get("digest")
        data = samples(self.data).digest() if self.data is not None else recorded
        model = meta.get("model_config"), meta.get("compile_config")
        ends = np.asarray(run.weights[0]), np.asarray(run.weights[-1])
        return [model, meta.get("loss"), data, meta.get("versions"), *ends,
                run.batch_loss, run.loss, run.weight_steps, run.fixed]  # fmt: skip

    def loss_key(self) -> list[Any]:
        """What decides the loss as a function of weights: the path and the optimizer do not."""
        recorded = (self.run.meta.get("data") or {}).get("digest")
        data = samples(self.data).digest() if self.data is not None else recorded
        own = [] if self.model is None else self.key()  # what a given model computes is not told
        return [loss_key(self.run.meta, self.run.fixed), data, *own]
