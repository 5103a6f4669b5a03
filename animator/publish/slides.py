"""A PowerPoint deck with a film on every slide, made with python-pptx.

Each film keeps its shape: as large as the slide lets it be, or below its title where it shows none itself.
Its poster stands for it until it plays; its alt text, caption and command go along.
"""

import io
import math
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from PIL import Image

from animator.core.color_vision import luminance
from animator.core.errors import AnimatorError
from animator.core.files import replacing
from animator.design.wishes import read_lang
from animator.publish.film_files import FilmFile, language_of, read_films

WIDTH, HEIGHT = 12_192_000, 6_858_000  # EMU, 914,400 an inch: 16 by 9
TITLE = 1_000_000  # EMU: the height of a title
SIZES = (36, 32, 28, 24, 20, 16, 12)  # points
POINT = 12_700  # EMU
LETTER = 0.58  # of a title's size: how wide its letters are at most, in the mean
BLANK, TITLE_ONLY = 6, 5  # layouts of the default template
EPOCH = datetime(1980, 1, 1)  # the first time that a zip can note
CONTENTS = "[Content_Types].xml"  # the first part of a deck
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Pptx = Any  # python-pptx has no types
INSTALL = "pip install 'animator[slides]'"


def make(
    films: Sequence[str | Path],
    output: str | Path = "deck.pptx",
    titles: bool | None = None,
    autoplay: bool = False,
    loop: bool = False,
    lang: str | None = None,
) -> list[FilmFile]:
    """Write a PowerPoint deck with a slide for each film.

    Parameters
    ----------
    films
        Paths of film files: .mp4, .gif or .png.
    output
        The deck, .pptx.
    titles
        Whether films stand below their titles, instead of filling their slides; by default those do that show
        no title themselves, so that each is read once.
    autoplay
        Whether films start when their slide comes, instead of at a click.
    loop
        Whether they start again at their end.
    lang
        The language that the words are marked as; by default that of each film.

    Returns
    -------
    list of FilmFile
        What was put into the deck.

    Raises
    ------
    AnimatorError
        When a file is no film that slides play, or python-pptx is not installed.

    Examples
    --------
    >>> films = animator.slides(["a.mp4", "b.gif"], "deck.pptx")
    """
    deck = Path(output)
    try:
        from pptx import Presentation
    except ImportError as error:
        raise AnimatorError(f"Slides need python-pptx, which is not installed. Type: {INSTALL}") from error
    if deck.suffix.lower() != ".pptx":
        raise AnimatorError(f"'{deck}' is no deck of slides: its name must end in .pptx. Use -o deck.pptx.")
    asked = read_lang(lang)
    shown = read_films(films)
    for film in shown:
        _check(film)
    presentation: Pptx = Presentation()
    presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    for film in shown:
        titled = film.is_untitled if titles is None else titles
        slide = _slide(presentation, film, titled, autoplay, loop)
        _spoken(slide, asked or film.lang)
    said = presentation.core_properties
    said.language = asked or language_of(shown)
    said.created = said.modified = EPOCH
    said.author = said.last_modified_by = "animator"
    whole = io.BytesIO()
    presentation.save(whole)
    with replacing(deck) as temporary:
        _write_timeless(whole, temporary)
    return shown


def _write_timeless(whole: io.BytesIO, path: Path) -> None:
    """Write a deck to `path` so that the same films give the same bytes: python-pptx notes when it did it."""
    with zipfile.ZipFile(whole) as made, zipfile.ZipFile(path, "w") as kept:
        for part in sorted(made.namelist(), key=lambda name: (name != CONTENTS, name)):
            entry = zipfile.ZipInfo(part, EPOCH.timetuple()[:6])
            packed = Path(part).suffix in (".xml", ".rels")  # films and pictures are packed already
            kept.writestr(entry, made.read(part), zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)


def _check(film: FilmFile) -> None:
    if film.info.format not in ("mp4", "gif", "png"):
        raise AnimatorError(
            f"'{film.path}' is a .{film.info.format} file, which slides do not play. "
            "Render it as an .mp4 or a .gif."
        )


