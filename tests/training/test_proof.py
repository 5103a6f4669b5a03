"""A model is proved before it is drawn: rebuilt, made again or given, its loss is the recorded one, or there
is a sentence. One test for each kind of model whose description tells less than all.
"""

import json

import h5py
import keras
import numpy as np
import pytest
from keras import layers, ops

import animator
from animator.core.errors import AnimatorError, FilmWarning
from animator.training.loss.no_surface import NoSurfaceError
from animator.training.loss.proof import ROUNDING, TOLERANCE
from animator.training.loss.rebuild import objective_of
from animator.training.record import recorded_data
from tests.running import run as typed

RNG = np.random.default_rng(0)
X = (RNG.standard_normal((96, 2)) * 5 + 30).astype("float32")
Y = (X @ [[0.1], [0.05]] - 4).astype("float32")


def recorded(path, model, x=X, y=Y, loss="mse", epochs=2):
    """The recording at `path` of a short fit of `model`."""
    keras.utils.set_random_seed(0)
    model.compile(keras.optimizers.SGD(0.05), loss)
    model.fit(x, y, epochs=epochs, verbose=0, callbacks=[animator.Recorder(path, data=(x, y))])
    return animator.load(path)


def last_height(film):
    """Height of the surface under the dot after the last step."""
    (view,) = film.views()
    return view.field.height(view.steps)


def true_loss(model, x=X - 30, y=Y):
    """The loss that Keras itself computes with the model's weights as they are."""
    return pytest.approx(model.evaluate(x, y, batch_size=len(x), verbose=0), rel=1e-4)


def normalization():
    layer = layers.Normalization()
    layer.adapt(X)
    return keras.Sequential([keras.Input((2,)), layer, layers.Dense(1)])


def deep_inside():
    """The adapted layer in a model of its own, inside a functional one."""
    layer = layers.Normalization()
    layer.adapt(X)
    inner = keras.Sequential([keras.Input((2,)), layer])
    start = keras.Input((2,))
    return keras.Model(start, layers.Dense(1)(inner(start)))


def frozen():
    layer = layers.Normalization(trainable=False)
    layer.adapt(X)
    return keras.Sequential([keras.Input((2,)), layer, layers.Dense(1)])


def given_numbers():
    scaled = layers.Normalization(mean=30.0, variance=25.0)
    return keras.Sequential([keras.Input((2,)), scaled, layers.Dense(1)])


def discretization():
    layer = layers.Discretization(num_bins=4, output_mode="one_hot")
    layer.adapt(X[:, :1])
    return keras.Sequential([keras.Input((1,)), layer, layers.Flatten(), layers.Dense(1)])


@pytest.mark.parametrize("make", [normalization, deep_inside, frozen, given_numbers])
def test_adapted_layers_keep_what_they_were_adapted_to(make, tmp_path):
    """The rebuilt model's loss is the recorded one to 1e-5, and so is that of model.evaluate."""
    model = make()
    with recorded(tmp_path / "a.h5", model) as run:
        got = objective_of(run)(run.weights[:], run.state[:])
        np.testing.assert_allclose(got, run.loss, rtol=1e-5)
        assert got[-1] == pytest.approx(model.evaluate(X, Y, batch_size=96, verbose=0), rel=1e-5)


def test_the_height_under_the_dot_of_an_adapted_model_is_its_loss(tmp_path):
    with recorded(tmp_path / "a.h5", normalization()) as run:
        film = animator.film(run)
        assert film.fidelity()["max_abs_error"] < 1e-5 * float(run.loss.max())
        assert film.warnings() == ()


@keras.saving.register_keras_serializable("tests")
class Known(layers.Layer):
    """A layer that Keras can rebuild by its name, whose factor stands in its code alone."""

    factor = 2.0

    def call(self, x):
        return self.factor * x


