"""A web page with films: one file that holds everything, or a folder with the films beside it.

Whatever comes from a file is escaped by the template. Readers who asked for less motion see stills.
"""

import shutil
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from animator.core.errors import AnimatorError
from animator.core.files import replacing
from animator.publish.film_files import Shown, shown

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


def make(paths: Sequence[Path], target: Path, title: str = "") -> list[Shown]:
    """Write a page with the films of `paths`; `target`: an .html file, or a folder for index.html and media.

    title: of the page; by default that of the first film. Raises AnimatorError.
    """
    films = shown(paths)
    alone = target.suffix.lower() in (".html", ".htm")
    if target.suffix and not alone:
        raise AnimatorError(
            f"'{target}' is no page: its name must end in .html, or be that of a folder. Use -o index.html."
        )
    with replacing(target) as temporary:
        if alone:
            entries = [_entry(film, _data(film.mime, film.path.read_bytes()), _data("image/png", film.poster))
                       for film in films]  # fmt: skip
            temporary.write_text(html(title or films[0].own_title, entries), encoding="utf-8")
        else:
            temporary.mkdir()
            entries = [_copied(film, i, temporary) for i, film in enumerate(films, 1)]
            (temporary / "index.html").write_text(
                html(title or films[0].own_title, entries), encoding="utf-8"
            )
    return films


def html(title: str, entries: Sequence[Entry]) -> str:
    """The page as text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    rooms = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return rooms.get_template("page.html").render(title=title, films=entries)


def _copied(film: Shown, number: int, folder: Path) -> Entry:
    """The film and its poster in `folder`, under names that cannot clash."""
    name = f"{number:02d}-{film.path.name}"
    shutil.copyfile(film.path, folder / name)
    (folder / f"{number:02d}-{film.path.stem}.poster.png").write_bytes(film.poster)
    return _entry(film, quote(name), quote(f"{number:02d}-{film.path.stem}.poster.png"))


def _entry(film: Shown, src: str, poster: str) -> Entry:
    return Entry(film.title, film.caption, film.alt_text, film.command, film.is_video, film.mime,
                 film.info.width, film.info.height, src, poster, snippet(film, src), film.ground)  # fmt: skip


def snippet(film: Shown, src: str) -> str:
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


def _data(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{b64encode(content).decode()}"
