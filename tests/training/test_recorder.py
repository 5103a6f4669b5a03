"""The recorder: closed forms, nothing changed, true batch losses beside plain NumPy, refusals."""

import random
import warnings

import keras
import numpy as np
import pytest

import animator
from animator.core.errors import AnimatorError

X = np.array([[1, 0], [0, 1], [1, 1]], np.float32)
Y = np.array([[1], [2], [3]], np.float32)


def linear(optimizer, **options):
    net = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")]
    )
    net.compile(optimizer, "mean_squared_error", **options)
    return net


def small(seed=7, **options):
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(6, "tanh", kernel_regularizer=keras.regularizers.L2(0.01)),
              keras.layers.Dropout(0.3), keras.layers.Dense(1)]  # fmt: skip
    net = keras.Sequential([keras.Input((2,)), *layers])
    net.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mean_squared_error", metrics=["mae"], **options)
    return net


def data(samples=50):
    rng = np.random.default_rng(1)
    x = rng.random((samples, 2), dtype=np.float32)
    return x, np.tanh(x.sum(1, keepdims=True))


def test_linear_neuron_has_its_exact_path(tmp_path):
    """facts: X = [[1,0],[0,1],[1,1]], learning rate 0.75, loss_k = (14/3)/4^k."""
    recorder = animator.Recorder(tmp_path / "a.h5", data=(X, Y))
    linear(keras.optimizers.SGD(0.75)).fit(X, Y, epochs=5, batch_size=3, verbose=0, callbacks=[recorder])
    run = animator.load(tmp_path / "a.h5")
    path = [(0, 0), (2, 2.5), (0.75, 1.5), (1.25, 2.125), (0.9375, 1.875), (1.0625, 2.03125)]
    assert run.steps == 5 and run.finished
    np.testing.assert_allclose(run.weights, path, atol=1e-6)
    np.testing.assert_allclose(run.batch_loss, (14 / 3) / 4.0 ** np.arange(5), atol=1e-5)
    np.testing.assert_allclose(run.loss, (14 / 3) / 4.0 ** np.arange(6), atol=1e-5)
    assert run.parameter_names == ["dense/kernel[0,0]", "dense/kernel[1,0]"] or run.parameter_names[
        0
    ].endswith("kernel[0,0]")
    assert run.learning_rate.tolist() == [0.75] * 5
    assert run.epoch.tolist() == [0, 1, 2, 3, 4]
    assert run.batch.tolist() == [0] * 5


class Logs(keras.callbacks.Callback):
    """Keeps what Keras tells after each batch."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append({name: float(value) for name, value in logs.items()})


def fit_small(tmp_path, with_recorder):
    net, before, after = small(), Logs(), Logs()
    middle = [animator.Recorder(tmp_path / "s.h5", data=data(), test=data(5))] if with_recorder else []
    history = net.fit(*data(), epochs=3, batch_size=16, verbose=0, callbacks=[before, *middle, after])
    state = [variable.numpy() for variable in net.optimizer.variables]
    states = (
        random.getstate(),
        np.random.get_state()[1].tolist(),
        keras.random.normal((3,)).numpy().tolist(),
    )
    return net.get_weights(), state, history.history, before.seen, after.seen, states


def test_recording_changes_nothing(tmp_path):
    """Weights, optimizer state, history, every batch's logs and random states, to the last bit."""
    bare, recorded = fit_small(tmp_path, False), fit_small(tmp_path, True)
    for a, b in zip((*bare[0], *bare[1]), (*recorded[0], *recorded[1]), strict=True):
        np.testing.assert_array_equal(a, b)
    assert bare[2:] == recorded[2:]


