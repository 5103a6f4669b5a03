"""A loop of one's own over a Keras model, recorded step by step: everything that fit gives, nothing made
up.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import animator
from animator import AnimatorError
from animator.recordings.reader import load

X = np.array([[1, 0], [0, 1], [1, 1]], np.float32)
Y = np.array([[1], [2], [3]], np.float32)
PATH = [(0, 0), (2, 2.5), (0.75, 1.5), (1.25, 2.125), (0.9375, 1.875), (1.0625, 2.03125)]


def linear(compiled: bool = True) -> Any:
    """The linear neuron of the closed form, at (0, 0)."""
    dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((2,)), dense])
    if compiled:
        model.compile(keras.optimizers.SGD(0.75), "mean_squared_error")
    return model


def update(model: Any, optimizer: Any) -> Any:
    """One step of gradient descent by a GradientTape; the loss that it was made from."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(X) - Y) ** 2)
    optimizer.apply_gradients(
        zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
    )
    return loss


def test_a_gradient_tape_gives_the_closed_form(tmp_path: Path):
    model = linear()
    with animator.Recorder(tmp_path / "a.h5", data=(X, Y), model=model) as recorder:
        for k in range(5):
            recorder.step(update(model, model.optimizer), accuracy=k / 10)
    with load(tmp_path / "a.h5") as run:
        np.testing.assert_allclose(run.weights, PATH, atol=1e-5)
        np.testing.assert_allclose(run.loss, 14 / 3 / 4.0 ** np.arange(6), rtol=1e-4)
        np.testing.assert_allclose(run.batch_loss, 14 / 3 / 4.0 ** np.arange(5), rtol=1e-4)
        np.testing.assert_allclose(run.learning_rate, [0.75] * 5)
        np.testing.assert_allclose(run.running_means["accuracy"], [0, 0.1, 0.2, 0.3, 0.4])
        assert run.notes.way == "loop" and run.finished and run.facts == type(run.facts)()
        (view,) = animator.film(run).views()
        assert view.field is not None and view.worst()[0] < 1e-5


def test_train_on_batch_in_a_loop(tmp_path: Path):
    model = linear()
    with animator.Recorder(tmp_path / "a.h5", data=(X, Y), model=model) as recorder:
        for _ in range(5):
            recorder.step(model.train_on_batch(X, Y))
    with load(tmp_path / "a.h5") as run:
        np.testing.assert_allclose(run.weights, PATH, atol=1e-5)


def test_an_optimizer_that_is_not_the_models_own_has_no_rate_unless_it_is_told(tmp_path: Path):
    for name, told in (("a", {}), ("b", {"learning_rate": 0.75})):
        model, optimizer = linear(), keras.optimizers.SGD(0.75)
        with animator.Recorder(tmp_path / f"{name}.h5", data=(X, Y), model=model) as recorder:
            for _ in range(3):
                recorder.step(update(model, optimizer), **told)
        with load(tmp_path / f"{name}.h5") as run:
            np.testing.assert_allclose(run.weights, PATH[:4], atol=1e-5)
            np.testing.assert_allclose(run.learning_rate, [0.75] * 3 if told else [np.nan] * 3)


def test_a_model_without_a_loss_is_recorded_and_the_recording_says_so(tmp_path: Path):
    model, optimizer = linear(compiled=False), keras.optimizers.SGD(0.75)
    with (
        pytest.warns(UserWarning, match="recorded without the loss on Recorder's data"),
        animator.Recorder(tmp_path / "a.h5", data=(X, Y), model=model) as recorder,
    ):
        for _ in range(3):
            recorder.step(update(model, optimizer))
    with load(tmp_path / "a.h5") as run:
        assert np.isnan(run.loss).all() and run.facts.no_loss == "the model is compiled without a loss"
        np.testing.assert_allclose(run.batch_loss, 14 / 3 / 4.0 ** np.arange(3), rtol=1e-4)


