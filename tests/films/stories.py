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
    """How many captions a film has, each true at its step and in full for three seconds or longer."""
    made = film(name, words)
    runs, timeline = made.runs, made.timeline(30)
    events = timeline.pacing.named
    states = [timeline.state(i) for i in range(timeline.frames)]
    for event in events:
        assert claims.holds(runs, event.step, event.caption), (name, words, event)
        seconds = sum(state.caption == event.caption and state.opacity == 1 for state in states) / 30
        assert seconds >= 2.9 and len(event.caption) <= 95, (name, seconds, event)
    assert [event.step for event in events] == sorted({event.step for event in events})
    return len(events)
