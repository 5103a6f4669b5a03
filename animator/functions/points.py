"""Starts: points written as text, and grids and clouds of them in a window.

"-1,-1" is one point, "(-1,-1),(2,3)" are two; a grid and a cloud have as many as are asked for.
"""

import re

import numpy as np

from animator.core.errors import AnimatorError
from animator.functions.named import Extent

Point = tuple[float, ...]
_GROUP = re.compile(r"\(([^()]*)\)")
MOST = 400
INSET = 0.06  # of the window's width: what stays free around a grid and a cloud


def read(text: str) -> tuple[Point, ...]:
    """The points that `text` names; () for an empty one. AnimatorError for what is no point."""
    words = text.strip()
    if not words:
        return ()
    groups = _GROUP.findall(words) or [words]
    if _GROUP.sub("", words).strip(" ,;") and "(" in words:
        raise _refusal(text)
    try:
        points = tuple(tuple(float(part) for part in group.split(",")) for group in groups)
    except ValueError as error:
        raise _refusal(text) from error
    if len({len(point) for point in points}) != 1 or not np.isfinite(points).all():
        raise _refusal(text)
    return points


def grid(window: Extent, across: int) -> tuple[Point, ...]:
    """`across` times `across` points, evenly over `window`, row by row from the top."""
    xs, ys = _inner(window, across)
    return tuple((float(x), float(y)) for y in ys[::-1] for x in xs)


def cloud(window: Extent, count: int, seed: int) -> tuple[Point, ...]:
    """`count` points over `window`, drawn evenly from `seed`."""
    if not 1 <= count <= MOST:
        raise AnimatorError(f"starts={count} cannot be drawn: from 1 to {MOST} can. Use starts=100.")
    (x0, x1), (y0, y1) = (pair[[0, -1]] for pair in _inner(window, 2))
    drawn = np.random.default_rng(seed).uniform((x0, y0), (x1, y1), (count, 2))
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in drawn)


def _inner(window: Extent, across: int) -> list[np.ndarray]:
    x0, x1, y0, y1 = window
    room = INSET * (x1 - x0)
    return [np.linspace(low + room, high - room, across) for low, high in ((x0, x1), (y0, y1))]


def _refusal(text: str) -> AnimatorError:
    return AnimatorError(
        f"start={text} is no point. Type its numbers with commas between them, as in start=-1,-1, and "
        "several points in parentheses: start=(-1,-1),(2,3)."
    )
