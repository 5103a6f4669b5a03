"""The examples in the docstrings of public names run; those that train or save films are run by the pages."""

import doctest
import inspect
import shutil

import pytest

import animator

WITH_KERAS = ("Recorder", "Objective")  # to look at these imports TensorFlow
BY_PAGES = (
    "model",
    ".save(",
    "planes.hessian",
    "planes.random",
    "dense/kernel",
    "a.mp4",
)  # trained, or saved


def examples():
    """Every docstring with examples of the names of `animator`, of their methods and of its modules."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    for name in (name for name in animator.__all__ if name not in WITH_KERAS):
        thing = getattr(animator, name)
        home = thing if inspect.ismodule(thing) else inspect.getmodule(thing)
        for found in finder.find(thing, name, module=home):
            code = "".join(example.source for example in found.examples)
            if code and not any(word in code for word in BY_PAGES):
                yield pytest.param(found, id=found.name)


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What examples take as there: `run`, the recording of a descent; its path (61, 3), losses and steps."""
    made = animator.descend("x**2+2*y**2+x*z+3*z**2", start=(1, 2, 3), steps=60)
    place = tmp_path_factory.mktemp("examples") / "run.h5"
    shutil.copy(made.path, place)
    run = animator.load(place)
    path, loss = run.weights[:], made.batch_loss
    pairs = list(zip([row[:2] for row in path[1:]], loss, strict=True))
    return {
        "animator": animator,
        "run": run,
        "path": path,
        "descent": pairs,
        "f": lambda w: (w**2).sum(axis=1),
    }


@pytest.mark.parametrize("found", examples())
def test_example_runs(found, names, tmp_path, monkeypatch):
    """Beside run.h5; one that is marked SKIP may print anything."""
    shutil.copy(names["run"].path, tmp_path)
    monkeypatch.chdir(tmp_path)
    found.globs |= names
    for example in found.examples:
        if doctest.SKIP in example.options:
            exec(example.source, found.globs)
    assert doctest.DocTestRunner().run(found).failed == 0
