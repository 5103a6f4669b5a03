"""Easing: maps of [0, 1] to itself with f(0) = 0 and f(1) = 1, never falling."""

from collections.abc import Callable, Mapping


def linear(t: float) -> float:
    """The same speed all along."""
    return t


def smooth(t: float) -> float:
    """Slow at both ends: 3 t^2 - 2 t^3."""
    return t * t * (3 - 2 * t)


def slow_start(t: float) -> float:
    """From standstill: t^2."""
    return t * t


def slow_end(t: float) -> float:
    """To standstill: 1 - (1 - t)^2."""
    return 1 - (1 - t) * (1 - t)


EASINGS: Mapping[str, Callable[[float], float]] = {
    "linear": linear,
    "smooth": smooth,
    "slow-start": slow_start,
    "slow-end": slow_end,
}


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, smooth between."""
    return smooth(min(1.0, max(0.0, (value - low) / (high - low))))
