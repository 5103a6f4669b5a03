"""Rows of weights of a recording, read in blocks: never all of them are in memory.

A recording goes in; out come its path on a plane, which rows are finite, and where it runs away.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from animator.core.arrays import Floats, Ints
from animator.core.errors import AnimatorError
from animator.landscape.plane import Plane
from animator.recordings.reader import Recording

BLOCK_BYTES = 128 * 2**20
AWAY = 1e3  # times the first weights' size, at least 1: a path that goes farther runs away
NEAR = 8.0  # the same, of what is still looked at of such a path


def last_near(run: Recording) -> int | None:
    """The last step before a path that runs away is far from its start; None for a path that does not."""
    start = np.asarray(run.weights[0], np.float64)
    size = max(1.0, float(np.linalg.norm(start)))
    far = np.empty(len(run.weights))
    for block in row_blocks(run, np.arange(len(far))):
        with np.errstate(over="ignore", invalid="ignore"):
            far[block] = np.linalg.norm(np.asarray(run.weights[block], np.float64) - start, axis=1) / size
    far = np.where(np.isfinite(far), far, np.inf)
    if far.max() <= AWAY:
        return None
    return int(run.weight_steps[int(np.argmax(far > NEAR)) - 1])


def path_on(run: Recording, plane: Plane, step: int | None = None) -> tuple[Floats, Floats]:
    """The trajectory (R, 2) of all kept rows on the plane, and their distances from it (R,), or from the
    parallel plane through the weights of a `step`.
    """
    rows = np.arange(len(run.weights))
    held = plane if step is None else replace(plane, origin=run.weights[run.row(step)])
    trajectory, residual = np.empty((len(rows), 2)), np.empty(len(rows))
    for block in row_blocks(run, rows):
        read = np.asarray(run.weights[block], np.float64)
        trajectory[block], residual[block] = plane.project(read), held.residual(read)
    return trajectory, residual


def last_finite(run: Recording) -> Floats:
    """The last row (P,) of weights without nan or inf; row 0 when there is none."""
    for index in range(len(run.weights) - 1, -1, -1):
        row = np.array(run.weights[index], np.float64)
        if np.isfinite(row).all():
            break
    return row


def explained(run: Recording, plane: Plane) -> Plane:
    """`plane` with the share of the path's variance around its mean that its directions hold."""
    kept = finite_rows(run)
    mean = np.zeros(plane.origin.size)
    for block in row_blocks(run, kept):
        mean += np.asarray(run.weights[kept[block]], np.float64).sum(axis=0) / len(kept)
    whole = lost = 0.0
    through_mean = replace(plane, origin=mean)
    for block in row_blocks(run, kept):
        rows = np.asarray(run.weights[kept[block]], np.float64)
        whole += float(((rows - mean) ** 2).sum())
        lost += float((through_mean.residual(rows) ** 2).sum())
    return replace(plane, explained=1.0 - lost / whole if whole > 0 else None)


def finite_rows(run: Recording) -> Ints:
    """Indices of the kept rows that are finite."""
    fine = np.zeros(len(run.weights), bool)
    for block in row_blocks(run, np.arange(len(fine))):
        fine[block] = np.isfinite(run.weights[block]).all(axis=1)
    return np.flatnonzero(fine)


def row_of(run: Recording, step: int) -> int:
    """The row that holds `step`; AnimatorError when it was not kept."""
    row = run.row(step)
    if row < 0 or run.weight_steps[row] != step:
        raise AnimatorError(
            f"The weights of step {step:,} are not in '{run.path}', which keeps {len(run.weights):,} of the "
            f"steps 0 to {run.steps:,}. Choose one of run.weight_steps."
        )
    return row


def row_blocks(run: Recording, rows: Ints) -> Iterator[slice]:
    """Slices of `rows` (n,), each of at most 128 MiB of float64 weights."""
    size = max(1, BLOCK_BYTES // (8 * max(1, run.weights.shape[1])))
    return (slice(at, min(len(rows), at + size)) for at in range(0, len(rows), size))


def column_blocks(run: Recording, rows: int) -> Iterator[slice]:
    """Slices of the P parameters, each of at most 128 MiB in `rows` rows of float64."""
    count = run.weights.shape[1]
    size = max(1, BLOCK_BYTES // (8 * rows))
    size = size // 2**18 * 2**18 or size  # whole chunks of the file
    return (slice(at, min(count, at + size)) for at in range(0, count, size))


def centred(run: Recording, rows: Ints, columns: slice) -> Floats:
    """(n, columns) of the weights less the mean of these rows."""
    part = np.asarray(run.weights[rows, columns], np.float64)
    return np.asarray(part - part.mean(axis=0))
