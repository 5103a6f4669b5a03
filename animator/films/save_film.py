"""Writing a Film: each path gets its format, a PNG poster stands beside it, and files appear whole.

A Film, paths and what was asked of the files go in; one Saved for each file comes out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from animator.core.errors import AnimatorError
from animator.core.files import replacing, room_beside
from animator.drawing.canvas import POINTS
from animator.encoding import FilmSpec, Metadata, open_encoder
from animator.encoding.film_spec import StoredFilm
from animator.encoding.formats import kind_of
from animator.films import size_budget
from animator.films.delivery import VECTORS, Delivery, chosen, posters_of, proposing, spec_for
from animator.films.flash_check import FlashCounter
from animator.films.pipeline import Cutout, Drawing, written

if TYPE_CHECKING:
    from animator.films.film import Film

SAMPLES = 24  # frames that a palette is chosen from
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Saved(StoredFilm):
    """One written file.

    Parameters
    ----------
    path, format, width, height, fps, frames, seconds, bytes
        As of a StoredFilm: pixels, frames a second, length, size.
    poster
        The still beside it.
    flashes
        The most in any second (WCAG 2.3.1).
    gave_up
        What was made smaller for a budget of bytes.

    Examples
    --------
    >>> film = animator.film("run.h5", layout="weights", seconds=3)
    >>> (saved,) = film.save("run.gif", size=(320, 180), fps=10)
    >>> saved.format, saved.frames, saved.seconds
    ('gif', 30, 3.0)
    """

    poster: Path
    flashes: int = 0
    gave_up: str = ""


def save(
    film: "Film", paths: Sequence[str | Path], size: Size | None, fps: float | None, wishes: Delivery
) -> list[Saved]:
    """What `Film.save` does: everything is checked before anything is drawn."""
    files, design = _named(paths), film.design
    with proposing(design.layout, design.shares, size, film.look.text_size, files, wishes):
        return _written(film, files, size, fps, wishes)


def _written(
    film: "Film", files: Sequence[Path], size: Size | None, fps: float | None, wishes: Delivery
) -> list[Saved]:
    """What `save` does."""
    specs = [(path, spec_for(path, size, fps, film.look, wishes)) for path in files]
    if wishes.frame != "last":
        chosen(film.timeline(specs[0][1].fps), wishes.frame)
    posters = posters_of(specs)
    saved = []
    for path, spec in specs:
        poster = path.with_suffix(".png")
        if posters.get(poster) is spec and wishes.max_bytes is None:
            with replacing(poster) as temporary:
                saved.append(_save(film, path, spec, wishes.frame, temporary))
            del posters[poster]
        else:
            saved.append(_fitting(film, path, spec, wishes))
    for poster, spec in posters.items():
        _save(film, poster, spec)
    return saved


def _fitting(film: "Film", path: Path, spec: FilmSpec, wishes: Delivery) -> Saved:
    """The file at `path`, smaller than asked where it has a budget, or AnimatorError."""
    kind = kind_of(path)
    if kind in VECTORS:
        return _vector(film, path, spec, wishes)
    if wishes.max_bytes is None or kind not in size_budget.CUTS:
        return _save(film, path, spec, wishes.frame)
    with room_beside(path) as folder:
        draft = folder / path.name
        saved, given_up = size_budget.best(
            path.name, kind, spec, wishes.max_bytes, partial(_try, film, draft)
        )
        draft.replace(path)
    return replace(saved, path=path, poster=path.with_suffix(".png"), gave_up=given_up)


def _try(film: "Film", path: Path, spec: FilmSpec) -> Saved | None:
    """The film of `spec` at `path`; None where no film can be of that size."""
    try:
        spec.check(kind_of(path))
        _drawing(film, spec)
    except AnimatorError:
        return None
    return _save(film, path, spec)


def _vector(film: "Film", path: Path, spec: FilmSpec, wishes: Delivery) -> Saved:
    """One frame as lines and letters, for print."""
    canvas = film.canvas((spec.width, spec.height), spec.fps, dpi=POINTS)
    with replacing(path) as temporary:
        canvas.print(chosen(film.timeline(spec.fps), wishes.frame), temporary)
    return Saved(
        path,
        format=path.suffix[1:].lower(),
        width=spec.width,
        height=spec.height,
        fps=spec.fps,
        frames=1,
        seconds=1 / spec.fps,
        bytes=path.stat().st_size,
        poster=path,
    )


def _save(film: "Film", path: Path, spec: FilmSpec, frame: str = "last", poster: Path | None = None) -> Saved:
    """Write one file; and its last frame to `poster`, while the encoder is still at work."""
    clock = film.timeline(spec.fps)
    drawing = _drawing(film, spec)
    still = path.suffix.lower() == ".png"
    stills = iter([(chosen(clock, frame), 1)]) if still else clock.stills()
    stage, frames = f"drawing {path.name}", 1 if still else clock.frames
    spec = replace(spec, frames=frames + (0 if still else spec.held))

    def samples() -> Iterator[NDArray[np.uint8]]:
        picked = np.unique(np.linspace(0, clock.frames - 1, SAMPLES).astype(int))
        return (drawing.draw(clock.state(int(i))) for i in picked)

    film.progress(stage, 0, frames)
    with open_encoder(path, spec, _metadata(film, spec, frame if still else "last"), samples) as encoder:
        done, counter = 0, FlashCounter(spec.fps)
        for picture, repeat in written(drawing, stills, encoder):
            counter.add(picture, repeat, drawing.changed if done else None)
            done += repeat
            film.progress(stage, done, frames)
            if poster is not None and done == frames:
                with open_encoder(poster, spec, _metadata(film, spec)) as png:
                    png.write(picture)
    return Saved(
        path,
        format=kind_of(path).removeprefix("."),
        width=spec.width,
        height=spec.height,
        fps=spec.fps,
        frames=spec.frames,
        seconds=spec.frames / spec.fps,
        bytes=_bytes(path),
        poster=path.with_suffix(".png"),
        flashes=counter.worst,
    )


def _metadata(film: "Film", spec: FilmSpec, frame: str = "last") -> Metadata:
    """The metadata of one file. ground: the colour to show behind a film without a background; untitled:
    that no title stands on its frames; frame: what a still shows that is no poster.
    """
    metadata = film.metadata()
    more: dict[str, object] = {"ground": film.look.background} if spec.transparent else {}
    more |= {} if film.title else {"untitled": True}
    more |= {"frame": frame} if frame != "last" else {}
    return replace(metadata, details={**metadata.details, **more})


def _drawing(film: "Film", spec: FilmSpec) -> Drawing:
    """What draws the states: opaque, or with the background taken out."""
    if not spec.transparent:
        return film.canvas((spec.width, spec.height), spec.fps)
    look = film.look
    black, white = (
        film.canvas((spec.width, spec.height), spec.fps, replace(look, background=ground))
        for ground in ("#000000", "#ffffff")
    )
    return Cutout(black, white)


def _named(paths: Sequence[str | Path]) -> list[Path]:
    """The paths of files to write; AnimatorError where there are none, one has no name or comes twice."""
    files = [Path(path) for path in paths]
    if not files:
        raise AnimatorError("save() was given no file, so nothing would be written. Use save('film.mp4').")
    for file in files:
        if not file.name:
            raise AnimatorError(f"save({str(file)!r}) names no file. Use save('film.mp4').")
        if files.count(file) > 1:
            raise AnimatorError(f"save() names '{file}' twice. Give each file once.")
    return files


def _bytes(path: Path) -> int:
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)
