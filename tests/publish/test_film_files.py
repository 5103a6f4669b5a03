"""Slides and pages: read back as packages, by LibreOffice and by Chromium."""

import html
import io
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image

import animator
from animator.core.errors import AnimatorError
from animator.encoding import FilmSpec, Metadata, inspect, open_encoder
from animator.publish import page, slides
from animator.publish.film_files import read_films
from animator.sweeps.gallery import gallery_page
from tests.chromium import needs_chromium
from tests.running import run

WORDS = Metadata(
    'One <b>neuron</b> & "more"',
    "It <script>alert(1)</script> learns.",
    "A red dot moves.",
    "animator render neuron -o film.mp4",
)
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(
    not OFFICE or not shutil.which("pdftoppm"),
    reason="LibreOffice is not installed: apt-get install libreoffice-impress poppler-utils",
)


def film(path: Path, size=(320, 180), colour=(200, 30, 40), words=WORDS) -> Path:
    """Two seconds of one colour with a bar that moves; a poster beside it."""
    spec = FilmSpec(*size, 10)
    for target in (path, path.with_suffix(".png")):
        with open_encoder(target, spec, words) as encoder:
            for i in range(20):
                frame = np.full((size[1], size[0], 4), 255, np.uint8)
                frame[..., :3] = colour
                frame[:, 8 * i : 8 * i + 8, :3] = 255
                encoder.write(frame)
    return path


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """A wide MP4, a square GIF and a high WebM."""
    folder = tmp_path_factory.mktemp("films")
    return [
        film(folder / "wide.mp4"),
        film(folder / "square.gif", (200, 200), (30, 120, 200)),
        film(folder / "high.webm", (180, 320), (20, 140, 60)),
    ]


def test_words_and_posters_come_from_the_files(films):
    """Title, caption, alt text and command are those that were written; the poster is the PNG beside."""
    found = read_films(films)
    assert [f.own_title for f in found] == [WORDS.title] * 3 and found[0].alt_text == "A red dot moves."
    assert [f.is_video for f in found] == [True, False, True]
    assert found[0].poster == films[0].with_suffix(".png").read_bytes()


