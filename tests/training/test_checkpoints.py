"""Recordings from checkpoints: rows, losses, order, statistics; and what is refused."""

import json
import warnings

import keras
import numpy as np
import pytest
from keras import layers

import animator
from tests.running import run as typed

X = np.random.default_rng(0).random((40, 3)).astype("f4")
Y = np.sin(X.sum(1, keepdims=True)).astype("f4")
SCENE = '''
"""A model of checkpoints."""
import numpy as np
from animator import Experiment, Scene

def model():
    import keras
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "tanh"),
                            keras.layers.BatchNormalization(), keras.layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.05), "mse")
    return net

def data():
    x = np.random.default_rng(0).random((40, 3)).astype("f4")
    return x, np.sin(x.sum(1, keepdims=True)).astype("f4")

def scene(width: int = 4) -> Scene:
    """Checkpoints."""
    return Scene(title="t", runs=(Experiment(model=model, data=data),))
'''


def net(width=4):
    keras.utils.set_random_seed(1)
    stack = [keras.Input((3,)), layers.Dense(width, "tanh"), layers.BatchNormalization(), layers.Dense(1)]
    model = keras.Sequential(stack)
    model.compile(keras.optimizers.SGD(0.05), "mse")
    return model


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """Checkpoints of epochs 9, 10, 99 and 100, their weights and their losses, and data.npz."""
    monkeypatch.chdir(tmp_path)
    model, weights, losses = net(), [], []
    for epoch in (9, 10, 99, 100):
        model.fit(X, Y, verbose=0)
        model.save(f"epoch-{epoch}.keras")
        model.save_weights(f"epoch-{epoch}.weights.h5")
        weights.append(np.concatenate([v.numpy().ravel() for v in model.trainable_variables]))
        losses.append(model.evaluate(X, Y, verbose=0))
    np.savez("data.npz", x=X, y=Y)
    return np.array(weights), np.array(losses)


@pytest.mark.parametrize("words", [("epoch-*.keras", "--data", "data.npz"),
                                   ("epoch-*.weights.h5", "--scene", "own.py")],
                         ids=["whole", "weights"])  # fmt: skip
@pytest.mark.filterwarnings("default::UserWarning")
def test_checkpoints_become_rows_in_natural_order(words, saved, tmp_path, capsys):
    (tmp_path / "own.py").write_text(SCENE)
    warnings.simplefilter("error", UserWarning)  # Keras tells of the optimizer's variables: nobody asked
    done = typed(capsys, "record", "--from", "checkpoints", *words, "-o", "run.h5", "--json")
    assert done.code == 0, done.err
    with animator.load("run.h5") as run:
        np.testing.assert_array_equal(np.asarray(run.weights), saved[0])
        np.testing.assert_allclose(run.loss, saved[1], atol=1e-6)
        assert np.isnan(run.batch_loss).all() and run.finished and run.state.shape == (4, 8)
        np.testing.assert_allclose(run.learning_rate, 0.05)
        names = [f"epoch-{epoch}.{words[0].partition('.')[2]}" for epoch in (9, 10, 99, 100)]
        assert run.meta["notes"]["checkpoints"] == names
    assert json.loads(done.out)["files"][0]["steps"] == 3
    assert done.err == ""
    shown = typed(capsys, "render", "run.h5", "-o", "a.png", "--quality", "draft")
    assert shown.code == 0 and "not finite" not in shown.out
    with animator.load("run.h5") as run:
        assert run.facts.no_batch_loss == "checkpoints hold no losses of batches"


def test_what_cannot_be_gathered_is_refused(saved, tmp_path, capsys):
    net(5).save("epoch-101.keras")
    (tmp_path / "bad.keras").write_text("no")
    (tmp_path / "also.keras").write_text("no")
    np.savez("other.npz", a=X)
    start = ("record", "--from", "checkpoints")
    refused = {
        ("none*.keras",): "No file matches none*.keras. Give the checkpoints' pattern in quotes, such as "
        "'ckpt/*.keras'.",
        ("epoch-9.keras",): "A path needs two checkpoints or more, but got 1. Give a pattern that matches "
        "more files, such as 'ckpt/*.keras'.",
        ("epoch-*.keras",): "Checkpoint 'epoch-101.keras' has other weights than 'epoch-9.keras': they are "
        "of two models. Give checkpoints of one model only.",
        ("epoch-*.weights.h5",): "'epoch-9.weights.h5' holds weights but no model. Give the scene whose "
        "model they are of, with --scene FILE.py, or save whole models as .keras.",
        ("epoch-*.keras", "--data", "other.npz"): "'other.npz' holds a, but data are arrays called x and y. "
        "Write them with numpy.savez('data.npz', x=x, y=y).",
    }
    for words, sentence in refused.items():
        done = typed(capsys, *start, *words, "-o", "run.h5")
        assert (done.code, done.err.strip()) == (2, f"animator: {sentence}")
        assert not list(tmp_path.glob("run*.h5"))
    done = typed(capsys, *start, "*d.keras", "also.keras", "-o", "run.h5")
    assert done.code == 2 and "cannot be loaded" in done.err
    done = typed(capsys, "record", "--from", "films", "a", "-o", "run.h5")
    assert done.err.startswith("animator: --from films is no source of recordings.")