def test_a_rebuilt_model_whose_layer_has_changed_is_no_picture(tmp_path, monkeypatch):
    """The code of a registered layer is another than it was: one sentence, which names the layer."""
    net = keras.Sequential([keras.Input((2,)), Known(name="mine"), layers.Dense(1)])
    with recorded(tmp_path / "a.h5", net, X / 30) as run:
        monkeypatch.setattr(Known, "factor", 3.0)
        with pytest.raises(NoSurfaceError) as caught:
            objective_of(run)
        assert str(caught.value).startswith(
            f"The model rebuilt from recording '{run.path}' is not the one that was recorded: its loss at "
            "step "
        )
        assert str(caught.value).endswith(
            "was recorded; it may be layer 'mine', which is no layer of Keras. Give the model itself with "
            "model=."
        )
        film = animator.film(run)
        assert film.views()[0].field is None
        brief = (
            "no surface: the rebuilt model has another loss than the recorded one (layer 'mine'); give it "
            "with model=."
        )
        assert film.warnings() == (f"'a.h5': {brief}",)
        assert brief in film.under_title(film.views())


class Doubling(layers.Layer):
    """A layer whose factor is Python's alone: no variable and no configuration tells it."""

    factor = 2.0

    def call(self, x):
        return self.factor * x


def doubled():
    return keras.Sequential([keras.Input((2,)), Doubling(name="mine"), layers.Dense(1)])


def test_a_model_given_that_is_another_is_refused(tmp_path):
    """As many weights, another factor: the loss at step 0 tells."""
    model = doubled()
    with recorded(tmp_path / "a.h5", model, X - 30) as run:
        objective_of(run, model=model)
        other = doubled()
        other.compile("sgd", "mse")
        other.layers[0].factor = 3.0
        with pytest.raises(AnimatorError) as caught:
            animator.film(run, model=other).fidelity()
        assert str(caught.value).startswith(
            f"The model given with model= is not the one of recording '{run.path}': its loss at step 0 is "
        )
        assert str(caught.value).endswith(
            f"where {run.loss[0]:.6g} was recorded; it may be layer 'mine', which is no layer of Keras. Give "
            "the model that was recorded, with the layers and the loss it had then."
        )


def test_the_stated_tolerance_is_the_limit(tmp_path):
    """A loss that is off by a little less than the tolerance is taken, by a little more is not."""
    model = doubled()
    with recorded(tmp_path / "a.h5", model, X - 30) as run:
        for share, taken in ((0.5 * TOLERANCE, True), (2 * TOLERANCE, False)):
            other = doubled()
            other.compile("sgd", lambda y, p, s=share: (1 + s) * ops.mean((y - p) ** 2, axis=-1))
            try:
                objective_of(run, model=other)
                assert taken
            except NoSurfaceError:
                assert not taken
        assert ROUNDING < TOLERANCE


def test_data_other_than_the_recorded_ones_prove_the_model_on_the_recorded_ones(tmp_path):
    """Other data have another loss, and that is no reason to refuse the model."""
    with recorded(tmp_path / "a.h5", normalization()) as run:
        other = objective_of(run, data=(X[:10], Y[:10]))
        whole = objective_of(run)
        at = run.weights[-1:], run.state[-1:]
        assert other(*at)[0] != pytest.approx(whole(*at)[0], rel=1e-3)
        assert other(*at)[0] == pytest.approx(whole.only(0, 10)(*at)[0], rel=1e-5)


def test_a_recorder_gives_its_model_where_the_recording_cannot(tmp_path):
    """A layer of one's own cannot be rebuilt: the Recorder still has the model."""
    model = doubled()
    model.compile(keras.optimizers.SGD(0.05), "mse")
    recorder = animator.Recorder(tmp_path / "a.h5", data=(X - 30, Y))
    model.fit(X - 30, Y, epochs=2, verbose=0, callbacks=[recorder])
    alone = animator.film(tmp_path / "a.h5")
    assert alone.views()[0].field is None
    with pytest.warns(FilmWarning, match="no surface: the model cannot be rebuilt; give it with model="):
        alone.save(tmp_path / "a.png", size=(640, 360))
    assert last_height(animator.film(recorder)) == true_loss(model)
    with pytest.raises(NoSurfaceError, match="cannot be rebuilt"):
        animator.film(tmp_path / "a.h5", slice="static").views()


