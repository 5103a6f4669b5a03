"""Histograms and cards: counts that can be checked by hand, frames in any order."""

from dataclasses import replace

import numpy as np
import pytest

from animator.design import style
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.landscape.panel_data.histograms import BINS, Histogram, of_updates, of_weights
from animator.recordings.reader import load
from tests.conftest import numpy_view
from tests.drawing.test_network import recorded


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Two updates of a chain of Dense layers."""
    path = tmp_path_factory.mktemp("run") / "run.h5"
    recorded(path, (3, 14, 2))
    return load(path)


def test_every_weight_is_counted_once(run):
    """At each step the counts add up to P; the first bin that is filled holds the least weight."""
    found = of_weights(run, np.array([0, 1, 2]))
    assert found.counts.shape == (3, BINS) and found.counts.sum(axis=1).tolist() == [run.weights.shape[1]] * 3
    rows = np.asarray(run.weights[:], float)
    for row, counts in zip(rows, found.counts, strict=True):
        np.testing.assert_array_equal(counts, np.histogram(row, found.edges)[0])


def test_updates_are_sizes_as_powers_of_ten(run):
    """log10 |w_k - w_(k-1)| of the weights that moved; step 0 has none."""
    found = of_updates(run, np.array([0, 1, 2]))
    rows = np.asarray(run.weights[:], float)
    assert found.counts[0].sum() == 0
    for k in (1, 2):
        moved = np.abs(rows[k] - rows[k - 1])
        expected = np.histogram(np.log10(moved[moved > 0]), found.edges)[0]
        np.testing.assert_array_equal(found.counts[k], expected)


def test_bars_and_cards_in_any_order_equal_a_full_draw():
    """The bars are those of the last step at or before the frame's; a formula is set without an error."""
    counts = np.array([[4, 0, 1], [1, 3, 1], [0, 0, 5]])
    found = Histogram(np.array([0, 20, 60]), np.array([-1.0, 0.0, 1.0, 2.0]), counts)
    view = replace(numpy_view(), histograms={"histogram": found, "updates": found},
                   card="Descent\n$w \\leftarrow w - \\eta g$\nto the end")  # fmt: skip
    fast, full = (
        Canvas([view], (("histogram", "updates", "card"),), style.DARK, (1280, 720), "One neuron", "")
        for _ in range(2)
    )
    for step, expected in ((60, [0, 0, 5]), (0, [4, 0, 1]), (59, [1, 3, 1])):
        frame = fast.draw(FrameState(step, False)).copy()
        np.testing.assert_array_equal(frame, full.full(FrameState(step, False)))
        assert fast.panels[0].counts.bars.heights.tolist() == expected
