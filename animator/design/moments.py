"""Moments: what a film says when something happens in its run, found in the recording.

A finder looks at the recordings of a film and gives the step at which it has happened, with the numbers
that the sentence names, or None where it never does. Then nothing is said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from animator.core.errors import AnimatorError
from animator.core.language import say, shown
from animator.design.pacing import Event

if TYPE_CHECKING:
    from animator.recordings.reader import Recording

Runs = Sequence["Recording"]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a moment is.

    Parameters
    ----------
    step
        Updates done by then, on the clock of the run that lasts longest.
    words
        What the sentence names in braces, beside `step` and `steps`.
    run
        The number of the run that the sentence is about, or several; None for all.
    lasts
        Whether it is so up to the end of the run: then the last sentence stands until the film ends.

    Examples
    --------
    >>> animator.Found(12, {"weight": "0.31"}).words["weight"]
    '0.31'
    """

    step: int
    words: Mapping[str, object] = field(default_factory=dict)
    run: int | tuple[int, ...] | None = None
    lasts: bool = False

    def among(self, count: int) -> tuple[int, ...]:
        """The numbers of the runs that it is about, of a film of `count` runs; none of them for all.

        Raises
        ------
        ValueError
            For a run that there is not.
        """
        runs = () if self.run is None else self.run if isinstance(self.run, tuple) else (self.run,)
        missing = [run for run in runs if not 0 <= run < count]
        if missing:
            raise ValueError(f"run={missing[0]} is none of the {count} runs, which are counted from 0")
        return runs


Finder = Callable[[Runs], Found | int | None]


@dataclass(frozen=True, slots=True)
class Moment:
    """A sentence that a film says when its moment comes, and halts; not at all when it never comes.

    Parameters
    ----------
    find
        From the recordings of a film's runs to a Found, a step, or None.
    say
        The sentence; names in braces are filled in from what was found, and `{steps}` is "12 steps".

    Examples
    --------
    >>> half = animator.Moment(lambda runs: runs[0].steps // 2, "Half-way, after {steps}.")
    >>> half.event([run]).caption
    'Half-way, after 30 steps.'
    """

    find: Finder
    say: str

    def event(self, runs: Runs) -> Event | None:
        """The moment in these runs, or None.

        Raises
        ------
        AnimatorError
            When the finder fails, gives no step, or does not give what the sentence names.
        """
        import numpy as np  # which the command line does without

        try:
            with np.errstate(all="ignore"):  # a run may diverge
                found = self.find(runs)
            if found is None:
                return None
            found = found if isinstance(found, Found) else Found(int(found))
            words = {"step": found.step, "steps": steps(found.step), **found.words}
            about = found.among(len(runs))
            return Event(found.step, shown(self.say, **words), 0.0, lasts=found.lasts, runs=about)
        except Exception as error:  # a finder is code of the scene's
            reason = f"{type(error).__name__}: {error}"
            raise AnimatorError(
                f"The moment {self.say!r} could not be found ({reason}). Give a function from the recordings "
                "to a step, an animator.Found or None, and name in braces only what it finds."
            ) from error


def steps(count: int) -> str:
    """How many steps: "1 step", "1,200 steps"."""
    return say("{count:,} step", count=count) if count == 1 else say("{count:,} steps", count=count)


def told(moments: Sequence[Moment], runs: Runs) -> list[Event]:
    """The moments that come in these runs, in step order; of several at one step, the one declared first."""
    events: dict[int, Event] = {}
    for event in (moment.event(runs) for moment in moments):
        if event is not None:
            events.setdefault(event.step, event)
    return [events[step] for step in sorted(events)]
