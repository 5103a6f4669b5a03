"""Where a name stands beside its point: inside of the picture, on nothing that must be seen.

In: places and sizes in pixels, x and y, rows counted upwards. Out: the lower left corner of a box. Near
places are tried first, then all of the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Floats

Box = tuple[Floats, Floats]  # lower left and upper right corner, (2,) each

SIDES = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))  # of a point: right, up
AWAY = (0.6, 2.4, 4.5)  # em: how far a name stands from its point
STEP = 0.5  # em: from one place of the picture to the next that is tried
EDGE = 0.3  # em: from a name that is far from its point to the picture's edge

OUTSIDE = 1e6  # a pixel out of the picture is worse than all that is covered in it


@dataclass(frozen=True, slots=True, eq=False)
class Clutter:
    """What a picture shows: boxes that are taken, and a path (n, 2), around which `clear` pixels stay free.

    em: in pixels.
    """

    picture: Box
    taken: Sequence[Box]
    path: Floats
    clear: float
    em: float

    def faults(self, corners: Floats, size: Floats) -> Floats:
        """(n,) what is wrong with boxes of `size` (2,) whose lower left corners are (n, 2): pixels over taken
        boxes, points of the path, each as bad as a row of it, and anything OUTSIDE; 0 where nothing is.
        """
        low, high = corners, corners + size
        bottom, top = self.picture
        wrong = OUTSIDE * (np.maximum(0, bottom - low) + np.maximum(0, high - top)).sum(axis=1)
        for a, b in self.taken:
            wrong += np.clip(np.minimum(high, b) - np.maximum(low, a), 0, None).prod(axis=1)
        x, y = ((self.path[:, k] > low[:, k, None] - self.clear) for k in (0, 1))
        u, v = ((self.path[:, k] < high[:, k, None] + self.clear) for k in (0, 1))
        return np.asarray(wrong + size[1] * (x & y & u & v).sum(axis=1))

    def corner(self, near: Floats, size: Floats) -> tuple[Floats, bool]:
        """The lower left corner (2,) of a box of `size` (2,): the first of those near (n, 2) where nothing is
        wrong, else the place in the picture that is least wrong, and nearest to these; whether nothing is.
        """
        wrong = self.faults(near, size)
        if wrong.min() == 0:
            return np.asarray(near[wrong.argmin()]), True
        corners = np.concatenate([near, self._everywhere(size)])
        wrong = self.faults(corners, size)
        far = np.hypot(*(corners - near.mean(axis=0)).T)
        best = np.lexsort((far, wrong))[0]
        return np.asarray(corners[best]), bool(wrong[best] == 0)

    def _everywhere(self, size: Floats) -> Floats:
        """(n, 2) the lower left corners of boxes of `size` (2,) all over the picture."""
        low, high = self.picture[0] + EDGE * self.em, self.picture[1] - EDGE * self.em - size
        x, y = (np.arange(a, max(a, b) + 1, STEP * self.em) for a, b in zip(low, high, strict=True))
        return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def beside(point: Floats, size: Floats, em: float) -> Floats:
    """(n, 2) the lower left corners of boxes of `size` (2,) at the sides of a point, the best first."""
    ways = np.array([side for _ in AWAY for side in SIDES])
    away = np.repeat(AWAY, len(SIDES))[:, None] * em
    return np.asarray(point + ways * (away + size / 2) - size / 2)


def along_edges(picture: Box, size: Floats) -> Floats:
    """(6, 2) the lower left corners of boxes of `size` (2,) at the upper and the lower edge: in the middle,
    on the left, on the right.
    """
    shares = np.array([(across, up) for up in (1.0, 0.0) for across in (0.5, 0.0, 1.0)])
    return np.asarray(picture[0] + shares * (picture[1] - picture[0] - size))


def thinned(paths: Sequence[Floats], step: float) -> Floats:
    """Points (n, 2) so dense that each of paths' is at most `step` from one."""
    points = np.concatenate([np.zeros((0, 2)), *paths])
    return np.asarray(np.unique(np.round(points / step), axis=0) * step)
