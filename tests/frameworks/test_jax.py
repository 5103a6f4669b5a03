"""Loops of JAX, recorded: weights and surfaces agree with NumPy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import animator
from animator import AnimatorError
from animator.recordings.reader import load
from tests.frameworks import cases
from tests.frameworks.cases import CASES, CONV, LINEAR, MLP, Case

jax = pytest.importorskip("jax")
jnp = jax.numpy


def output(kind: str, p: Any, x: Any) -> Any:
    """What the model of a case computes, in JAX."""
    if kind == "linear":
        return x @ p["kernel"]
    if kind == "tanh":
        return jnp.tanh(x @ p["kernel"])
    if kind == "mlp":
        return jnp.tanh(x @ p["a"] + p["b"]) @ p["c"]
    maps = jax.lax.conv_general_dilated(
        x, p["kernel"], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    return jnp.tanh(maps).mean(axis=(1, 2)) @ p["out"]


def recorded(case: Case, path: Path) -> Any:
    """The Recorder of gradient descent on a case."""
    parameters = {name: jnp.asarray(value) for name, value in case.start.items()}

    def loss(p: Any, x: Any, y: Any) -> Any:
        return ((output(case.kind, p, x) - y) ** 2).mean()

    value_and_grad = jax.jit(jax.value_and_grad(loss))
    with animator.jax.Recorder(path, parameters, loss=loss, data=(case.x, case.y)) as recorder:
        for _ in range(case.steps):
            value, gradient = value_and_grad(parameters, case.x, case.y)
            parameters = jax.tree.map(lambda w, g: w - case.rate * g, parameters, gradient)
            recorder.step(parameters, value, learning_rate=case.rate)
    return recorder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_weights_and_losses_agree_with_numpy(case: Case, tmp_path: Path):
    recorded(case, tmp_path / "a.h5")
    weights, losses = cases.path(case)
    with load(tmp_path / "a.h5") as run:
        np.testing.assert_allclose(run.weights, weights, atol=1e-5)
        np.testing.assert_allclose(run.loss, losses, atol=1e-5)
        np.testing.assert_allclose(run.batch_loss, losses[:-1], atol=1e-5)
        assert run.notes.way == "jax" and run.finished


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_the_surface_is_the_loss_of_the_frameworks_own_model(case: Case, tmp_path: Path):
    recorder = recorded(case, tmp_path / "a.h5")
    (view,) = animator.film(recorder).views()
    field, plane = view.field, view.plane
    for row, column in ((0, 0), (40, 40), (80, 12)):
        w = plane.lift(np.array([field.alpha[column], field.beta[row]]))
        own = cases.loss(case, cases.parts(case, w))
        assert field.slices[0][row, column] == pytest.approx(own, rel=2e-5, abs=1e-5)
    assert view.worst()[0] < 1 and plane.kind == ("weights" if len(view.labels) < 4 else "pca")


def test_names_and_filters_are_those_of_the_pytree(tmp_path: Path):
    recorded(CONV, tmp_path / "a.h5")
    with load(tmp_path / "a.h5") as run:
        assert [v.path for v in run.variables] == ["kernel", "out"]
        assert [v.filters for v in run.variables] == [(3,), (1,)]
        assert run.parameter_names[0] == "kernel[0,0,0,0]"


def test_a_hessian_plane_by_products(tmp_path: Path):
    recorder = recorded(MLP, tmp_path / "a.h5")
    (view,) = animator.film(recorder, plane="hessian").views()
    first, second = view.plane.eigenvalues
    loss = recorder.loss
    row = np.asarray(load(tmp_path / "a.h5").weights[-1], np.float64)
    for value, direction in zip((first, second), view.plane.basis, strict=True):
        np.testing.assert_allclose(
            loss.hessian_product(row, direction), value * direction, atol=2e-3 * abs(first)
        )


def test_nested_pytrees_are_named_by_their_places(tmp_path: Path):
    parameters = {"layers": [{"w": jnp.ones((2, 2)), "b": jnp.zeros(2)}], "scale": jnp.ones(())}
    with animator.jax.Recorder(tmp_path / "a.h5", parameters) as recorder:
        recorder.step(parameters, 1.0)
    with load(tmp_path / "a.h5") as run:
        assert [v.path for v in run.variables] == ["layers/0/b", "layers/0/w", "scale"]


def test_a_file_alone_asks_for_the_loss_again(tmp_path: Path):
    recorded(LINEAR, tmp_path / "a.h5")
    film = animator.film(tmp_path / "a.h5")
    assert film.views()[0].no_surface == "its loss was a Python function, which must be given again"


def test_what_is_wrong_is_a_sentence(tmp_path: Path):
    path = tmp_path / "a.h5"
    with pytest.raises(AnimatorError) as raised, animator.jax.Recorder(path, {"w": jnp.zeros(2)}) as recorder:
        recorder.step({"v": jnp.zeros(2)}, 1.0)
    assert str(raised.value) == (
        f"Step 1 of '{path}' has JAX parameters of another structure than the first ones. Give the same "
        "pytree at every step; state that is not trained does not belong in it."
    )
    with pytest.raises(AnimatorError) as raised:
        animator.jax.Recorder(path, {"w": jnp.zeros(2), "how": {"activation": max}})
    assert str(raised.value) == (
        f"The JAX parameters for '{path}' hold 'how/activation', a builtin_function_or_method, which is no "
        "array. Give what is trained alone; of a model of Equinox: parameters, rest = "
        "equinox.partition(model, equinox.is_inexact_array)."
    )
    with pytest.raises(AnimatorError) as raised:
        animator.jax.Recorder(path, {})
    assert str(raised.value) == (
        f"The JAX parameters for '{path}' hold no arrays, so there is no path to record. Give the pytree of "
        "what is trained."
    )
