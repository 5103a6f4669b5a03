"""Record a loop of JAX: a pytree of parameters and a loss function are enough, so Flax and Equinox work too.

with animator.jax.Recorder("run.h5", parameters, loss=loss, data=(x, y)) as recorder:
    for _ in range(100):
        value, gradient = jax.value_and_grad(loss)(parameters, x, y)
        parameters = update(parameters, gradient)
        recorder.step(parameters, value)
animator.film(recorder)
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.recordings.step_writer import StepWriter

try:
    import jax
    import jax.numpy as jnp
    from jax import flatten_util
except ImportError as missing:
    raise AnimatorError(
        "animator.jax records loops of JAX, which is not installed. Type: pip install 'animator[jax]'."
    ) from missing

POINTS = 256  # rows that are evaluated by one call


class RowLoss:
    """A loss of a pytree, as a function of rows of weights (N, P) to (N,) values, compiled once.

    loss: from (parameters, *data) to a number. Rows are evaluated POINTS at a time, in the parameters' own
    type.
    """

    def __init__(self, parameters: Any, loss: Callable[..., Any], data: tuple[Any, ...]) -> None:
        _, self._nested = flatten_util.ravel_pytree(parameters)
        self._data = data

        def of_row(row: Any, given: tuple[Any, ...]) -> Any:
            return loss(self._nested(row), *given)

        self._rows = jax.jit(jax.vmap(of_row, in_axes=(0, None)))
        self._product = jax.jit(
            lambda row, along, given: jax.jvp(jax.grad(lambda r: of_row(r, given)), (row,), (along,))[1]
        )

    def __call__(self, rows: ArrayLike) -> Floats:
        weights = np.asarray(rows, np.float32)
        parts = []
        for low in range(0, len(weights), POINTS):
            part = weights[low : low + POINTS]
            whole = np.concatenate(
                [part, np.repeat(part[-1:], POINTS - len(part), axis=0)]
            )  # one shape, one program
            found = np.asarray(self._rows(jnp.asarray(whole), self._data), np.float64)
            if found.shape != (POINTS,):
                raise AnimatorError(
                    f"The loss of the JAX parameters has shape {found.shape[1:]}, and it must be one number. "
                    "Give the mean over the data."
                )
            parts.append(found[: len(part)])
        return np.concatenate(parts)

    def hessian_product(self, row: Floats, direction: Floats) -> Floats:
        """The Hessian at row (P,) times direction (P,), forward over reverse."""
        given = jnp.asarray(row, jnp.float32), jnp.asarray(direction, jnp.float32)
        return np.asarray(self._product(*given, self._data), np.float64)


class Recorder:
    """Record the parameters of a loop to `path`, step by step; a context that finishes the recording.

    parameters: the pytree before training. loss: from (parameters, *data) to a number, for the losses of all
    steps and for surfaces; None for neither. notes: what else the recording says. The first axis of an array
    with two and more is taken for its inputs and the last for its filters, as Flax and Keras have them.
    """

    def __init__(
        self,
        path: str | Path,
        parameters: Any,
        loss: Callable[..., Any] | None = None,
        data: tuple[Any, ...] = (),
        *,
        notes: Mapping[str, Any] | None = None,
        overwrite: bool = False,
    ) -> None:
        self.path = Path(path)
        self._tree = jax.tree_util.tree_structure(parameters)
        for place, value in jax.tree_util.tree_leaves_with_path(parameters):
            if not isinstance(value, jax.typing.ArrayLike):
                raise AnimatorError(
                    f"The JAX parameters for '{self.path}' hold '{_name(place)}', a {type(value).__name__}, "
                    "which is no array. Give what is trained alone; of a model of Equinox: parameters, rest "
                    "= equinox.partition(model, equinox.is_inexact_array)."
                )
        names = _shapes(parameters)
        if not names:
            raise AnimatorError(
                f"The JAX parameters for '{self.path}' hold no arrays, so there is no path to record. Give "
                "the pytree of what is trained."
            )
        self.loss = None if loss is None else RowLoss(parameters, loss, tuple(data))
        self.model = None
        self._writer = StepWriter(
            path,
            _flat(parameters),
            names=names,
            filters={name: (len(shape) - 1,) for name, shape in names.items() if len(shape) > 1},
            loss=self.loss,
            meta={
                "way": "jax",
                "notes": dict(notes or {}),
                "loss": {"kind": "callable" if loss is not None else "none", "framework": "jax"},
            },
            overwrite=overwrite,
        )

    def step(
        self, parameters: Any, loss: Any, *, learning_rate: float = float("nan"), **metrics: Any
    ) -> None:
        """An update was made: the parameters after it, and the loss that it was made from."""
        if jax.tree_util.tree_structure(parameters) != self._tree:
            raise AnimatorError(
                f"Step {self._writer.steps + 1:,} of '{self.path}' has JAX parameters of another structure "
                "than the first ones. Give the same pytree at every step; state that is not trained does not "
                "belong in it."
            )
        self._writer.step(_flat(parameters), float(loss), learning_rate=learning_rate, **metrics)

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)


def _shapes(parameters: Any) -> dict[str, tuple[int, ...]]:
    """{name: shape} of the arrays of a pytree, in the order in which it is flattened."""
    found = jax.tree_util.tree_flatten_with_path(parameters)[0]
    return {_name(place): tuple(np.shape(value)) for place, value in found}


def _name(place: Any) -> str:
    """Where an array is in its pytree, as "dense/kernel"; "weights" for a pytree that is one array."""
    parts = [str(getattr(key, "key", getattr(key, "idx", getattr(key, "name", key)))) for key in place]
    return "/".join(parts) or "weights"


def _flat(parameters: Any) -> NDArray[np.float32]:
    return np.asarray(flatten_util.ravel_pytree(parameters)[0], np.float32)
