"""One clock for several runs: by step, by epoch, or by evaluations of the gradient.

The run that lasts longest on that clock is the one whose steps the film counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from animator.recordings.reader import Recording


@dataclass(frozen=True, slots=True)
class Alignment:
    """What the runs of a film share the clock by.

    Parameters
    ----------
    reference
        The number of the run whose steps the film counts.
    units
        What a step of each run counts on the clock.

    Examples
    --------
    >>> animator.film(["run.h5", "fast.h5"]).alignment
    Alignment(reference=0, units=(1.0, 1.0))
    """

    reference: int
    units: tuple[float, ...]

    def ratio(self, run: int) -> float:
        """Steps of `run` for each step of the reference."""
        return self.units[self.reference] / self.units[run]


def align(runs: Sequence[Recording], by: str) -> Alignment:
    """The clock that `runs` share: by "step", "epoch" or "evaluations"."""
    units = tuple(unit(run, by) for run in runs)
    last = max(range(len(runs)), key=lambda i: (runs[i].steps * units[i], runs[i].steps))
    return Alignment(last, units)


def unit(run: Recording, by: str) -> float:
    """What one step of `run` counts: 1 step, a part of an epoch, or the samples of a mean batch."""
    if by == "step" or not run.steps:
        return 1.0
    epochs = (float(run.epoch[-1]) + 1) / run.steps
    samples = run.notes.data.samples
    return epochs if by == "epoch" else epochs * float(1 if samples is None else samples)