def test_train_function_is_put_back(tmp_path):
    net = linear("sgd")
    net.fit(X, Y, verbose=0)
    plain = net.train_function
    net.fit(X, Y, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5")])
    assert net.train_function is plain


def test_batch_losses_equal_numpys_from_recorded_weights(tmp_path):
    """Batches of 16, 16, 16 and 2 in known order; Keras' own number is a running mean, ours is not."""
    x, y = data()
    net = linear(keras.optimizers.SGD(0.3), metrics=["mae"])
    recorder = animator.Recorder(tmp_path / "b.h5")
    net.fit(x, y, epochs=3, batch_size=16, shuffle=False, verbose=0, callbacks=[recorder])
    run = animator.load(tmp_path / "b.h5")
    assert run.steps == 12 and run.batch.tolist() == [0, 1, 2, 3] * 3
    own = []
    for k in range(12):
        part = slice(16 * (k % 4), 16 * (k % 4) + 16)
        own.append(np.mean((x[part].astype(float) @ run.weights[k][:, None] - y[part]) ** 2))
    np.testing.assert_allclose(run.batch_loss, own, rtol=2e-6)
    sizes = np.array([16, 16, 16, 2])
    for epoch in range(3):
        losses = np.array(own[4 * epoch : 4 * epoch + 4])
        means = np.cumsum(losses * sizes) / np.cumsum(sizes)
        np.testing.assert_allclose(run.running_means["loss"][4 * epoch : 4 * epoch + 4], means, rtol=2e-6)
    assert np.isfinite(run.running_means["mae"]).all()
    assert abs(run.running_means["loss"][3] - run.batch_loss[3]) > 1e-3


def test_loss_equals_model_evaluate_at_the_end(tmp_path):
    net = small()
    net.fit(*data(), epochs=2, verbose=0, callbacks=[animator.Recorder(tmp_path / "e.h5", data=data())])
    run = animator.load(tmp_path / "e.h5")
    expected = net.evaluate(*data(), verbose=0, return_dict=True)["loss"]
    assert run.loss[-1] == pytest.approx(expected, abs=1e-6)


def test_a_schedule_is_recorded_as_each_update_used_it(tmp_path):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    recorder = animator.Recorder(tmp_path / "r.h5")
    linear(keras.optimizers.SGD(schedule)).fit(X, Y, epochs=4, batch_size=3, verbose=0, callbacks=[recorder])
    np.testing.assert_allclose(animator.load(tmp_path / "r.h5").learning_rate, 0.5 * 0.5 ** np.arange(4))


def test_the_articles_neuron_keeps_161_rows(tmp_path):
    x, y = data(500)
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "tanh")])
    net.compile(keras.optimizers.SGD(0.5), "mean_squared_error")
    net.fit(
        x,
        y,
        epochs=10,
        batch_size=32,
        verbose=0,
        callbacks=[animator.Recorder(tmp_path / "n.h5", data=(x, y))],
    )
    run = animator.load(tmp_path / "n.h5")
    assert run.weights.shape == (161, 3) and run.loss.shape == (161,)
    np.testing.assert_array_equal(run.weights[-1], np.concatenate([w.ravel() for w in net.get_weights()]))
    np.testing.assert_array_equal(run.data()[0], x)
    assert run.meta["optimizer"]["class_name"] == "SGD" and run.meta["data"]["samples"] == 500


