"""Fits of Lightning, recorded: the linear neuron's closed form. They run where Lightning is installed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import animator
from animator import AnimatorError
from animator.recordings.reader import load
from tests.frameworks import cases
from tests.frameworks.cases import LINEAR

torch = pytest.importorskip("torch")
lightning = pytest.importorskip("lightning.pytorch")
mse = torch.nn.functional.mse_loss
X, Y = torch.tensor(LINEAR.x), torch.tensor(LINEAR.y)


class Line(lightning.LightningModule):
    """The linear neuron; fails: at which batch it raises."""

    def __init__(self, fails: int = -1) -> None:
        super().__init__()
        self.line = torch.nn.Linear(2, 1, bias=False)
        torch.nn.init.zeros_(self.line.weight)
        self.fails = fails

    def forward(self, x: Any) -> Any:
        return self.line(x)

    def training_step(self, batch: Any, index: int) -> Any:
        if index == self.fails:
            raise RuntimeError("mine")
        return mse(self(batch[0]), batch[1])

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=LINEAR.rate)


def fitted(recorder: Any, module: Any, batches: int, every: int = 1, size: int = 3) -> None:
    """Fit `module` to batches of `size` samples, in order, with an update for `every` batches."""
    data = torch.utils.data.TensorDataset(X.repeat(batches, 1), Y.repeat(batches, 1))
    loader = torch.utils.data.DataLoader(data, batch_size=size)
    lightning.Trainer(
        accelerator="cpu",
        max_epochs=1,
        accumulate_grad_batches=every,
        callbacks=[recorder],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    ).fit(module, loader)


@pytest.mark.parametrize(("size", "every"), [(3, 1), (1, 3)])
def test_the_linear_neuron_has_its_closed_form(tmp_path: Path, size: int, every: int):
    """In whole batches, and in updates from three batches of one sample each."""
    recorder = animator.lightning.Recorder(tmp_path / "a.h5", loss=mse, data=(X, Y))
    fitted(recorder, Line(), batches=LINEAR.steps, every=every, size=size)
    weights, losses = cases.path(LINEAR)
    with load(tmp_path / "a.h5") as run:
        np.testing.assert_allclose(run.weights, weights, atol=1e-5)
        np.testing.assert_allclose(run.loss, losses, atol=1e-5)
        np.testing.assert_allclose(run.batch_loss, losses[:-1], atol=1e-5)
        np.testing.assert_allclose(run.learning_rate, [LINEAR.rate] * LINEAR.steps)
        assert run.parameter_names[0] == "line.weight[0,0]"
    (view,) = animator.film(recorder).views()
    assert view.worst()[0] < 1e-5


def test_an_exception_leaves_what_was_recorded(tmp_path: Path):
    recorder = animator.lightning.Recorder(tmp_path / "a.h5")
    with pytest.raises(RuntimeError, match="mine"):
        fitted(recorder, Line(fails=2), batches=4)
    with load(tmp_path / "a.part.h5") as run:
        assert run.steps == 2 and not run.finished


def test_a_second_fit_needs_a_recorder_of_its_own(tmp_path: Path):
    recorder = animator.lightning.Recorder(tmp_path / "a.h5")
    fitted(recorder, Line(), batches=1)
    with pytest.raises(AnimatorError) as raised:
        fitted(recorder, Line(), batches=1)
    assert str(raised.value) == (
        f"animator.lightning.Recorder('{tmp_path / 'a.h5'}') has already recorded a fit, and a second one "
        "would replace it. Make a new Recorder with a path of its own for every fit."
    )
