"""Record a loop of PyTorch: a module, and the loss between its outputs and targets.

with animator.torch.Recorder("run.h5", module, optimizer=optimizer, loss=mse_loss, data=(x, y)) as recorder:
    for x_batch, y_batch in batches:
        loss = ...          # forward, backward, optimizer.step()
        recorder.step(loss)
animator.film(recorder)
"""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.recordings.step_writer import StepWriter, variables
from animator.recordings.writer import RecordingWriter

try:
    import torch
    from torch.func import functional_call, vmap
except ImportError as missing:
    raise AnimatorError(
        "animator.torch records loops of PyTorch, which is not installed. Type: pip install "
        "'animator[torch]'."
    ) from missing

POINTS = 64  # rows that are evaluated by one call


class RowLoss:
    """The loss of a module on data, in evaluation mode, as a function of rows of weights (N, P) to (N,)
    values.

    loss: from (outputs, targets) to a number. The module is copied: its weights, buffers and mode stay as
    they are. Buffers are those of the end, unless rows of them are given. has_state: whether there are some.
    """

    def __init__(self, module: Any, loss: Callable[..., Any], data: tuple[Any, Any]) -> None:
        self._module = copy.deepcopy(module).eval()
        named = trained(self._module)
        self._shapes = {name: tuple(p.shape) for name, p in named.items()}
        self._buffers = {name: tuple(b.shape) for name, b in state_of(self._module).items()}
        self.has_state = bool(self._buffers)
        like = next(iter(named.values()))
        self._loss, self._place = loss, {"dtype": like.dtype, "device": like.device}
        self._inputs, self._targets = (torch.as_tensor(part, device=like.device) for part in data)

    def follow(self, module: Any) -> None:
        """Take the buffers that `module` has now."""
        self._module.load_state_dict(module.state_dict())

    def _of_row(self, row: Any, state: Any = None) -> Any:
        held = _nested(row, self._shapes)
        if state is not None:
            held |= _nested(state, self._buffers)
        return self._loss(functional_call(self._module, held, (self._inputs,)), self._targets)

    def __call__(self, rows: ArrayLike, states: ArrayLike | None = None) -> Floats:
        weights = self._tensor(np.asarray(rows, np.float32))
        given = (weights,) if states is None else (weights, self._tensor(states))
        with torch.no_grad():
            found = vmap(self._of_row, chunk_size=POINTS)(*given).double().cpu().numpy()
        if found.shape != (len(weights),):
            raise AnimatorError(
                f"The loss of the PyTorch module has shape {found.shape[1:]}, and it must be one number. Use "
                "a loss with reduction='mean'."
            )
        return np.asarray(found)

    def _tensor(self, values: ArrayLike) -> Any:
        """A tensor of `values` of its own, of the module's type and at its place."""
        return torch.tensor(np.asarray(values), **self._place)

    def hessian_product(self, row: Floats, direction: Floats, state: Floats | None = None) -> Floats:
        """The Hessian at row (P,), with buffers (S,), times direction (P,), reverse over reverse."""
        at, along = self._tensor(row).requires_grad_(True), self._tensor(direction)
        held = None if state is None else self._tensor(state)
        (slope,) = torch.autograd.grad(self._of_row(at, held), at, create_graph=True)
        (product,) = torch.autograd.grad(slope @ along, at)
        return np.asarray(product.double().cpu().numpy())


class Recorder:
    """Record the parameters of `module` to `path`, step by step; a context that finishes the recording.

    optimizer: whose learning rate is told, where its groups have one. loss: from (outputs, targets) to a
    number, and data (inputs, targets): for the losses of all steps, in evaluation mode, and for surfaces.
    Parameters that require a gradient make the path, buffers of floats are its state. The first axis of an
    array with two and more numbers its filters: outputs of Linear and Conv, words of Embedding.
    """

    def __init__(
        self,
        path: str | Path,
        module: Any,
        *,
        optimizer: Any = None,
        loss: Callable[..., Any] | None = None,
        data: tuple[Any, Any] | None = None,
        notes: Mapping[str, Any] | None = None,
        overwrite: bool = False,
    ) -> None:
        self.path, self.module, self.model = Path(path), module, None
        self._optimizer = optimizer
        named, state = trained(module), state_of(module)
        if not named:
            raise AnimatorError(
                f"The PyTorch module for '{self.path}' has no parameters that require a gradient, so there "
                "is no path to record. Set requires_grad on those that train."
            )
        self._names = tuple(named)
        self.loss = RowLoss(module, loss, data) if loss is not None and data is not None else None
        shapes = {name: tuple(p.shape) for name, p in named.items()}
        kind = "callable" if self.loss is not None else "none"
        buffers = {name: tuple(b.shape) for name, b in state.items()}
        held = variables(buffers, sum(b.numel() for b in state.values()), {}) if state else []
        self._writer = StepWriter(
            path,
            _flat(named),
            names=shapes,
            filters={name: (0,) for name, shape in shapes.items() if len(shape) > 1},
            loss=self.loss,
            state=_flat(state),
            meta={
                "way": "torch",
                "notes": dict(notes or {}),
                "loss": {"kind": kind, "framework": "torch"},
                "state": held,
            },
            overwrite=overwrite,
            losses=self._losses,
        )

    def step(self, loss: Any, **metrics: Any) -> None:
        """An update was made. loss: what it was made from, before it; metrics: further numbers of it."""
        named = trained(self.module)
        if tuple(named) != self._names:
            raise AnimatorError(
                f"At step {self._writer.steps + 1:,} the PyTorch module has other trainable parameters than "
                f"when '{self.path}' began, so its rows would mean something else. Make a new Recorder when "
                "that changes."
            )
        self._writer.step(
            _flat(named),
            float(loss.detach() if torch.is_tensor(loss) else loss),
            learning_rate=self._rate(),
            state=_flat(state_of(self.module)),
            **metrics,
        )

    def _rate(self) -> float:
        """The learning rate that all groups of the optimizer have now; NaN where they differ, or there is
        none.
        """
        rates = {float(group["lr"]) for group in self._optimizer.param_groups} if self._optimizer else set()
        return rates.pop() if len(rates) == 1 else float("nan")

    def _losses(self, writer: RecordingWriter) -> dict[str, Floats]:
        """The losses (K+1,) on the data, each with the buffers of its step."""
        if self.loss is None:
            return {}
        self.loss.follow(self.module)
        found = []
        for low in range(0, writer.rows, POINTS):
            block = slice(low, min(writer.rows, low + POINTS))
            found.append(
                self.loss(writer.read(block), writer.read(block, "state") if writer.states else None)
            )
        return {"loss": np.concatenate(found)}

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)


def trained(module: Any) -> dict[str, Any]:
    """The parameters of `module` that require a gradient, by name."""
    return {name: p for name, p in module.named_parameters() if p.requires_grad}


def state_of(module: Any) -> dict[str, Any]:
    """The buffers of `module` that are floats, by name."""
    return {name: b for name, b in module.named_buffers() if b.is_floating_point()}


def _flat(named: Mapping[str, Any]) -> NDArray[np.float32]:
    """The values of tensors, one after the other."""
    parts = [value.detach().float().cpu().numpy().ravel() for value in named.values()]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _nested(row: Any, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """A row (P,) as tensors of `shapes`, by name."""
    sizes = [int(np.prod(shape)) for shape in shapes.values()]
    parts = torch.split(row, sizes)
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}
