"""The final loss over one swept axis: every seed a point, medians joined where the axis is a number.

Behind values that diverged there is hatching, over those that failed a cross.
"""

from collections.abc import Sequence
from math import isfinite, nan

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from animator.core.formatting import brief
from animator.core.language import digits
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.sweeps.figure.aggregate import SEED, Place, Point, Table
from animator.sweeps.figure.axes import around, decades, name_across, numeric, places, round_numbers, ticks_up

ROOM = 1.8  # times: what a log axis has beyond the losses


def curve(look: Look, box: Box, table: Table, best: Place | None) -> Axes:
    """Draw a table of one axis into `box`; best: the place that is ringed."""
    axes, (axis,), style = look.axes(box), table.axes, look.style
    positions = places(axes, axis)
    _limits(look, axes, box, [loss for point in table.points.values() for loss in point.losses])
    medians = [height(table.at((i,))) for i in range(len(positions))]
    if numeric(axis.values) and axis.name != SEED:
        _line(look, axes, positions, medians)
    for (i,), point in table.points.items():
        _fate(look, axes, positions, i, point)
        if table.seeds > 1:
            axes.plot(
                [positions[i]] * len(point.losses),
                point.losses,
                "o",
                color=style.lines[1],
                alpha=0.85,
                markersize=look.line(5),
                markeredgewidth=0,
                zorder=5,
            )
    axes.plot(
        positions,
        medians,
        "o",
        color=style.lines[0],
        markersize=look.line(8),
        zorder=4,
        markeredgecolor=style.panel,
        markeredgewidth=look.line(1.2),
    )
    if best is not None:
        axes.plot(
            [positions[best[0]]],
            [medians[best[0]]],
            "o",
            markersize=look.line(17),
            markerfacecolor="none",
            markeredgecolor=style.dot,
            markeredgewidth=look.line(2.6),
            zorder=6,
        )
    name_across(look, axes, box, axis, positions)
    return axes


def height(point: Point | None) -> float:
    """The loss of a point, NaN where there is none that is finite."""
    loss = None if point is None else point.loss
    return loss if loss is not None and isfinite(loss) else nan


def _limits(look: Look, axes: Axes, box: Box, losses: Sequence[float]) -> None:
    if decades(losses):
        low = min(losses) / ROOM
        high = max(losses) * ROOM
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        ticks_up(axes, round_numbers(low, high, int(box.height / look.em / 2)))
    elif losses:
        room = 0.08 * (max(losses) - min(losses)) or 0.1 * (abs(max(losses)) or 1.0)
        axes.set_ylim(min(losses) - room, max(losses) + room)
        axes.yaxis.set_major_formatter(lambda value, _: digits(brief(value)))


def _line(look: Look, axes: Axes, at: Sequence[float], medians: Sequence[float]) -> None:
    order = sorted(range(len(at)), key=lambda i: at[i])
    axes.plot(
        [at[i] for i in order],
        [medians[i] for i in order],
        color=look.style.lines[0],
        linewidth=look.line(2.4),
        zorder=3,
    )


def _fate(look: Look, axes: Axes, at: list[float], i: int, point: Point) -> None:
    """Hatching behind a value that diverged, a cross at the top of one that failed."""
    style, over = look.style, axes.get_xaxis_transform()
    if point.state == "diverged":
        low, high = around(axes, at, i)
        axes.add_patch(
            Rectangle(
                (low, 0),
                high - low,
                1,
                transform=over,
                hatch="////",
                facecolor="none",
                edgecolor=style.muted,
                linewidth=0,
                zorder=1,
            )
        )
    if point.state == "failed":
        axes.plot(
            [at[i]],
            [0.95],
            "x",
            transform=over,
            color=style.alert,
            markersize=look.line(11),
            markeredgewidth=look.line(3),
            zorder=5,
        )
