"""Keras' fit, recorded, on the cases of all frameworks: weights and surfaces agree with NumPy."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import animator
from animator.recordings.reader import load
from tests.frameworks import cases
from tests.frameworks.cases import CASES, Case


def model_of(case: Case) -> Any:
    """The model of a case, at its start."""
    made = {
        "linear": [layers.Dense(1, use_bias=False)],
        "tanh": [layers.Dense(1, "tanh", use_bias=False)],
        "mlp": [layers.Dense(5, "tanh"), layers.Dense(1, use_bias=False)],
        "conv": [
            layers.Conv2D(2, 3, activation="tanh", use_bias=False),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, use_bias=False),
        ],
    }
    model = keras.Sequential([keras.Input(case.x.shape[1:]), *made[case.kind]])
    model.compile(keras.optimizers.SGD(case.rate), "mean_squared_error")
    model.set_weights(list(case.start.values()))
    return model


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_weights_losses_and_surface_agree_with_numpy(case: Case, tmp_path: Path):
    model, recorder = model_of(case), animator.Recorder(tmp_path / "a.h5", data=(case.x, case.y))
    options = {"batch_size": len(case.x), "epochs": case.steps, "shuffle": False, "verbose": 0}
    model.fit(case.x, case.y, callbacks=[recorder], **options)
    weights, losses = cases.path(case)
    with load(tmp_path / "a.h5") as run:
        np.testing.assert_allclose(run.weights, weights, atol=1e-5)
        np.testing.assert_allclose(run.loss, losses, atol=1e-5)
        np.testing.assert_allclose(run.batch_loss, losses[:-1], atol=1e-5)
        (view,) = animator.film(run, resolution=5).views()
    field = view.field
    for row, column in ((0, 0), (2, 2), (4, 1)):
        w = view.plane.lift(np.array([field.alpha[column], field.beta[row]]))
        assert field.slices[0][row, column] == pytest.approx(cases.loss(case, cases.parts(case, w)), rel=2e-5)
