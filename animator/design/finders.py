"""Finders of moments: from the recordings of a film to the step at which something has happened, or None.

`first`, `lasting` and `longest` read conditions (K+1,), one a step; `fallen`, `kept`, `winner`, `slower`,
`arrived`, `diverged` and `finished` make finders that many films need. A loss or a weight that is not finite
fulfils no condition.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from animator.core.arrays import Floats
from animator.core.formatting import number
from animator.core.language import say
from animator.design.moments import Finder, Found, Runs

if TYPE_CHECKING:
    from animator.recordings.reader import Recording

Condition = NDArray[np.bool_]
LEAST_SHARE = 1e-4  # what is less is told as less than that


def first(condition: ArrayLike) -> int | None:
    """The first step at which a condition (K+1,) holds, or None.

    Examples
    --------
    >>> animator.finders.first([False, True, False, True])
    1
    """
    steps = np.flatnonzero(condition)
    return int(steps[0]) if len(steps) else None


def lasting(condition: ArrayLike) -> int | None:
    """The step from which on a condition (K+1,) holds up to the end, or None where it does not hold there.

    Examples
    --------
    >>> animator.finders.lasting([False, True, False, True])
    3
    """
    fails = np.flatnonzero(~np.asarray(condition, bool))
    step = int(fails[-1]) + 1 if len(fails) else 0
    return step if step < np.size(condition) else None


def longest(condition: ArrayLike) -> tuple[int, int] | None:
    """(first step, last step) of the longest stretch over which a condition (K+1,) holds, or None.

    Examples
    --------
    >>> animator.finders.longest([True, False, True, True])
    (2, 3)
    """
    padded = np.concatenate([[False], np.asarray(condition, bool), [False]])
    begins, ends = np.flatnonzero(np.diff(padded.astype(np.int8))).reshape(-1, 2).T
    if not len(begins):
        return None
    best = int(np.argmax(ends - begins))
    return int(begins[best]), int(ends[best]) - 1


def level(values: ArrayLike, within: float) -> tuple[int, int]:
    """(first step, last step) of the longest stretch of values (K+1,) within a share of its first one.

    Examples
    --------
    >>> animator.finders.level([9.0, 4.0, 4.1, 4.0, 1.0], within=0.05)
    (1, 3)
    """
    height = np.asarray(values, float)
    best, start = (0, 0), 0
    for k in range(1, len(height)):
        while start < k and not abs(height[k] - height[start]) <= within * abs(height[start]):
            start += 1
        if k - start > best[1] - best[0]:
            best = (start, k)
    return best


def loss_of(run: "Recording") -> Floats:
    """(K+1,) the loss of a run at every step, NaN where it was not recorded.

    Examples
    --------
    >>> animator.finders.loss_of(run).shape
    (61,)
    """
    return np.asarray(run.loss, float)


def path_of(run: "Recording") -> Floats:
    """(K+1, P) the weights of a run at every step; where rows were left out, those of the last row before.

    Examples
    --------
    >>> animator.finders.path_of(run).shape
    (61, 3)
    """
    return np.asarray(run.weights[:], float)[run.rows(np.arange(run.steps + 1))]


def distance(run: "Recording", point: ArrayLike) -> Floats:
    """(K+1,) how far the first weights of a run are from a point (n,) of them.

    Examples
    --------
    >>> float(animator.finders.distance(run, (1, 2))[0])
    0.0
    """
    to = np.asarray(point, float)
    return np.asarray(np.linalg.norm(path_of(run)[:, : len(to)] - to, axis=1))


def percent(share: float) -> str:
    """A share in per cent, with two digits where it is small: "37 %", "2.4 %"; "under 0.01 %" below that.

    Examples
    --------
    >>> animator.finders.percent(0.0241)
    '2.4 %'
    """
    if 0 < share < LEAST_SHARE:
        return say("under {share} %", share=100 * LEAST_SHARE)
    return f"{number(100 * share, 2)} %"


def start(runs: Runs) -> int:
    """Step 0: what is said in the intro.

    Examples
    --------
    >>> moment = animator.Moment(animator.finders.start, "Watch the dot.")
    """
    return 0


def fallen(share: float, run: int = 0) -> Finder:
    """The first step at which a run's loss is at most `share` of what it was; {left} is left of it.

    Examples
    --------
    >>> animator.finders.fallen(0.1)([run])
    Found(step=20, words={'left': '9.4 %'}, run=0, lasts=False)
    """

    def find(runs: Runs) -> Found | None:
        loss = loss_of(runs[run])
        step = first(loss <= share * loss[0]) if loss[0] > 0 else None
        return None if step is None else Found(step, {"left": percent(loss[step] / loss[0])}, run)

    return find


def kept(share: float, run: int = 0) -> Finder:
    """The step from which on a run's loss stays at most `share` of what it was, unless it began there; {left}
    is left of it.

    Examples
    --------
    >>> animator.finders.kept(0.1)([run])
    Found(step=20, words={'left': '9.4 %'}, run=0, lasts=True)
    """

    def find(runs: Runs) -> Found | None:
        step, loss = _kept(runs[run], share), loss_of(runs[run])
        if step is None:
            return None
        return Found(step, {"left": percent(loss[step] / loss[0])}, run, lasts=True)

    return find


def winner(share: float, names: Sequence[str]) -> Finder:
    """When the first of the runs has, and keeps, at most `share` of its loss; {name} is its name.

    Examples
    --------
    >>> animator.finders.winner(0.1, ("slow", "fast"))(runs)
    Found(step=14, words={'name': 'fast'}, run=1, lasts=True)
    """

    def find(runs: Runs) -> Found | None:
        steps = [_kept(run, share) for run in runs]
        there = [(step, run) for run, step in enumerate(steps) if step is not None]
        if not there:
            return None
        step, run = min(there)
        return Found(step, {"name": names[run]}, run, lasts=True)

    return find


def slower(share: float, run: int, other: int, times: float = 2.0) -> Finder:
    """When a run has, and keeps, at most `share` of its loss, at least `times` as late as another run, which
    needed {other} steps.

    Examples
    --------
    >>> animator.finders.slower(0.1, run=0, other=1, times=1.4)(runs)
    Found(step=20, words={'other': 14}, run=0, lasts=True)
    """

    def find(runs: Runs) -> Found | None:
        own, quick = _kept(runs[run], share), _kept(runs[other], share)
        if own is None or quick is None or own <= quick or own < times * quick:
            return None
        return Found(own, {"other": quick}, run, lasts=True)

    return find


def _kept(run: "Recording", share: float) -> int | None:
    loss = loss_of(run)
    return lasting(loss <= share * loss[0]) or None


def arrived(point: ArrayLike, within: float, run: int = 0) -> Finder:
    """The step from which on a run's first weights stay within a distance of a point, unless they began
    there; {distance} is how far they are at the end.

    Examples
    --------
    >>> animator.finders.arrived((0, 0), within=0.5)([run])
    Found(step=43, words={'distance': '0.13'}, run=0, lasts=True)
    """

    def find(runs: Runs) -> Found | None:
        away = distance(runs[run], point)
        step = lasting(away <= within)
        return Found(step, {"distance": number(away[-1], 2)}, run, lasts=True) if step else None

    return find


def diverged(times: float = 2.0, run: int = 0) -> Finder:
    """The step from which on a run's loss stays above `times` what it was, or is not finite.

    Examples
    --------
    >>> animator.finders.diverged()([run]) is None
    True
    """

    def find(runs: Runs) -> Found | None:
        loss = loss_of(runs[run])
        if np.isnan(loss).all() or not loss[0] > 0:
            return None
        step = lasting(~(loss <= times * loss[0]))
        return Found(step, {"before": number(loss[0])}, run, lasts=True) if step else None

    return find


def finished(run: int = 0) -> Finder:
    """The last step, where the loss has fallen from {before} to {loss}: {left} is left. Of a loss below 0
    there are no shares.

    Examples
    --------
    >>> animator.finders.finished()([run])
    Found(step=60, words={'loss': '0.0276', 'before': '39.0', 'left': '0.071 %'}, run=0, lasts=True)
    """

    def find(runs: Runs) -> Found | None:
        loss = loss_of(runs[run])
        words = {"loss": number(loss[-1]), "before": number(loss[0]), "left": percent(loss[-1] / loss[0])}
        return Found(runs[run].steps, words, run, lasts=True) if 0 <= loss[-1] < loss[0] else None

    return find