def place(width: int, height: int, titles: bool) -> tuple[int, int, int, int]:
    """(left, top, width, height) in EMU of a film of width x height pixels: whole, in the middle."""
    top = TITLE if titles else 0
    room = HEIGHT - top - (TITLE // 4 if titles else 0)
    scale = min(WIDTH / width, room / height)
    wide, high = int(width * scale), int(height * scale)
    return (WIDTH - wide) // 2, top + (room - high) // 2, wide, high


def title_size(title: str) -> int:
    """How large a title is, in points: as large as leaves it in its place, on several lines if it is long."""
    for size in SIZES[:-1]:
        lines = math.ceil(sum(map(_width, title)) * size * POINT / (0.95 * WIDTH))
        if 1.2 * lines * size * POINT <= 0.95 * TITLE:
            return size
    return SIZES[-1]


def _width(letter: str) -> float:
    """How wide a letter is at most, of its size: a Chinese one is as wide as it is high."""
    return 1.0 if east_asian_width(letter) in "WF" else LETTER


def _slide(presentation: Pptx, film: FilmFile, titles: bool, autoplay: bool, loop: bool) -> Pptx:
    slide = presentation.slides.add_slide(presentation.slide_layouts[TITLE_ONLY if titles else BLANK])
    if titles:
        title = slide.shapes.title
        title.left, title.top, title.width, title.height = 0, 0, WIDTH, TITLE
        title.text_frame.text, title.text_frame.word_wrap = xml_text(film.title), True
        title.text_frame.paragraphs[0].font.size = POINT * title_size(film.title)
    _coloured(slide, film.ground or _edge(film))
    spot = place(film.info.width, film.info.height, titles)
    if film.is_video:
        # not by its path: python-pptx would write the name into the XML as it is
        shape = slide.shapes.add_movie(
            io.BytesIO(film.path.read_bytes()),
            *spot,
            mime_type=film.mime,
            poster_frame_image=io.BytesIO(film.poster),
        )
        _timing(slide, autoplay, loop)
    else:
        shape = slide.shapes.add_picture(io.BytesIO(film.path.read_bytes()), *spot)
    said = shape.element.xpath(".//p:cNvPr")[0]
    said.set("descr", xml_text(film.alt_text))
    said.set("name", xml_text(film.title))
    slide.notes_slide.notes_text_frame.text = xml_text(
        "\n".join(part for part in (film.caption, film.command) if part)
    )
    return slide


def _spoken(slide: Pptx, lang: str) -> None:
    """Mark the words of a slide and of its notes as of a language, for spelling and for screen readers."""
    for shape in (*slide.shapes, slide.notes_slide.notes_placeholder):
        for run in shape.element.xpath(".//a:r"):
            run.get_or_add_rPr().set("lang", lang)


def xml_text(text: str) -> str:
    """`text` with a replacement mark in the place of each character that XML cannot hold."""
    return NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _edge(film: FilmFile) -> str:
    """The colour in the corner of a film's poster, "#rrggbb": of the ground that it is drawn on."""
    with Image.open(io.BytesIO(film.poster)) as poster:
        red, green, blue = poster.convert("RGB").getpixel((0, 0))  # type: ignore[misc]  # three of RGB
    return f"#{red:02x}{green:02x}{blue:02x}"


def _coloured(slide: Pptx, ground: str) -> None:
    """Give a slide the colour of its film's ground, and a title that is read on it."""
    from pptx.dml.color import RGBColor

    colour: Pptx = RGBColor
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = colour.from_string(ground[1:])
    if slide.shapes.title is not None:
        ink = "FFFFFF" if luminance(ground) < 0.18 else "000000"
        slide.shapes.title.text_frame.paragraphs[0].font.color.rgb = colour.from_string(ink)


def _timing(slide: Pptx, autoplay: bool, loop: bool) -> None:
    """When the slide's video starts, and how often it plays."""
    node = ".//p:video/p:cMediaNode/p:cTn"
    if autoplay:
        for condition in slide.element.xpath(f"{node}/p:stCondLst/p:cond"):
            condition.set("delay", "0")
    if loop:
        slide.element.xpath(node)[0].set("repeatCount", "indefinite")
