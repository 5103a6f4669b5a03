"""What a view is made from: a recording, and the model and data in place of the recorded ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from animator.core.errors import AnimatorError
from animator.core.progress import Progress, quiet
from animator.recordings.identity import ModelIdentity
from animator.recordings.loss import RowLoss
from animator.recordings.reader import Recording
from animator.recordings.samples import Samples, samples
from animator.training.keras_types import KerasModel
from animator.training.loss.losses import is_keras, lacking, own_loss
from animator.training.loss.no_surface import NoSurfaceError, no_data, no_description
from animator.training.loss.proof import unproved

if TYPE_CHECKING:
    from animator.training.loss.objective import Objective

Maker = Callable[[Recording], KerasModel]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A recording to draw; model and data: to evaluate in place of the recorded ones; maker: makes the model
    where it cannot be rebuilt.

    ratio: steps of this run for each step of the film's clock. unit: what a step counts on that clock.
    """

    run: Recording
    model: KerasModel | None = None
    data: object = None
    use_cache: bool = True
    progress: Progress = quiet
    ratio: float = 1.0
    unit: float = 1.0
    maker: Maker | None = None

    def lacks(self) -> NoSurfaceError | None:
        """What is missing for losses to be evaluated, as far as that can be told without Keras."""
        if not is_keras(self.run):
            return lacking(self.run)
        if self.data is None and "data" not in self.run:
            return no_data(self.run)
        told = all(self.run.meta.get(f"{part}_config") for part in ("model", "compile"))
        return None if told or self.model is not None or self.maker is not None else no_description(self.run)

    def objective(self) -> "RowLoss | Objective":
        """The loss as a function of weights; NoSurfaceError where there is none that is proved."""
        return self.model_objective("") if is_keras(self.run) else own_loss(self.run)

    def model_objective(self, panel: str) -> "Objective":
        """The same for a `panel` that needs a model and its data; Keras is started. AnimatorError for a path
        that no model took.
        """
        if not is_keras(self.run):
            raise AnimatorError(
                f"The panel {panel!r} is about a model's data, but '{self.run.path}' is the path of a "
                "function of its weights alone. Leave it away: 'surface', 'weights', 'loss' and 'race' are "
                "for any loss."
            )
        missing = self.lacks()
        if missing is not None:
            raise missing
        starting(self.progress)
        from animator.training.loss.rebuild import objective_of

        return objective_of(self.run, self.model, self.data, self.maker)

    def unproved(self) -> str:
        """Why the model of this recording could not be held against it, and what heights then are, as a
        sentence without its full stop; "" where it could.
        """
        if not is_keras(self.run):
            return ""
        why = unproved(self.run, None if self.data is None else samples(self.data))
        came = "it was rebuilt" if self.model is None else "it was given"
        said = f"the model could not be held against the recording, {why}: heights are those of the model as"
        return f"{said} {came}" if why else ""

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

    def key(self) -> list[object]:
        """What decides the loss as a function of weights, and the path."""
        run = self.run
        meta = self.run.meta
        recorded = run.notes.data.digest
        data = samples(self.data).digest() if self.data is not None else recorded
        model = meta.get("model_config"), meta.get("compile_config")
        ends = np.asarray(run.weights[0]), np.asarray(run.weights[-1])
        return [
            model,
            meta.get("loss"),
            data,
            meta.get("versions"),
            *ends,
            run.batch_loss,
            run.loss,
            run.weight_steps,
            run.fixed,
        ]

    def loss_key(self) -> list[object]:
        """What decides the loss as a function of weights: the path and the optimizer do not."""
        recorded = self.run.notes.data.digest
        data = samples(self.data).digest() if self.data is not None else recorded
        identity = ModelIdentity.of(self.run.meta)
        told = self.model is None and identity.whole
        own = [] if told else self.key()  # what a model with code of its own computes is not told
        return [identity.loss_key(self.run.fixed), data, *own]


def starting(progress: Progress) -> None:
    """Start Keras, quietly, and say so."""
    from animator.training.keras_startup import start

    start(progress)
