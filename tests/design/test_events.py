"""Events: found where they are put, and nowhere in a tame run."""

from types import SimpleNamespace

import numpy as np
import pytest

from animator.design.alignment import align
from animator.design.events import drops, found, plateaus, spikes
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


def test_how_large_a_fall_and_a_spike_must_be():
    """To less than 0.6 of the rate before; to more than 4 times the usual loss, and back below twice that."""
    assert [event.step for event in drops(np.array([1, 0.61, 0.36, 0.2, np.nan, 0.1]))] == [2, 3]
    for top, after, steps in ((4.0, 1.9, []), (4.1, 1.9, [40]), (4.1, 2.0, [])):
        loss = np.full(60, 1.0)
        loss[40:] = after
        loss[40] = top
        assert [event.step for event in spikes(loss)] == steps
    assert spikes(np.array([0.0] * 10 + [1.0] + [0.0] * 10)) == []


def test_spikes_near_to_each_other_are_one():
    """The highest of 20 steps; 20 steps on another may come. The first five steps have no usual loss."""
    loss = np.ones(100)
    loss[[4, 5, 30, 49, 70, 90]] = 9, 8, 5, 6, 5, 7
    assert [event.step for event in spikes(loss)] == [5, 49, 70]
    loss[70] = 1
    assert [event.step for event in spikes(loss)] == [5, 49, 90]


@pytest.mark.parametrize(
    ("length", "after", "found"), [(15, 0.49, True), (14, 0.49, False), (15, 0.5, False)]
)
def test_how_long_a_plateau_must_be(length, after, found):
    """0.15 of 100 values; afterwards the loss falls below a half of it."""
    loss = np.concatenate([np.geomspace(1e9, 2, 98 - length), np.ones(length + 1), [after]])
    events = plateaus(loss)
    assert [event.step for event in events] == [98] * found
    if found:
        assert events[0].caption == "Step 98: the loss leaves a plateau that began at step 83."


def test_at_most_three_events_a_tenth_of_the_run_apart():
    """Falls of the rate come first, then spikes; of two near to each other the first kind is told."""
    loss = np.ones(201)
    loss[[60, 105, 150]] = 9
    rate = np.ones(200)
    rate[100:], rate[180:] = 0.1, 0.01
    run = SimpleNamespace(steps=200, loss=loss, batch_loss=loss[1:], learning_rate=rate)
    assert [event.step for event in found(run)] == [60, 100, 180]
    run.learning_rate = np.ones(200)
    assert [event.step for event in found(run)] == [60, 105, 150]
    run.loss = np.full(201, np.nan)
    assert [event.step for event in found(run)] == [59, 104, 149]
    loss[80] = 9
    run.loss = loss
    assert [event.step for event in found(run)] == [60, 105, 150]
    loss[81], loss[80] = 9, 1
    assert [event.step for event in found(run)] == [60, 81, 105]


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
