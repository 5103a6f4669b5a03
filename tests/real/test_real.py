"""Programs that people really train: the Recorder changes no bit of them; its losses and its film are true.

Those that are not fast are marked `real_long`: `make test-real` runs them, `make test` does not.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import animator
import tests.real
from animator.core.errors import AnimatorError
from tests.real.program import Outcome, Program, replayed, train

NAMES = sorted(
    found.name
    for found in pkgutil.walk_packages(tests.real.__path__, "tests.real.")
    if not found.ispkg and found.name.count(".") == 3
)


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """A program trained bare and recorded; folder: where its recordings are."""

    program: Program
    bare: Outcome
    recorded: Outcome
    folder: Path


def program_of(name: str) -> Program:
    return importlib.import_module(name).PROGRAM


def programs(refused: bool) -> list[Any]:
    """The names of the programs that are refused, or of those that are not, as parameters of a test."""
    return [
        pytest.param(
            name, id=name.removeprefix("tests.real."), marks=[] if program.fast else pytest.mark.real_long
        )
        for name in NAMES
        if bool((program := program_of(name)).refused) == refused
    ]


@pytest.fixture(scope="module", autouse=True)
def sums_in_one_order() -> Iterator[None]:
    """TensorFlow's optimizer of graphs may add three numbers in another order in each process and graph: two
    bare runs then differ in the last bit of a reported mean. Here it leaves sums as they are.
    """
    tf.config.optimizer.set_experimental_options({"arithmetic_optimization": False})
    yield
    tf.config.optimizer.set_experimental_options({"arithmetic_optimization": True})


@pytest.fixture(scope="module", params=programs(refused=False))
def both(request, tmp_path_factory) -> Both:
    program = program_of(request.param)
    folder = tmp_path_factory.mktemp("runs")
    return Both(program, train(program), train(program, folder), folder)


def test_recording_changes_nothing(both):
    a, b = both.bare, both.recorded
    for part in ("weights", "optimizer", "metrics"):
        np.testing.assert_equal(getattr(b, part), getattr(a, part), part)
    np.testing.assert_equal(b.trained.histories, a.trained.histories)
    np.testing.assert_equal(b.logs, a.logs)
    assert b.counted == a.counted
    assert b.random == a.random


def test_batch_losses_are_those_of_the_batches(both):
    """Computed again without a Recorder, from recorded weights; or absent at every step, with a reason."""
    trained, told = both.recorded.trained, both.program.batch_loss
    for i in range(len(trained.histories)):
        run = animator.load(both.folder / f"{i}.h5")
        assert (run.facts.no_batch_loss is None) == told
        assert np.isfinite(run.batch_loss).all() if told else np.isnan(run.batch_loss).all()
    for i, replay in enumerate(trained.replays if told else ()):
        run = animator.load(both.folder / f"{i}.h5")
        expected = list(replayed(replay, np.asarray(run.weights[:-1])))
        np.testing.assert_allclose(run.batch_loss, expected, rtol=2e-5, atol=1e-6)


def test_the_film_is_true(both, tmp_path):
    count = len(both.recorded.trained.histories)
    run = animator.load(both.folder / f"{count - 1}.h5")
    given: dict[str, Any] = {"model": both.recorded.trained.model} if both.program.needs_model else {}
    if both.program.surface:
        given["slice"] = "moving"  # the dot's height is then the loss there, as the model drawn from has it
    film = animator.film(run, **given)
    (saved, *_) = film.save(tmp_path / "film.gif", size=(320, 180), fps=10)
    assert saved.frames > 1 and saved.path.stat().st_size > 0
    (view,) = film.views(10)
    assert (view.field is not None) == both.program.surface
    if both.program.surface:
        assert film.fidelity()["max_abs_error"] < both.program.apart
    for sentence in both.program.said:
        assert sentence in film.under_title((view,))


@pytest.mark.parametrize("name", programs(refused=True))
def test_it_is_refused_before_the_first_step(name, tmp_path):
    with pytest.raises(AnimatorError) as error:
        train(program_of(name), tmp_path)
    assert str(error.value) == program_of(name).refused
    assert list(tmp_path.iterdir()) == []
