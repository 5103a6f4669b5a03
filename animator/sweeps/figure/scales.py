"""Which scale suits some numbers: logarithmic where they are geometric, or span decades; and round ticks."""

from collections.abc import Sequence
from itertools import pairwise
from math import floor, log10

import numpy as np

DECADE = 10.0


def numeric(values: Sequence[object]) -> bool:
    """Whether all values are numbers (booleans are categories)."""
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def geometric(values: Sequence[float]) -> bool:
    """Whether positive values are spaced more evenly by ratio than by difference; two, where they are a
    decade apart.
    """
    known = np.sort(np.asarray(values, float))
    if len(known) < 2 or known[0] <= 0:
        return False
    if len(known) == 2:
        return bool(known[1] / known[0] >= DECADE)
    gaps, ratios = np.diff(known), np.diff(np.log(known))
    return bool(ratios.std() / ratios.mean() < gaps.std() / gaps.mean() - 1e-9)


def decades(values: Sequence[float]) -> bool:
    """Whether positive values span a decade or more."""
    return len(values) > 0 and min(values) > 0 and max(values) / min(values) >= DECADE


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """At most `most` numbers in [low, high], low positive: 1, 2 or 5 times powers of ten, about even."""
    powers = range(floor(log10(low)), floor(log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        every = [factor * 10.0**power for power in powers for factor in factors]
        found = [value for value in every if low <= value * (1 + 1e-9) and value <= high * (1 + 1e-9)]
        if len(found) <= most:
            return found
    step = -(-len(found) // max(1, most))
    return found[::step]


def thinned(widths: Sequence[float], places: Sequence[float], gap: float) -> list[int]:
    """The numbers of labels that do not touch: every n-th, of the least n that leaves `gap` between them."""
    count = len(places)
    for step in range(1, count + 1):
        kept = list(range(0, count, step))
        if all(abs(places[b] - places[a]) >= (widths[a] + widths[b]) / 2 + gap for a, b in pairwise(kept)):
            return kept
    return [0] if count else []
