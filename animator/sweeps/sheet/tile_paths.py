"""The path of one run across a tile: on its surface, or as the curve of its loss over steps without one.

In: a View and a box. Out: a TilePath, points in pixels and what colours them; how far it is drawn depends on
a state of the run's own clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.core.language import say
from animator.design.layout import Box
from animator.design.style import Style
from animator.design.timeline import FrameState
from animator.drawing.panels.loss_curves import limits, positive
from animator.drawing.raster.loss_colors import LossScale, colour_map
from animator.drawing.raster.path_layer import visible
from animator.drawing.raster.pen import RGBA
from animator.drawing.view import View
from animator.sweeps.sheet.tile_data import Extent

COLOURS = 24
FAR = 1e5  # pixels: what is farther, or not finite, is drawn there
CORNERS = ((False, True), (True, False), (True, True), (False, False))  # (right, top), the best first
TAKEN = (3.7, 1.4)  # em: what a number in a corner covers
HEAVY = 25  # points of a path: what a start or a target counts for
EDGE = 0.06  # share of a tile that stays free at each end of a curve

Corner = tuple[bool, bool]


@dataclass(frozen=True, slots=True, eq=False)
class TilePath:
    """points (K+1, 2) in pixels, of which `kept` (m,) are drawn; the piece to point i has colours[bins[i]].

    start (2,), goals (M, 2): marked points in pixels, goals a target or minima. gone_at: the step from which
    there is no dot any more.
    """

    box: Box
    points: Floats
    kept: NDArray[np.int64]
    bins: NDArray[np.int64]
    colours: Sequence[RGBA]
    start: Floats | None = None
    goals: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    gone_at: int | None = None

    def until(self, own: FrameState) -> tuple[int, Floats, int]:
        """(how many of the kept points, the place (2,) of the dot, the number of its colour) at `own`."""
        here = self.points[own.step]
        onto = self.points[own.onto]
        end = int(np.searchsorted(self.kept, own.step, side="right"))
        return end, here + own.part * (onto - here), int(self.bins[own.step])

    def gone(self, step: int) -> bool:
        """Whether the path has left, or its loss is not finite any more."""
        return self.gone_at is not None and step >= self.gone_at


def gone_at(view: View) -> tuple[int, str, str] | None:
    """(step, what happened, when, in words) where a run first left its window or stopped being finite."""
    return min(_ends(view), default=None)


def _ends(view: View) -> list[tuple[int, str, str]]:
    left = view.window.left_at if view.window is not None else None
    ends = [] if left is None else [(left, say("left at"), say("step {step:,}", step=left))]
    broke = view.broke_at
    return ends + ([] if broke is None else [(broke, say("not finite"), say("at step {step:,}", step=broke))])


def fate(views: Sequence[View], states: Sequence[FrameState]) -> tuple[str, str]:
    """What is said of runs that are all gone, in two lines: how the last of them went. Else empty."""
    ends = [
        [end for end in _ends(view) if own.step >= end[0]] for view, own in zip(views, states, strict=True)
    ]
    return max(map(max, ends))[1:] if all(ends) else ("", "")


def on_surface(
    view: View, box: Box, extent: Extent, scale: LossScale, style: Style, colour: str | None
) -> TilePath:
    """The path over the window `extent`, coloured by its true loss, or all in one colour."""
    points = _pixels(view.trajectory, box, extent)
    bins = np.zeros(len(points), np.int64)
    colours: Sequence[RGBA] = [to_rgba(colour)] if colour else _ramp(style)
    if colour is None:
        bins = np.minimum((scale.position(view.loss) * COLOURS).astype(np.int64), COLOURS - 1)
    goals = np.reshape([view.target] if view.target is not None else view.minima, (-1, 2))
    end = gone_at(view)
    return TilePath(
        box=box,
        points=points,
        kept=visible(points),
        bins=bins,
        colours=colours,
        start=points[0],
        goals=_pixels(goals, box, extent),
        gone_at=end[0] if end else None,
    )


def as_curve(view: View, box: Box, losses: tuple[float, float], colour: str) -> TilePath:
    """The loss over steps, between the least and the greatest loss of the sheet; its logarithm where none is
    below 0.
    """
    values = view.loss if np.isfinite(view.loss).any() else np.append(view.batch_loss, np.nan)
    low, high = losses
    if low >= 0:
        values = np.log10(positive(values))
        low, high = np.log10(limits(positive(np.array(losses))))
    height = (values - low) / max(high - low, 1e-9)
    known = np.flatnonzero(np.isfinite(height))
    steps = np.arange(len(values)) / max(1, view.steps)
    share = EDGE + (1 - 2 * EDGE) * np.stack([steps, _filled(height, known)], axis=1)
    points = _pixels(share, box, (0.0, 1.0, 0.0, 1.0))
    kept = np.intersect1d(visible(points), known) if len(known) else known
    end = gone_at(view)
    return TilePath(
        box=box,
        points=points,
        kept=kept,
        bins=np.zeros(len(points), np.int64),
        colours=[to_rgba(colour)],
        gone_at=end[0] if end else None,
    )


def free_corner(paths: Sequence[TilePath], em: float) -> Corner:
    """The corner (right, top) in which a number covers least of all paths and marks."""

    def covered(corner: Corner) -> int:
        return sum(_weight(path, corner, em) for path in paths)

    return min(CORNERS, key=lambda corner: (covered(corner), CORNERS.index(corner)))


def _weight(path: TilePath, corner: Corner, em: float) -> int:
    """How many points of a path lie under a number in the corner; its marks count for HEAVY each."""
    marks = [*([] if path.start is None else [path.start]), *path.goals]
    points = np.vstack([path.points[path.kept], *([mark] * HEAVY for mark in marks)])
    size = np.array([path.box.width, path.box.height])
    share = (points - (path.box.left, path.box.bottom)) / size
    apart = np.where(corner, 1 - share, share) * size / em
    return int(((apart >= 0) & (apart < TAKEN)).all(axis=1).sum())


def _filled(height: Floats, known: NDArray[np.int64]) -> Floats:
    """`height` with the last known value in place of missing ones, so that a dot rests there."""
    if not len(known):
        return np.zeros(len(height))
    last = np.searchsorted(known, np.arange(len(height)), side="right") - 1
    return np.asarray(height[known[np.maximum(last, 0)]])


def _pixels(points: Floats, box: Box, extent: Extent) -> Floats:
    a0, a1, b0, b1 = extent
    share = (points - (a0, b0)) / (a1 - a0, b1 - b0)
    pixels = np.array([box.left, box.bottom]) + share * (box.width, box.height)
    return np.clip(np.nan_to_num(pixels, nan=FAR, posinf=FAR, neginf=-FAR), -FAR, FAR)


def _ramp(style: Style) -> list[RGBA]:
    path_map = colour_map(style.path_map)
    return [path_map((i + 0.5) / COLOURS) for i in range(COLOURS)]
