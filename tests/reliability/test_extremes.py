"""Runs at the ends of what there is: no steps, one step, weights that never move, losses of every kind.

Each becomes a film of its numbers without a warning of NumPy's, and its words say what it was.
"""

import os
import warnings

import numpy as np
import pytest

import animator
from animator.encoding import inspect
from animator.recordings.writer import RecordingWriter, Row

STEPS = 12
SAID = {"variables": [{"path": "dense/kernel", "shape": [1], "start": 0}], "notes": {"title": "An extreme"}}
K = np.arange(STEPS, dtype=float)
LOSSES = {
    "zero": 0 * K,
    "NaN from the start": np.full(STEPS, np.nan),
    "infinite midway": np.where(K == 5, np.inf, 1 / (K + 1)),
    "minus infinite": np.where(K == 5, -np.inf, 1 / (K + 1)),
    "NaN midway": np.where(K > 5, np.nan, 1 / (K + 1)),
    "sixty orders of magnitude": 10.0 ** np.linspace(-30, 30, STEPS),
    "negative": -K - 1,
    "of both signs": np.where(K % 2 == 0, K, -K),
    "near the end of floats": np.linspace(1e-308, 1e300, STEPS),
}


def recording(path, losses, moving=True):
    """A run of one weight whose batch losses, and losses on the data, are these."""
    steps = len(losses)
    writer = RecordingWriter(path, Row(0, np.ones(1, "f4"), np.zeros(0, "f4")), SAID, {})
    k = np.arange(steps)
    columns = {"batch_loss": losses, "learning_rate": 0.5 + 0 * k, "epoch": k // 4, "batch": k % 4}
    rows = (1 + moving * 0.1 * (k + 1.0))[:, None].astype("f4")
    if steps:
        writer.write(columns, (k + 1).tolist(), rows, np.zeros((steps, 0), "f4"))
    writer.finish({"loss": np.append(losses[:1] if steps else 1.0, losses)})
    return path


def filmed(path, target, size=(160, 120)):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        film = animator.film(path, layout=(("weights", "loss"),))
        (saved,) = film.save(target, size=size, fps=10)
    found = inspect(saved.path)
    assert (found.width, found.height, found.metadata.title) == (*size, "An extreme")
    assert "nan%" not in film.alt_text() and film.alt_text()
    return found


@pytest.mark.parametrize("losses", LOSSES.values(), ids=LOSSES.keys())
def test_losses_of_every_kind_are_filmed(tmp_path, losses):
    assert filmed(recording(tmp_path / "run.h5", losses), tmp_path / "a.gif").frames > 1


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_runs_of_few_steps_are_filmed(tmp_path, steps):
    filmed(recording(tmp_path / "run.h5", 1 / (np.arange(steps) + 1.0)), tmp_path / "a.gif")


def test_weights_that_never_move_are_filmed(tmp_path):
    filmed(recording(tmp_path / "run.h5", 1 / (K + 1), moving=False), tmp_path / "a.gif")


@pytest.mark.skipif("ANIMATOR_SOAK" not in os.environ, reason="it takes minutes: make soak")
def test_ten_million_steps_are_read_in_pieces(tmp_path):
    """What is read at once are columns of numbers; a film of them is drawn from the steps that it shows."""
    import resource

    path = tmp_path / "run.h5"
    writer = RecordingWriter(path, Row(0, np.ones(1, "f4"), np.zeros(0, "f4")), SAID, {})
    size = 10**6
    for start in range(0, 10**7, size):
        k = np.arange(start, start + size)
        columns = {"batch_loss": 1 / (k + 1.0), "learning_rate": 0.5 + 0 * k, "epoch": k // 4, "batch": k % 4}
        rows = (1 / (k + 1.0))[:, None].astype("f4")
        writer.write(columns, (k + 1).tolist(), rows, np.zeros((size, 0), "f4"))
    writer.finish({"loss": 1 / np.arange(1.0, 10**7 + 2)})
    with animator.load(path) as run:
        assert run.steps == 10**7 and run.weights[10**7].shape == (1,)
        assert run.row(9_999_999) == 9_999_999
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 8 * 2**20  # KB
