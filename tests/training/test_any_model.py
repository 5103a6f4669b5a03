"""Surfaces of held models beside model.evaluate, metrics, memory budgets; scenes and their panels."""

import keras
import numpy as np
import pytest
from keras import layers

import animator
from animator.core.errors import AnimatorError
from animator.design import scene_files
from animator.design.style_files import find
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.captions import slice_caption
from animator.landscape.panel_data.model_outputs import Prediction, Sharpness
from animator.landscape.plane import Plane
from animator.training.loss.objective import loss_function
from tests.running import run as typed

RNG = np.random.default_rng(0)


def images(count, side, channels, classes):
    return RNG.standard_normal((count, side, side, channels)).astype("f4"), RNG.integers(0, classes, count)


def mlp():
    net = keras.Sequential([keras.Input((2,)), layers.Dense(16, "tanh"), layers.Dense(14, "tanh"),
                            layers.Dense(1, "sigmoid")])  # fmt: skip
    x = RNG.standard_normal((300, 2)).astype("f4")
    return net, "binary_crossentropy", (x, (x[:, :1] > 0).astype("f4"))


def regularized():
    net = keras.Sequential(
        [keras.Input((2,)), layers.Dense(8, "tanh", kernel_regularizer="l2"), layers.Dense(1)]
    )
    x = RNG.standard_normal((64, 2)).astype("f4")
    return net, "mse", (x, x[:, :1] * x[:, 1:])


def lenet():
    net = keras.Sequential([
        keras.Input((12, 12, 1)), layers.Conv2D(4, 5, activation="tanh", padding="same"),
        layers.AveragePooling2D(2), layers.Conv2D(6, 3, activation="tanh"), layers.AveragePooling2D(2),
        layers.Flatten(), layers.Dense(12, "tanh"), layers.Dense(10, "softmax"),
    ])  # fmt: skip
    return net, "sparse_categorical_crossentropy", images(64, 12, 1, 10)


def mobile():
    stack = [keras.Input((8, 8, 3)), layers.Conv2D(6, 3, 2, padding="same"), layers.BatchNormalization(),
             layers.ReLU(6.0), layers.DepthwiseConv2D(3, padding="same"), layers.BatchNormalization(),
             layers.ReLU(6.0), layers.Conv2D(8, 1), layers.GlobalAveragePooling2D(),
             layers.Dense(4, "softmax")]  # fmt: skip
    return keras.Sequential(stack), "sparse_categorical_crossentropy", images(48, 8, 3, 4)


def lstm():
    net = keras.Sequential([keras.Input((6, 3)), layers.LSTM(5), layers.Dense(1)])
    return (
        net,
        "mse",
        (RNG.standard_normal((32, 6, 3)).astype("f4"), RNG.standard_normal((32, 1)).astype("f4")),
    )


def transformer():
    words = keras.Input((6,))
    h = layers.Embedding(20, 8)(words)
    h = layers.LayerNormalization()(
        h + layers.Dropout(0.1)(layers.MultiHeadAttention(2, 4, dropout=0.1)(h, h))
    )
    h = layers.LayerNormalization()(h + layers.Dense(8)(layers.Dense(16, "gelu")(h)))
    net = keras.Model(words, layers.Dense(3, "softmax")(layers.GlobalAveragePooling1D()(h)))
    return net, "sparse_categorical_crossentropy", (RNG.integers(0, 20, (32, 6)), RNG.integers(0, 3, 32))


def two_inputs():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    out = layers.Dense(1)(layers.Concatenate()([layers.Dense(4, "tanh")(a), b]))
    x = {"a": RNG.standard_normal((40, 3)).astype("f4"), "b": RNG.standard_normal((40, 2)).astype("f4")}
    return keras.Model({"a": a, "b": b}, out), "mae", (x, RNG.standard_normal((40, 1)).astype("f4"))


def weighted():
    net, loss, data = mlp()
    return net, loss, (*data, RNG.random(300).astype("f4"))


@pytest.mark.parametrize("make", [mlp, regularized, lenet, mobile, lstm, transformer, two_inputs, weighted],
                         ids=lambda make: make.__name__)  # fmt: skip
