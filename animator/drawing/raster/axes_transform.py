"""Places on axes whose limits stay: from data to pixels by two multiplications.

matplotlib's transforms do the same in fifteen microseconds a point; a frame asks for dozens.
"""

import math

from matplotlib.axes import Axes


class Places:
    """Pixels (x, y), rows counted upwards, of data on linear or logarithmic axes.

    The axes' limits and scales are read at the first call, and must not change after it.
    """

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._lines: tuple[tuple[bool, float, float], tuple[bool, float, float]] | None = None

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """Where (x, y) is drawn; not finite where a logarithmic axis cannot show it."""
        if self._lines is None:
            self._lines = self._read()
        across, up = self._lines
        return _on(across, x), _on(up, y)

    def _read(self) -> tuple[tuple[bool, float, float], tuple[bool, float, float]]:
        box = self._axes.bbox
        return (_line(self._axes.get_xlim(), self._axes.get_xscale(), box.x0, box.width),
                _line(self._axes.get_ylim(), self._axes.get_yscale(), box.y0, box.height))  # fmt: skip


def _line(limits: tuple[float, float], scale: str, start: float, length: float) -> tuple[bool, float, float]:
    """(logarithmic, offset, slope) that put `limits` at start and start + length."""
    if scale not in ("linear", "log"):
        raise ValueError(f"axes are linear or logarithmic here, not {scale!r}")
    low, high = (math.log(v) if scale == "log" else v for v in limits)
    slope = length / (high - low)
    return scale == "log", start - low * slope, slope


def _on(line: tuple[bool, float, float], value: float) -> float:
    logarithmic, offset, slope = line
    if logarithmic:
        if not value > 0:
            return math.nan
        value = math.log(value)
    return offset + slope * value