def test_films_of_one_title_are_told_apart_by_what_differs(tmp_path):
    """Those of a sweep; its sheet has no parameters, another scene's film has another title."""
    cells = [{"rate": 0.05, "seed": 1, "bias": True}, {"rate": 0.5, "seed": 1, "bias": False}]
    made = [
        film(tmp_path / f"{i}.gif", (32, 32), words=Metadata("A line", details={"parameters": cell}))
        for i, cell in enumerate(cells)
    ]
    sheet = film(tmp_path / "sheet.gif", (32, 32), words=Metadata("A line", details={"pages": 1}))
    other = film(
        tmp_path / "other.gif", (32, 32), words=Metadata("A curve", details={"parameters": {"rate": 3}})
    )
    assert [f.title for f in read_films([*made, sheet, other])] == [
        "A line (rate=0.05, bias=true)",
        "A line (rate=0.5, bias=false)",
        "A line",
        "A curve",
    ]
    assert read_films(made[:1])[0].title == "A line"
    page.make(made, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<title>A line</title>" in text and "A line (rate=0.5, bias=false)" in text
    page.make(made[:1], tmp_path / "one.html")  # whose title is said once
    assert (
        "<h1>A line</h1>" in (one := (tmp_path / "one.html").read_text(encoding="utf-8"))
        and "<h2>" not in one
    )
    slides.make(made, tmp_path / "deck.pptx", titles=True)
    with zipfile.ZipFile(tmp_path / "deck.pptx") as package:
        assert b"A line (rate=0.5, bias=false)" in package.read("ppt/slides/slide2.xml")


def test_files_of_one_film_are_told_apart_by_what_they_are(tmp_path):
    """By format, then by size, by both, or by name; where parameters differ, these come first."""
    for name, size in (("a.mp4", (64, 32)), ("a.gif", (64, 32)), ("b.gif", (32, 32)), ("c.gif", (32, 32))):
        film(tmp_path / name, size)
    (tmp_path / "more").mkdir()
    one, two, three, four = (tmp_path / name for name in ("a.mp4", "a.gif", "b.gif", "c.gif"))

    def titles(*paths):
        return [f.title.removeprefix(f"{WORDS.title} ") for f in read_films(paths)]

    assert titles(one, two) == ["(MP4)", "(GIF)"]
    assert titles(two, three) == ["(64x32)", "(32x32)"]
    assert titles(one, two, three) == ["(MP4, 64x32)", "(GIF, 64x32)", "(GIF, 32x32)"]
    assert titles(three, four) == ["(b.gif)", "(c.gif)"]
    again = film(tmp_path / "more" / "b.gif", (32, 32))
    assert titles(three, again) == [f"({three})", f"({again})"]
    rates = [
        film(
            tmp_path / f"{rate}.{kind}",
            (32, 32),
            words=Metadata("A line", details={"parameters": {"rate": rate}}),
        )
        for rate, kind in ((1, "gif"), (1, "mp4"), (2, "gif"))
    ]
    assert [f.title for f in read_films(rates)] == [
        "A line (rate=1, GIF)",
        "A line (rate=1, MP4)",
        "A line (rate=2)",
    ]


@pytest.mark.parametrize("command", ["page", "slides"])
def test_a_film_that_is_given_twice_is_one_sentence(films, tmp_path, capsys, command):
    """However its path is written."""
    target = tmp_path / {"page": "p.html", "slides": "d.pptx"}[command]
    again = films[0].parent / ".." / films[0].parent.name / films[0].name
    done = run(capsys, command, str(films[0]), str(films[1]), str(again), "-o", str(target))
    said = f"animator: The film '{again}' is given twice. Give each film once.\n"
    assert (done.code, done.out, done.err) == (2, "", said) and not target.exists()


def test_the_still_of_another_film_of_the_name_is_no_poster(tmp_path):
    """a.mp4, and later a.gif in another style: the PNG is the GIF's. One without words is somebody's own."""
    first = film(tmp_path / "a.mp4", words=Metadata("A", command="animator render a -o a.mp4"))
    second = film(
        tmp_path / "a.gif",
        colour=(250, 250, 240),
        words=Metadata("A", command="animator render a -o a.gif --style light"),
    )
    red, light = read_films([first, second])
    assert light.poster == (tmp_path / "a.png").read_bytes() != red.poster
    with Image.open(io.BytesIO(red.poster)) as image:
        assert np.abs(np.asarray(image).astype(int)[90, 60] - (200, 30, 40)).max() < 12
    Image.new("RGB", (320, 180), "green").save(tmp_path / "a.png")
    assert [f.poster for f in read_films([first, second])] == [(tmp_path / "a.png").read_bytes()] * 2


@pytest.fixture
def clear(tmp_path):
    """A WebM without a background, but for its left half, that was drawn for a dark one; it has no poster."""
    path, words = tmp_path / "clear.webm", Metadata("Clear", details={"ground": "#0e1420"})
    with open_encoder(path, FilmSpec(64, 64, 10, transparent=True), words) as encoder:
        frame = np.full((64, 64, 4), 255, np.uint8)
        frame[:, 32:, 3] = 0
        encoder.write(frame, 5)
    return path


def test_a_film_without_a_background_stands_on_the_colour_it_was_drawn_for(clear, tmp_path):
    """Its last picture keeps its alpha, which FFmpeg's own decoder leaves out."""
    (found,) = read_films([clear])
    with Image.open(io.BytesIO(found.poster)) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (64, 64, 4) and (pixels[:, :28, 3] > 250).all() and (pixels[:, 36:, 3] < 5).all()
    page.make([clear], tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count('height="64" style="background: #0e1420"') == 1
    assert 'data-background-size="contain" data-background-color="#0e1420"' in html.unescape(text)
    evil = Metadata("Clear", details={"ground": 'red" onload="alert(1)'})
    assert read_films([film(tmp_path / "evil.gif", (32, 32), words=evil)])[0].ground == ""


def test_a_slide_takes_the_colour_that_its_film_was_drawn_for(tmp_path):
    from pptx import Presentation

    grounds = ("#0e1420", "#fbfaf7")
    made = [
        film(tmp_path / f"{i}.gif", (32, 32), words=Metadata(f"Clear {i}", details={"ground": ground}))
        for i, ground in enumerate(grounds)
    ]
    slides.make([*made, film(tmp_path / "opaque.gif", (32, 32))], tmp_path / "deck.pptx", titles=True)
    dark, light, plain = Presentation(tmp_path / "deck.pptx").slides
    assert [str(s.background.fill.fore_color.rgb) for s in (dark, light)] == ["0E1420", "FBFAF7"]
    inks = [s.shapes.title.text_frame.paragraphs[0].font.color.rgb for s in (dark, light)]
    assert [str(ink) for ink in inks] == ["FFFFFF", "000000"]
    with Image.open(io.BytesIO(read_films([tmp_path / "opaque.gif"])[0].poster)) as picture:
        corner = "{:02X}{:02X}{:02X}".format(*picture.convert("RGB").getpixel((0, 0)))
    assert str(plain.background.fill.fore_color.rgb) == corner


def test_without_a_poster_the_last_picture_stands_for_the_film(films, tmp_path):
    """The white bar is where it was at the end."""
    alone = tmp_path / "alone.mp4"
    shutil.copyfile(films[0], alone)
    (tmp_path / "poster.png").write_bytes(read_films([alone])[0].poster)
    with Image.open(tmp_path / "poster.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    assert pixels[90, 156].min() > 200 and pixels[90, 60, 1] < 80


@pytest.mark.parametrize("titles", [False, True])
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1920), (7680, 2000)])
def test_nothing_is_off_the_slide(titles, size):
    """The film keeps its shape to a part in a thousand and lies inside, below the title if there is one."""
    left, top, wide, high = slides.place(*size, titles)
    assert left >= 0 and left + wide <= slides.WIDTH
    assert (slides.TITLE if titles else 0) <= top and top + high <= slides.HEIGHT
    assert wide / high == pytest.approx(size[0] / size[1], rel=1e-3)


