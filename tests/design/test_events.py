"""Events: found where they are put, and nowhere in a tame run."""

import numpy as np
import pytest

from animator.design.alignment import align
from animator.design.events import drops, plateaus, spikes
from animator.recordings.run_notes import DataNotes, RunNotes


def test_a_learning_rate_that_falls():
    (event,) = drops(np.array([0.1] * 30 + [0.01] * 20))
    assert (event.step, event.caption) == (30, "Step 30: the learning rate falls from 0.1 to 0.01.")
    assert drops(0.1 * 0.99 ** np.arange(200)) == []
    (event,) = drops(np.array([0.3, 0.2, 0.1, 0.09]))
    assert event.caption == "Step 2: the learning rate falls from 0.2 to 0.1."


def test_a_spike():
    loss = np.full(100, 0.2)
    loss[40:43] = 1.1, 1.4, 0.9
    (event,) = spikes(loss)
    assert (event.step, event.caption) == (41, "Step 41: the loss jumps from 0.20 to 1.4.")
    assert spikes(np.geomspace(1, 1e-3, 200)) == []
    assert spikes(np.geomspace(1e-3, 1e3, 200)) == []  # it diverges, and does not come back


def test_the_end_of_a_plateau():
    loss = np.concatenate([np.geomspace(1, 0.5, 20), np.full(60, 0.5), np.geomspace(0.5, 0.01, 40)])
    (event,) = plateaus(loss)
    assert event.step == pytest.approx(79, abs=2)
    assert event.caption.startswith("Step ") and "plateau that began at step 1" in event.caption
    assert plateaus(np.concatenate([np.geomspace(1, 0.1, 40), np.full(60, 0.1)])) == []  # it is the end


class Run:
    """What an alignment looks at."""

    def __init__(self, steps, epochs):
        self.steps, self.epoch = steps, [epochs - 1]
        self.notes = RunNotes(data=DataNotes(samples=64))


def test_runs_share_a_clock_by_epochs_or_gradient_evaluations():
    """Batches of 4 and of 32 of 64 samples, 3 epochs each: 48 and 6 steps."""
    runs = [Run(6, 3), Run(48, 3)]
    by_epoch = align(runs, "epoch")
    assert by_epoch.reference == 1 and by_epoch.units == (0.5, 1 / 16)
    assert by_epoch.ratio(0) == pytest.approx(1 / 8) and by_epoch.ratio(1) == 1
    assert align(runs, "evaluations").units == (32.0, 4.0)
    assert align(runs, "step").units == (1.0, 1.0)
