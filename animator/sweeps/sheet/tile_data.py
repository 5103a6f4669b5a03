"""What a tile draws of a cell: its runs, and its surface made small. In: a film's views. Out: a Track.

A view holds hundreds of slices; a page of tiles would hold too much. A Relief keeps only the slices that the
sheet shows, as places on the colour scale in 16 bits (a 4000th of a band: less than can be seen).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from animator.design.timeline import FrameState, Timeline
from animator.drawing.raster.loss_colors import BANDS, LossScale
from animator.drawing.view import View
from animator.films.film import Film
from animator.landscape.field import Field
from animator.sweeps.folder.manifest import Cell

FULL = 65535
SAME = 0.1  # of a band: slices that differ by less look the same

Floats = NDArray[np.float64]
Extent = tuple[float, float, float, float]
Levels = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Slices as heights (T, ny, nx): FULL times their place on the scale; known (T, ny, nx): where the loss
    is finite, None for everywhere. steps (T,): of the slices, ascending; alpha (nx,), beta (ny,): their
    coordinates.
    """

    alpha: Floats
    beta: Floats
    steps: NDArray[np.int64]
    heights: Levels
    known: NDArray[np.bool_] | None

    def at(self, step: int) -> int:
        """The number of the slice for `step`: the last one cut at or before it."""
        return max(0, int(np.searchsorted(self.steps, step, side="right")) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A cell that can be drawn: its views without their fields, its surface, if any, and its window.

    ratio: steps of the cell for each step of the sheet's clock.
    """

    cell: Cell
    views: tuple[View, ...]
    relief: Relief | None
    extent: Extent | None
    ratio: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all tiles share: the clock, the rate of the views, the scale of losses, the window.

    scale and extent are None where there is no surface, or no common window. by_share: the runs differ in
    length, and the clock counts shares of each. losses: the range of all finite losses over steps.
    """

    clock: Timeline
    fps: float
    steps: int
    by_share: bool
    scale: LossScale | None
    extent: Extent | None
    losses: tuple[float, float]
    axis_labels: tuple[str, str]


def views_of(film: Film, fps: float) -> tuple[View, ...]:
    """The views of a film, which keeps them only where they are small."""
    known = film.views(fps)
    fields = [view.field for view in known if view.field is not None]
    if any(field.moving and isinstance(field.slices, np.ndarray) for field in fields):
        film._views.clear()
    return known


def survey(films: Mapping[int, Film], fps: float, common: Mapping[str, object]) -> Sheet:
    """What the tiles of `films` share; common: the manifest's "extent" and "loss_range", where known."""
    lows, highs, extents, losses, names = [], [], set(), [], ("", "")
    lengths: set[int] = set()
    clock: Timeline | None = None
    for index in films:
        film = films[index]
        views = views_of(film, fps)
        if clock is None or _steps(film) > clock.steps:
            clock = film.timeline(fps)
        lengths.add(_steps(film))
        losses += [part[np.isfinite(part)] for view in views for part in (view.loss, view.batch_loss)]
        field, window = views[0].field, views[0].window
        if field is not None and window is not None:
            lows.append(field.lowest)
            highs.append(field.highest)
            extents.add(window.extent)
            names = views[0].axis_labels
    assert clock is not None, "asked for where there are films"
    known = np.concatenate(losses)
    low, high = _range(common.get("loss_range")) or (min(lows, default=0.0), max(highs, default=1.0))
    return Sheet(
        clock=clock, fps=fps, steps=max(lengths), by_share=len(lengths) > 1,
        scale=LossScale(low, high) if lows else None,
        extent=extents.pop() if len(extents) == 1 else None,
        losses=(float(known.min()), float(known.max())) if len(known) else (0.1, 1.0), axis_labels=names,
    )  # fmt: skip


def _steps(film: Film) -> int:
    return max(run.steps for run in film.runs)


def _range(given: object) -> tuple[float, float] | None:
    return (float(given[0]), float(given[1])) if isinstance(given, Sequence) and len(given) == 2 else None


def track(cell: Cell, film: Film, sheet: Sheet, states: Iterable[FrameState]) -> Track:
    """What is drawn of a cell at `states` of the sheet's clock."""
    views = views_of(film, sheet.fps)
    ratio = _steps(film) / sheet.steps if sheet.steps else 1.0
    field, window = views[0].field, views[0].window
    relief = None
    if field is not None and sheet.scale is not None:
        own = [state.own(_steps(film), ratio).own(views[0].steps, views[0].ratio).step for state in states]
        relief = _relief(field, own, sheet.scale)
    slim = tuple(replace(view, field=None, rivals=(), batch_surface=None, histograms={}) for view in views)
    return Track(cell, slim, relief, window.extent if window is not None else None, ratio)


def _relief(field: Field, steps: Iterable[int], scale: LossScale) -> Relief:
    """The slices of `field` for `steps`; one that can hardly be told from the one before is left out."""
    shown = np.unique([field.at(step) for step in steps])
    kept: list[int] = []
    heights: list[Levels] = []
    known: list[NDArray[np.bool_]] = []
    for number in shown.tolist():
        slice = np.asarray(field.slices[number], float)
        height, finite = np.rint(scale.position(slice) * FULL).astype(np.uint16), np.isfinite(slice)
        if kept and not _differ(height, heights[-1]) and np.array_equal(finite, known[-1]):
            continue
        kept.append(number)
        heights.append(height)
        known.append(finite)
    whole = all(finite.all() for finite in known)
    return Relief(field.alpha, field.beta, field.steps[kept], np.stack(heights),
                  None if whole else np.stack(known))  # fmt: skip


def _differ(one: Levels, other: Levels) -> bool:
    """Whether two slices differ by more than SAME anywhere."""
    return int((np.maximum(one, other) - np.minimum(one, other)).max()) > SAME * FULL / BANDS