def test_the_package_is_whole(films, tmp_path):
    """Media once though shown twice, all relationships lead somewhere, alt text and notes are there."""
    from pptx import Presentation

    deck = tmp_path / "deck.pptx"
    same = tmp_path / "same.mp4"
    shutil.copyfile(films[0], same)
    slides.make([films[0], films[1], same], deck, titles=True, autoplay=True, loop=True)
    with zipfile.ZipFile(deck) as package:
        names = package.namelist()
        assert package.testzip() is None and len(names) == len(set(names))
        assert len([n for n in names if n.startswith("ppt/media/") and n.endswith(".mp4")]) == 1
    read = Presentation(str(deck))
    assert len(read.slides) == 3
    for slide in read.slides:
        for relationship in slide.part.rels.values():
            assert relationship.is_external or relationship.target_part.blob
        assert slide.shapes.title.text.startswith(f"{WORDS.title} (")
        (said,) = slide.element.xpath(".//p:pic/p:nvPicPr/p:cNvPr")
        assert said.get("descr") == "A red dot moves."
        assert slide.notes_slide.notes_text_frame.text == f"{WORDS.description}\n{WORDS.command}"
    (node,) = read.slides[0].element.xpath(".//p:video/p:cMediaNode/p:cTn")
    assert node.get("repeatCount") == "indefinite"
    starts = read.slides[0].element.xpath(".//p:video/p:cMediaNode/p:cTn/p:stCondLst/p:cond")
    assert [start.get("delay") for start in starts] == ["0"]


def test_a_deck_has_each_title_once(tmp_path):
    """On the film that shows it, or above one that was made without; `titles` puts it above all, or none."""
    from pptx import Presentation

    run = animator.descend("x**2 + y**2", start=(1, 1), learning_rate=0.1, steps=5)
    files = [tmp_path / "titled.gif", tmp_path / "bare.gif"]
    for path, title in zip(files, ("A bowl", "none"), strict=True):
        animator.film(run, title=title, seconds=0.5).save(path, size=(320, 180))
    own = [film.title for film in read_films(files)]
    deck = tmp_path / "deck.pptx"
    for titles, above in ((None, [None, own[1]]), (True, own), (False, [None, None])):
        slides.make(files, deck, titles=titles)
        found = [slide.shapes.title for slide in Presentation(str(deck)).slides]
        assert [title and title.text for title in found] == above


