"""What the films of a sweep share, so that they can be compared: one window, and one scale of losses.

In: films, and the range of losses on each of their surfaces. Out: a Common. Their clock is one already:
seconds are shared out over each run's steps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from animator.films.film import Film
from animator.landscape import window
from animator.landscape.window import Common, Extent
from animator.recordings.identity import ModelIdentity
from animator.recordings.reader import Recording
from animator.sweeps.folder.manifest import Range, Shared

WIDE = 2.5  # times the median window that a path's own may be, to count
NEAR = 6.0  # times the median window that the own of a path may be which ends inside of the others'
FAR = 8.0  # times the median of the highest losses; what is beyond is left out of the scale


def window_of(films: Mapping[int, Film]) -> Common | None:
    """The Common with the window that all `films` share, if any; None without films."""
    return Common(extent(films)) if films else None


def with_scale(
    common: Common | None, films: Mapping[int, Film], ranges: Mapping[int, Iterable[Range]]
) -> Common | None:
    """`common` and the scale of losses that `films` share, where they have the same loss; ranges: those of
    each film's surfaces.
    """
    if common is None or len({_loss(run) for film in films.values() for run in film.runs}) != 1:
        return common
    return replace(common, loss_range=scale(one for index in films for one in ranges[index]))


def said(common: Common | None, surfaces: int) -> Shared:
    """What a manifest says of it; surfaces: how many different ones there are."""
    shared = common or Common()
    return {
        "extent": None if shared.extent is None else list(shared.extent),
        "loss_range": None if shared.loss_range is None else list(shared.loss_range),
        "surfaces": surfaces,
    }


def extent(films: Mapping[int, Film]) -> Extent | None:
    """The window over the paths of all `films`, from their recordings alone; None where they show other
    weights, another plane than that of two weights, or another function: what is near on one is not so on
    another.
    """
    runs = [run for _, film in sorted(films.items()) for run in film.runs]
    if len({repr(run.meta.get("loss")) for run in runs}) > 1:
        return None  # functions that are not the same
    if not runs or any(_kinds(film) != {"weights"} for film in films.values()):
        return None
    if any(run.weights.shape[1] < 2 for run in runs) or len({_names(run) for run in runs}) != 1:
        return None
    asked = [film.design.window or run.notes.window for _, film in sorted(films.items()) for run in film.runs]
    if asked[0] is not None and all(one == asked[0] for one in asked):
        return asked[0]
    paths = [path_of(run) for run in runs]
    goals = [run.notes.target for run in runs]
    return _around(paths, goals)


def _around(paths: list[NDArray[np.float64]], goals: list[tuple[float, float] | None]) -> Extent:
    """The square window around `paths` (K+1, 2) of which none runs away, and around all starts and goals."""
    own = [window.choose(path, goal) for path, goal in zip(paths, goals, strict=True)]
    sizes = [(one.extent[1] - one.extent[0]) / 2 for one in own]
    stays = [one.left_at is None for one in own]
    usual = median([size for size, stay in zip(sizes, stays, strict=True) if stay] or sizes)
    always = [path[:1] for path in paths] + [np.array([goal]) for goal in goals if goal is not None]

    def over(chosen: list[bool]) -> Extent:
        return window.square(np.vstack(always + [p for p, c in zip(paths, chosen, strict=True) if c]))

    tame = [stay and size <= WIDE * usual for stay, size in zip(stays, sizes, strict=True)]
    first = over(tame)
    back = [
        stay and size <= NEAR * usual and window.given(path[-1:], first).left_at is None
        for path, stay, size in zip(paths, stays, sizes, strict=True)
    ]
    return over([one or other for one, other in zip(tame, back, strict=True)])


def scale(ranges: Iterable[Range]) -> Range | None:
    """One range of losses from that of each surface; those far above the usual are left out."""
    known = [(low, high) for low, high in ranges if np.isfinite([low, high]).all()]
    if not known:
        return None
    usual = median(high for _, high in known)
    low = min(low for low, _ in known)
    high = max(high for _, high in known if high <= FAR * usual or high == usual)
    return low, high if high > low else low + 1.0


def path_of(run: Recording) -> NDArray[np.float64]:
    """The path (K+1, 2) of the two weights that a recording's scene shows."""
    return np.stack([np.asarray(run.weights[:, k], float) for k in _axes(run)], axis=1)


def _kinds(film: Film) -> set[str]:
    """The planes that the surfaces of a film's runs lie on."""
    return {film.cut(i).kind for i in range(len(film.design.slices))}


def _loss(run: Recording) -> str:
    return ModelIdentity.of(run.meta).loss


def _axes(run: Recording) -> tuple[int, int]:
    """The numbers of the two weights."""
    i, j = (run.index(axis) for axis in run.notes.axes)
    return i, j


def _names(run: Recording) -> tuple[str, ...]:
    """The two weights that are shown, as Keras names them, and as the film does."""
    labels = run.notes.labels
    return tuple(part for k in _axes(run) for part in (run.parameter_name(k), labels[k] if labels else ""))
