"""The captions of a bundled film, held to the film's own recordings and to the time that reading takes."""

from animator.core.progress import quiet
from animator.design import scene_files
from animator.films.build import build, film_of, recordings
from animator.films.film import Film
from tests.films import claims


def film(name: str, words: str) -> Film:
    """A bundled scene's film, from the cache."""
    scene, about = build(scene_files.bundled(name), words.split())
    runs, _ = recordings(scene, about, True, quiet)
    return film_of(scene, about, runs, command="")


def checked(name: str, words: str) -> int:
    """How many captions a film has, each true at its step, which the film shows for over seven tenths of its
    time, and in its middle; in full for three seconds or longer. Only the last one may stand until the end.
    """
    made = film(name, words)
    runs, timeline = made.runs, made.timeline(30)
    events = timeline.pacing.named
    states = [timeline.state(i) for i in range(timeline.frames)]
    for event in events:
        assert claims.holds(runs, event.step, event.caption), (name, words, event)
        seen = [state for state in states if state.caption == event.caption and state.opacity > 0]
        seconds = sum(state.opacity == 1 for state in seen) / 30
        halted = sum(state.at == event.step for state in seen)
        until_the_end = seen[-1] == states[-1]
        least = 0.75 if event.step == 0 else 0.88  # an intro's caption is there from the first frame on
        assert not until_the_end or event is events[-1], event
        assert halted >= least * len(seen) - 1 or until_the_end, (name, words, event, halted / len(seen))
        assert until_the_end or seen[len(seen) // 2].at == event.step, (name, words, event)
        assert seconds >= 2.9 and len(event.caption) <= 95, (name, seconds, event)
    assert [event.step for event in events] == sorted({event.step for event in events})
    return len(events)
