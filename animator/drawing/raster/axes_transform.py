"""From data to pixels: what a layer asks of the axes that it lies on, with axes or without.

In: matplotlib's Axes, or a box in pixels and an extent of data (Viewport). Out: places in pixels, rows
counted upwards. Places puts single points there by two multiplications; matplotlib's transforms take fifteen
microseconds for that, and a frame asks for dozens.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from matplotlib.transforms import Bbox, BboxBase, BboxTransform, Transform

from animator.design.layout import Box

Extent = tuple[float, float, float, float]  # x0, x1, y0, y1


class PlotArea(Protocol):
    """What layers ask of axes: their place in pixels, their limits and scales, data to pixels."""

    @property
    def bbox(self) -> BboxBase:
        """The rectangle in pixels, rows counted upwards."""

    @property
    def transData(self) -> Transform:
        """From data to pixels."""

    def get_xlim(self) -> tuple[float, float]:
        """The data at the left and the right edge."""

    def get_ylim(self) -> tuple[float, float]:
        """The data at the lower and the upper edge."""

    def get_xscale(self) -> str:
        """ "linear" or "log"."""

    def get_yscale(self) -> str:
        """ "linear" or "log"."""


@dataclass(frozen=True, eq=False)
class Viewport:
    """A PlotArea without axes: linear, `extent` of the data in `box`, in pixels. It draws nothing itself."""

    box: Box
    extent: Extent

    @cached_property
    def bbox(self) -> BboxBase:
        """See PlotArea."""
        return Bbox.from_bounds(self.box.left, self.box.bottom, self.box.width, self.box.height)

    @cached_property
    def transData(self) -> Transform:
        """See PlotArea."""
        x0, x1, y0, y1 = self.extent
        return BboxTransform(Bbox.from_extents(x0, y0, x1, y1), self.bbox)

    def get_xlim(self) -> tuple[float, float]:
        """See PlotArea."""
        return self.extent[0], self.extent[1]

    def get_ylim(self) -> tuple[float, float]:
        """See PlotArea."""
        return self.extent[2], self.extent[3]

    def get_xscale(self) -> str:
        """See PlotArea."""
        return "linear"

    def get_yscale(self) -> str:
        """See PlotArea."""
        return "linear"


@dataclass(frozen=True, slots=True)
class _Line:
    """One axis: pixels = offset + slope * value, or its logarithm."""

    logarithmic: bool
    offset: float
    slope: float

    @classmethod
    def between(cls, limits: tuple[float, float], scale: str, start: float, length: float) -> "_Line":
        """The one that puts `limits` at `start` and start + length, in pixels."""
        if scale not in ("linear", "log"):
            raise ValueError(f"axes are linear or logarithmic here, not {scale!r}")
        low, high = (math.log(v) if scale == "log" else v for v in limits)
        slope = length / (high - low)
        return cls(scale == "log", start - low * slope, slope)

    def __call__(self, value: float) -> float:
        if self.logarithmic:
            if not value > 0:
                return math.nan
            value = math.log(value)
        return self.offset + self.slope * value


class Places:
    """Pixels (x, y), rows counted upwards, of data on linear or logarithmic axes.

    The limits and scales are read at the first call, and must not change after it.
    """

    def __init__(self, area: PlotArea) -> None:
        self._area = area
        self._lines: tuple[_Line, _Line] | None = None

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """Where (x, y) is drawn; not finite where a logarithmic axis cannot show it."""
        if self._lines is None:
            self._lines = self._read()
        across, up = self._lines
        return across(x), up(y)

    def _read(self) -> tuple[_Line, _Line]:
        area = self._area
        box = self._area.bbox
        return (
            _Line.between(area.get_xlim(), area.get_xscale(), box.x0, box.width),
            _Line.between(area.get_ylim(), area.get_yscale(), box.y0, box.height),
        )