def as_pdf(deck: Path) -> Path:
    """The deck as LibreOffice prints it, beside it."""
    home = f"-env:UserInstallation=file://{deck.parent}/office"
    convert = [OFFICE, home, "--headless", "--convert-to", "pdf", "--outdir", str(deck.parent), str(deck)]
    subprocess.run(convert, check=True, capture_output=True, timeout=180)
    return deck.with_suffix(".pdf")


def test_the_same_films_make_the_same_deck(films, tmp_path):
    """Whatever it is called, wherever it lies, and nothing in it says when it was made."""
    (tmp_path / "elsewhere").mkdir()
    one, other = tmp_path / "a.pptx", tmp_path / "elsewhere" / "b.pptx"
    for deck in (one, other):
        slides.make([films[0], films[1]], deck, titles=True, autoplay=True, loop=True)
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.infolist()[0].filename == "[Content_Types].xml"
        assert package.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2


def test_letters_that_xml_cannot_hold_are_replaced():
    odd = "a\x1b[31m\ud800\ufffe\x00b \U0001f600"
    assert slides.xml_text(odd) == "a\ufffd[31m\ufffd\ufffd\ufffdb \U0001f600"


@pytest.mark.parametrize(
    ("title", "points"),
    [("Two clouds", 36), ("m" * 43, 36), ("m" * 44, 32), ("m" * 120, 24), ("m" * 9000, 12)],
)
def test_long_titles_are_smaller(title, points):
    assert slides.title_size(title) == points


@needs_office
@pytest.mark.parametrize(
    "title", ["One neuron", "A network learns two spirals " * 2, "WIDE WORDS MAKE IT WIDE " * 8]
)
def test_a_title_stays_above_its_film(tmp_path, title):
    """Every word of it lies on the slide and above the film, as LibreOffice prints it."""
    made = film(tmp_path / "film.mp4", words=Metadata(title.strip()))
    slides.make([made], tmp_path / "deck.pptx", titles=True)
    pdf = as_pdf(tmp_path / "deck.pptx")
    done = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True)
    page = xml.etree.ElementTree.fromstring(
        done.stdout.replace("<!DOCTYPE", "<!--DOCTYPE", 1).replace(
            'xhtml1-transitional.dtd">', 'xhtml1-transitional.dtd"-->', 1
        )
    ).find(".//{*}page")
    words = page.findall("{*}word")
    assert len(words) == len(title.split())
    for word in words:
        left, top, right, bottom = (float(word.get(name)) for name in ("xMin", "yMin", "xMax", "yMax"))
        assert left >= 0 and top >= 0 and right <= float(page.get("width"))
        assert bottom <= slides.TITLE / slides.HEIGHT * float(page.get("height")) + 2


def test_a_film_that_may_not_play_is_told(films, tmp_path, capsys):
    """In one sentence beside the deck or the page, which is made all the same."""
    odd = tmp_path / "odd.mp4"
    with open_encoder(odd, FilmSpec(64, 64, 10, codec="av1"), WORDS) as encoder:
        encoder.write(np.full((64, 64, 4), 255, np.uint8), 5)
    done = run(capsys, "slides", str(films[0]), str(odd), "-o", str(tmp_path / "deck.pptx"))
    assert (done.code, done.err) == (
        0,
        "animator: 'odd.mp4': not every PowerPoint plays av1. Render it with "
        "--codec h264, which plays everywhere.\n",
    )
    done = run(capsys, "slides", *map(str, films[:2]), "-o", str(tmp_path / "deck.pptx"))
    assert (done.code, done.err) == (0, "")
    with open_encoder(odd, FilmSpec(64, 64, 10, codec="h265"), WORDS) as encoder:
        encoder.write(np.full((64, 64, 4), 255, np.uint8), 5)
    done = run(capsys, "page", str(films[2]), str(odd), "-o", str(tmp_path / "page.html"))
    assert (done.code, done.err) == (
        0,
        "animator: 'odd.mp4': not every browser plays hevc. Render it with "
        "--codec h264, which plays everywhere.\n",
    )
    done = run(capsys, "page", *map(str, films), "-o", str(tmp_path / "page.html"))
    assert (done.code, done.err) == (0, "")


