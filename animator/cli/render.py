"""`animator render`: from a RenderRequest to film files and a report of them, for people or as JSON."""

import json as json_text
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from animator.cli import render_request
from animator.cli.render_request import RenderRequest
from animator.core.errors import AnimatorError, FilmWarning
from animator.core.formatting import finite
from animator.core.progress import Progress
from animator.films.delivery import STILLS

if TYPE_CHECKING:
    from animator.design.scene import Scene
    from animator.films.film import Film
    from animator.films.save_film import Saved

TIMED = ("record", "surface", "draw_and_encode", "total")  # stages, seconds of each in the report


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Add what the block takes to seconds[name]."""
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start


def render(request: RenderRequest) -> None:
    """Make the films and report them."""
    from animator.cli.progress_bars import shown

    seconds: dict[str, float] = {}
    with shown() as progress, timed(seconds, "total"), warnings.catch_warnings():
        with timed(seconds, "record"):
            film, cached = film_for(request, lambda subject: _check_files(request, subject), progress)
        with timed(seconds, "surface"):
            for fps in _rates(request):
                film.views(fps)
        with timed(seconds, "draw_and_encode"):
            warnings.simplefilter("ignore", FilmWarning)  # `_warn` tells them in our own words
            saved = film.save(*request.files, fps=request.fps, delivery=request.delivery)
    _warn(film, saved)
    if request.json:
        report = _report(film, saved, cached=cached, seconds=seconds)
        sys.stdout.write(json_text.dumps(report, indent=2) + "\n")
    else:
        _print(film, saved)


def _rates(request: RenderRequest) -> set[float]:
    """Frames a second of the films to be."""
    from animator.encoding.formats import kind_of
    from animator.films.delivery import DEFAULTS

    if request.fps is not None:
        return {request.fps}
    return {DEFAULTS[kind_of(path)][1] for path in request.files}


def film_for(
    request: RenderRequest,
    check: "Callable[[Scene | Film], None]",
    progress: Progress,
    command: str | None = None,
) -> "tuple[Film, bool]":
    """The film for a scene name, a scene file or a recording; and whether nothing was trained.

    check: called with the scene, or a recording's film, before anything is trained, to refuse files that
    cannot be written. command: what makes the result again, by default the one of `animator render`.
    """
    from animator.cli.scene_words import scene_file
    from animator.design import scene_files
    from animator.films import from_recording
    from animator.films.build import build, film_of, recordings
    from animator.films.delivery import settled

    command = command or render_request.command(request)
    if request.scene.endswith(".h5"):
        film = from_recording.film(request.scene, progress=progress, **request.wishes)
        if request.values:
            raise AnimatorError(
                f"'{request.scene}' is a recording: its parameters are fixed, so {request.values[0]!r} "
                "cannot be set. Render its scene with that parameter instead, or leave it away."
            )
        check(film)
        return replace(film, use_cache=request.use_cache, command=command), True
    file = scene_file(request.scene)
    scene, about = build(file, request.values)
    scene = settled(scene, request.wishes, len(scene.runs))
    check(scene)
    with scene_files.blaming(file.path):
        runs, cached = recordings(scene, about, request.use_cache, progress)
    film = film_of(
        scene,
        about,
        runs,
        command=command,
        asked=frozenset(request.wishes),
        use_cache=request.use_cache,
        progress=progress,
    )
    return film, cached


def _check_files(request: RenderRequest, subject: "Scene | Film") -> None:
    """Refuse sizes, rates and folders that cannot be, before anything is trained."""
    from animator.core.files import ensure_folder
    from animator.design import style_files
    from animator.design.scene import Scene
    from animator.films.build import check_room
    from animator.films.delivery import proposing, spec_for

    render_request.check(request)
    design = subject if isinstance(subject, Scene) else subject.design
    size, delivery, look = design.pixels, request.delivery, style_files.wished(design)
    for path in request.files:
        with proposing(design.layout, design.shares, size, look.text_size, request.files, delivery):
            spec = spec_for(path, size, request.fps, look, delivery)
            if isinstance(subject, Scene):
                check_room(subject, (spec.width, spec.height))
        ensure_folder(path)


def _warn(film: "Film", saved: "list[Saved]") -> None:
    """Say on stderr what is right and may surprise: flashes, letters without a font, files made smaller."""
    from animator.drawing.raster import fonts
    from animator.films import flash_check

    flashing = flash_check.sentence(max(file.flashes for file in saved))
    letters = fonts.sentence(film.said(film.views(saved[0].fps)))
    smaller = [f"to fit its bytes, {file.path.name} has {file.gave_up}." for file in saved if file.gave_up]
    for warning in filter(None, (*film.warnings(), flashing, letters, *smaller)):
        sys.stderr.write(f"animator: {warning}\n")


def _print(film: "Film", saved: "list[Saved]") -> None:
    """A line for each file, and what the film shows."""
    for file in saved:
        still = file.path.suffix.lower() in STILLS
        lasts = "" if still else f"{file.fps:g} frames/s  {file.seconds:.2f} s  "
        size = f"{file.width}x{file.height}"
        sys.stdout.write(f"{file.path}  {size}  {lasts}{file.bytes / 1000:,.0f} kB\n")
    sys.stdout.write(f"{film.alt_text()}\n")


def _report(
    film: "Film", saved: "list[Saved]", *, cached: bool, seconds: dict[str, float]
) -> dict[str, object]:
    """What --json prints of a render. cached: whether nothing was trained; seconds: of each stage."""
    run, view = film.runs[0], film.views(saved[0].fps)[0]
    test = view.test_loss
    return {
        "files": [{k: str(v) if isinstance(v, Path) else v for k, v in asdict(f).items()} for f in saved],
        "recording": {
            "steps": run.steps,
            "parameters": run.weights.shape[1],
            "cached": cached,
            "initial_loss": finite(view.loss[0]),
            "final_loss": finite(view.loss[-1]),
            "finished": run.finished,
            "initial_test_loss": finite(test[0]) if test else None,
            "final_test_loss": finite(test[1]) if test else None,
            "left_window_at": view.window.left_at if view.window else None,
            "not_finite_at": view.broke_at,
        },
        "fidelity": film.fidelity(),
        "warnings": list(film.warnings()),
        "alt_text": film.alt_text(),
        "command": film.command,
        "seconds": {name: round(seconds.get(name, 0.0), 3) for name in TIMED},
    }