def test_keras_is_handed_copies(tmp_path):
    """Rebuilding a functional model empties what Keras is given: twice from one recording is the same."""
    start = keras.Input((2,))
    model = keras.Model(start, layers.Dense(1)(layers.Dense(3, "tanh")(start)))
    with recorded(tmp_path / "a.h5", model, X - 30) as run:
        said = str(run.meta["model_config"])
        for _ in range(2):
            animator.film(run, plane="random").views()
            assert str(run.meta["model_config"]) == said
        saved = animator.film(run).save(tmp_path / "a.mp4", tmp_path / "a.gif", size=(320, 180))
        assert [file.path.suffix for file in saved] == [".mp4", ".gif"]


NO_LOSSES = (
    "'a.h5': the model could not be held against the recording, which has no losses on its data: heights are "
    "those of the model as it was "
)


def unproved_run(path):
    """A recording at `path` whose data are there, and whose losses on them are not: all rows are known, and
    every loss was NaN when training ended.
    """
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    run = recorded(path, model, X - 30)
    run.close()
    with h5py.File(path, "r+") as file:
        file["loss"][:] = np.nan
    return model


def test_a_model_that_nothing_recorded_proves_is_drawn_and_said(tmp_path, monkeypatch, capsys):
    """Python's warning, standard error and JSON; also of a surface from the cache, and of a model given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANIMATOR_CACHE", str(tmp_path / "cache"))
    model = unproved_run(tmp_path / "a.h5")
    for _ in range(2):
        done = typed(capsys, "render", "a.h5", "-o", "a.png", "--size", "640x360", "--json")
        assert json.loads(done.out)["warnings"] == [NO_LOSSES + "rebuilt."]
        assert done.err.endswith(f"animator: {NO_LOSSES}rebuilt.\n")
    with animator.load("a.h5") as run:
        film = animator.film(run, model=model)
        assert last_height(film) == true_loss(model)
        assert film.warnings() == (NO_LOSSES + "given.",)
        assert animator.film(run, layout="weights loss").warnings() == ()


def test_a_training_cut_short_has_losses_on_its_data_or_a_sentence(tmp_path):
    """The process ended before the losses were computed: the part file has weights and data alone."""

    class Stops(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                raise KeyboardInterrupt

    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    recorder = animator.Recorder(tmp_path / "a.h5", data=(X - 30, Y))
    with pytest.raises(KeyboardInterrupt):
        model.fit(X - 30, Y, verbose=0, callbacks=[recorder, Stops()])
    recorder.abandon()
    with animator.load(tmp_path / "a.part.h5") as run:
        assert np.isnan(run.loss).all()
        film = animator.film(run)
        assert last_height(film) == true_loss(model)
        assert film.warnings()[0] == NO_LOSSES.replace("a.h5", "a.part.h5") + "rebuilt."


def test_losses_on_data_that_are_not_held_prove_nothing(tmp_path, monkeypatch):
    """The recording has losses, but not the data they are of: other data, given, cannot prove the model."""
    monkeypatch.setattr(recorded_data, "KEEP_BYTES", 10)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    with (
        pytest.warns(UserWarning, match="are not kept in"),
        recorded(tmp_path / "a.h5", model, X - 30) as run,
    ):
        other = animator.film(run, data=(X[:10] - 30, Y[:10]))
        assert last_height(other) == true_loss(model, X[:10] - 30, Y[:10])
        assert other.warnings() == (
            "'a.h5': the model could not be held against the recording, which does not hold the data that "
            "its losses were computed from: heights are those of the model as it was rebuilt.",
        )
        assert animator.film(run, data=(X - 30, Y)).warnings() == ()
