"""A web page with films: one file that holds everything, or a folder with the films beside it.

Whatever comes from a file is escaped by the template. Readers who asked for less motion see stills.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from animator.core.errors import AnimatorError
from animator.core.files import replacing
from animator.design.wishes import read_lang
from animator.publish import html
from animator.publish.film_files import FilmFile, language_of, read_films
from animator.publish.html import data_address

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Entry:
    """A film as the template shows it. src, poster: addresses of the film and of its still; ground: the
    colour behind a film without a background, or "".
    """

    title: str
    caption: str
    alt_text: str
    command: str
    is_video: bool
    mime: str
    width: int
    height: int
    src: str
    poster: str
    snippet: str
    ground: str


def make(
    films: Sequence[str | Path],
    output: str | Path = "index.html",
    title: str = "",
    *,
    commands: bool = True,
    lang: str | None = None,
) -> list[FilmFile]:
    """Write a web page with films, which works without a server.

    Parameters
    ----------
    films
        Paths of film files, in the order of the page.
    output
        An .html file that holds everything, or a folder for index.html and media.
    title
        Of the page; by default that of the first film.
    commands
        Whether the commands that made the films are shown.
    lang
        The language of the page's own words; by default that of the films, English where they have several.

    Returns
    -------
    list of FilmFile
        What was put on the page.

    Raises
    ------
    AnimatorError
        When a file is no film, or `output` no page.

    Examples
    --------
    >>> films = animator.page(["a.mp4", "b.gif"], "index.html", commands=False)
    """
    target, shown = Path(output), read_films(films)
    lang = read_lang(lang) or language_of(shown)
    show = partial(html.page, TEMPLATES, "page.html", commands=commands, lang=lang)
    alone = target.suffix.lower() in (".html", ".htm")
    if target.suffix and not alone:
        raise AnimatorError(
            f"'{target}' is no page: its name must end in .html, or be that of a folder. Use -o index.html."
        )
    title = title or shown[0].own_title
    with replacing(target) as temporary:
        if alone:
            text = show(title=title, films=[_embedded(film) for film in shown])
            temporary.write_text(text, encoding="utf-8")
        else:
            temporary.mkdir()
            entries = [_copied(film, i, temporary) for i, film in enumerate(shown, 1)]
            text = show(title=title, films=entries)
            (temporary / "index.html").write_text(text, encoding="utf-8")
    return shown


def _embedded(film: FilmFile) -> Entry:
    """The film and its poster in the page itself."""
    src = data_address(film.mime, film.path.read_bytes())
    return _entry(film, src=src, poster=data_address("image/png", film.poster))


def _copied(film: FilmFile, number: int, folder: Path) -> Entry:
    """The film and its poster in `folder`, under names that cannot clash."""
    name = f"{number:02d}-{film.path.name}"
    poster = f"{number:02d}-{film.path.stem}.poster.png"
    shutil.copyfile(film.path, folder / name)
    (folder / poster).write_bytes(film.poster)
    return _entry(film, src=quote(name), poster=quote(poster))


def _entry(film: FilmFile, *, src: str, poster: str) -> Entry:
    return Entry(
        title=film.title,
        caption=film.caption,
        alt_text=film.alt_text,
        command=film.command,
        is_video=film.is_video,
        mime=film.mime,
        width=film.info.width,
        height=film.info.height,
        src=src,
        poster=poster,
        snippet=snippet(film, src),
        ground=film.ground,
    )


def snippet(film: FilmFile, src: str) -> str:
    """A slide of reveal.js with the film as its background: the file at `src` beside the page, or else the
    film's own one."""
    name = quote(film.path.name) if src.startswith("data:") else src
    ground = f' data-background-color="{film.ground}"' if film.ground else ""
    if film.is_video:
        return (
            f'<section data-background-video="{name}" data-background-video-loop\n'
            f'         data-background-video-muted data-background-size="contain"{ground}></section>'
        )
    return f'<section data-background-image="{name}" data-background-size="contain"{ground}></section>'
