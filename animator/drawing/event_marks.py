"""What points at a film's events: rings around dots, small marks on paths, lines across charts over steps.

In: the halts of a View, and where panels have a run's dot, or a step. Out: layers, set from a FrameState. A
ring opens around the dots of a run when the film halts, and closes when it goes on; a small one stays on the
path. In a chart a line with the step's number stands at the step from then on.
"""

from collections.abc import Callable, Sequence
from math import dist

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from animator.core.arrays import Floats
from animator.core.formatting import number
from animator.core.language import digits
from animator.design.timeline import FrameState
from animator.drawing.look import Look
from animator.drawing.raster.axes_transform import PlotArea
from animator.drawing.raster.line_layers import Span
from animator.drawing.raster.marker_layer import Point, Ring
from animator.drawing.raster.text_layer import Stamp
from animator.drawing.view import View

SMALL, WIDE = 4.5, 19.0  # pixels at 720p: the radius of a mark on a path, and of a ring that is open
RING, MARK, LINE = 2.6, 1.8, 1.1  # pixels at 720p: the widths of these, and of a line in a chart
UNDER = 9.0  # pixels at 720p: so near to a mark the dot stands on it, and is shown in its stead
SHARP = 3.0  # times as fast as it opens a ring becomes opaque
NUMBER = 0.86  # em: size of a step's number
ASIDE, CLEAR = 0.35, 0.2  # em: from a line to its number, and what is clear around that
ROWS = 6  # between the top and the bottom, where a number may stand
INSIDE = 0.65  # em: from the chart's edge to the middle of a number
NEAR = 1e-4  # steps: an event so near has come

Places = Callable[[FrameState], Floats | Point | None]


def radius_of(look: Look) -> float:
    """The radius of a ring that is open, in pixels."""
    return WIDE * _scale(look)


def _scale(look: Look) -> float:
    """What a pixel at 720p is here, for what belongs to dots."""
    return look.line(1.0) * look.figure.dpi / 72 * look.style.dot_size


class Pointer:
    """The ring around the dot of `run`, and the marks on its path; places: where, in pixels, the dot is at a
    state of the run's own; area: outside of which nothing is drawn. `layers` are to be drawn above the dot.
    """

    def __init__(self, look: Look, run: View, area: PlotArea | None, places: Places) -> None:
        self.run = run
        self.places = places
        self.scale = _scale(look)
        self.at = [run.when(halt.step) for halt in run.halts]
        kept = {halt.step: i for i, halt in enumerate(run.halts) if halt.kept and halt.step > 0}
        self.marks = {i: _ring(look, area, MARK) for i in kept.values()}
        self.ring = _ring(look, area, RING)
        self.pointed = {i for i, halt in enumerate(run.halts) if halt.pointed}
        self.layers = [*self.marks.values(), self.ring] if self.pointed else list(self.marks.values())

    def show(self, state: FrameState) -> None:
        """Set ring and marks to a state of the run's own."""
        dot = self.places(state)
        for i, mark in self.marks.items():
            place = self._place(i) if state.at >= self.at[i].at - NEAR and state.event != i else None
            is_hidden = place is None or (dot is not None and dist(place, dot) < UNDER * self.scale)
            mark.show(None if is_hidden else place, SMALL * self.scale)
        place = self._place(state.event) if state.event in self.pointed else None
        radius = (SMALL + (WIDE - SMALL) * state.ring) * self.scale
        self.ring.show(place, radius, min(1.0, SHARP * state.ring))

    def opened(self, state: FrameState) -> float:
        """How far the ring is open, in [0, 1], while the run is at the event's step; 0 elsewhere."""
        is_here = state.event in self.pointed and state.step == self.at[state.event].step
        return state.ring if is_here else 0.0

    def _place(self, index: int) -> Point | None:
        """Where the dot is at an event, None where it has left what is shown."""
        at, window = self.at[index], self.run.window
        if window is not None and window.left_at is not None and at.step >= window.left_at:
            return None
        place = self.places(at)
        return None if place is None else (float(place[0]), float(place[1]))


def _ring(look: Look, area: PlotArea | None, width: float) -> Ring:
    """A ring in the colours of marks."""
    style = look.style
    ring = Ring(area, colour=to_rgba(style.target), casing=to_rgba(style.casing), width=look.line(width))
    look.figure.add_artist(ring)
    return ring


