"""Keeping: what a Recorder keeps of a run: of which steps, in which type, losses at how many rows.

A user's settings go in and are checked; which steps and rows they mean, and how many, comes out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from animator.core.errors import AnimatorError

LOSS_WORK = 2 * 10**11  # rows x samples x parameters of the losses on the data that are computed unasked


@dataclass(frozen=True, slots=True)
class Keeping:
    """every: the weights of each n-th step are kept; steps: those of these steps, None for `every`.

    dtype: "float32" or "float16". loss_rows, loss_samples: at how many rows losses are computed, and on
    how many samples; None for as many as pay.
    """

    every: int
    steps: frozenset[int] | None
    dtype: str
    loss_rows: int | None
    loss_samples: int | None

    @property
    def each(self) -> bool:
        """Whether the weights of every step are kept."""
        return self.steps is None and self.every == 1

    def wants(self, step: int) -> bool:
        """Whether the weights after update `step` are kept."""
        return step in self.steps if self.steps is not None else step % self.every == 0

    def rows(self, planned: int) -> int:
        """How many rows at most a run of `planned` updates leaves, the first and the last included."""
        rows = planned // self.every + 2 if self.steps is None else len(self.steps) + 2
        return min(rows, planned + 1)

    def loss_at(self, rows: int, samples: int, parameters: int) -> NDArray[np.int64]:
        """Indices of the rows, of `rows`, at which losses on `samples` samples are computed."""
        most = self.loss_rows or max(2, LOSS_WORK // (samples * parameters))
        return np.unique(np.linspace(0, rows - 1, min(rows, most)).round().astype(np.int64))


def keeping(
    *, every: int, steps: Iterable[int] | None, dtype: str, loss_rows: int | None, loss_samples: int | None
) -> Keeping:
    """The Keeping of a Recorder's arguments; AnimatorError for those that mean nothing."""
    each, chosen = _kept_steps(every, steps)
    _check_storage(dtype, loss_rows, loss_samples)
    return Keeping(each, chosen, dtype, loss_rows, loss_samples)


def _kept_steps(every: int, steps: Iterable[int] | None) -> tuple[int, frozenset[int] | None]:
    if not isinstance(every, int) or every < 1:
        raise AnimatorError(
            f"Recorder(every={every}) keeps no steps: every must be a whole number from 1 on. "
            "Use every=10 to keep the weights of each tenth step."
        )
    if steps is None:
        return every, None
    chosen = frozenset(int(step) for step in steps)
    if every != 1 or not chosen or min(chosen) < 0:
        raise AnimatorError(
            "Recorder(steps=...) must be step numbers from 0 on, at least one, and without every=. "
            "Use for example steps=range(0, 1000, 50); the first and the last step are always kept."
        )
    return 1, chosen


def _check_storage(dtype: str, rows: int | None, count: int | None) -> None:
    if dtype not in ("float32", "float16"):
        raise AnimatorError(
            f"Recorder(dtype={dtype!r}) can't be stored. Use dtype='float32', or 'float16' for half the size."
        )
    for name, value, least in (("loss_rows", rows, 2), ("loss_samples", count, 1)):
        if value is not None and value < least:
            raise AnimatorError(
                f"Recorder({name}={value}) is too few: it must be {least} or more. "
                f"Leave {name} away for all of them."
            )
