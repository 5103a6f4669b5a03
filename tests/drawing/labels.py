"""What covers what in the pictures of a film's surfaces: names, numbers on contours, paths."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from matplotlib.text import Text

from animator.drawing.event_marks import radius_of
from animator.drawing.panels.surface_axes import Ground
from animator.films.film import Film

SHAPES = ((640, 360), (640, 480), (540, 540), (360, 640))
Box = tuple[float, float, float, float]  # left, bottom, right, top in pixels


def covered(film: Film, sizes=SHAPES, every: int = 10) -> set[tuple[object, ...]]:
    """(size, a text, what it lies on) of every 10th frame at each size; a path counts from start to end."""
    clock = film.timeline(30.0)
    found: set[tuple[object, ...]] = set()
    for size in sizes:
        canvas = film.canvas(size, 30.0)
        grounds = [panel.ground for panel in canvas.panels if isinstance(getattr(panel, "ground", 0), Ground)]
        seen = set()
        for frame in range(0, clock.frames, every):
            canvas.show(clock.state(frame))
            for i, ground in enumerate(grounds):
                spots = tuple((stamp.get_text(), x, y) for stamp, x, y in ground.labels.spots)
                if (i, spots) not in seen:
                    seen.add((i, spots))
                    found |= {(size, *pair) for pair in _covered(ground)}
    return found


def _covered(ground: Ground) -> Iterator[tuple[str, str]]:
    """(a text, what it lies on, or that it is outside) of a picture as it is now."""
    names = [text for text in ground.axes.texts if text.get_text()]
    boxes = [(text.get_text(), box_of(text)) for text in names]
    boxes += [(stamp.get_text(), moved(box_at_zero(stamp), x, y)) for stamp, x, y in ground.labels.spots]
    points = np.concatenate(ground.paths)
    dots, wide = ground.pointed(), radius_of(ground.look)
    marks = ground.axes.transData.transform(np.array(ground.marked))
    frame = ground.axes.bbox
    for i, (words, box) in enumerate(boxes):
        yield from ((words, other) for other, place in boxes[i + 1 :] if not apart(box, place))
        yield from ((words, what) for what, at in (("path", points), ("mark", marks)) if holds(box, at))
        if i < len(names):
            yield from ((words, "ring") for dot in dots if not apart(box, (*(dot - wide), *(dot + wide))))
        if holds(frame.padded(1).extents, np.reshape(box, (2, 2))) < 2:
            yield words, "outside"


def box_of(text: Text) -> Box:
    """A text without the pixel that letters share with their rim, and an Annotation without its line."""
    text.get_window_extent()  # which puts an Annotation in its place
    box = Text.get_window_extent(text)
    return box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 - 1


@cache
def box_at_zero(stamp: Text) -> Box:
    """A stamp's box, if it stood at (0, 0)."""
    at = stamp.get_position()
    stamp.set_position((0.0, 0.0))
    box = box_of(stamp)
    stamp.set_position(at)
    return box


def moved(box: Box, x: float, y: float) -> Box:
    """A box, moved."""
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def apart(one: Box, two: Box) -> bool:
    """Whether two boxes have nothing in common."""
    return one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]


def holds(box: Box, points: np.ndarray) -> int:
    """How many of points (n, 2) lie in a box."""
    left, bottom, right, top = box
    x, y = points.T
    return int(((x > left) & (x < right) & (y > bottom) & (y < top)).sum())