def test_an_earlier_recording_stays_until_the_new_one_is_finished(tmp_path):
    path = tmp_path / "a.h5"
    linear("sgd").fit(X, Y, verbose=0, callbacks=[animator.Recorder(path)])
    first = path.read_bytes()

    class Look(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            assert path.read_bytes() == first and (tmp_path / "a.part.h5").exists()

    linear("sgd").fit(X, Y, epochs=3, verbose=0, callbacks=[animator.Recorder(path), Look()])
    assert animator.load(path).steps == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.1.h5", "a.h5"]


def refusal(tmp_path, make):
    with pytest.raises(AnimatorError) as caught:
        make()
    assert list(tmp_path.iterdir()) == []
    return str(caught.value)


def test_steps_per_execution_is_refused_before_training(tmp_path):
    net = linear("sgd", steps_per_execution=2)
    before = net.get_weights()
    said = refusal(
        tmp_path, lambda: net.fit(X, Y, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5")])
    )
    assert said == (
        "The model runs 2 steps in one execution (steps_per_execution=2), and Keras reports only the last "
        "of them, so the others cannot be recorded. Compile it with steps_per_execution=1."
    )
    np.testing.assert_array_equal(before[0], net.get_weights()[0])


def test_a_model_without_trainable_weights_is_refused(tmp_path):
    net = linear("sgd")
    net.trainable = False
    net.compile("sgd", "mean_squared_error")
    said = refusal(
        tmp_path, lambda: net.fit(X, Y, verbose=0, callbacks=[animator.Recorder(tmp_path / "a.h5")])
    )
    assert said == (
        f"Model '{net.name}' has no trainable weights, so there is no path to record. Add a layer with "
        "weights, or set trainable=True on one, and compile again."
    )


def test_data_with_nan_is_refused(tmp_path):
    bad = X.copy()
    bad[1, 1] = np.nan
    said = refusal(tmp_path, lambda: animator.Recorder(tmp_path / "a.h5", data=(bad, Y)))
    assert said == (
        "Recorder's data has 1 values in x that are NaN or infinite, so no loss can be computed. Remove or "
        "replace them first."
    )


def test_a_second_fit_with_one_recorder_is_refused(tmp_path):
    recorder = animator.Recorder(tmp_path / "a.h5")
    net = linear("sgd")
    net.fit(X, Y, verbose=0, callbacks=[recorder])
    with pytest.raises(AnimatorError) as caught:
        net.fit(X, Y, verbose=0, callbacks=[recorder])
    assert str(caught.value) == (
        f"Recorder('{tmp_path / 'a.h5'}') has already recorded a fit, and a second one would replace it. "
        "Make a new Recorder with a path of its own for every fit."
    )


def fitted(path, rate=0.75, epochs=5, **options):
    """What was warned of when a neuron was recorded to `path`."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        recorder = animator.Recorder(path, **options)
        linear(keras.optimizers.SGD(rate)).fit(
            X, Y, epochs=epochs, batch_size=3, verbose=0, callbacks=[recorder]
        )
    return [str(one.message) for one in found if issubclass(one.category, UserWarning)]


def test_what_a_recording_would_replace_is_kept_beside_it(tmp_path):
    """Last night's run, by another one of the same name; also a file that is no recording."""
    path = tmp_path / "run.h5"
    assert fitted(path) == []
    night = path.read_bytes()
    for number, epochs in ((1, 2), (2, 3)):
        assert fitted(path, epochs=epochs) == [
            f"'{path}' was there already: it is kept as 'run.{number}.h5'. Remove it when you do not need "
            "it; Recorder(..., overwrite=True) replaces it."
        ]
    assert (tmp_path / "run.1.h5").read_bytes() == night
    assert animator.load(tmp_path / "run.2.h5").steps == 2 and animator.load(path).steps == 3
    assert fitted(path, epochs=4, overwrite=True) == [] and animator.load(path).steps == 4
    model = tmp_path / "model.h5"
    model.write_bytes(b"a model")
    fitted(model)
    assert (tmp_path / "model.1.h5").read_bytes() == b"a model"
    assert len(list(tmp_path.iterdir())) == 5


def test_the_same_run_again_is_not_kept_twice(tmp_path):
    """A cell of a notebook that is run again, with the same seed."""
    for _ in range(2):
        keras.utils.clear_session()
        assert fitted(tmp_path / "run.h5") == []
    assert [path.name for path in tmp_path.iterdir()] == ["run.h5"]


class Stop(keras.callbacks.Callback):
    """Ctrl-C between two steps, where the Recorder does not hear of it."""

    def on_train_batch_end(self, batch, logs=None):
        if batch == 1:
            raise KeyboardInterrupt


def test_a_run_that_was_cut_short_is_kept_when_its_name_is_used_again(tmp_path):
    """The earlier Recorder of this process lets go of its file."""
    path, net = tmp_path / "run.h5", linear("sgd")
    earlier = animator.Recorder(path)
    with pytest.raises(KeyboardInterrupt):
        net.fit(X, Y, batch_size=1, verbose=0, callbacks=[earlier, Stop()])
    (said,) = fitted(path)
    assert said.startswith(f"'{tmp_path / 'run.part.h5'}' was there already: it is kept as 'run.part.1.h5'. ")
    with animator.load(tmp_path / "run.part.1.h5") as kept:
        assert kept.steps == 2 and not kept.finished
    assert animator.load(path).steps == 5
    assert sorted(one.name for one in tmp_path.iterdir()) == ["run.h5", "run.part.1.h5"]


def test_two_recorders_of_one_fit_do_not_share_a_file(tmp_path):
    both = [animator.Recorder(tmp_path / "run.h5") for _ in range(2)]
    with pytest.raises(AnimatorError) as caught:
        linear("sgd").fit(X, Y, verbose=0, callbacks=both)
    said = str(caught.value)
    assert said.startswith(f"Cannot record to '{tmp_path / 'run.h5'}': ")
    assert " is in use by another recording, or cannot be written (" in said


def test_a_fit_without_a_step_leaves_what_is_there(tmp_path):
    path = tmp_path / "run.h5"
    fitted(path)
    before = path.read_bytes()
    with pytest.raises(AnimatorError) as caught:
        fitted(path, epochs=0)
    assert str(caught.value) == (
        f"Recorder('{path}') saw no step of training, so there is no path to record. Fit with epochs=1 or "
        "more, on data."
    )
    assert path.read_bytes() == before and [one.name for one in tmp_path.iterdir()] == ["run.h5"]
