"""What a page tells of a run at each recorded step: numbers as they were recorded, none between them.

In: a View. Out: columns of equal length for JSON. A number that is not finite is null there, and the word for
it stands beside.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Steps
from animator.core.formatting import number
from animator.core.language import say
from animator.drawing.panels.growing_curves import thin
from animator.drawing.panels.race import SHAPES
from animator.drawing.view import View

NUMBERS = 75_000  # of all runs of a page: about a megabyte
FEWEST = 200
CURVE = 600

Numbers = NDArray[np.floating]


def kept(view: View, columns: int) -> Steps:
    """The recorded steps (n,) that a page holds: all, or as many as NUMBERS allow, in `columns` of them.

    Of more, those at which the surface is known, the extremes of the losses, and the rest evenly.
    """
    steps, most = view.recorded, max(FEWEST, NUMBERS // columns)
    if len(steps) <= most:
        return np.asarray(steps, np.int64)
    told = _few(view.field.checked, most // 2) if view.field is not None else steps[:1]
    loss = view.loss[steps]
    if not np.isfinite(loss).any():
        loss = np.append(view.batch_loss, np.nan)[steps]
    extreme, _ = thin(steps.astype(float), loss, most // 8)
    rest = max(2, most - len(told) - len(extreme))
    return np.asarray(np.unique(np.concatenate([told, extreme, _few(steps, rest)])), np.int64)


def _few(steps: Steps, most: int) -> Steps:
    return np.asarray(steps[np.unique(np.linspace(0, len(steps) - 1, min(most, len(steps))).astype(int))])


def rows(view: View, steps: Steps) -> dict[str, object]:
    """Columns over `steps` (n,), which are recorded ones, and the words for numbers that are not there.

    epoch and rate are those of the update that led to a step, batch is the loss of the one that is made from
    it. height: of the surface under the dot; residual: distance from the plane.
    """
    updates = np.maximum(steps - 1, 0)
    batch = np.append(view.batch_loss, np.nan)[steps]
    columns: dict[str, Numbers] = {
        "loss": view.loss[steps],
        "batch": batch,
        "rate": view.learning_rate[updates] if view.steps else np.full(len(steps), np.nan),
        "height": _heights(view, steps),
        "residual": view.residual[steps],
        "x": view.trajectory[steps, 0],
        "y": view.trajectory[steps, 1],
    }
    broke = view.broke_at if view.broke_at is not None else view.steps + 1
    checked = view.field.checked if view.field is not None else steps[:0]
    batches, rates = (steps < view.steps, "none"), (np.full(len(steps), view.has_rate), say("not recorded"))
    if not view.has_batch_loss:
        batches = np.zeros(len(steps), bool), say("not recorded")
    expected = {
        "batch": batches,
        "rate": rates,
        "height": (np.isin(steps, checked), say("not evaluated")),
        "loss": (np.isfinite(view.loss[steps]) | (steps >= broke), say("not computed")),
    }
    words = {
        name: ranges
        for name, values in columns.items()
        if (ranges := missing(values, *expected.get(name, (None, ""))))
    }
    weights = [np.asarray(view.lines[steps, q], np.float64) for q in range(view.lines.shape[1])]
    return {
        "step": steps.tolist(),
        "epoch": (view.epoch[updates] + 1).tolist() if view.steps else [None] * len(steps),
        **{name: plain(values) for name, values in columns.items()},
        "weights": [plain(values) for values in weights],
        "words": words,
        "weight_words": [missing(values) for values in weights],
    }


def _heights(view: View, steps: Steps) -> NDArray[np.float64]:
    field = view.field
    if field is None or not len(field.checked):
        return np.full(len(steps), np.nan)
    at = np.minimum(np.searchsorted(field.checked, steps), len(field.checked) - 1)
    return np.where(field.checked[at] == steps, field.heights[at], np.nan)


def plain(values: Numbers) -> list[float | None]:
    """values (n,) as JSON holds them: null where one is not finite."""
    return [
        value if finite else None for value, finite in zip(values.tolist(), np.isfinite(values), strict=True)
    ]


def missing(
    values: Numbers, there: NDArray[np.bool_] | None = None, else_: str = ""
) -> list[tuple[int, int, str]]:
    """(first row, last row, word) for each piece of values (n,) that is not finite.

    there (n,): where a number should be; elsewhere the word is `else_`.
    """
    found: list[tuple[int, int, str]] = []
    for row in np.flatnonzero(~np.isfinite(values)).tolist():
        word = number(float(values[row])) if there is None or there[row] else else_
        if found and found[-1][1] == row - 1 and found[-1][2] == word:
            found[-1] = (found[-1][0], row, word)
        else:
            found.append((row, row, word))
    return found


def batches(view: View, steps: Steps) -> dict[str, object] | None:
    """The loss of every batch as a curve, where `steps` leave some out; thinned to its extremes."""
    if len(steps) > view.steps or not view.steps:
        return None
    x, y = thin(np.arange(view.steps, dtype=float), view.batch_loss, CURVE)
    return {"step": x.astype(int).tolist(), "loss": plain(y)}


def width(view: View) -> int:
    """How many numbers a row of `view` has."""
    return 9 + len(view.labels)


def stops(views: Sequence[View], held: Sequence[Steps]) -> list[float]:
    """Where a scrubber stops: every held step of every run, on the film's clock, ascending."""
    at = np.unique(np.concatenate([own / view.ratio for view, own in zip(views, held, strict=True)]))
    return [int(value) if value == int(value) else float(value) for value in at]


def run(view: View, steps: Steps, order: int, colour: str) -> dict[str, object]:
    """A run: what it is called, how it is told apart as number `order`, and its numbers at `steps`.

    leaves: whether the distance from the plane is worth telling. batches: the losses of all batches, where
    the rows do not hold them.
    """
    along = view.cut == "moving" and view.plane is not None and view.plane.kind == "weights"
    return {
        "name": view.name,
        "colour": colour,
        "shape": shape if isinstance(shape := SHAPES[order % len(SHAPES)], str) else "Y",
        "value": view.value_name,
        "epochs": view.has_epochs,
        "steps": view.steps,
        "ratio": view.ratio,
        "unit": view.unit,
        "labels": list(view.labels),
        "left_at": view.window.left_at if view.window is not None else None,
        "height": view.field is not None,
        "leaves": view.field is not None and bool(view.residual.any()) and not along,
        "losses": bool(np.isfinite(view.loss).any()),
        "rows": rows(view, steps),
        "batches": batches(view, steps),
    }
