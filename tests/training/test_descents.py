"""Descents become recordings: equal to the optimizer's steps, without TensorFlow, byte for byte."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import animator
from animator import AnimatorError, Descent
from animator.training import descents, training

ROSENBROCK = {"start": (-2, 2), "optimizer": "adam", "learning_rate": 0.1, "steps": 60}


def test_a_recording_holds_the_path_and_the_values_of_the_function(tmp_path: Path):
    with animator.descend(
        "ellipse(4)", start=(1, 1), optimizer="sgd", learning_rate=0.25, steps=3, path=tmp_path / "a.h5"
    ) as run:
        k = np.arange(4)
        np.testing.assert_allclose(run.weights, np.stack([0.75**k, 0.0**k], axis=1), rtol=1e-6)
        np.testing.assert_allclose(run.loss, 0.5 * 0.75 ** (2 * k) + 2 * 0.0**k, rtol=1e-6)
        np.testing.assert_allclose(run.batch_loss, run.loss[:-1], rtol=1e-6)
        assert run.learning_rate.tolist() == [0.25] * 3 and run.notes.way == "descent"
        assert run.parameter_names == ["x", "y"] and run.meta["notes"]["target"] == [0.0, 0.0]
        assert run.meta["optimizer"] == {
            "class_name": "SGD",
            "config": {"learning_rate": 0.25, "momentum": 0.0, "nesterov": False},
        }


def test_the_first_numbers_are_those_of_rosenbrock():
    run = animator.descend("rosenbrock", **ROSENBROCK)
    assert run.loss[0] == 409.0
    np.testing.assert_allclose(
        run.weights[1], (-1.9, 2.1), rtol=1e-6
    )  # Adam's first step has the rate's size


def test_the_same_descent_gives_the_same_bytes(tmp_path: Path):
    for name in ("a", "b"):
        animator.descend(
            "ackley", noise=0.1, seed=5, path=tmp_path / f"{name}.h5", **{**ROSENBROCK, "steps": 200}
        ).close()
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


@pytest.mark.parametrize(
    ("f", "optimizer"),
    [("ackley", "adam"), ("x**3.5+sinh(y)*exp(-x)+tanh(x*y)", "lion"), ("rosenbrock", "newton")],
)
def test_a_swarm_has_the_bytes_of_each_alone(f: str, optimizer: str, tmp_path: Path):
    """Followed at once or one by one; noise is drawn by each from its own seed."""
    starts = [(0.3 + 0.1 * k, 1.7 - 0.05 * k) for k in range(9)]
    runs = [Descent(f, at, optimizer, 0.05, 40, 0.1, k) for k, at in enumerate(starts)]
    steps = descents.together(dict(enumerate(runs)))
    assert sorted(steps) == list(range(9))
    for k in (0, 4, 8):
        for name, known in (("swarm", steps[k]), ("alone", None)):
            descents.record(runs[k], tmp_path / f"{name}.h5", {}, known=known).close()
        assert (tmp_path / "swarm.h5").read_bytes() == (tmp_path / "alone.h5").read_bytes()


def test_only_descents_of_one_kind_are_followed_together():
    runs = [Descent("booth", (1, k), steps=5 + k % 2) for k in range(4)] + [Descent("matyas", steps=5)]
    steps = descents.together(dict(enumerate(runs)))
    assert sorted(steps) == [0, 1, 2, 3]
    assert [len(list(steps[k])) for k in range(4)] == [5, 6, 5, 6]


def test_a_schedule_may_be_a_text_or_a_function():
    for rate in ("linear(0.2, 4)", lambda k: 0.2 * (1 - k / 4)):
        run = animator.descend("sphere", start=(1, 0), optimizer="sgd", learning_rate=rate, steps=3)
        np.testing.assert_allclose(run.learning_rate, [0.2, 0.15, 0.1])
        np.testing.assert_allclose(run.weights[:, 0], np.cumprod([1, 0.6, 0.7, 0.8]), rtol=1e-6)


def test_a_python_function_is_told_by_its_formula_and_needs_not_be_given_again(tmp_path: Path):
    animator.descend(lambda x, y: x**2 - y**2, start=(1, 0.1), steps=20, path=tmp_path / "a.h5").close()
    with animator.load(tmp_path / "a.h5") as run:
        assert run.meta["loss"] == {
            "kind": "function",
            "expression": "x ** 2.0 - y ** 2.0",
            "variables": ["x", "y"],
        }
        (view,) = animator.film(run).views()
        a, b = np.meshgrid(view.field.alpha, view.field.beta)
        np.testing.assert_allclose(view.field.slices[0], a**2 - b**2, rtol=1e-6, atol=1e-6)
        assert view.worst()[0] < 1e-12


def test_a_keras_optimizer_takes_its_own_steps_and_stays_as_it_was():
    import keras

    optimizer = keras.optimizers.Nadam(0.05)
    run = animator.descend("beale", start=(1, 1.5), optimizer=optimizer, steps=5)
    again = animator.descend("beale", start=(1, 1.5), optimizer=optimizer, steps=5)
    np.testing.assert_array_equal(run.weights, again.weights)
    assert run.meta["optimizer"]["class_name"] == "Nadam" and not optimizer.built
    np.testing.assert_allclose(run.learning_rate, [0.05] * 5, rtol=1e-6)
    assert run.loss[-1] < run.loss[0]


def test_a_path_in_five_dimensions_is_filmed_on_a_plane():
    run = animator.descend(
        "(a-1)**2 + (b-2)**2 + c**2*a**2 + d**4 + (e1-b)**2",
        start=(0, 0, 1, 1, 1),
        steps=80,
        optimizer="adam",
        learning_rate=0.05,
    )
    (view,) = animator.film(run, plane="hessian").views()
    assert view.plane.kind == "hessian"
    assert view.plane.eigenvalues[0] > view.plane.eigenvalues[1] > 0


def test_no_tensorflow_is_loaded_for_a_function(tmp_path: Path):
    code = (
        "import sys\n"
        "from animator.cli import app\n"
        "sys.argv = ['animator', 'render', 'function', 'f=beale', 'steps=20', '-o', 'a.mp4', '--size', "
        "'640x360']\ntry:\n    app.main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "loaded = {'tensorflow', 'keras', 'jax', 'torch'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.mp4").stat().st_size > 5_000


def test_a_descent_is_trained_once_and_comes_from_the_cache_then():
    run = Descent("matyas", steps=31)
    assert training.recorded(run, {"title": "t"}, True)[1] is False
    assert training.recorded(run, {"title": "t"}, True)[1] is True
    keys = {Descent("matyas", steps=31).key(), run.key()}
    others = {
        Descent("matyas", steps=32).key(),
        Descent("booth", steps=31).key(),
        Descent("matyas", (1, 1), steps=31).key(),
        Descent("matyas", optimizer="sgd", steps=31).key(),
        Descent("matyas", noise=0.1, steps=31).key(),
        Descent("matyas", seed=1, steps=31).key(),
        Descent("matyas", learning_rate=0.2, steps=31).key(),
    }
    assert len(keys) == 1 and len(others) == 7 and not keys & others


@pytest.mark.parametrize(
    ("formula", "start"),
    [
        ("(x**2+y-11)**2+(x+y**2-7)**2", (-1, 1)),
        ("x**2", (-1,)),
        ("x*y*z", (-1, 1, -1)),
        ("(x+y)**2", (1, 1)),  # at (-1, 1) it is flat
        ("log(x)+y**2", (1, 1)),  # at (-1, 1) it has no value
        ("log(x)+(y-1)**2+(x-1)**2-x", (0.5, 2)),  # at (1, 1) it is flat
    ],
)
def test_a_formula_without_a_start_begins_where_it_has_a_slope(formula: str, start: tuple[float, ...]):
    run = Descent(formula)
    assert run.begin(run.resolved()) == start


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: Descent("log(-1-x**2)"),
            "f(x) = log(-1-x²) has no value or no slope at the usual starts. Give start= with 1 number "
            "for x, such as start=(1.0,).",
        ),
        (
            lambda: Descent("booth", (1, 2, 3)),
            "start=(1, 2, 3) is no start on Booth's function, which has 2 variables: x, "
            "y. Give 2 finite numbers, such as start=(1.0, 1.0).",
        ),
        (
            lambda: Descent("booth", steps=0),
            "steps=0 is no number of updates: it must be a whole number from 1 to 1,000,000. Use steps=300.",
        ),
        (
            lambda: Descent("booth", noise=-1),
            "noise=-1 is no standard deviation: it must be a number from 0 on. Use noise=0.1.",
        ),
    ],
)
def test_what_is_no_descent(make, sentence):
    with pytest.raises(AnimatorError) as raised:
        make()
    assert str(raised.value) == sentence


def test_a_keras_optimizer_has_its_own_rate():
    import keras

    with pytest.raises(AnimatorError) as raised:
        Descent("booth", optimizer=keras.optimizers.SGD(0.1), learning_rate=0.1)
    assert str(raised.value) == (
        "learning_rate= was given beside an optimizer of Keras, which has its own. Leave it away, or set it "
        "there, as in keras.optimizers.Adam(0.1)."
    )
