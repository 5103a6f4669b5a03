"""The clock of a film: at which second of its play each step passes, and which caption stands when.

A Pacing and the number of steps go in, a Clock comes out. Steps pass as the pace says; at an event the film
halts, or goes on slowly, and its caption comes up when its step does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from animator.core.arrays import Floats
from animator.design.pacing import EASINGS, Event, Pacing, ramp

KNOTS = 2048
STILL = 0.02  # of the play, which passes by steps where the weights hardly move
SLOWLY = 0.03  # of the play that passes slowly from an event on
FROZEN = 1e-6  # steps: where the film halts, or there is no room for slow motion, time stands still
QUICK = 0.5  # of the play, which a film that halts takes from halt to halt
LEAST = 3.0  # seconds that a caption stands at least
LETTERS = 20.0  # that are read in a second
FADE = 0.35
OPENING = 0.5  # seconds in which a ring opens around the dots, and closes again


def reading(caption: str) -> float:
    """Seconds in which a caption is read: 20 letters a second, and 3 seconds at least."""
    return max(LEAST, len(caption) / LETTERS)


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Seconds (M,) of the play at steps (M,), both ascending; captions with the seconds they show; rings:
    from when to when one stands around the dots, for each event, in their order.
    """

    steps: Floats
    seconds: Floats
    captions: tuple[tuple[float, float, str], ...] = ()
    rings: tuple[tuple[float, float], ...] = ()

    def position(self, share: float) -> float:
        """The step, with its fraction, after a share in [0, 1] of the play."""
        return float(np.interp(share * self.seconds[-1], self.seconds, self.steps))

    def caption(self, share: float) -> tuple[str, float]:
        """(the caption after a share of the play, its opacity in [0, 1] in sixths); below 0 in the intro."""
        now = share * float(self.seconds[-1])
        best, shown = 0.0, ""
        for start, end, words in self.captions:
            opacity = round(6 * min(1.0, max(0.0, min(now - start, end - now) / FADE))) / 6
            if opacity > best:
                best, shown = opacity, words
        return shown, best

    def ring(self, share: float) -> tuple[int, float]:
        """(the number of the event whose ring stands around the dots after a share of the play, -1 for none;
        how far it is open, in [0, 1]): that of the latest event.
        """
        now = share * float(self.seconds[-1])
        come = [i for i, (start, _) in enumerate(self.rings) if start < now]
        if not come:
            return -1, 0.0
        start, end = self.rings[come[-1]]
        open_ = ramp(now, start, start + OPENING) - ramp(now, end, end + OPENING)
        return (come[-1], open_) if open_ > 0 else (-1, 0.0)


def clock(
    pacing: Pacing,
    steps: int,
    lengths: Floats | None = None,
    first: int = 0,
    *,
    stays: bool = False,
    points: bool = False,
) -> Clock:
    """The clock of a run from step `first` to `steps`; lengths (K+1,): how far the weights have travelled,
    for pace="arc"; stays: whether the last caption stands until the film ends, if it is not the intro's and
    holds for the end: that of the last step does; points: whether rings stand around the dots at events.
    """
    events = sorted(pacing.named, key=_step)
    slow = _slow(pacing, events, steps, lengths, first)
    at = np.union1d(_knots(steps, first), slow)
    seconds = _even(pacing, at, steps, lengths, first)
    for event, (low, high) in zip(events, slow, strict=True):
        seconds = seconds + event.hold * np.clip((at - low) / (high - low), 0, 1)
    intro = pacing.intro if events and events[0].step == first else None
    now = np.interp(slow[:, 0], at, seconds)
    captions = _captions(events, now, intro)
    holds = bool(events) and (events[-1].lasts or events[-1].step >= steps)
    if stays and holds and len(captions) > (intro is not None):
        start, _, words = captions[-1]
        captions = (*captions[:-1], (start, np.inf, words))
    return Clock(at, seconds, captions, _rings(events, now, intro, steps) if points else ())


