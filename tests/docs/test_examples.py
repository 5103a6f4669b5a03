"""Every public name has an example in its docstring; each runs, and gives what stands below it."""

import doctest
import inspect

import numpy as np
import pytest

import animator

WITH_KERAS = ("Objective", "Recorder")  # to look at these imports TensorFlow
USES_KERAS = (*WITH_KERAS, "KerasModel", "Samples", "evaluate", "planes.random")
PLANES = ("weights", "pca", "random", "hessian", "through", "custom")
FINDERS = [
    name
    for name, function in inspect.getmembers(animator.finders, inspect.isfunction)
    if function.__module__ == animator.finders.__name__ and not name.startswith("_")
]


def has_docstring(name: str) -> bool:
    """Aliases of types have none, and what is in the modules stands under its own names."""
    thing = None if name in WITH_KERAS else getattr(animator, name)
    return name in WITH_KERAS or inspect.isclass(thing) or inspect.isfunction(thing)


PUBLIC = [
    *(name for name in animator.__all__ if has_docstring(name)),
    *(f"planes.{name}" for name in PLANES),
    *(f"finders.{name}" for name in FINDERS),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the examples run: run.h5 and fast.h5 are descents, a.mp4 and b.gif are films."""
    place = tmp_path_factory.mktemp("examples")
    for name, rate in (("run.h5", 0.1), ("fast.h5", 0.4)):
        function, start = "x**2+2*y**2+x*z+3*z**2", (1, 2, 3)
        animator.descend(function, start=start, learning_rate=rate, steps=60, path=place / name).close()
    with animator.load(place / "run.h5") as run:
        film = animator.film(run, layout="weights", seconds=1)
        film.save(place / "a.mp4", place / "b.gif", size=(320, 180), fps=10)
    return place


@pytest.fixture(scope="module")
def keras_names(folder):
    """What examples take as there, of Keras: a model, its data, and a recording of it, fit.h5."""
    import keras
    import tensorflow as tf

    def update(model, batch):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x[batch]) - y[batch]) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        return loss

    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).random((64, 2), np.float32)
    y = np.tanh(x.sum(axis=1, keepdims=True))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "tanh", name="dense")])
    model.compile(keras.optimizers.SGD(0.5), "mean_squared_error")
    model.fit(x, y, verbose=0, callbacks=[animator.Recorder(folder / "fit.h5", data=(x, y))])
    batches = [slice(start, start + 32) for start in (0, 32)]
    return {"model": model, "x": x, "y": y, "batches": batches, "update": update}


def examples(name: str) -> list[doctest.DocTest]:
    """The docstrings with examples of a public name and of its methods."""
    thing = animator
    for part in name.split("."):
        thing = getattr(thing, part)
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = finder.find(thing, name, module=inspect.getmodule(thing), globs={"animator": animator})
    return [one for one in found if one.examples]


def cases():
    for name in PUBLIC:
        yield pytest.param(name, marks=pytest.mark.docs_long if name == "sweep" else ())


@pytest.mark.parametrize("name", cases())
def test_example_runs(name, folder, request, monkeypatch):
    found = examples(name)
    assert found, f"animator.{name} has no example"
    given = {"f": lambda w: (w**2).sum(axis=1)}
    if name in USES_KERAS:
        given |= request.getfixturevalue("keras_names")
    monkeypatch.chdir(folder)
    with animator.load("run.h5") as run, animator.load("fast.h5") as fast:
        given |= {"run": run, "runs": [run, fast], "path": (path := run.weights[:, :2])}
        given["descent"] = list(zip(path[1:], run.batch_loss, strict=True))
        for one in found:
            one.globs |= given
            told: list[str] = []
            assert doctest.DocTestRunner().run(one, out=told.append).failed == 0, "".join(told)