def test_the_surface_equals_model_evaluate(make):
    """Five points of a random plane, within 1e-5; the model is left as it was."""
    keras.utils.set_random_seed(0)
    net, loss, data = make()
    net.compile("adam", loss)
    net.fit(data[0], data[1], epochs=1, verbose=0)  # moves BatchNormalization's statistics
    before = net.get_weights()
    origin = np.concatenate([np.ravel(v.numpy()) for v in net.trainable_variables])
    basis = np.random.default_rng(1).standard_normal((2, origin.size)) * 0.3 * np.abs(origin).mean()
    surface = animator.evaluate(net, data, Plane(origin, basis), 5, (-1, 1, -1, 1))
    for old, new in zip(before, net.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    weight = data[2] if len(data) == 3 else None
    count = len(data[1])
    for i, j in ((0, 0), (1, 3), (2, 2), (4, 0), (3, 4)):
        row, at = origin + surface.alpha[j] * basis[0] + surface.beta[i] * basis[1], 0
        for variable in net.trainable_variables:
            size = int(np.prod(variable.shape))
            variable.assign(row[at : at + size].reshape(variable.shape))
            at += size
        kept = net.evaluate(data[0], data[1], sample_weight=weight, batch_size=count, verbose=0)
        assert surface.loss[i, j] == pytest.approx(kept, abs=1e-5)


def test_accuracy_is_cut_like_the_loss():
    keras.utils.set_random_seed(0)
    net, loss, data = mlp()
    net.compile("adam", loss, metrics=["accuracy"])
    origin = np.concatenate([np.ravel(v.numpy()) for v in net.trainable_variables])
    objective = loss_function(net, data, metric="accuracy")
    expected = net.evaluate(*data, verbose=0, return_dict=True)["accuracy"]
    assert objective(origin[None])[0] == pytest.approx(expected, abs=1e-6)
    with pytest.raises(AnimatorError) as caught:
        loss_function(net, data, metric="auc")
    assert str(caught.value) == (
        f"Model {net.name!r} reports no metric 'auc'. It reports: loss accuracy. "
        "Compile it with metrics=['auc'] to cut that."
    )


def test_gradients_equal_differences_of_losses():
    """Central differences of the loss in float64 along random directions."""
    net, loss, data = mlp()
    net.compile("adam", loss)
    objective = loss_function(net, data)
    origin = np.concatenate([np.ravel(v.numpy()) for v in net.trainable_variables]).astype(float)
    direction = np.random.default_rng(3).standard_normal(origin.size)
    direction /= np.linalg.norm(direction)
    high, low = objective(np.stack([origin + 0.02 * direction, origin - 0.02 * direction]))
    assert objective.gradient(origin) @ direction == pytest.approx((high - low) / 0.04, abs=1e-4)
    ahead, behind = (objective.gradient(origin + s * 0.02 * direction) for s in (1, -1))
    np.testing.assert_allclose(
        objective.hessian_product(origin, direction), (ahead - behind) / 0.04, atol=1e-3
    )


def test_a_small_budget_gives_the_same_surface():
    net, loss, data = mlp()
    net.compile("adam", loss)
    origin = np.concatenate([np.ravel(v.numpy()) for v in net.trainable_variables])
    rows = origin + 0.3 * np.random.default_rng(0).standard_normal((40, origin.size))
    whole, small = loss_function(net, data), loss_function(net, data, memory=20_000)
    assert small.pieces > 1
    np.testing.assert_allclose(small(rows), whole(rows), atol=1e-6)


@pytest.mark.parametrize("word", ["plane=random", "slice=blend"])
def test_a_scene_is_rendered_on_planes_and_slices_of_all_kinds(word, tmp_path, capsys):
    """Those that it has by itself are drawn by the tests of the bundled films."""
    words = ("spirals", "epochs=1", word, "-o", str(tmp_path / "a.png"), "--quality", "draft", "--json")
    done = typed(capsys, "render", *words)
    assert done.code == 0, done.err
    assert (tmp_path / "a.png").stat().st_size > 20_000
    assert '"max_abs_error"' in done.out


def test_spirals_have_their_320_and_17_parameters():
    """2*16+16 + 16*16+16 + 16+1 = 337; calling a scene starts no TensorFlow work."""
    scene = scene_files.bundled("spirals").build({})
    x, y = scene.runs[0].data()
    assert x.shape == (300, 2) and sorted(set(y.ravel())) == [0, 1]
    assert scene.runs[0].model().count_params() == 337


def test_the_gauge_speaks_only_when_height_and_loss_disagree(view):
    """A height 20 % off the true loss draws the bracket in the alert colour; an exact one does not."""
    from dataclasses import replace

    from animator.design.style import rgb

    alert = np.array(rgb(find("dark").alert))
    found = []
    for factor in (1.0, 1.2):
        wrong = replace(view, field=replace(view.field, heights=view.field.heights * factor))
        canvas = Canvas([wrong], (("surface", "loss"),), find("dark"), (1280, 720), "t", "c")
        frame = canvas.draw(FrameState(20, False))[..., :3].astype(int)
        found.append(int((np.abs(frame - alert).sum(axis=2) < 12).sum()))
    assert found[0] < 40 < 200 < found[1]


def test_panels_of_predictions_and_sharpness(view):
    """The fast frames equal a full draw, for a plane, for classes, and for a curve."""
    from dataclasses import replace

    steps = np.array([0, 30, 60])
    x = np.linspace(-1, 1, 21)
    a, b = np.meshgrid(x, x)
    plane = np.stack([a * k + b for k in (0.1, 0.5, 1.0)]).astype(np.float32)
    inputs = RNG.uniform(-1, 1, (50, 2))
    two = Prediction(steps, x, x, plane, False, inputs, (inputs[:, 0] > 0).astype(float))
    many = Prediction(steps, x, x, np.digitize(plane, [-0.3, 0.3]).astype("f4"), True, inputs,
                      RNG.integers(0, 3, 50).astype(float))  # fmt: skip
    curve = Prediction(steps, x, np.zeros(1), plane[:, 0], False, inputs[:, :1], inputs[:, 0])
    sharp = Sharpness(steps, np.array([3.0, 4.0, 3.9]))
    for shown in (two, many, curve):
        full = replace(
            view, prediction=shown, sharpness=sharp, running_means={"accuracy": np.linspace(0, 1, 60)}
        )
        layout = (("prediction", "sharpness"), ("accuracy", "rate"))
        canvas = Canvas([full], layout, find("light"), (1280, 720), "t", "c")
        for step in (60, 0, 30):
            state = FrameState(step, step == 60)
            fast = canvas.draw(state).copy()
            assert np.abs(fast.astype(int) - canvas.full(state)).max() <= 2


class Own(keras.Model):
    """A subclassed model that cannot be rebuilt from its configuration."""

    def __init__(self):
        super().__init__()
        self.hidden, self.out = layers.Dense(4, "tanh"), layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))


