"""Loops of PyTorch, recorded: weights and surfaces agree with NumPy. They run where PyTorch is installed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import animator
from animator import AnimatorError
from animator.recordings.reader import load
from tests.frameworks import cases
from tests.frameworks.cases import CASES, CONV, LINEAR, MLP, Case

torch = pytest.importorskip("torch")
mse = torch.nn.functional.mse_loss

# how a parameter of a case stands in PyTorch: its axes in another order
AXES = {
    "linear": {"kernel": (1, 0)},
    "tanh": {"kernel": (1, 0)},
    "mlp": {"a": (1, 0), "b": (0,), "c": (1, 0)},
    "conv": {"kernel": (3, 2, 0, 1), "out": (1, 0)},
}


def module_of(case: Case) -> Any:
    """The module of a case, at its start."""
    nn = torch.nn

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name, value in case.start.items():
                moved = np.ascontiguousarray(np.transpose(value, AXES[case.kind][name]))
                self.register_parameter(name, nn.Parameter(torch.tensor(moved)))

        def forward(self, x: Any) -> Any:
            f = nn.functional
            if case.kind == "linear":
                return f.linear(x, self.kernel)
            if case.kind == "tanh":
                return torch.tanh(f.linear(x, self.kernel))
            if case.kind == "mlp":
                return f.linear(torch.tanh(f.linear(x, self.a, self.b)), self.c)
            maps = torch.tanh(f.conv2d(x.permute(0, 3, 1, 2), self.kernel))
            return f.linear(maps.mean(dim=(2, 3)), self.out)

    return Model()


def recorded(case: Case, path: Path) -> Any:
    """The Recorder of gradient descent on a case."""
    module = module_of(case)
    optimizer = torch.optim.SGD(module.parameters(), lr=case.rate)
    x, y = torch.tensor(case.x), torch.tensor(case.y)
    with animator.torch.Recorder(path, module, optimizer=optimizer, loss=mse, data=(x, y)) as recorder:
        for _ in range(case.steps):
            optimizer.zero_grad()
            loss = mse(module(x), y)
            loss.backward()
            optimizer.step()
            recorder.step(loss)
    return recorder


def in_torch(case: Case, rows: np.ndarray) -> np.ndarray:
    """Rows of a case in the order that PyTorch's axes give."""
    ends = np.cumsum([value.size for value in case.start.values()])[:-1]
    parts = np.split(rows, ends, axis=1)
    moved = [
        np.transpose(part.reshape(-1, *value.shape), (0, *(a + 1 for a in AXES[case.kind][name]))).reshape(
            len(rows), -1
        )
        for part, (name, value) in zip(parts, case.start.items(), strict=True)
    ]
    return np.concatenate(moved, axis=1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_weights_and_losses_agree_with_numpy(case: Case, tmp_path: Path):
    recorded(case, tmp_path / "a.h5")
    weights, losses = cases.path(case)
    with load(tmp_path / "a.h5") as run:
        np.testing.assert_allclose(run.weights, in_torch(case, weights), atol=1e-5)
        np.testing.assert_allclose(run.loss, losses, atol=1e-5)
        np.testing.assert_allclose(run.batch_loss, losses[:-1], atol=1e-5)
        np.testing.assert_allclose(run.learning_rate, [case.rate] * case.steps)
        assert run.notes.way == "torch" and run.finished


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_the_surface_is_the_loss_of_the_frameworks_own_model(case: Case, tmp_path: Path):
    recorder = recorded(case, tmp_path / "a.h5")
    (view,) = animator.film(recorder).views()
    field, plane, module = view.field, view.plane, module_of(case)
    for row, column in ((0, 0), (40, 40), (80, 12)):
        w = plane.lift(np.array([field.alpha[column], field.beta[row]])).astype(np.float32)
        torch.nn.utils.vector_to_parameters(torch.tensor(w), module.parameters())
        own = mse(module(torch.tensor(case.x)), torch.tensor(case.y)).item()
        assert field.slices[0][row, column] == pytest.approx(own, rel=2e-5, abs=1e-5)


def test_names_and_filters_are_those_of_the_module(tmp_path: Path):
    recorded(CONV, tmp_path / "a.h5")
    with load(tmp_path / "a.h5") as run:
        assert [(v.path, v.filters) for v in run.variables] == [("kernel", (0,)), ("out", (0,))]


def test_a_hessian_plane_by_products(tmp_path: Path):
    recorder = recorded(MLP, tmp_path / "a.h5")
    (view,) = animator.film(recorder, plane="hessian").views()
    row = np.asarray(load(tmp_path / "a.h5").weights[-1], np.float64)
    first = abs(view.plane.eigenvalues[0])
    for value, direction in zip(view.plane.eigenvalues, view.plane.basis, strict=True):
        product = recorder.loss.hessian_product(row, direction)
        np.testing.assert_allclose(product, value * direction, atol=2e-3 * first)


def run_row(folder: Path, what: str) -> np.ndarray:
    """The last row of what a recording holds."""
    with load(folder / "a.h5") as run:
        return np.asarray(getattr(run, what)[-1], np.float64)


def test_buffers_are_state_and_the_module_stays_as_it_was(tmp_path: Path):
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 1))
    optimizer = torch.optim.Adam(module.parameters(), lr=0.05)
    x, y = torch.randn(12, 2), torch.randn(12, 1)
    with animator.torch.Recorder(
        tmp_path / "a.h5", module, optimizer=optimizer, loss=mse, data=(x, y)
    ) as recorder:
        for _ in range(6):
            optimizer.zero_grad()
            loss = mse(module(x), y)
            loss.backward()
            optimizer.step()
            recorder.step(loss)
        held = {name: value.clone() for name, value in module.state_dict().items()}
    assert module.training and all(torch.equal(held[n], v) for n, v in module.state_dict().items())
    with load(tmp_path / "a.h5") as run:
        assert [v.path for v in run.state_variables] == ["1.running_mean", "1.running_var"]
        np.testing.assert_allclose(run.state[-1][:3], module[1].running_mean.numpy(), atol=1e-6)
        module.eval()
        assert run.loss[-1] == pytest.approx(float(mse(module(x), y)), rel=1e-5)
    (view,) = animator.film(recorder, plane="pca", slice="moving").views()
    np.testing.assert_allclose(view.field.heights, view.loss[view.field.checked], rtol=1e-4)
    (view,) = animator.film(recorder, plane="hessian").views()
    own = recorder.loss.hessian_product(run_row(tmp_path, "weights"), view.plane.basis[0])
    np.testing.assert_allclose(
        own, view.plane.eigenvalues[0] * view.plane.basis[0], atol=2e-3 * abs(view.plane.eigenvalues[0])
    )


def test_what_is_wrong_is_a_sentence(tmp_path: Path):
    path, module = tmp_path / "a.h5", module_of(LINEAR)
    with pytest.raises(AnimatorError) as raised, animator.torch.Recorder(path, module) as recorder:
        module.kernel.requires_grad_(False)
        recorder.step(1.0)
    assert str(raised.value) == (
        f"At step 1 the PyTorch module has other trainable parameters than when '{path}' began, so its rows "
        "would mean something else. Make a new Recorder when that changes."
    )
    with pytest.raises(AnimatorError) as raised:
        animator.torch.Recorder(path, module)
    assert str(raised.value) == (
        f"The PyTorch module for '{path}' has no parameters that require a gradient, so there is no path to "
        "record. Set requires_grad on those that train."
    )
