"""What the films of a sweep share: one window and one scale of losses, so that they can be compared.

Films go in, a Common comes out. Their clock is one already: seconds are shared out over each run's steps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from animator.films.film import Film
from animator.landscape import window
from animator.landscape.window import Common, Extent
from animator.recordings.reader import Recording

__all__ = ["Common", "extent", "of", "scale"]

WIDE = 2.5  # times the median window that a tame path's own may be
BACK = 6.0  # and that of one that ends inside of the others
FAR = 8.0  # times the median of the highest losses beyond which a film's own is left out

Floats = NDArray[np.float64]


def of(films: Mapping[int, Film], fps: float = 30.0) -> Common:
    """The window and the losses' range over all `films`; surfaces are evaluated, or read from the cache.

    The window is shared where all films show the same two weights, and the losses' range where all have the
    same loss; else each film keeps its own. Runs that diverge do not stretch either.
    """
    shown = extent(films)
    if len({_loss(run) for film in films.values() for run in film.runs}) != 1:
        return Common(shown)
    ranges = []
    for index in sorted(films):
        views = replace(films[index], common=Common(shown), _views={}, _canvas=None).views(fps)
        ranges += [(view.field.lowest, view.field.highest) for view in views if view.field is not None]
    return Common(shown, scale(ranges))


def extent(films: Mapping[int, Film]) -> Extent | None:
    """The window over the paths of all `films`, from their recordings alone; None where they show other
    weights, or another plane than that of two weights: what is near on one is not so on another.
    """
    runs = [(film, run, i) for _, film in sorted(films.items()) for i, run in enumerate(film.runs)]
    if not runs or any(film._cut(i).kind != "weights" for film, _, i in runs):
        return None
    if any(run.weights.shape[1] < 2 for _, run, _ in runs) or len({_names(run) for _, run, _ in runs}) != 1:
        return None
    own_windows = [(run.meta.get("notes") or {}).get("window") for _, run, _ in runs]
    if own_windows[0] and all(asked == own_windows[0] for asked in own_windows):
        return window.with_notes(window.ALONE, {"window": own_windows[0]}).extent
    paths = [
        np.stack([np.asarray(run.weights[:, k], float) for k in axes_of(run)], axis=1) for _, run, _ in runs
    ]
    goals = [_target(run) for _, run, _ in runs]
    own = [window.choose(path, goal) for path, goal in zip(paths, goals, strict=True)]
    sizes = [(w.extent[1] - w.extent[0]) / 2 for w in own]
    stayed = [size for size, w in zip(sizes, own, strict=True) if w.left_at is None]
    usual = median(stayed or sizes)
    tame = [i for i, w in enumerate(own) if w.left_at is None and sizes[i] <= WIDE * usual]
    points = [path[:1] for path in paths] + [np.array([goal]) for goal in goals if goal is not None]
    first = window.square(np.vstack(points + [paths[i] for i in tame]))
    tame += [i for i, w in enumerate(own) if i not in tame and w.left_at is None
             and sizes[i] <= BACK * usual and window.given(paths[i][-1:], first).left_at is None]  # fmt: skip
    return window.square(np.vstack(points + [paths[i] for i in tame]))


def scale(ranges: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    """One range of losses from (lowest, highest) of each film; those far above the usual are left out."""
    known = [(low, high) for low, high in ranges if np.isfinite([low, high]).all()]
    if not known:
        return None
    usual = median(high for _, high in known)
    low = min(low for low, _ in known)
    high = max(high for _, high in known if high <= FAR * usual or high == usual)
    return low, high if high > low else low + 1.0


def _loss(run: Recording) -> str:
    from animator.recordings.identity import without_optimizer

    return repr(((without_optimizer(run.meta)[1] or {}).get("loss"), run.meta.get("loss")))


def axes_of(run: Recording) -> tuple[int, int]:
    """The numbers of the two weights that a recording's scene shows."""
    i, j = (run.index(axis) for axis in (run.meta.get("notes") or {}).get("axes") or (0, 1))
    return i, j


def _names(run: Recording) -> tuple[str, ...]:
    """The two weights that are shown, as Keras names them, and as the film does."""
    labels = (run.meta.get("notes") or {}).get("labels")
    return tuple(part for k in axes_of(run) for part in (run.parameter_name(k), labels[k] if labels else ""))


def _target(run: Recording) -> tuple[float, float] | None:
    target = (run.meta.get("notes") or {}).get("target")
    return (float(target[0]), float(target[1])) if target else None
