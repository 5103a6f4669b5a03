"""How numbers are written for people and for JSON: significant digits, points, bytes, seconds, no infinity.

A number goes in, its text comes out, the same wherever a film, a page or the command line says it.
"""

import math

from animator.core.language import digits as localized
from animator.core.language import say, written

BESIDE_POWER = 2  # digits of a number before a power of ten


def number(value: float, digits: int = 3) -> str:
    """`value` with `digits` significant digits, without an exponent where that stays short; two digits before
    a power of ten.
    """
    if not math.isfinite(value):
        if math.isnan(value):
            return say("not finite")
        return say("infinite") if value > 0 else say("-infinite")
    if value == 0:
        return "0"
    power = math.floor(math.log10(abs(value)))
    if -4 <= power < 6:
        return localized(f"{value:.{max(0, digits - 1 - power)}f}")
    return localized(written(f"{value:.{min(digits, BESIDE_POWER) - 1}e}"))


def brief(value: float, digits: int = 6) -> str:
    """`value` as briefly as it can be said, in English: of a tick, of a setting."""
    return written(f"{value:.{digits}g}")


def point(values: tuple[float, ...]) -> str:
    """A point as (0.48, -0.04)."""
    between = "; " if localized(".") == "," else ", "
    return (
        "("
        + between.join(localized(f"{value:.2f}") if math.isfinite(value) else "?" for value in values)
        + ")"
    )


def finite(value: float) -> float | None:
    """A number that JSON can hold: None where it is not finite."""
    return float(value) if math.isfinite(value) else None


def bytes_text(count: int, places: int = 0) -> str:
    """Bytes as people say them, thousand by thousand: '12 kB' (to so many `places`), '3.4 MB', '1.2 GB'."""
    for unit, one in (("GB", 10**9), ("MB", 10**6)):
        if count >= one:
            return f"{count / one:.1f} {unit}"
    return f"{count / 1000:.{places}f} kB"


def duration(seconds: float) -> str:
    """Seconds as people say them: '40 s', '12 min', '3 h 20 min'."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
