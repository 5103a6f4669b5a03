"""What surfaces that stand beside each other in one film have in common: the part of the plane that is shown,
and, where they are of one loss, the losses that have the colours of the ends.

In: a Film, its views. Out: a Common for these, and the views with one scale.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from animator.core.arrays import Floats
from animator.drawing.view import View
from animator.landscape import window
from animator.landscape.window import Common
from animator.recordings.identity import ModelIdentity
from animator.recordings.reader import Recording

if TYPE_CHECKING:
    from animator.films.film import Film

FLATTEST = 1e-3  # of the losses on a scale: a surface that has less is flat beside the others


def one_window(film: "Film", common: Common) -> Common:
    """`common`, with the window over the paths of all runs whose surfaces stand beside each other, on the
    same two weights; as it is where there are none such.
    """
    if common.extent is not None or len(_tiles(film)) < 2 or any(kind != "weights" for kind in _kinds(film)):
        return common
    if any(run.notes.window for run in film.runs) or len({_axes(run) for run in film.runs}) > 1:
        return common
    if any(run.weights.shape[1] < 2 for run in film.runs):
        return common
    held: list[Floats] = []
    for run in film.runs:
        path = np.stack([np.asarray(run.weights[:, k], float) for k in _axes(run)], axis=1)
        goal = run.notes.target
        left_at = window.choose(path, goal).left_at
        held += [path[:left_at], *([np.array([goal])] if goal else [])]
    return replace(common, extent=window.square(np.vstack(held)), held=window.around_all(np.vstack(held)))


def one_scale(film: "Film", views: Sequence[View]) -> list[View]:
    """The views, those of surfaces that stand beside each other with one range of losses, if of one loss; the
    flattest of them has as many of its colours as it would have alone.
    """
    shown = [views[i].field for i in _tiles(film)]
    fields = [field for field in shown if field is not None]
    if len(fields) < 2 or len({_loss(film.runs[i]) for i in _tiles(film)}) > 1:
        return list(views)
    low, high = min(field.lowest for field in fields), max(field.highest for field in fields)
    flattest = min(field.highest for field in fields) - low
    part = max(flattest / (high - low), FLATTEST) if high > low else 1.0
    return [
        view
        if view.field is None
        else replace(view, field=replace(view.field, lowest=low, highest=high), scale_part=part)
        for view in views
    ]


def _tiles(film: "Film") -> list[int]:
    """The runs whose surfaces stand beside each other."""
    names = {name for row in film.design.layout for name in row if name.startswith("surface@")}
    return sorted(int(name.partition("@")[2]) for name in names)


def _kinds(film: "Film") -> set[str]:
    return {film.cut(i).kind for i in range(len(film.runs))}


def _axes(run: Recording) -> tuple[int, int]:
    i, j = (run.index(axis) for axis in run.notes.axes)
    return i, j


def _loss(run: Recording) -> str:
    return ModelIdentity.of(run.meta).loss
