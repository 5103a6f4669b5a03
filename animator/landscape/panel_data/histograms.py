"""How many weights have which value, and how many updates which size, at the steps that a film shows.

In: a recording, read row by row. Out: counts over fixed bins, so that bars of any two frames compare.
"""

from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Floats, Ints
from animator.recordings.reader import Recording

BINS = 48
SMALLEST = 1e-12  # updates below it count as this large


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """counts (T, B) at `steps` (T,) in the bins between edges (B+1,)."""

    steps: Ints
    edges: Floats
    counts: Ints


def of_weights(run: Recording, steps: Ints) -> Histogram:
    """Counts of weights at `steps` (T,), in bins from the least to the greatest of all of them."""
    rows = [run.row(int(step)) for step in steps]
    lows, highs = zip(*(_range(np.asarray(run.weights[row], float)) for row in rows), strict=True)
    low, high = min(lows), max(highs)
    room = 0.02 * (high - low) or 0.5
    edges = np.linspace(low - room, high + room, BINS + 1)
    counts = [_counts(np.asarray(run.weights[row], float), edges) for row in rows]
    return Histogram(steps, edges, np.stack(counts))


def of_updates(run: Recording, steps: Ints) -> Histogram:
    """Counts of log10 |update| of the update that led to each of `steps` (T,); none at step 0.

    With skipped steps it is the change since the last recorded one.
    """
    rows = [run.row(int(step)) for step in steps]
    sizes = [_sizes(run, row) for row in rows]
    known = np.concatenate([size for size in sizes if size.size] or [np.zeros(1)])
    low, high = float(np.floor(known.min())), float(np.ceil(known.max()))
    edges = np.linspace(low, max(high, low + 1), BINS + 1)
    return Histogram(steps, edges, np.stack([_counts(size, edges) for size in sizes]))


def _sizes(run: Recording, row: int) -> Floats:
    """log10 |w_row - w_(row-1)| of the weights that moved."""
    if row == 0:
        return np.zeros(0)
    moved = np.abs(np.asarray(run.weights[row], float) - np.asarray(run.weights[row - 1], float))
    moved = moved[np.isfinite(moved) & (moved > 0)]
    return np.asarray(np.log10(np.maximum(moved, SMALLEST)))


def _range(values: Floats) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def _counts(values: Floats, edges: Floats) -> Ints:
    return np.asarray(np.histogram(values[np.isfinite(values)], edges)[0], np.int64)
