"""What a view is made from: a recording, and the model and data in place of the recorded ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from animator.core.progress import Progress, quiet
from animator.recordings.identity import is_told, loss_key
from animator.recordings.reader import Recording
from animator.recordings.samples import Samples, samples
from animator.training.no_surface import NoSurfaceError, no_data, no_description

if TYPE_CHECKING:
    from animator.training.objective import Objective

Maker = Callable[[Recording], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A recording to draw; model and data: to evaluate in place of the recorded ones; maker: makes the model
    where it cannot be rebuilt.

    ratio: steps of this run for each step of the film's clock. unit: what a step counts on that clock.
    """

    run: Recording
    model: Any = None
    data: Any = None
    use_cache: bool = True
    progress: Progress = quiet
    ratio: float = 1.0
    unit: float = 1.0
    maker: Maker | None = None

    def lacks(self) -> NoSurfaceError | None:
        """What is missing for losses to be evaluated, as far as that can be told without Keras."""
        if self.data is None and "data" not in self.run:
            return no_data(self.run)
        told = all(self.run.meta.get(f"{part}_config") for part in ("model", "compile"))
        return None if told or self.model is not None or self.maker is not None else no_description(self.run)

    def objective(self) -> "Objective":
        """The loss as a function of weights; NoSurfaceError where there is none that is proved."""
        lacking = self.lacks()
        if lacking is not None:
            raise lacking
        from animator.training.rebuild import objective_of

        return objective_of(self.run, self.model, self.data, self.maker)

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
        return [model, data, meta.get("versions"), np.asarray(run.weights[0]), np.asarray(run.weights[-1]),
                run.batch_loss, run.loss, run.weight_steps, run.fixed]  # fmt: skip

    def loss_key(self) -> list[Any]:
        """What decides the loss as a function of weights: the path and the optimizer do not."""
        recorded = (self.run.meta.get("data") or {}).get("digest")
        data = samples(self.data).digest() if self.data is not None else recorded
        told = self.model is None and is_told(self.run.meta)
        own = [] if told else self.key()  # what a model with code of its own computes is not told
        return [loss_key(self.run.meta, self.run.fixed), data, *own]


def starting(progress: Progress) -> None:
    """Start Keras, quietly, and say so."""
    from animator.training.keras_startup import start

    progress("starting TensorFlow", 0, 1)
    start()
    progress("starting TensorFlow", 1, 1)
