"""Record a fit of Lightning: a callback for its Trainer, by the Recorder of PyTorch.

recorder = animator.lightning.Recorder("run.h5", loss=mse_loss, data=(x, y))
lightning.Trainer(max_epochs=3, callbacks=[recorder]).fit(module, loader)
animator.film(recorder)
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from animator.core.errors import AnimatorError

try:
    from lightning.pytorch.callbacks import Callback

    import animator.torch as own
except ImportError as missing:
    raise AnimatorError(
        "animator.lightning records fits of Lightning, which is not installed. Type: pip install "
        "'animator[lightning]'."
    ) from missing


class Recorder(Callback):
    """Record the parameters of the LightningModule that is fitted to `path`, after every update.

    loss: from (outputs of the module, targets) to a number, and data (inputs, targets): for the losses of all
    steps, in evaluation mode, and for surfaces. An update's own loss is what `training_step` returned, the
    mean over the batches that one update is made from; NaN where it returned none. See
    animator.torch.Recorder.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        loss: Callable[..., Any] | None = None,
        data: tuple[Any, Any] | None = None,
        notes: Mapping[str, Any] | None = None,
        overwrite: bool = False,
    ) -> None:
        super().__init__()
        self.path, self.model = Path(path), None
        self._loss, self._data, self._notes, self._overwrite = loss, data, notes, overwrite
        self._recorder: own.Recorder | None = None
        self._updates = 0
        self._sum = 0.0

    @property
    def loss(self) -> own.RowLoss | None:
        """The loss of the module on the data, as a function of rows of weights; None before the fit."""
        return None if self._recorder is None else self._recorder.loss

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin, with the weights that the first batch is trained from."""
        if self._recorder is not None:
            raise AnimatorError(
                f"animator.lightning.Recorder('{self.path}') has already recorded a fit, and a second one "
                "would replace it. Make a new Recorder with a path of its own for every fit."
            )
        optimizers = trainer.optimizers
        pl_module.trainer = None  # the module is copied, and its trainer should not be
        try:
            self._recorder = own.Recorder(
                self.path,
                pl_module,
                optimizer=optimizers[0] if len(optimizers) == 1 else None,
                loss=self._loss,
                data=self._data,
                notes=self._notes,
                overwrite=self._overwrite,
            )
        finally:
            pl_module.trainer = trainer
        self._updates, self._sum = trainer.global_step, 0.0

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Keep the update, where one was made; of several batches, it is from the mean of their losses."""
        given = outputs.get("loss") if isinstance(outputs, Mapping) else outputs
        self._sum += float("nan") if given is None else float(given)
        if self._recorder is not None and trainer.global_step > self._updates:
            self._recorder.step(self._sum)
            self._updates, self._sum = trainer.global_step, 0.0

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """Compute the losses on the data, and finish the file."""
        if self._recorder is not None:
            self._recorder.__exit__(None, None, None)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """The recording ends here, cut short as `<stem>.part.h5`."""
        if self._recorder is not None:
            self._recorder.__exit__(type(exception), exception, exception.__traceback__)