class StepLines:
    """Lines across `axes` over steps at the events of a film, with their numbers where there is room.

    at: where each event is on the axis, in its units, ascending; curves: (x, y) of what is drawn there, which
    numbers keep clear of. The axes must keep their limits from now on.
    """

    def __init__(
        self, look: Look, axes: Axes, at: Sequence[float], curves: Sequence[tuple[Floats, Floats]]
    ) -> None:
        self.at = sorted({value for value in at if value > 0})
        low, high = axes.get_ylim()
        self.lines = []
        for _ in self.at:
            line = Span(axes, colour=to_rgba(look.style.muted), width=look.line(LINE))
            line.set_zorder(2.5)
            axes.add_artist(line)
            self.lines.append(line)
        self.ends = [((value, low), (value, high)) for value in self.at]
        self.numbers = self._numbers(look, axes, curves)
        self.layers = [*self.lines, *(stamp for _, _, stamp in self.numbers)]

    def _numbers(
        self, look: Look, axes: Axes, curves: Sequence[tuple[Floats, Floats]]
    ) -> list[tuple[float, str, Stamp]]:
        """(where its line is, the words, the stamp) of each number that has room beside its line: at the top,
        at the bottom, or else between, at the right or else at the left.
        """
        box, em = axes.bbox, look.em
        columns = [float(axes.transData.transform((value, axes.get_ylim()[0]))[0]) for value in self.at]
        drawn = [_in_pixels(axes, x, y) for x, y in curves]
        top, bottom = box.y1 - INSIDE * em, box.y0 + INSIDE * em
        rows = [top, bottom, *np.linspace(top, bottom, ROWS + 2)[1:-1].tolist()]
        taken: list[Floats] = []
        found = []
        for value, column in zip(self.at, columns, strict=True):
            words = number(value) if value % 1 else digits(f"{value:.0f}")
            wide = look.ruler(NUMBER)(words)
            for up in rows:
                for left in (column + ASIDE * em, column - ASIDE * em - wide):
                    ends = left - CLEAR * em, left + wide + CLEAR * em
                    rect = np.array([ends[0], up - INSIDE * em, ends[1], up + INSIDE * em])
                    if _is_free(rect, box.x0, box.x1, [c for c in columns if c != column], taken, drawn):
                        break
                else:
                    continue
                taken.append(rect)
                stamp = look.stamp(left, up, em=NUMBER, color=look.style.muted)
                found.append((value, words, stamp))
                break
        return found

    def show(self, at: float) -> None:
        """Let those stand that have come when the film is `at`, in units of the axis."""
        come = at + NEAR
        for value, line, ends in zip(self.at, self.lines, self.ends, strict=True):
            line.ends = ends if value <= come else None
        for value, words, stamp in self.numbers:
            stamp.set_text(words if value <= come else "")


def _in_pixels(axes: Axes, x: Floats, y: Floats) -> Floats:
    """(n, 2) the finite points of a curve in pixels, within the axes as far as their height goes."""
    with np.errstate(invalid="ignore", divide="ignore"):
        places = np.asarray(axes.transData.transform(np.stack([x, np.clip(y, *axes.get_ylim())], axis=1)))
    return np.asarray(places[np.isfinite(places).all(axis=1)])


def _is_free(
    rect: Floats,
    low: float,
    high: float,
    columns: Sequence[float],
    taken: Sequence[Floats],
    curves: Sequence[Floats],
) -> bool:
    """Whether a rectangle (left, bottom, right, top) lies between two columns, off the lines at `columns`,
    the rectangles that are taken, and the curves, (n, 2) each.
    """
    left, bottom, right, top = rect.tolist()
    if left < low or right > high or any(left <= column <= right for column in columns):
        return False
    if any(left < r and right > le and bottom < t and top > b for le, b, r, t in taken):
        return False
    across = np.arange(left, right + 1)
    for points in (points for points in curves if len(points)):
        inside = points[(points[:, 0] >= left) & (points[:, 0] <= right), 1]
        between = np.interp(across, points[:, 0], points[:, 1], left=np.inf, right=np.inf)
        heights = np.concatenate([inside, between])
        if ((heights >= bottom) & (heights <= top)).any():
            return False
    return True
