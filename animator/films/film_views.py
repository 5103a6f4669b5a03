"""What is drawn of each run of a Film: a View for each, with the surface that several of them share.

A Film and a rate go in; views come out, ready to draw.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from animator.design.pacing import Event
from animator.drawing.view import Halt, View
from animator.films import excerpt, small_multiples, view_builder
from animator.landscape import window
from animator.landscape.run_source import Source
from animator.training.loss.no_surface import NoSurfaceError

if TYPE_CHECKING:
    from animator.films.film import Film

MOST_POINTED = 8  # runs around whose dots rings stand, where a sentence names none of them
OF_MODEL = frozenset({"surface", "shared surface", "batch surface", "prediction", "sharpness", "curve"})


def views_of(film: "Film", fps: float) -> tuple[View, ...]:
    """The views of a film at `fps` frames a second; its surfaces are evaluated here."""
    clock, needs = film.timeline(fps), film.needs
    common = small_multiples.one_window(film, film.common or window.ALONE)
    last = film.span[1]
    sources = _sources(film)
    design, asked = film.design, film.surface_asked
    views = [
        replace(
            view_builder.view(source, film.run_name(i), film.cut(i), clock, needs, i, common, asked),
            clock=design.align,
            camera=design.camera,
            card=design.card,
            unproved=source.unproved() if needs & OF_MODEL else "",
            seconds=clock.seconds_of(np.arange(source.run.steps + 1) / source.ratio),
            halts=halts(clock.pacing.named if design.captions else (), i, len(sources)),
        )
        for i, source in enumerate(sources)
    ]
    if film.common is None or film.common.loss_range is None:
        views = small_multiples.one_scale(film, views)
    if "shared surface" in needs:
        try:
            cut = replace(film.cut(), camera="fixed")
            views = list(view_builder.race_views(sources, views, cut, clock, needs, common))
        except NoSurfaceError as error:
            if asked:
                raise
            views = [replace(view, no_surface=error.brief) for view in views]
    views = [excerpt.until(view, min(view.steps, int(last * view.ratio + 1e-9))) for view in views]
    if needs & {"shared surface", "rivals"} and not all(view.rivals for view in views):
        views = [replace(view, rivals=tuple(views)) for view in views]
    low = min(view.line_range[0] for view in views)
    high = max(view.line_range[1] for view in views)
    return tuple(replace(view, line_range=(low, high)) for view in views)


def halts(events: Sequence[Event], run: int, count: int) -> tuple[Halt, ...]:
    """The events of a film of `count` runs as run number `run` has them: a ring stands around the dots of
    those that a sentence names, or of all, unless these are many; a mark stays where it is known on which.
    """
    return tuple(
        Halt(
            event.step,
            pointed=run in event.runs or (not event.runs and count <= MOST_POINTED),
            kept=run in event.runs or count == 1,
        )
        for event in events
    )


def _sources(film: "Film") -> list[Source]:
    """Each run, with what its losses are evaluated from, on the clock that the runs share."""
    align = film.alignment
    return [
        Source(
            run,
            model=film.model,
            data=film.data,
            use_cache=film.use_cache,
            progress=film.progress,
            ratio=align.ratio(i),
            unit=align.units[i],
            maker=film.makers[i] if film.makers else None,
        )
        for i, run in enumerate(film.runs)
    ]
