"""Models of Flax and Equinox, recorded as the pytrees that they are, where those are installed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import animator
from animator.recordings.reader import load
from tests.frameworks.cases import MLP

jax = pytest.importorskip("jax")
jnp = jax.numpy

Loss = Callable[[Any, Any, Any], Any]


def of_linen() -> tuple[Any, Loss, list[str]]:
    """A module of flax.linen: its parameters, their loss and their names."""
    linen = pytest.importorskip("flax.linen")
    module = linen.Sequential([linen.Dense(4), jnp.tanh, linen.Dense(1)])
    names = [f"params/layers_{i}/{part}" for i in (0, 2) for part in ("bias", "kernel")]
    parameters = module.init(jax.random.key(0), MLP.x)
    return parameters, lambda p, x, y: ((module.apply(p, x) - y) ** 2).mean(), names


def of_nnx() -> tuple[Any, Loss, list[str]]:
    """The state of a module of flax.nnx: it, its loss and its names."""
    nnx = pytest.importorskip("flax.nnx")
    graph, state = nnx.split(nnx.Linear(2, 1, rngs=nnx.Rngs(0)))
    return (
        state,
        lambda p, x, y: ((nnx.merge(graph, p)(x) - y) ** 2).mean(),
        ["bias/value", "kernel/value"],
    )


def of_equinox() -> tuple[Any, Loss, list[str]]:
    """The arrays of an MLP of Equinox: they, their loss and their names."""
    equinox = pytest.importorskip("equinox")
    model = equinox.nn.MLP(2, 1, 4, 1, activation=jnp.tanh, key=jax.random.key(0))
    parameters, rest = equinox.partition(model, equinox.is_inexact_array)
    names = [f"layers/{i}/{part}" for i in (0, 1) for part in ("weight", "bias")]

    def loss(p: Any, x: Any, y: Any) -> Any:
        return ((jax.vmap(equinox.combine(p, rest))(x) - y) ** 2).mean()

    return parameters, loss, names


@pytest.mark.parametrize("made", [of_linen, of_nnx, of_equinox])
def test_a_model_is_recorded_and_its_surface_is_its_loss(
    made: Callable[[], tuple[Any, Loss, list[str]]], tmp_path: Path
):
    parameters, loss, names = made()
    value_and_grad = jax.jit(jax.value_and_grad(loss))
    own = [float(loss(parameters, MLP.x, MLP.y))]
    with animator.jax.Recorder(tmp_path / "a.h5", parameters, loss=loss, data=(MLP.x, MLP.y)) as recorder:
        for _ in range(5):
            value, gradient = value_and_grad(parameters, MLP.x, MLP.y)
            parameters = jax.tree.map(lambda w, g: w - 0.1 * g, parameters, gradient)
            recorder.step(parameters, value, learning_rate=0.1)
            own.append(float(loss(parameters, MLP.x, MLP.y)))
    with load(tmp_path / "a.h5") as run:
        assert [variable.path for variable in run.variables] == names
        np.testing.assert_allclose(run.loss, own, rtol=1e-5)
        np.testing.assert_allclose(run.batch_loss, own[:-1], rtol=1e-5)
    (view,) = animator.film(recorder).views()
    assert view.worst()[0] < 1e-4