@needs_office
def test_libreoffice_shows_the_posters(films, tmp_path):
    """As a PDF, each slide has the film's colours where the film is, and its ground around it."""
    deck = tmp_path / "deck.pptx"
    slides.make(films[:2], deck)
    subprocess.run(["pdftoppm", "-r", "36", "-png", str(as_pdf(deck)), str(tmp_path / "slide")], check=True)
    first, second = (
        np.asarray(Image.open(path).convert("RGB")).astype(int)
        for path in sorted(tmp_path.glob("slide-*.png"))
    )
    high, wide = first.shape[:2]
    assert wide / high == pytest.approx(16 / 9, rel=0.01)
    for y, x in ((4, 4), (high - 5, wide - 5), (high // 2, wide // 3)):
        assert np.abs(first[y, x] - (200, 30, 40)).max() < 30
    assert np.abs(second[high // 2, wide // 2] - (30, 120, 200)).max() < 30
    assert np.abs(second[high // 2, 8] - (30, 120, 200)).max() < 30


def test_a_page_alone_and_as_a_folder(films, tmp_path):
    """The first holds all films; the second has them beside it; what files say is escaped in both."""
    alone, folder = tmp_path / "index.html", tmp_path / "site"
    page.make(films, alone)
    page.make(films, folder, "Films & more")
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "01-wide.mp4",
        "01-wide.poster.png",
        "02-square.gif",
        "02-square.poster.png",
        "03-high.poster.png",
        "03-high.webm",
        "index.html",
    ]
    for text in (alone.read_text(), (folder / "index.html").read_text()):
        assert "<script>alert" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<b>neuron" not in text and text.count("muted loop playsinline") == 2
        assert "prefers-reduced-motion" in text and "A red dot moves." in text
    assert alone.stat().st_size > 4 / 3 * sum(path.stat().st_size for path in films)
    assert "<title>Films &amp; more</title>" in (folder / "index.html").read_text()


class Snippets(HTMLParser):
    """The attributes of each <section>, as they are once the page's text is read as HTML."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sections: list[dict[str, str | None]] = []
        for text in re.findall(r"For reveal.js</summary><pre>(.*?)</pre>", page, re.DOTALL):
            self.feed(html.unescape(text))

    def handle_starttag(self, tag, attrs):
        assert tag == "section"
        self.sections.append(dict(attrs))


def test_the_snippets_are_slides_of_reveal_js(films, tmp_path):
    """A muted, looping background video or a picture, whole on the slide; of a folder, the file in it."""
    page.make(films, tmp_path / "index.html")
    page.make(films, tmp_path / "site")
    for place, names in (
        ("index.html", ["wide.mp4", "square.gif", "high.webm"]),
        ("site/index.html", ["01-wide.mp4", "02-square.gif", "03-high.webm"]),
    ):
        first, second, third = Snippets((tmp_path / place).read_text()).sections
        video = {
            "data-background-video-loop": None,
            "data-background-video-muted": None,
            "data-background-size": "contain",
        }
        assert first == {"data-background-video": names[0], **video}
        assert second == {"data-background-image": names[1], "data-background-size": "contain"}
        assert third == {"data-background-video": names[2], **video}
        assert place == "index.html" or all((tmp_path / "site" / name).is_file() for name in names)


@needs_chromium
@pytest.mark.parametrize("name", ["index.html", "site"])
def test_chromium_plays_the_page(browser, films, tmp_path, name):
    """From disk: both videos have their length and size, play when they are seen, and show their words."""
    target = tmp_path / name
    page.make(films, target)
    tab = browser.new_page()
    tab.on("dialog", lambda dialog: pytest.fail("a script of a file was run"))
    tab.goto((target / "index.html" if target.is_dir() else target).as_uri())
    tab.wait_for_function("[...document.querySelectorAll('video')].every(v => v.readyState >= 1)")
    assert tab.locator("video").count() == 2 and tab.locator("img.moving").count() == 1
    for i, (wide, high) in enumerate(((320, 180), (180, 320))):
        video = tab.locator("video").nth(i)
        video.scroll_into_view_if_needed()
        assert video.evaluate("v => v.duration") == pytest.approx(2.0, abs=0.05)
        assert video.evaluate("v => [v.videoWidth, v.videoHeight]") == [wide, high]
        tab.wait_for_function("i => document.querySelectorAll('video')[i].currentTime > 0.2", arg=i)
        assert video.get_attribute("aria-label") == "A red dot moves."
    assert tab.locator("h1").inner_text() == WORDS.title
    assert tab.locator("h2").first.inner_text() == f"{WORDS.title} (MP4)"
    tab.close()


@needs_chromium
@pytest.mark.parametrize("suffix", [".webm", ".webp", ".apng", ".gif", ".png"])
def test_chromium_shows_what_lies_below_a_transparent_film(browser, tmp_path, suffix):
    """Green paper at the left, where the film is clear, and the film's blue at the right."""
    path = tmp_path / f"film{suffix}"
    frame = np.zeros((64, 96, 4), np.uint8)
    frame[:, 48:] = (30, 60, 200, 255)
    spec = FilmSpec(96, 64, 10, transparent=True, exact_colours=((30, 60, 200),))
    with open_encoder(path, spec, WORDS) as encoder:
        encoder.write(frame, 10)
    kind = "video muted" if suffix == ".webm" else "img"
    sheet = tmp_path / "sheet.html"
    sheet.write_text(f'<body style="margin:0;background:#0a0"><{kind} id="film" src="{path.name}">')
    tab = browser.new_page(viewport={"width": 96, "height": 64})
    tab.goto(sheet.as_uri())
    tab.wait_for_function("(film.readyState ?? 2 * film.complete) >= 2")
    tab.wait_for_timeout(200)
    with Image.open(io.BytesIO(tab.screenshot())) as image:
        seen = np.asarray(image.convert("RGB")).astype(int)
    tab.close()
    assert np.abs(seen[32, 20] - (0, 170, 0)).max() <= 3 and np.abs(seen[32, 76] - (30, 60, 200)).max() <= 12


@needs_chromium
def test_readers_who_asked_for_less_motion_see_stills(browser, films, tmp_path):
    """Videos wait; the poster stands in for the GIF."""
    target = tmp_path / "index.html"
    page.make(films, target)
    tab = browser.new_page(reduced_motion="reduce")
    tab.goto(target.as_uri())
    assert tab.locator("img.still").is_visible() and not tab.locator("img.moving").is_visible()
    assert tab.evaluate("[...document.querySelectorAll('video')].every(v => v.paused)")
    tab.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("slides", "no.mp4", "-o", "deck.pptx"), "Cannot read 'no.mp4': No such file or directory."),
        (
            ("slides", "FILM", "-o", "deck.odp"),
            "'deck.odp' is no deck of slides: its name must end in .pptx.",
        ),
        (("slides", "WEBM", "-o", "deck.pptx"), "which slides do not play. Render it as an .mp4 or a .gif."),
        (("page", "FILM", "-o", "a.txt"), "'a.txt' is no page: its name must end in .html, or be that of a"),
    ],
)
def test_what_cannot_be_is_one_sentence(films, tmp_path, monkeypatch, capsys, words, said):
    """Exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    given = {"FILM": str(films[0]), "WEBM": str(films[2])}
    done = run(capsys, *(given.get(word, word) for word in words))
    assert done.code == 2 and said in done.err and not list(tmp_path.iterdir())


def test_no_films_is_a_sentence():
    """A deck of nothing is refused."""
    with pytest.raises(
        AnimatorError, match=r"^No films were given\. Give at least one, such as output/neuron"
    ):
        read_films([])


def test_the_commands_say_what_they_made(films, tmp_path, capsys):
    """One line: the target, how many films, and which."""
    deck = tmp_path / "deck.pptx"
    done = run(capsys, "slides", *map(str, films[:2]), "-o", str(deck), "--titles")
    assert (done.code, done.out) == (0, f"{deck}  2 films: wide.mp4, square.gif\n")


ODD = "</h2><script>x & 'y' \"z\" #1?.mp4".replace("/", "")


@pytest.fixture
def odd(films, tmp_path):
    """The wide film under a name with all that a name may hold; in a folder of such a name."""
    path = tmp_path / "\u00fcn\u00ef c\u00f6d\u00e9 <b>" / ODD
    path.parent.mkdir()
    shutil.copyfile(films[0], path)
    return path


def test_names_of_files_are_no_markup(odd):
    """Slides are XML, the page is HTML; its parser finds the film and its still in the folder."""
    from pptx import Presentation

    slides.make([odd], odd.parent / "d\u00e9ck <i>.pptx", titles=True)
    (slide,) = Presentation(odd.parent / "d\u00e9ck <i>.pptx").slides
    assert [shape.name for shape in slide.shapes][1] == WORDS.title
    page.make([odd], odd.parent / "site")
    text = (odd.parent / "site" / "index.html").read_text(encoding="utf-8")
    assert "<script>x" not in text
    found = [unquote(name) for name in re.findall(r'(?:src|poster)="([^"]+)"', text)]
    assert found == [f"01-{odd.stem}.poster.png", f"01-{odd.name}"]
    assert all((odd.parent / "site" / name).is_file() for name in found)


@needs_chromium
def test_chromium_finds_films_of_odd_names(browser, odd):
    tab = browser.new_page()
    tab.on("dialog", lambda dialog: pytest.fail("a script of a name was run"))
    for made in (
        page.make([odd], odd.parent / "site") and odd.parent / "site" / "index.html",
        gallery_page.make(odd.parent),
    ):
        tab.goto(made.as_uri())
        tab.wait_for_selector("video", state="attached")
        tab.wait_for_function("[...document.images].every(i => i.naturalWidth > 0)")
        tab.wait_for_function(
            "[...document.querySelectorAll('video')].every(v => v.readyState >= 1 && !v.error)"
        )
        assert tab.locator("video").count() == 1


@pytest.mark.parametrize("suffix", ["mp4", "gif", "webm", "webp", "apng", "avif", "png"])
def test_what_was_cut_off_is_damaged(tmp_path, suffix):
    """Two thirds of a file, in every format: info, pages and galleries say so, none shows half a film."""
    path = film(tmp_path / f"a.{suffix}")
    whole = path.read_bytes()
    path.write_bytes(whole[: 2 * len(whole) // 3])
    with pytest.raises(AnimatorError) as caught:
        inspect(path)
    assert str(caught.value) == (
        f"'{path}' is damaged: it begins as a film and does not go on as one. Render it again."
    )


def test_a_webm_of_unknown_length_is_read(films, tmp_path):
    """As browsers record it: the size of the segment is all ones."""
    content = bytearray(films[2].read_bytes())
    at = content.index(b"\x18\x53\x80\x67") + 4
    assert content[at] == 1  # eight bytes of size
    content[at : at + 8] = b"\x01" + b"\xff" * 7
    (tmp_path / "live.webm").write_bytes(content)
    assert inspect(tmp_path / "live.webm").frames == 20


def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path, capsys):
    """A pipe, a folder, and a gallery beside them, which tells what it left out."""
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "folder.gif").mkdir()
    for name, what in (("pipe.mp4", "no ordinary file"), ("folder.gif", "a folder")):
        done = run(capsys, "page", str(tmp_path / name), "-o", str(tmp_path / "p.html"))
        said = f"animator: '{tmp_path / name}' is {what}. Give the path of an .mp4, .gif or .png film.\n"
        assert (done.code, done.err) == (2, said)
    film(tmp_path / "a.gif")
    (tmp_path / "b.mp4").write_text("no film")
    done = run(capsys, "gallery", str(tmp_path))
    assert (done.code, done.out) == (0, f"{tmp_path / 'index.html'}\n")
    assert done.err == "animator: left out, being damaged or no films: b.mp4. Render them again.\n"


@pytest.mark.parametrize("command", [("page",), ("slides",)])
def test_a_target_that_is_no_file_is_one_sentence(films, tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    suffix = {"page": "html", "slides": "pptx"}[command[0]]
    (tmp_path / f"dir.{suffix}").mkdir()
    done = run(capsys, *command, str(films[0]), "-o", f"dir.{suffix}")
    said = f"'dir.{suffix}' is a folder, so no file can have that name. Give -o another path."
    assert (done.code, done.err) == (2, f"animator: {said}\n")
    done = run(capsys, *command, str(films[0]), "-o", ".")
    assert done.code == 2 and done.err.startswith("animator: '.' ") and "Traceback" not in done.err