def unhurried(pacing: Pacing, moments: Sequence[Event], steps: int, first: int = 0) -> Pacing:
    """`pacing` with these moments, in step order: at each the film halts until its caption is read; steps,
    first: as for `clock`.

    Between the halts it is quicker. The intro is as long as the moment of step `first` takes to read, the end
    as long as that of the last step.
    """
    events = sorted((*pacing.named, *moments), key=_step)
    intro, play, end = pacing.intro, pacing.play, pacing.end
    if any(first < event.step < steps for event in moments):
        play *= QUICK
    for i, event in enumerate(events):
        if event not in moments:
            continue
        hold = _halting(event.caption)
        if i == 0 and event.step == first:
            hold, intro = 0.0, max(intro, reading(event.caption))
        elif i == len(events) - 1 and event.step >= steps:
            hold, end = 0.0, max(end, hold)
        events[i] = replace(event, hold=hold, still=True)
    return replace(pacing, intro=intro, play=play, end=end, events=tuple(events))


def _halting(caption: str) -> float:
    """Seconds that a film halts for a caption: it comes up, and is read."""
    return FADE + reading(caption)


def standing(caption: str) -> float:
    """Seconds from when a caption begins to come up until it is gone."""
    return _halting(caption) + FADE


def _stands(event: Event) -> float:
    """Seconds that the caption of an event stands; longer or shorter where its halt is."""
    whole = standing(event.caption)
    return event.hold * whole / _halting(event.caption) if event.still and event.hold else whole


def _step(event: Event) -> int:
    return event.step


def _knots(steps: int, first: int) -> Floats:
    last = max(first + 1, steps)
    return np.unique(np.linspace(first, last, min(last - first, KNOTS) + 1))


def _even(pacing: Pacing, at: Floats, steps: int, lengths: Floats | None, first: int) -> Floats:
    """Seconds (M,) of the play at steps `at` (M,), before anything is slowed down."""
    last = max(first + 1, steps)
    share = (at - first) / (last - first)
    if pacing.pace == "log":
        share = np.log1p(at - first) / np.log1p(last - first)
    elif pacing.pace == "arc" and lengths is not None:
        begin, travelled, end = np.split(
            np.interp([first, *at, last], np.arange(len(lengths)), lengths), [1, -1]
        )
        if end > begin:
            share = (1 - STILL) * (travelled - begin) / (end - begin) + STILL * share
    if pacing.easing != "linear":
        times = np.linspace(0, 1, 2 * KNOTS + 1)
        share = np.interp(share, [EASINGS[pacing.easing](float(t)) for t in times], times)
    return share * max(pacing.play, 1e-9)


def _slow(pacing: Pacing, events: Sequence[Event], steps: int, lengths: Floats | None, first: int) -> Floats:
    """(n, 2): from which step to which time is slow, or stands still, for each event, in order, apart."""
    knots = _knots(steps, first)
    even = _even(pacing, knots, steps, lengths, first)
    slow: list[tuple[float, float]] = []
    for i, event in enumerate(events):
        low = max(slow[-1][1] if slow else float(first), float(min(event.step, steps)))
        high = float(np.interp(np.interp(low, knots, even) + SLOWLY * pacing.play, even, knots))
        latest = float(min(events[i + 1].step, steps)) if i + 1 < len(events) else knots[-1]
        latest = low if event.still else latest
        slow.append((low, max(low + FROZEN, min(latest, max(high, low + 1)))))
    return np.array(slow, float).reshape(len(slow), 2)


def _captions(
    events: Sequence[Event], now: Floats, intro: float | None
) -> tuple[tuple[float, float, str], ...]:
    """(from, to, words) in seconds of the play; now (n,): when each event's step passes; intro: seconds
    before it, where the first caption belongs to them. Where a film halts longer or shorter than it takes to
    read, the caption stands longer or shorter, too.
    """
    starts = [float(second) for second in now]
    ends = [start + _stands(event) for start, event in zip(starts, events, strict=True)]
    if intro is not None:
        starts[0] = -intro - FADE
        ends[0] = starts[0] + standing(events[0].caption)
    nexts = [start + FADE for start in starts[1:]] + [np.inf]
    words = [event.caption for event in events]
    return tuple(zip(starts, np.minimum(ends, nexts).tolist(), words, strict=True))


def _rings(
    events: Sequence[Event], now: Floats, intro: float | None, steps: int
) -> tuple[tuple[float, float], ...]:
    """(from, to) in seconds of the play, for each event: while the film halts, and at the last step until the
    film ends; intro: as for `_captions`.
    """
    rings = [
        (float(second), np.inf if event.step >= steps else float(second) + event.hold)
        for event, second in zip(events, now, strict=True)
    ]
    if intro is not None:
        rings[0] = -intro, float(now[0]) + events[0].hold
    return tuple(rings)
