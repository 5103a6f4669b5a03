"""What a tile draws of a cell: its runs, and its surface made small. In: a film's views. Out: a Track.

A view holds hundreds of slices; a page of tiles would hold too much. QuantizedSlices are only those that the
sheet shows, as positions on the colour scale in 16 bits (a 4000th of a band: less than can be seen).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.design.timeline import FrameState, Timeline
from animator.drawing.raster.loss_colors import BANDS, LossScale
from animator.drawing.view import View
from animator.films.film import Film
from animator.landscape.field import Field
from animator.recordings.identity import ModelIdentity
from animator.sweeps.folder.manifest import Cell, Shared

FULL = 65535
SAME = 0.1  # of a band: slices that differ by less look the same

Extent = tuple[float, float, float, float]
Levels = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class QuantizedSlices:
    """Slices (T, ny, nx) as positions on the colour scale, 0 to FULL; known (T, ny, nx): where the loss is
    finite, None for everywhere. steps (T,): of the slices, ascending; alpha (nx,), beta (ny,): their
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

    def losses(self, number: int, scale: LossScale) -> Floats:
        """Slice `number` (ny, nx) in loss units; NaN where it is not finite."""
        found = scale.loss(self.heights[number] / FULL)
        return found if self.known is None else np.where(self.known[number], found, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A cell that can be drawn: its views without their fields, its surface, if any, with the scale of its
    losses, and its window.

    ratio: steps of the cell for each step of the sheet's clock.
    """

    cell: Cell
    views: tuple[View, ...]
    surface: QuantizedSlices | None
    scale: LossScale | None
    extent: Extent | None
    ratio: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all tiles share: the clock, the rate of the views, the scale of losses, the window.

    scale and extent are None where there is no surface, or none in common: losses that differ share no
    scale. by_share: the runs differ in
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
    value: str  # what a loss is called: "f" of a function


def views_of(film: Film, fps: float) -> tuple[View, ...]:
    """The views of a film, which keeps them only where they are small."""
    known = film.views(fps)
    fields = [view.field for view in known if view.field is not None]
    if any(field.moving and isinstance(field.slices, np.ndarray) for field in fields):
        film.forget_views()
    return known


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the sheet needs of a film. losses (n,): the finite ones; surface: that of its first run."""

    steps: int
    clock: Timeline
    losses: Floats
    surface: "_Surface | None"
    value: str


@dataclass(frozen=True, slots=True)
class _Surface:
    """Its window, the range and the contrast of its losses, and the names of its axes."""

    extent: Extent
    lowest: float
    highest: float
    contrast: float
    axis_labels: tuple[str, str]


def _seen(film: Film, fps: float) -> _Seen:
    views = views_of(film, fps)
    losses = np.concatenate([part for view in views for part in (view.loss, view.batch_loss)])
    field = views[0].field
    window = views[0].window
    surface = None
    if field is not None and window is not None:
        surface = _Surface(
            window.extent, field.lowest, field.highest, views[0].contrast, views[0].axis_labels
        )
    finite = losses[np.isfinite(losses)]
    return _Seen(_steps(film), film.timeline(fps), finite, surface, views[0].value_name)


def survey(films: Mapping[int, Film], fps: float, common: Shared) -> Sheet:
    """What the tiles of `films`, one or more, share; common: what the manifest says of it."""
    seen = [_seen(film, fps) for film in films.values()]
    longest = max(seen, key=lambda one: one.steps)
    surfaces = [one.surface for one in seen if one.surface is not None]
    lengths = {one.steps for one in seen}
    extents = {surface.extent for surface in surfaces}
    losses = np.concatenate([one.losses for one in seen])
    return Sheet(
        clock=longest.clock,
        fps=fps,
        steps=longest.steps,
        by_share=len(lengths) > 1,
        scale=_scale(common, surfaces) if len(_losses(films.values())) == 1 else None,
        extent=extents.pop() if len(extents) == 1 else None,
        losses=(float(losses.min()), float(losses.max())) if len(losses) else (0.1, 1.0),
        axis_labels=surfaces[0].axis_labels if surfaces else ("", ""),
        value=longest.value,
    )


def _scale(common: Shared, surfaces: Sequence[_Surface]) -> LossScale | None:
    """The scale that the manifest gives, else that of all surfaces; None where there is none."""
    if not surfaces:
        return None
    low, high = common.get("loss_range") or (None, None)
    if low is None or high is None:
        low = min(one.lowest for one in surfaces)
        high = max(one.highest for one in surfaces)
    return LossScale(float(low), float(high), surfaces[0].contrast)


def _losses(films: Iterable[Film]) -> set[str]:
    """What the runs of `films` descend on."""
    return {ModelIdentity.of(run.meta).loss for film in films for run in film.runs}


def _steps(film: Film) -> int:
    return max(run.steps for run in film.runs)


def track(cell: Cell, film: Film, sheet: Sheet, states: Iterable[FrameState]) -> Track:
    """What is drawn of a cell at `states` of the sheet's clock."""
    views = views_of(film, sheet.fps)
    ratio = _steps(film) / sheet.steps if sheet.steps else 1.0
    field, window = views[0].field, views[0].window
    surface = scale = None
    if field is not None:
        scale = sheet.scale or LossScale(field.lowest, field.highest, views[0].contrast)
        own = [state.own(_steps(film), ratio).own(views[0].steps, views[0].ratio).step for state in states]
        surface = _quantized(field, own, scale)
    slim = tuple(replace(view, field=None, rivals=(), batch_surface=None, histograms={}) for view in views)
    return Track(cell, slim, surface, scale, window.extent if window is not None else None, ratio)


def _quantized(field: Field, steps: Iterable[int], scale: LossScale) -> QuantizedSlices:
    """The slices of `field` for `steps`; one that can hardly be told from the one before is left out."""
    shown = np.unique([field.at(step) for step in steps])
    kept: list[int] = []
    heights: list[Levels] = []
    valid: list[NDArray[np.bool_]] = []
    for number in shown.tolist():
        slice = np.asarray(field.slices[number], float)
        height = np.rint(scale.position(slice) * FULL).astype(np.uint16)
        finite = np.isfinite(slice)
        if kept and not _differ(height, heights[-1]) and np.array_equal(finite, valid[-1]):
            continue
        kept.append(number)
        heights.append(height)
        valid.append(finite)
    whole = all(finite.all() for finite in valid)
    return QuantizedSlices(
        field.alpha, field.beta, field.steps[kept], np.stack(heights), None if whole else np.stack(valid)
    )


def _differ(one: Levels, other: Levels) -> bool:
    """Whether two slices differ by more than SAME anywhere."""
    return int((np.maximum(one, other) - np.minimum(one, other)).max()) > SAME * FULL / BANDS
