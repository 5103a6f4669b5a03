"""Axes of a chart: logarithmic or even, round ticks, and swept values along them, as many as have room.

In: numbers, or the values of a swept axis. Out: which scale suits them, and ticks set on matplotlib's axes.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import floor, log10
from typing import TypeGuard

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from animator.core.formatting import brief
from animator.core.language import digits
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.fonts import use_fonts
from animator.drawing.raster.text_fit import clipped
from animator.sweeps.folder.manifest import Axis
from animator.sweeps.plan.labels import told

DECADE = 10.0  # times: what spans it is drawn on a logarithmic axis
LETTER = 0.43  # em: a tick label's mean letter
APART = 0.7  # em: between two labels
ROOM = 0.04  # of the range of an axis, at each end


def numeric(values: Sequence[object]) -> TypeGuard[Sequence[float]]:
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
    gaps = np.diff(known)
    ratios = np.diff(np.log(known))
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


def places(axes: Axes, axis: Axis) -> list[float]:
    """Where the values of a swept axis stand across `axes`, whose scale and limits are set."""
    if not numeric(axis.values):
        axes.set_xlim(-0.6, len(axis.values) - 0.4)
        return [float(i) for i in range(len(axis.values))]
    values = [float(value) for value in axis.values]
    low, high = min(values), max(values)
    if geometric(values):
        axes.set_xscale("log")
        spread = (high / low) ** ROOM
        axes.set_xlim(low / spread, high * spread)
    else:
        room = ROOM * (high - low) or 1.0
        axes.set_xlim(low - room, high + room)
    return values


def around(axes: Axes, at: list[float], i: int) -> tuple[float, float]:
    """Half way from place `i` of `at` to its neighbours, or to the edge, as the axis is scaled."""
    log = axes.get_xscale() == "log"
    low, high = (float(np.log(edge) if log else edge) for edge in axes.get_xlim())
    known = sorted(float(np.log(place) if log else place) for place in at)
    here = float(np.log(at[i]) if log else at[i])
    below, above = [p for p in known if p < here], [p for p in known if p > here]
    start = (below[-1] + here) / 2 if below else low
    end = (above[0] + here) / 2 if above else high
    return (float(np.exp(start)), float(np.exp(end))) if log else (start, end)


def name_across(look: Look, axes: Axes, box: Box, axis: Axis, at: list[float]) -> None:
    """The values of `axis` below their places, as many as have room, and its name."""
    left = axes.transAxes.inverted().transform(axes.transData.transform([(place, 0.5) for place in at]))[:, 0]
    shares = (left * box.width / look.em).tolist()
    most = int(box.width / look.em / LETTER)
    words = [clipped(word, most, letters) for word in told(axis.values)]
    order = sorted(range(len(at)), key=lambda i: shares[i])
    kept = thinned([LETTER * len(words[i]) for i in order], [shares[i] for i in order], APART)
    axes.xaxis.set_major_locator(FixedLocator([at[order[k]] for k in kept]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([words[order[k]] for k in kept], family=use_fonts())
    axes.set_xlabel(axis.name, color=look.style.muted, fontsize=0.95 * look.points, family=use_fonts())
    axes.xaxis.set_label_coords(0.5, -1.55 * look.em / box.height)


def name_up(look: Look, axes: Axes, box: Box, axis: Axis, most: int) -> None:
    """The values of `axis` beside rows 0, 1, ..., as many as have room; no longer than `most` letters."""
    words = [clipped(word, most, letters) for word in told(axis.values)]
    high = box.height / look.em / len(words)
    kept = thinned([1.1] * len(words), [i * high for i in range(len(words))], 0.0)
    axes.yaxis.set_major_locator(FixedLocator(kept))
    axes.set_yticklabels([words[i] for i in kept], family=use_fonts())


def ticks_up(axes: Axes, ticks: list[float]) -> None:
    """Losses at the left of a chart."""
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticklabels([digits(brief(tick)) for tick in ticks], family=use_fonts())


def letters(words: str, size: float = 1.0) -> float:
    """How wide words are, as a count of their letters; a Measure."""
    return size * len(words)
