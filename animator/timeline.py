"""Seconds, frames and steps: the only place where one is turned into another.

A film is an intro hold on step 0, the play from step 0 to the last step, and an end hold on the last
step. Frame i is shown from second i/fps on. Everything is derived from i alone.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from animator.errors import AnimatorError


@dataclass(frozen=True, slots=True)
class Pacing:
    """How long a film holds and plays, in seconds."""

    intro: float = 0.5
    play: float = 4.0
    end: float = 1.5

    def __post_init__(self) -> None:
        for name in ("intro", "play", "end"):
            seconds = getattr(self, name)
            if not 0 <= seconds <= 86400:
                raise AnimatorError(
                    f"{name}={seconds} seconds cannot be shown: a hold or a play lasts 0 to 86,400 "
                    f"seconds. Give {name} as a number of seconds, such as {name}=2."
                )

    @property
    def seconds(self) -> float:
        """Length of the whole film in seconds."""
        return self.intro + self.play + self.end


@dataclass(frozen=True, slots=True)
class FrameState:
    """What a frame shows: optimizer updates done so far, and whether the end hold has begun."""

    step: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The clock of a film of `steps` updates at `fps` frames a second.

    kept: the steps that can be shown, ascending, 0 and `steps` among them; () for all of them.
    """

    steps: int
    fps: float
    pacing: Pacing = Pacing()
    kept: tuple[int, ...] = ()

    @property
    def frames(self) -> int:
        """Number of frames: the film's length to the nearest frame, at least 1."""
        return max(1, round(self.pacing.seconds * self.fps))

    @property
    def seconds(self) -> float:
        """Length of the film in seconds, as its frames add up."""
        return self.frames / self.fps

    def state(self, frame: int) -> FrameState:
        """The state of frame `frame`, 0 <= frame < frames; the last frame is always the end."""
        if not 0 <= frame < self.frames:
            raise IndexError(f"frame {frame} is outside of a film of {self.frames} frames")
        intro = round(self.pacing.intro * self.fps)
        play = max(1, self.frames - intro - round(self.pacing.end * self.fps))
        done = (frame - intro) / max(1, play - 1)
        ended = done > 1 or frame == self.frames - 1
        step = self.steps if ended else round(max(0.0, done) * self.steps)
        if self.kept:
            step = self.kept[bisect_right(self.kept, step) - 1]
        return FrameState(step, ended)

    def stills(self) -> Iterator[tuple[FrameState, int]]:
        """The film as (state, number of frames in a row that show it), in order."""
        for state, run in groupby(self.state(frame) for frame in range(self.frames)):
            yield state, sum(1 for _ in run)

    def shown(self) -> list[int]:
        """Steps that any frame shows, ascending: step 0 (in a film that moves) and the last."""
        return sorted({state.step for state, _ in self.stills()})
