"""A height field in perspective: where its points fall on the picture, what hides what, how it is painted.

The field stands in a box: x and y in [-1, 1], z in [0, HEIGHT]. The camera looks at the middle from DISTANCE
away, ELEVATION above the floor, or more; azimuth 0 looks along +y. Farther quads are painted first; in a
height field that is the order of its rows and columns, split where the camera stands (Anderson 1982, "Hidden
line elimination in projected grid surfaces", ACM TOG 1(4)).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.design.layout import Box
from animator.landscape.bilinear import placed_evenly, read

HEIGHT = 0.75
DISTANCE = 5.2
ELEVATION = float(np.radians(31.0))
RISE = float(np.radians(12.0))  # what it rises by where the field is as high as can be towards it
MIDDLE = 0.3
LOOK_OVER = 1.6  # times the mean height of the edge
SAMPLES = 48
CLEAR = 0.012
LIGHT = np.array([-0.45, -0.35, 0.82])


@dataclass(frozen=True, slots=True)
class Perspective:
    """The camera at `azimuth` and `elevation` (radians); it shows points in a picture around (0, 0), about 1
    unit wide.
    """

    azimuth: float
    elevation: float = ELEVATION

    @property
    def eye(self) -> Floats:
        """(3,) where the camera stands."""
        flat = DISTANCE * np.cos(self.elevation)
        across, away = flat * np.sin(self.azimuth), -flat * np.cos(self.azimuth)
        return np.array([across, away, MIDDLE + DISTANCE * np.sin(self.elevation)])

    @property
    def sides(self) -> tuple[float, float]:
        """-1 or 1 for each axis: on which side of the floor its numbers stand, which faces the camera."""
        x, y, _ = self.eye
        return -1.0 if y < 0 else 1.0, -1.0 if x < 0 else 1.0

    def project(self, points: Floats) -> Floats:
        """Places (..., 2) in the picture of points (..., 3)."""
        x, y, z = points[..., 0], points[..., 1], points[..., 2] - MIDDLE
        c, s = np.cos(self.azimuth), np.sin(self.azimuth)
        across, away = x * c + y * s, y * c - x * s
        up = z * np.cos(self.elevation) + away * np.sin(self.elevation)
        depth = away * np.cos(self.elevation) - z * np.sin(self.elevation)
        scale = DISTANCE / (DISTANCE + depth)
        return np.stack([across * scale, up * scale], axis=-1)


class Framing:
    """Where the picture lies on the frame: what each of `eyes` sees of `hull` (n, 3) has room in a box, at
    one scale for all of them.
    """

    def __init__(self, hull: Floats, box: Box, eyes: Sequence[Perspective]) -> None:
        self.hull = hull
        self.middle = np.array([box.left + box.width / 2, box.bottom + box.height / 2])
        room = np.array([box.width, box.height])
        self.unit = float(min((room / np.ptp(eye.project(hull), axis=0)).min() for eye in eyes))
        self.aim(eyes[0])

    def aim(self, eye: Perspective) -> None:
        """Have what this camera sees in the middle of the box."""
        seen = eye.project(self.hull)
        self.origin = self.middle - self.unit * (seen.min(axis=0) + seen.max(axis=0)) / 2

    def pixels(self, eye: Perspective, points: Floats) -> Floats:
        """Places (..., 2) on the frame of points (..., 3)."""
        return np.asarray(self.origin + self.unit * eye.project(points))


@dataclass(frozen=True, slots=True, eq=False)
class Heights:
    """z (n, m) over x (m,) and y (n,), evenly spaced from -1 to 1; NaN where there is no surface."""

    z: Floats

    def at(self, x: Floats, y: Floats) -> Floats:
        """The height between grid points, linear; -1 outside."""
        found = read(self.z, placed_evenly(self.z.shape, x, y))
        return np.where(np.isfinite(found), found, -1.0)

    def looked_at(self, azimuth: float) -> Perspective:
        """The camera at `azimuth` (radians): the higher, the higher the field's edge is on its side, so that
        it looks over that.
        """
        n, m = self.z.shape
        x, y = np.meshgrid(np.linspace(-1, 1, m), np.linspace(-1, 1, n))
        edge = np.maximum(abs(x), abs(y)) >= 1
        toward = np.clip((x * np.sin(azimuth) - y * np.cos(azimuth))[edge], 0, None) ** 2
        z = np.nan_to_num(self.z[edge])
        share = float((toward * z).sum() / toward.sum()) / HEIGHT
        return Perspective(azimuth, ELEVATION + RISE * min(1.0, LOOK_OVER * share))

    def hides(self, eye: Floats, points: Floats) -> NDArray[np.bool_]:
        """(N,) whether the surface stands between the eye (3,) and each of points (N, 3)."""
        ray = eye - points
        top = np.maximum(HEIGHT - points[:, 2], 0.0) / ray[:, 2]  # above the highest point nothing hides
        share = np.linspace(0.0, 1.0, SAMPLES)[None, 1:] * np.minimum(top, 1.0)[:, None]
        x, y, z = (points[:, k, None] + share * ray[:, k, None] for k in range(3))
        return np.asarray((self.at(x, y) > z + CLEAR).any(axis=1))

    def shade(self) -> Floats:
        """(n, m) light on the surface: 1 where it faces the light, less where it turns away."""
        n, m = self.z.shape
        dy, dx = np.gradient(self.z, 2 / (n - 1), 2 / (m - 1))
        normal = np.stack([-dx, -dy, np.ones_like(dx)], axis=-1)
        lit = normal @ (LIGHT / np.linalg.norm(LIGHT)) / np.linalg.norm(normal, axis=-1)
        return np.asarray(0.6 + 0.47 * np.clip(lit, 0, 1))


def patches(n: int, m: int, eye: Floats) -> list[tuple[slice, slice]]:
    """Grid points (rows, columns) in patches that do not hide each other, each from far to near.

    n, m: rows and columns of the grid over [-1, 1]; a slice that runs backward paints from the high end.
    """
    return [(rows, columns) for rows in _sides(n, float(eye[1])) for columns in _sides(m, float(eye[0]))]


def _sides(count: int, eye: float) -> list[slice]:
    """Where the camera stands beside the grid: one side; within its range: both sides up to it."""
    if eye <= -1:
        return [slice(None, None, -1)]
    if eye >= 1:
        return [slice(None)]
    cut = int(np.clip(round((eye + 1) / 2 * (count - 1)), 1, count - 2))
    return [slice(0, cut + 1), slice(count - 1, cut - 1, -1)]


def on_floor(axis: int, along: float, out: float) -> Floats:
    """(3,) a point of the floor: `along` an axis, and `out` in the direction of the other."""
    return np.array([along, out, 0.0] if axis == 0 else [out, along, 0.0])


def corners(values: Floats) -> Floats:
    """(2 (n-1) (m-1), 3, k) of values (n, m, k) on a grid: at the corners of the two triangles of each quad,
    quad by quad, row by row.
    """
    near, right, up, far = values[:-1, :-1], values[:-1, 1:], values[1:, :-1], values[1:, 1:]
    halves = np.stack([near, right, far, near, far, up], axis=2)
    return np.ascontiguousarray(halves.reshape(-1, 3, values.shape[-1]))


def broken(place: Floats, hidden: NDArray[np.bool_], first: NDArray[np.bool_]) -> Path | None:
    """The path through places (N, 2), without the pieces that end in a hidden point or begin anew."""
    if len(place) < 2 or hidden.all():
        return None
    codes = np.full(len(place), Path.LINETO, np.uint8)
    codes[0] = Path.MOVETO
    codes[1:][hidden[1:] | hidden[:-1] | first[1:]] = Path.MOVETO
    return Path(place, codes)
