"""A film under a budget of bytes: ever smaller ones are tried, the best first.

In: what a film was asked to be, and a function that writes one. Out: the first that is small enough, and the
words for what it gave up. A GIF gives up colours, then frames a second, then pixels; an MP4 quality, then
pixels: at half the rate x264 makes files as large, since each picture then differs more from the last.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from animator.core.errors import AnimatorError
from animator.encoding.film_spec import FilmSpec

SHRINK = (1.0, 0.75, 0.56, 0.42, 0.32)  # of width and height
FEW = 63  # colours of a GIF: seven bits a code; with half as many, bands of a surface run together
HOPELESS = 1.6  # a film guessed this much above its budget is not tried


@dataclass(frozen=True, slots=True)
class Cut:
    """What a film gives up beside pixels. quality: steps (crf / 4); slower: share of the frames a second that
    is left; colours: of a GIF's palette."""

    quality: int = 0
    slower: float = 1.0
    colours: int = 255


CUTS = {
    ".gif": (Cut(), Cut(colours=FEW), Cut(slower=0.5, colours=FEW)),
    ".mp4": tuple(Cut(quality) for quality in range(5)),
}
LAST = {".gif": (Cut(slower=0.25, colours=FEW),), ".mp4": ()}  # for the smallest size alone


class Written(Protocol):
    """A film that was written."""

    @property
    def bytes(self) -> int:
        """How large it is."""


Film = TypeVar("Film", bound=Written)


def smaller(suffix: str, spec: FilmSpec) -> Iterator[tuple[FilmSpec, str]]:
    """Ever smaller films in place of `spec`, each with the words that say what it gives up."""
    for shrink in SHRINK:
        for cut in CUTS[suffix] + (LAST[suffix] if shrink == SHRINK[-1] else ()):
            yield _cut(spec, shrink, cut)


def _cut(spec: FilmSpec, shrink: float, cut: Cut) -> tuple[FilmSpec, str]:
    width, height = (
        2 * round(side * shrink / 2) if shrink < 1 else side for side in (spec.width, spec.height)
    )
    fps = spec.fps * cut.slower
    given = [
        f"{width}x{height} pixels" if shrink < 1 else "",
        f"{fps:g} frames a second" if cut.slower < 1 else "",
        f"{cut.colours} colours" if cut.colours < 255 else "",
        f"a quality {4 * cut.quality} steps of crf lower" if cut.quality else "",
    ]
    *said, last = [part for part in given if part] or [""]
    less = replace(spec, width=width, height=height, fps=fps, quality=cut.quality, colours=cut.colours)
    return less, " and ".join([", ".join(said), last] if said else [last])


def best(
    name: str, suffix: str, spec: FilmSpec, budget: int, write: Callable[[FilmSpec], Film | None]
) -> tuple[Film, str]:
    """The first film of at most `budget` bytes, as `write` gave it, and what it gave up.

    write: writes a film in the place of the one before; None where a film so small has no room for its
    panels. Raises AnimatorError, which tells how small the film called `name` becomes.
    """
    weight, least, hopeless = math.inf, None, list[tuple[FilmSpec, str]]()
    for tried, given_up in smaller(suffix, spec):
        if least and weight * _size(tried) > HOPELESS * budget:
            hopeless.append((tried, given_up))
            continue
        film = write(tried)
        if film is not None and film.bytes <= budget:
            return film, given_up
        if film is not None:
            weight, least = min(weight, film.bytes / _size(tried)), film
            hopeless.clear()
    for tried, given_up in reversed(hopeless):  # a guess is no reason to refuse: the smallest is tried
        film = write(tried)
        if film is not None and film.bytes <= budget:
            return film, given_up
        if film is not None:
            least = film
            break
    raise AnimatorError(_refusal(name, budget, least))


def _size(spec: FilmSpec) -> float:
    """What the bytes of a film of one kind go by, roughly."""
    colours = 1.0 if spec.colours > FEW else 0.8
    return float(spec.width * spec.height * spec.fps**0.5 * 0.75**spec.quality * colours)


def _refusal(name: str, budget: int, least: Written | None) -> str:
    has = f": the smallest that can be read has {least.bytes:,}" if least else ""
    more = f"{-(-least.bytes // 1000)}kB" if least else "more"
    return (
        f"'{name}' does not fit into {budget:,} bytes{has}. Give --max-bytes {more}, or make the film "
        "shorter."
    )