def test_every_tenth_row_is_kept_and_the_last(tmp_path: Path):
    model = linear()
    with animator.Recorder(tmp_path / "a.h5", data=(X, Y), model=model, every=10) as recorder:
        for _ in range(25):
            recorder.step(update(model, model.optimizer))
    with load(tmp_path / "a.h5") as run:
        assert run.weight_steps.tolist() == [0, 10, 20, 25] and len(run.batch_loss) == 25
        assert np.isfinite(run.loss[[0, 10, 20, 25]]).all() and np.isnan(run.loss[5])


def test_an_exception_in_the_loop_leaves_a_recording_that_opens(tmp_path: Path):
    model = linear()
    with (
        pytest.raises(RuntimeError),
        animator.Recorder(tmp_path / "a.h5", data=(X, Y), model=model) as recorder,
    ):
        recorder.step(update(model, model.optimizer))
        recorder.step(update(model, model.optimizer))
        raise RuntimeError("out of data")
    with load(tmp_path / "a.part.h5") as run:
        assert run.steps == 2 and not run.finished
        np.testing.assert_allclose(run.weights, PATH[:3], atol=1e-5)


def test_forgotten_steps_are_told(tmp_path: Path):
    model = linear()
    with (
        pytest.warns(UserWarning) as said,
        animator.Recorder(tmp_path / "a.h5", data=(X, Y), model=model) as recorder,
    ):
        recorder.step(update(model, model.optimizer))
        update(model, model.optimizer)
        recorder.step(update(model, model.optimizer))
        update(model, model.optimizer)
    words = [str(warning.message) for warning in said if warning.category is UserWarning]
    path = tmp_path / "a.h5"
    assert words == [
        f"Before step 2 of '{path}' the optimizer made 2 updates, so a step of the recording holds several. "
        "Call recorder.step(loss) after every update.",
        f"The weights changed after the last step of '{path}', so an update is not in it. Call "
        "recorder.step(loss) after every update, the last one too.",
    ]


def test_weights_that_are_not_finite_are_told(tmp_path: Path):
    model = linear()
    with (
        pytest.warns(UserWarning, match=r"are not finite from step 2 on\."),
        animator.Recorder(tmp_path / "a.h5", data=(X, Y), model=model) as recorder,
    ):
        recorder.step(update(model, model.optimizer))
        model.set_weights([np.full((2, 1), np.nan)])
        recorder.step(np.nan)
    with load(tmp_path / "a.h5") as run:
        assert np.isnan(run.weights[2]).all() and np.isnan(run.loss[2])


def test_what_is_wrong_with_a_loop_is_a_sentence(tmp_path: Path):
    path, model = tmp_path / "a.h5", linear()
    with pytest.raises(AnimatorError) as raised, animator.Recorder(path):
        pass
    assert str(raised.value) == (
        f"Recorder('{path}') does not know the model of your loop. Give it, as in "
        f"animator.Recorder('{path}', data=(x, y), model=model)."
    )
    recorder = animator.Recorder(path, model=model)
    with pytest.raises(AnimatorError, match="was called outside of its context, so nothing is recorded"):
        recorder.step(1.0)
    with pytest.raises(AnimatorError) as raised, recorder:
        recorder.step([1.0, 2.0])
    assert str(raised.value) == (
        "recorder.step was given loss of shape (2,), and it must be one number. Give the mean over the batch."
    )
    with pytest.raises(AnimatorError, match="has already recorded a run"), recorder:
        pass
    with (
        pytest.raises(AnimatorError, match="saw no step, so there is no path to record"),
        animator.Recorder(path, model=model),
    ):
        pass


def test_a_model_whose_weights_become_others_is_refused(tmp_path: Path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), keras.layers.Dense(1)])
    with (
        pytest.raises(AnimatorError, match="At step 2 the model has other trainable weights"),
        animator.Recorder(tmp_path / "a.h5", model=model) as recorder,
    ):
        recorder.step(1.0)
        model.layers[0].trainable = False
        recorder.step(1.0)
