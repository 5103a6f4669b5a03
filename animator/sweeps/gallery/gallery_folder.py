"""A folder of films that no manifest tells of, described as if it were a sweep.

In: a folder with films, or with a folder `films`. Out: a Manifest whose cells say what each film's own
metadata says; its axes are the parameters in which the films differ.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from animator.core.errors import AnimatorError
from animator.core.files import replacing
from animator.encoding import FilmInfo, inspect
from animator.publish.film_files import FilmFile, ground, language_of, poster_beside, read_films
from animator.sweeps.folder.manifest import Axis, Cell, Manifest
from animator.sweeps.gallery.columns import Value, plain

SUFFIXES = (".mp4", ".webm", ".gif", ".webp", ".apng", ".avif")  # of films with one name, the first counts
PRODUCT = re.compile(r"(sheet(-\d+)?\.(mp4|gif)|race\.mp4|summary\.png)")
FILMS, POSTERS = "films", "posters"


def described(folder: Path) -> tuple[Manifest, dict[int, str]]:
    """The films of `folder` as a Manifest, and what to show behind those without a background: colours by
    the cells' indices. Files that are no films are left out.

    A film without a poster gets one, its last picture, in `folder`/posters. Raises AnimatorError when there
    is no film.
    """
    films = _films(folder)
    if not films:
        raise AnimatorError(
            f"'{folder}' holds no films. Give a folder that animator sweep wrote, or one with .mp4 files."
        )
    given = [_given(info) for info in films]
    axes = [axis for axis in _axes(given) if len(axis.values) > 1]
    titles = {info.metadata.title for info in films if info.metadata}
    first = films[0]
    name = folder.resolve().name
    manifest = Manifest(
        scene="",
        title=titles.pop() if len(titles) == 1 else name,
        description="",
        command="",
        versions={},
        kind="rows",
        axes=tuple(axes),
        film={
            "format": first.format,
            "width": first.width,
            "height": first.height,
            "fps": first.fps,
            "seconds": max(info.seconds for info in films),
            "lang": language_of([FilmFile(info.path, info, b"") for info in films]),
        },
        common={},
        state="done",
        products=_products(folder),
        cells=tuple(
            _cell(folder, index, info, {axis.name: given[index][axis.name] for axis in axes})
            for index, info in enumerate(films)
        ),
    )
    return manifest, {index: colour for index, info in enumerate(films) if (colour := ground(info))}


def _films(folder: Path) -> list[FilmInfo]:
    """The films in the folder itself and in its folder `films`, in order of name. Of files of one name that
    hold the same film, the first of SUFFIXES counts.
    """
    found: dict[Path, list[FilmInfo]] = {}
    for path in sorted(_paths(folder), key=lambda path: SUFFIXES.index(path.suffix.lower())):
        info = _info(path)
        same = found.setdefault(path.with_suffix(""), [])
        if info and all(_another(info, other) for other in same):
            same.append(info)
    return [info for name in sorted(found) for info in found[name]]


def _another(one: FilmInfo, other: FilmInfo) -> bool:
    """Whether two files tell of different films."""
    if one.metadata is None or other.metadata is None:
        return False
    given = _given(one)
    others = _given(other)
    return one.metadata.alt_text != other.metadata.alt_text or bool(given and others and given != others)


def _paths(folder: Path) -> list[Path]:
    """Files that are called like films, but for what a sweep makes of all its films."""
    products = _products(folder)
    places = [one for one in (folder, folder / FILMS) if one.is_dir()]
    return [
        path
        for place in places
        for path in sorted(place.iterdir())
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not path.name.startswith(".")
        and path.name not in products
    ]


def _products(folder: Path) -> tuple[str, ...]:
    """What a sweep makes of all its films; only where these have a folder of their own."""
    if not (folder / FILMS).is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if PRODUCT.fullmatch(path.name)))


def _info(path: Path) -> FilmInfo | None:
    try:
        return inspect(path)
    except AnimatorError:
        return None


def unreadable(folder: Path) -> list[str]:
    """Names of files of `folder` that are called like films and are none, or are damaged."""
    return [path.name for path in _paths(folder) if _info(path) is None]


def _given(info: FilmInfo) -> dict[str, Value]:
    """The parameters that a film was made with, or none."""
    found = info.metadata.details.get("parameters") if info.metadata else None
    return {str(name): plain(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _axes(given: list[dict[str, Value]]) -> list[Axis]:
    """Every parameter with its values, each once; one that a film lacks has the value None there."""
    names = list(dict.fromkeys(name for one in given for name in one))
    for one in given:
        one.update({name: None for name in names if name not in one})
    return [Axis(name, tuple(dict.fromkeys(one[name] for one in given))) for name in names]


def _cell(folder: Path, index: int, info: FilmInfo, parameters: Mapping[str, Value]) -> Cell:
    metadata = info.metadata
    return Cell(
        index=index,
        name=info.path.stem,
        parameters=parameters,
        state="done",
        reason="",
        recording=None,
        film=_relative(folder, info.path),
        poster=_relative(folder, _poster(folder, info)),
        log=None,
        results={},
        seconds={},
        alt_text=metadata.alt_text if metadata else "",
        bytes={"film": info.bytes},
        command=metadata.command if metadata else "",
    )


def _poster(folder: Path, info: FilmInfo) -> Path:
    """The PNG beside the film, else the one in `posters`, which has the film's own time, or is made again."""
    film = info.path
    found = poster_beside(film, info)
    if found is not None:
        return found
    made, own = (folder / POSTERS / f"{name}.png" for name in (film.stem, film.name))
    if film.parent.name == FILMS and made.is_file():
        return made
    time = film.stat().st_mtime_ns  # not "older than": a clock may have been set back
    if not own.is_file() or own.stat().st_mtime_ns != time:
        with replacing(own) as temporary:
            temporary.write_bytes(read_films([film])[0].poster)
            os.utime(temporary, ns=(time, time))
    return own


def _relative(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
