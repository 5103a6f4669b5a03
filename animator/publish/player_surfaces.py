"""The surfaces of a player page: slices, window, scale in loss units, marks, and the map of basins.

In: the panels that a page shows, and the views of its runs. Out: a dictionary for each surface, and a
sentence that says how finely it is drawn.
"""

from collections.abc import Sequence

import numpy as np

from animator.core.formatting import number
from animator.core.language import say
from animator.design.style import Style
from animator.drawing.panels.basins import TINT
from animator.drawing.panels.surface_axes import surface_title
from animator.drawing.raster.loss_colors import LossScale
from animator.drawing.view import View
from animator.landscape.basins import Basins
from animator.landscape.field import Field
from animator.landscape.window import Window
from animator.publish.packed_slices import Packed, packed, packed_labels

SURFACES = 900_000  # characters of all surfaces of a page


def grounds(
    wanted: Sequence[str], views: Sequence[View], look: Style
) -> tuple[list[dict[str, object]], list[str]]:
    """The surfaces of the `wanted` panels, and notes: one that all runs share, or one for each run."""
    chosen: list[tuple[str, list[int]]] = []
    for name in wanted:
        kind, _, run = name.partition("@")
        if kind in ("race", "basins"):
            chosen.append((surface_title(views[0]), list(range(len(views)))))
        elif kind == "surface":
            view = views[int(run or 0)]
            title = surface_title(view) + (f", {view.name}" if len(views) > 1 else "")
            chosen.append((title, [int(run or 0)]))
    there = [
        (title, runs, field, window)
        for title, runs in chosen
        if (field := views[runs[0]].field) is not None and (window := views[runs[0]].window) is not None
    ]
    made = [
        _ground(title, runs, views, look, field=field, window=window, most=SURFACES // len(there))
        for title, runs, field, window in there
    ]
    return [ground for ground, _ in made], [note for _, note in made]


def _ground(
    title: str,
    runs: list[int],
    views: Sequence[View],
    look: Style,
    *,
    field: Field,
    window: Window,
    most: int,
) -> tuple[dict[str, object], str]:
    """One surface with its window, scale and slices, and how finely it is drawn."""
    view = views[runs[0]]
    scale = LossScale(field.lowest, field.highest, view.contrast, look.levels)
    lines = field.lines_in(window.extent)
    field = field.within(window.extent)
    basins = view.basins.within(*lines) if view.basins is not None else None
    held = packed(np.asarray(field.slices), scale, most)
    ground = {
        "title": title,
        "runs": runs,
        "race": len(views) > 1 and (len(runs) > 1 or bool(view.rivals)),
        "extent": list(window.extent),
        "axes": list(view.axis_labels),
        "value": view.value_name,
        "target": list(view.target) if view.target is not None else None,
        "minima": [list(point) for point in view.minima] if view.basins is None else [],
        "low": scale.low,
        "high": scale.high,
        "eps": scale.eps,
        "ticks": scale.ticks(),
        "levels": scale.levels().tolist(),
        "alpha": field.alpha[:: held.every].tolist(),
        "beta": field.beta[:: held.every].tolist(),
        "cut_at": field.steps[held.slices].tolist(),
        "shape": list(held.shape),
        "top": held.top,
        "slices": held.text,
        "basins": _basins(basins, field, views, look) if basins is not None else None,
    }
    return ground, _note(title, held, field.slices.shape)


def _note(title: str, held: Packed, shape: tuple[int, ...]) -> str:
    """How finely a surface is drawn, beside how finely it was evaluated."""
    slices, rows, columns = held.shape
    count = say("{slices:,} slices", slices=slices) if slices > 1 else say("one slice")
    count = say("{part} of {whole:,}", part=count, whole=shape[0]) if slices < shape[0] else count
    points = say("{columns} x {rows} points", columns=columns, rows=rows)
    if held.every > 1:
        points = say("{size} of {columns} x {rows}", size=points, columns=shape[2], rows=shape[1])
    return say(
        "The {title} is drawn from {slices} at {points}, heights rounded to 1/{parts:,} of its scale.",
        title=title,
        slices=count,
        points=points,
        parts=held.top - 1,
    )


def ends(basins: Basins, field: Field, views: Sequence[View]) -> list[int]:
    """The basin that each of `views` ends in, over a map of basins on the grid of `field`; -1 outside."""
    return [basins.at(view.trajectory[-1], field.alpha, field.beta) for view in views]


def colours(views: Sequence[View], look: Style) -> list[str]:
    """The colour of every run: its own, or over a map of basins that of its end."""
    basins, field = views[0].basins, views[0].field
    if basins is None or field is None:
        return [look.lines[view.colour % len(look.lines)] for view in views]
    found = ends(basins, field, views)
    order = basins.order(found)
    return [look.lines[order[end] % len(look.lines)] if end in order else look.muted for end in found]


def _basins(basins: Basins, field: Field, views: Sequence[View], look: Style) -> dict[str, object]:
    """The map: each point's minimum by number, plus one; colours of minima, and the best run in each."""
    found = ends(basins, field, views)
    order = basins.order(found)
    best = [
        min((v for v, end in zip(views, found, strict=True) if end == kind), key=_last_loss)
        for kind in dict.fromkeys(found)
        if kind >= 0
    ]
    return {
        "labels": packed_labels(basins.label),
        "shape": list(basins.label.shape),
        "tint": TINT,
        "colours": [look.lines[order[kind] % len(look.lines)] for kind in range(len(order))],
        "minima": [{"at": v.trajectory[-1].tolist(), "words": number(_last_loss(v), 4)} for v in best],
    }


def _last_loss(view: View) -> float:
    return float(view.loss[-1])
