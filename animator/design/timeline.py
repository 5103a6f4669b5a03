"""Seconds, frames and steps: the only place where one is turned into another.

A film is an intro hold on step 0, the play from step 0 to the last step, and an end hold on the last
step. Frame i is shown from second i/fps on. Everything is derived from i alone. Where steps pass slower
than frames, a frame stands between two steps: things move on, numbers stay those of the step before.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np

from animator.core.arrays import Floats
from animator.design.clock import Clock, clock
from animator.design.pacing import Pacing


@dataclass(frozen=True, slots=True)
class FrameState:
    """What a frame shows: optimizer updates done so far, and whether the end hold has begun.

    part in [0, 1): how far things have moved on towards step `onto`. tail: the step at which a path that
    fades begins. caption and its opacity in [0, 1]: of an event. event: the number of the one around
    whose dots a ring stands, -1 for none; ring in [0, 1]: how far it is open. turn in [0, 1]: share of the
    whole film, of one with a camera that goes round.
    """

    step: int
    ended: bool
    part: float = 0.0
    onto: int = 0
    tail: int = 0
    caption: str = ""
    opacity: float = 0.0
    turn: float = 0.0
    event: int = -1
    ring: float = 0.0

    @property
    def at(self) -> float:
        """The step with its fraction."""
        return self.step + self.part * (self.onto - self.step) if self.part else float(self.step)

    def own(self, steps: int, ratio: float = 1.0) -> "FrameState":
        """This state on the clock of another run, which makes `ratio` steps for each of this one's."""
        if ratio == 1.0 and max(self.step, self.onto) <= steps:
            return self
        at = min(float(steps), self.at * ratio + 1e-9)
        step = int(at)
        part = at - step if ratio < 1.0 or self.part else 0.0
        part = part if part > 1e-6 else 0.0
        tail = min(steps, int(self.tail * ratio))
        return replace(self, step=step, part=part, onto=min(step + 1, steps), tail=tail)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The clock of a film.

    Parameters
    ----------
    steps
        How many updates it shows.
    fps
        Frames a second.
    pacing
        Seconds and pace.
    kept
        The steps that can be shown, ascending, 0 and `steps` among them; () for all of them.
    clock
        How steps pass; by default as the pacing says.
    turning
        Whether every frame is told its share of the film.

    Examples
    --------
    >>> animator.Timeline(160, 30.0).frames
    180
    """

    steps: int
    fps: float
    pacing: Pacing = field(default_factory=Pacing)
    kept: tuple[int, ...] = ()
    clock: Clock | None = None
    turning: bool = False

    @property
    def frames(self) -> int:
        """Number of frames: the film's length to the nearest frame, at least 1."""
        return max(1, round(self.pacing.seconds * self.fps))

    @property
    def seconds(self) -> float:
        """Length of the film in seconds, as its frames add up."""
        return self.frames / self.fps

    @property
    def _intro(self) -> int:
        return round(self.pacing.intro * self.fps)

    @property
    def _play(self) -> int:
        return max(1, self.frames - self._intro - round(self.pacing.end * self.fps))

    def state(self, frame: int) -> FrameState:
        """The state of frame `frame`, 0 <= frame < frames; the last frame is always the end."""
        return self._state(frame, self.clock or clock(self.pacing, self.steps))

    def _state(self, frame: int, clock: Clock) -> FrameState:
        if not 0 <= frame < self.frames:
            raise IndexError(f"frame {frame} is outside of a film of {self.frames} frames")
        ended = self._share(frame) > 1 or frame == self.frames - 1
        turn = frame / self.frames if self.turning else 0.0
        tail = 0
        if self.pacing.wake is not None:
            played = min(frame, self._intro + self._play - 1)
            tail = int(self._position(played - self.pacing.wake * self._play, clock))
        caption, opacity = clock.caption(self._share(frame))
        event, ring = clock.ring(self._share(frame))
        told = FrameState(
            self.steps,
            ended,
            onto=self.steps,
            tail=tail,
            caption=caption,
            opacity=opacity,
            turn=turn,
            event=event,
            ring=ring,
        )
        if ended:
            return told
        at = self._position(frame, clock)
        pace = (self._position(frame + 1, clock) - self._position(frame - 1, clock)) / 2
        step, part, onto = self._between(at, pace)
        return replace(told, step=step, part=part, onto=onto, tail=min(tail, step))

    def seconds_of(self, steps: Floats) -> Floats:
        """At which seconds (n,) of the play steps (n,) come."""
        told = self.clock or clock(self.pacing, self.steps)
        return np.interp(steps, told.steps, told.seconds)

    def _share(self, frame: float) -> float:
        return (frame - self._intro) / max(1, self._play - 1)

    def _position(self, frame: float, clock: Clock) -> float:
        share = min(1.0, max(0.0, self._share(frame)))
        return min(float(self.steps), clock.position(share))

    def _between(self, at: float, pace: float) -> tuple[int, float, int]:
        """(step, part, next step): a true step where frames are fewer than steps, else on the way."""
        if self.kept:
            low = self.kept[bisect_right(self.kept, at + 1e-9) - 1]
            high = self.kept[min(bisect_left(self.kept, low + 1), len(self.kept) - 1)]
        else:
            low = int(at + 1e-9)
            high = min(low + 1, self.steps)
        if pace >= high - low or high == low:
            near = high if at - low >= (high - low) / 2 and not self.kept else low
            return near, 0.0, near
        part = (at - low) / (high - low)
        return low, part if part > 1e-6 else 0.0, high

    def stills(self) -> Iterator[tuple[FrameState, int]]:
        """The film as (state, number of frames in a row that show it), in order."""
        made = self.clock or clock(self.pacing, self.steps)
        for state, run in groupby(self._state(frame, made) for frame in range(self.frames)):
            yield state, sum(1 for _ in run)

    def shown(self) -> list[int]:
        """Steps that any frame shows, ascending: step 0 (in a film that moves) and the last."""
        return sorted({step for state, _ in self.stills() for step in (state.step, state.onto)})
