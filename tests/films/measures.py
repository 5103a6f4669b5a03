"""Measures of recordings that claims are checked by: losses, paths, distances, slopes."""

import numpy as np
from numpy.typing import NDArray

from animator.design.moments import Runs

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def loss(run) -> NDArray[np.float64]:
    """(K+1,) of a run."""
    return np.array(run.loss, float)


def path(run) -> NDArray[np.float64]:
    """(K+1, P) of a run."""
    return np.array(run.weights[:], float)


def away(run, *point: float) -> NDArray[np.float64]:
    """(K+1,) distances of a run's first weights from a point."""
    return np.hypot(*(path(run)[:, i] - value for i, value in enumerate(point)))


def is_near(said: str, value: float, digits: int = 2) -> bool:
    """Whether a number is said with at least so many right digits."""
    told = float(said.replace(",", "").replace("×10", "e").translate(RAISED))
    return abs(told - value) <= 0.6 * 10.0 ** (1 - digits) * max(abs(value), 1e-12)


def shrinks_most(losses, step: int, length: int) -> bool:
    """Whether over no other stretch of that length, up to a hundredth of the first loss, less was left."""
    stretches = [
        losses[k + length] / losses[k] for k in range(len(losses) - length) if 100 * losses[k] > losses[0]
    ]
    return bool(losses[step] / losses[step - length] <= min(stretches) * (1 + 1e-9))


def left(said: str, run, step: int) -> bool:
    """Whether so many per cent of a run's loss are left at a step."""
    return is_near(said, 100 * loss(run)[step] / loss(run)[0])


def under(run, step: int, share: float) -> bool:
    """Whether from this step on, and not before it, a run has under a share of its first loss."""
    small = loss(run) <= share * loss(run)[0]
    return bool(small[step:].all() and not small[step - 1])


def went(run, begin: int = 0) -> float:
    """How far a run's weights go from a step on."""
    return float(strides(run)[begin:].sum())


def strides(run) -> NDArray[np.float64]:
    """(K,) how long each step of a run is."""
    return np.sqrt((np.diff(path(run), axis=0) ** 2).sum(axis=1))


def gap(runs: Runs) -> NDArray[np.float64]:
    """(K+1,) how far the first two weights of two runs are from each other."""
    return np.hypot(*(path(runs[0]) - path(runs[1]))[:, :2].T)


def hollows(runs: Runs) -> int:
    """In how many places runs end, each 0.5 or more from the others."""
    last = np.round(np.array([path(run)[-1] for run in runs]) * 2)
    return len(np.unique(last, axis=0))


def grid_slope(run, step: int) -> float:
    """How steep (1 - a b)^2 is where a run is."""
    a, b = path(run)[step]
    return float(2 * abs(1 - a * b) * np.sqrt(a * a + b * b))


def named(names, name):
    return [n.lower() for n in names].index(name.lower())


def first_of(runs: Runs, step: int, winner: int, share: float) -> bool:
    """Whether a run is under a share at a step, and no other was, for good, before it."""
    others = [not (loss(run)[step - 1 :] <= share * loss(run)[0]).all() for run in runs]
    return under(runs[winner], step, share) and all(others)


def valley(run, step: int) -> int | None:
    """Which of Himmelblau's minima a run is within 0.26 of, and stays."""
    places = ((3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127))
    inside = [i for i, place in enumerate(places) if away(run, *place)[step:].max() <= 0.26]
    return inside[0] if inside else None


def sixth(run, step: int) -> bool:
    """Whether the ball crosses the floor, turned by 25 degrees, for the sixth time, lower every time."""
    turn = np.deg2rad(25)
    across = (path(run) - 1) @ [-np.sin(turn), np.cos(turn)]
    sides = np.flatnonzero(np.diff(np.sign(across))) + 1
    tops = [np.abs(part).max() for part in np.split(across, sides)[:6]]
    return bool(sides[5] == step and sorted(tops, reverse=True) == tops)


def parted(runs: Runs, step: int, starts) -> bool:
    paths = [path(run) for run in runs]
    one, other = (next(x for x in paths if np.allclose(x[0], start, atol=1e-6)) for start in starts)
    gap = np.hypot(*(one - other).T)
    return bool(gap[step:].min() >= 1.5 * gap[0] and np.hypot(*(one[-1] - other[-1])) > 0.2)


def shrunk(run, step: int) -> bool:
    """Whether a run's loss and the length of its steps are less before a step than at the start."""
    lengths = np.linalg.norm(np.diff(path(run), axis=0), axis=1)
    return bool(loss(run)[step] < loss(run)[0] and lengths[step - 1] < lengths[0])


def tanh_loss(run, weights) -> float:
    """The mean squared error on a run's data of one tanh neuron with two weights and a bias."""
    x, y = run.data()
    return float(np.mean((np.tanh(x @ np.array(weights)[:2] + weights[2]) - y[:, 0]) ** 2))