def test_a_subclassed_model_is_filmed_when_it_is_given(tmp_path):
    """film(run, model=, data=, plane=): heights of a moving slice are true; without the model, a sentence."""
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).random((40, 2)).astype("f4")
    y = x[:, :1] * x[:, 1:]
    model = Own()
    model(x[:1])
    model.compile(keras.optimizers.SGD(0.2), "mse")
    model.fit(x, y, epochs=2, verbose=0, callbacks=[animator.Recorder(tmp_path / "run.h5", data=(x, y))])
    film = animator.film(tmp_path / "run.h5", model=model, data=(x, y), plane="hessian", slice="moving")
    fidelity = film.fidelity()
    assert fidelity["max_abs_error"] < 1e-6 and fidelity["plane"] == "hessian"
    with pytest.raises(AnimatorError) as caught:
        animator.film(tmp_path / "run.h5", plane="pca").views()
    assert str(caught.value).startswith(f"The model of recording '{tmp_path / 'run.h5'}' cannot be rebuilt: ")
    assert str(caught.value).endswith("Give the model itself with model=.")
    with pytest.raises(AnimatorError) as caught:
        animator.film(tmp_path / "run.h5", model=two_parameters(), plane="pca").views()
    assert str(caught.value) == (
        f"Recording '{tmp_path / 'run.h5'}' has 17 parameters but the model has 2: the model changed "
        "after it was recorded. Build the model it was recorded with, or record again."
    )


def two_parameters():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    return model


def test_a_static_slice_goes_through_the_stated_step(tmp_path):
    """At that step the height is the true loss; through step 0 and the last, at both ends."""
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).random((40, 2)).astype("f4")
    net = keras.Sequential([keras.Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1)])
    net.compile(keras.optimizers.Adam(0.05), "mse")
    net.fit(x, x[:, :1] * x[:, 1:], epochs=10, batch_size=10, verbose=0,
            callbacks=[animator.Recorder(tmp_path / "run.h5", data=(x, x[:, :1] * x[:, 1:]))])  # fmt: skip
    for step in (0, 17):
        (view,) = animator.film(tmp_path / "run.h5", plane="random", slice="static", at=step).views()
        assert view.field.height(step) == pytest.approx(view.loss[step], abs=1e-6)
        away = (weights := np.asarray(animator.load(tmp_path / "run.h5").weights, float)) - weights[step]
        onto = np.linalg.qr(view.plane.basis.T)[0]
        np.testing.assert_allclose(
            view.residual, np.linalg.norm(away - away @ onto @ onto.T, axis=1), atol=1e-6
        )
        assert f"It stands still at step {step}: the path need not lie on it." in slice_caption(view)
    (view,) = animator.film(tmp_path / "run.h5", slice="through").views()
    for step in (0, 40):
        assert view.field.height(step) == pytest.approx(view.loss[step], abs=1e-6)
        assert view.residual[step] < 1e-5


def test_a_film_shows_itself_in_a_notebook(tmp_path):
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).random((40, 2)).astype("f4")
    model = two_parameters()
    model.fit(x, x.sum(1), verbose=0, callbacks=[animator.Recorder(tmp_path / "run.h5", data=(x, x.sum(1)))])
    from animator.design.timeline import Pacing

    shown = animator.film(tmp_path / "run.h5", pacing=Pacing(0, 0.1, 0))._repr_mimebundle_()
    assert shown["text/html"].startswith("<video controls muted loop playsinline")
    assert "data:video/mp4;base64,AAAA" in shown["text/html"]
    assert shown["text/plain"].startswith("Two weights move from")
