"""How fast a film goes: holds, pace, easing, and slow motion or a halt at events.

Easings are maps of [0, 1] to itself with f(0) = 0 and f(1) = 1, never falling. A Pacing is what a scene asks
for; `design/clock` makes of it the seconds of every step.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from animator.core.errors import AnimatorError, nearest

LONGEST = 86400
PACES = ("step", "arc", "log")


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


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth a pause: a caption, and slow motion, or a halt, from a step on.

    Parameters
    ----------
    step
        The number of updates done so far.
    caption
        The words that stand on the film meanwhile.
    hold
        Seconds that the slow motion, or the halt, adds.
    still
        Whether the film halts on the step, in place of going on slowly.
    lasts
        Whether the caption, where it is the last one, holds for the end of the film, and so stands there.
    runs
        The numbers of the runs that it is about; empty for all.

    Raises
    ------
    AnimatorError
        For a hold that cannot be shown.

    Examples
    --------
    >>> look = animator.Event(step=20, caption="Look here.", hold=2.0)
    >>> animator.Pacing(play=6.0, events=(look,)).moving
    8.0
    """

    step: int
    caption: str
    hold: float = 1.5
    still: bool = False
    lasts: bool = False
    runs: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        _check_seconds("hold", self.hold)


@dataclass(frozen=True, slots=True)
class Pacing:
    """How long a film holds and plays, in seconds, and how the play is paced.

    Parameters
    ----------
    intro, play, end
        Seconds: the first frame held, the run, the last frame held.
    pace
        "step" (steps pass evenly), "arc" (the weights travel at an even speed) or "log" (the logarithm of the
        step passes evenly, so that the fast start can be seen).
    easing
        "linear", "smooth", "slow-start" or "slow-end".
    events
        Slow motion, or halts, with captions; or "found": looked for in the recording.
    wake
        How much of the path stays, as a fraction of the play; all of it by default.

    Raises
    ------
    AnimatorError
        When a value is none that can be shown.

    Examples
    --------
    >>> animator.Pacing(play=6.0, pace="log").seconds
    8.0
    """

    intro: float = 0.5
    play: float = 4.0
    end: float = 1.5
    pace: Literal["step", "arc", "log"] = "step"
    easing: Literal["linear", "smooth", "slow-start", "slow-end"] = "linear"
    events: tuple[Event, ...] | Literal["found"] = ()
    wake: float | None = None

    def __post_init__(self) -> None:
        for name in ("intro", "play", "end"):
            _check_seconds(name, getattr(self, name))
        for name, known in (("pace", PACES), ("easing", tuple(EASINGS))):
            given = getattr(self, name)
            if given not in known:
                raise AnimatorError(
                    f"No {name} is called {given!r}. {nearest(given, known)}Known: {' '.join(known)}."
                )
        if self.wake is not None and not 0 < self.wake <= 1:
            raise AnimatorError(
                f"wake={self.wake} is no fraction of the play: the path that stays is a part of it. "
                "Give a number above 0 and up to 1, such as wake=0.2, or leave it away to keep all."
            )

    @property
    def named(self) -> tuple[Event, ...]:
        """The events, without those that are still to be found."""
        return () if self.events == "found" else self.events

    @property
    def seconds(self) -> float:
        """Length of the whole film in seconds."""
        return self.intro + self.moving + self.end

    @property
    def moving(self) -> float:
        """Length of the play in seconds, slow motion and halts included."""
        return self.play + sum(event.hold for event in self.named)

    def lasting(self, seconds: float) -> "Pacing":
        """This pacing over a film of `seconds`: the play takes what the holds leave, if that is half of it or
        more; else everything is shorter in proportion.
        """
        held = self.seconds - self.play
        if held <= seconds / 2:
            return replace(self, play=seconds - held)
        share = seconds / self.seconds
        events = tuple(replace(event, hold=event.hold * share) for event in self.named)
        intro, play, end = self.intro * share, self.play * share, self.end * share
        return replace(self, intro=intro, play=play, end=end, events=events)

    def data(self) -> dict[str, object]:
        """The pacing as JSON."""
        return asdict(self)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Pacing":
        """The pacing that `data` made into JSON; what it does not know, it leaves."""
        known = {key: data[key] for key in cls.__slots__ if key in data}
        events = known.get("events", ())
        if not isinstance(events, str):
            known["events"] = tuple(
                Event(
                    int(event["step"]),
                    str(event["caption"]),
                    float(event["hold"]),
                    still=bool(event.get("still", False)),  # earlier versions have no more than the above
                    lasts=bool(event.get("lasts", False)),
                    runs=tuple(int(run) for run in event.get("runs", ())),
                )
                for event in events
            )
        return cls(**known)


def _check_seconds(name: str, seconds: float) -> None:
    if not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST:
        raise AnimatorError(
            f"{name}={seconds} seconds cannot be shown: a hold or a play lasts 0 to 86,400 "
            f"seconds. Give {name} as a number of seconds, such as {name}=2."
        )
