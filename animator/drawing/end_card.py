"""The end card: what came out of the runs of a film, below its panels at the right.

Small heads, each before its result. A card that would be wider than the frame tells less: first no losses
of the start, then the best run alone; only then are its letters smaller.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text

from animator.core.formatting import number
from animator.core.language import digits, say
from animator.design.layout import Box
from animator.drawing.header import MARGIN
from animator.drawing.look import Look
from animator.drawing.raster.text_fit import Measure, share
from animator.drawing.raster.text_layer import Sprite
from animator.drawing.view import View

CARDS = 3  # runs whose results are told; of more, the best one's
TOLD = ("both", "after", "best")  # how much of the losses on test samples
HEAD, RESULT = 0.92, 1.0  # em
AFTER, BETWEEN = 0.5, 1.4  # em: from a head to its result, and to the next head
UP = 0.85  # em: from the frame's edge
CLEAR = 0.8  # of their full size: letters are not made smaller to tell more

Column = tuple[str, str]


def end_card(
    look: Look, frame: Box, views: Sequence[View], names: Sequence[str]
) -> tuple[Sprite | None, float]:
    """The card as a sprite, if there is anything to tell, and where it begins in pixels; names: of views."""
    em = look.em
    right = frame.width - MARGIN * look.em
    room = right - (MARGIN + 2.0) * em
    columns, size = _fitting(look, room, views, names)
    if not columns:
        return None, right
    texts: list[Text] = []
    end = right - 0.8 * em
    for head, result in reversed(columns):
        texts.append(look.text(end, UP * em, result, em=RESULT * size, ha="right", fontweight="bold"))
        end = texts[-1].get_window_extent().x0 - AFTER * em
        texts.append(look.text(end, UP * em, head, em=HEAD * size, color=look.style.muted, ha="right"))
        end = texts[-1].get_window_extent().x0 - BETWEEN * em
    left = end + (BETWEEN - 0.8) * em
    back = FancyBboxPatch(
        (left, 0.3 * em),
        right - left,
        1.8 * em,
        transform=None,
        facecolor=look.style.panel,
        boxstyle=f"round,pad=0,rounding_size={0.5 * em}",
        edgecolor=look.style.grid,
        linewidth=look.line(1.0),
    )
    look.figure.add_artist(back)
    card = Sprite([back, *texts], 5)
    card.set_animated(True)
    look.figure.add_artist(card)
    return card, left


def _fitting(
    look: Look, room: float, views: Sequence[View], names: Sequence[str]
) -> tuple[list[Column], float]:
    """The most that can be told in `room` pixels in letters that can be read, and their size, at most 1."""
    for told in TOLD:
        columns = outcomes(views, names, told)
        size = _size(look, room, columns)
        if size >= CLEAR:
            return columns, size
    if len(columns) < 2:
        return columns, size
    return _set(look, room, columns[1:])


def _set(look: Look, room: float, columns: list[Column]) -> tuple[list[Column], float]:
    """Those of `columns` that have `room` pixels in letters that can be read, the first ones left out, and
    their size; the last one in any.
    """
    size = _size(look, room, columns)
    return (columns, size) if size >= CLEAR or len(columns) < 2 else _set(look, room, columns[1:])


def _size(look: Look, room: float, columns: Sequence[Column]) -> float:
    """The size of letters, at most 1, in which `columns` stand in `room` pixels."""
    heads, results = look.ruler(HEAD), look.ruler(RESULT, "bold")
    own = room - (BETWEEN * (len(columns) - 1) + AFTER * len(columns)) * look.em
    return share(own, partial(_wide, columns=columns, heads=heads, results=results))


def _wide(size: float, columns: Sequence[Column], heads: Measure, results: Measure) -> float:
    return sum(heads(head, size) + results(result, size) for head, result in columns)


def outcomes(views: Sequence[View], names: Sequence[str], told: str = "both") -> list[Column]:
    """(what, value): the surface's largest error, where there is one, and losses on test samples."""
    columns = _held(views)
    for view in views:
        found = view.worst()
        if found is not None and disagree(found[0] + float(view.loss[found[1]]), float(view.loss[found[1]])):
            columns.append(
                (
                    say("the map is off by at most"),
                    say("{error}, at step {step:,}", error=number(found[0], 2), step=found[1]),
                )
            )
            break
    tested = [(view, name) for view, name in zip(views, names, strict=True) if view.test_loss is not None]
    if len(tested) > CARDS or (told == "best" and len(tested) > 1):
        best, name = min(tested, key=lambda pair: _tested(pair[0]))
        head = say("lowest loss on {samples:,} test samples", samples=best.test_samples)
        columns.append((head, f"{number(_tested(best), 2)}, {name}"))
    elif tested:
        head = say("loss on {samples:,} test samples", samples=tested[0][0].test_samples)
        said = [(f"{name}: " if len(views) > 1 else "") + _result(view, told) for view, name in tested]
        columns.append((head, "   ".join(said)))
    return columns


def _held(views: Sequence[View]) -> list[Column]:
    """How much of the path the plane of a slice holds."""
    plane = views[0].plane
    if views[0].field is None or plane is None or plane.kind == "weights" or plane.explained is None:
        return []
    return [(say("of the path this map holds"), digits(f"{plane.explained:.1%}"))]


def _result(view: View, told: str) -> str:
    """The loss on test samples before training and after it, or after it alone."""
    before, after = view.test_loss or (np.nan, np.nan)
    return f"{number(before, 2)} → {number(after, 2)}" if told == "both" else number(after, 2)


def _tested(view: View) -> float:
    """The loss on test data at the end, infinite where there is none that is finite."""
    after = view.test_loss[1] if view.test_loss else np.inf
    return float(after) if np.isfinite(after) else np.inf


def disagree(height: float, loss: float) -> bool:
    """Whether the surface under the dot is more than 5 % off the true loss; missing numbers agree."""
    off = abs(height - loss) if np.isfinite(height) and np.isfinite(loss) else 0.0
    return bool(off > 0.05 * max(abs(loss), 1e-9))
