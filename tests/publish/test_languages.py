"""All that is made, in German: no word of ours is left in English, and the user's stay as they are."""

import json
import re
import xml.etree.ElementTree
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from matplotlib.text import Text

import animator
from animator.core.errors import AnimatorError
from animator.core.language import language, shown, speaking
from animator.design import style
from animator.drawing.look import Look
from animator.drawing.raster import axis_ticks, text_layer
from animator.publish import page, slides
from animator.sweeps.figure import race, summary
from animator.sweeps.gallery import gallery_page
from animator.sweeps.sheet import sheet
from animator.sweeps.sheet.captions import caption
from animator.sweeps.sheet.page_canvas import room_of
from animator.sweeps.sheet.pages import arranged
from tests.messages import VALUE, messages
from tests.sweep_pages import cell, manifest

LONG = 12  # letters of a piece of a message that is looked for inside of longer texts
SCENES = ("escape", "saddle", "four-valleys")  # of functions: they are trained at once
USERS = {
    "rate",
    "seed",
    "noise",
    "start",
    "steps",
}  # names of parameters in these tests, which are messages, too


def english(texts, code="de"):
    """Messages that stand in `texts` in English although the language has other words."""
    held = language(code).messages
    known = {message for message in messages() if held[message] != message} - USERS
    pieces = {piece.strip() for message in known for piece in VALUE.split(message)}
    pieces = {piece for piece in pieces if len(piece) >= LONG and " " in piece}
    others = " ".join(held.values())
    pieces = {piece for piece in pieces if piece not in others}
    whole = {text.strip() for text in texts}
    return sorted(known & whole | {piece for piece in pieces if any(piece in text for text in whole)})


class Words(HTMLParser):
    """The texts of a page that a reader meets, and its language."""

    SAID = ("alt", "aria-label", "title", "content")

    def __init__(self, text):
        super().__init__()
        self.lang, self.texts, self.skips = "", [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.lang = given.get("lang", self.lang) if tag == "html" else self.lang
        self.skips += tag in ("script", "style", "code", "pre")
        if given.get("name") not in ("viewport", "generator") and "http-equiv" not in given:
            self.texts += [given[name] for name in self.SAID if given.get(name)]

    def handle_endtag(self, tag):
        self.skips -= tag in ("script", "style", "code", "pre")

    def handle_data(self, data):
        if not self.skips and data.strip():
            self.texts.append(data)


def scripted(text, code="de"):
    """What the script of a page says in a language; all that it asks for is there."""
    asked = set(re.findall(r'\bt\("([^"]+)"', text))
    sent = json.loads(re.search(r'id="language"[^>]*>(.*?)</script>', text)[1])
    words = language(code).messages
    assert sent["code"] == code and sent["words"] == {message: words[message] for message in asked}
    return asked


@pytest.fixture
def drawn(monkeypatch):
    """The words that are drawn while a test runs."""
    found = []

    def kept(draw, at):
        def listen(*given, **looks):
            found.extend(one for one in given[at : at + 1] if isinstance(one, str))
            return draw(*given, **looks)

        return listen

    monkeypatch.setattr(Look, "text", kept(Look.text, 3))
    monkeypatch.setattr(text_layer.Stamp, "set_text", kept(text_layer.Stamp.set_text, 1))
    monkeypatch.setattr(axis_ticks, "drawable", kept(axis_ticks.drawable, 0))
    return found


@pytest.fixture(scope="module")
def films():
    """Films of functions in German, by name."""
    return {name: animator.film(animator.scene(name, steps=20), lang="de") for name in SCENES}


def swept(**looks):
    """A sweep of all fates, of films in German."""
    cells = [
        cell(0, {"rate": 0.5, "seed": 0}, loss=0.5, steps=60),
        cell(1, {"rate": 1.5, "seed": 0}, loss=0.25, steps=60, left=7),
        cell(2, {"rate": 2.5, "seed": 0}, loss=None, steps=60, broke=9),
        replace(cell(3, {"rate": 3.5, "seed": 0}), state="failed", reason="kaputt", results={}),
    ]
    made = manifest({"rate": [0.5, 1.5, 2.5, 3.5], "seed": [0]}, cells)
    return replace(made, title="Reihe", description="", film={**made.film, "lang": "de", **looks})


@pytest.mark.parametrize("name", SCENES)
def test_a_film_says_nothing_in_english(films, drawn, name):
    film = films[name]
    views = film.views(30.0)
    timeline = film.timeline(30.0)
    canvas = film.canvas((960, 540), 30.0)
    for share in (0, 1, 2):
        canvas.draw(timeline.state(share * (timeline.frames - 1) // 2))
    words = [*drawn, *film.said(views), film.alt_text(), film.metadata().title, film.metadata().description]
    assert len(words) > 30 and english(words) == []


def test_a_player_speaks_the_language_of_its_film(films, tmp_path):
    films["escape"].player(tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    made = Words(text)
    assert made.lang == "de" and len(made.texts) > 20 and english(made.texts) == []
    assert len(scripted(text)) > 15


@pytest.fixture(scope="module")
def files(films, tmp_path_factory):
    """Two small films in German."""
    folder = tmp_path_factory.mktemp("films")
    for name in ("saddle", "escape"):
        film = films[name].redesigned(seconds=1.0)
        film.save(folder / f"{name}.mp4", size=(320, 180), fps=5)
    return folder


def test_pages_and_galleries_of_films_speak_their_language(files, tmp_path):
    page.make(sorted(files.glob("*.mp4")), tmp_path / "a.html")
    for made in (tmp_path / "a.html", gallery_page.make(files)):
        words = Words(made.read_text(encoding="utf-8"))
        assert words.lang == "de" and len(words.texts) > 4 and english(words.texts) == []
    page.make(sorted(files.glob("*.mp4")), tmp_path / "b.html", lang="fr")
    french = Words((tmp_path / "b.html").read_text(encoding="utf-8"))
    assert french.lang == "fr" and "Pour reveal.js" in french.texts
    assert 'lang="es"' in gallery_page.make(files, "es").read_text(encoding="utf-8")


def test_slides_are_marked_as_of_the_language(files, tmp_path):
    pytest.importorskip("pptx")
    slides.make(sorted(files.glob("*.mp4")), tmp_path / "a.pptx", titles=True)
    slides.make(sorted(files.glob("*.mp4")), tmp_path / "b.pptx", titles=True, lang="es")
    for name, code in (("a", "de"), ("b", "es")):
        with zipfile.ZipFile(tmp_path / f"{name}.pptx") as deck:
            parts = [deck.read(f"ppt/{kind}/{kind[:-1]}1.xml") for kind in ("slides", "notesSlides")]
        for part in parts:
            runs = xml.etree.ElementTree.fromstring(part).iter(
                "{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"
            )
            assert {run.get("lang") for run in runs} == {code}


def test_an_unknown_language_is_told_at_once(files, tmp_path):
    with pytest.raises(AnimatorError) as caught:
        page.make(sorted(files.glob("*.mp4")), tmp_path / "a.html", lang="it")
    assert str(caught.value) == (
        "lang='it' cannot be: there is none such. Known: en de fr es zh. Give for example lang='de'."
    )


def test_a_gallery_of_a_sweep_speaks_its_language(tmp_path):
    text = gallery_page.html(tmp_path, replace(swept(), state="running", command="animator sweep"))
    made = Words(text)
    assert made.lang == "de" and english(made.texts) == []
    assert {"Verlust am Ende", "seed"} <= set(re.findall(r'"label":"([^"]+)"', text))
    assert len(scripted(text)) > 40


def test_a_figure_of_a_sweep_speaks_its_language(drawn):
    made = swept()
    with speaking(made.lang):
        _, alone = summary.draw(replace(made, axes=made.axes[:1]))
        _, both = summary.draw(manifest({"rate": [0.5, 1.5], "kind": ["a", "b"]}))
    assert english([*drawn, alone, both]) == []
    assert "Letzter Verlust über rate." in alone and "(umringt)" in alone and "0,25" in alone


def test_a_sheet_and_a_race_speak_the_language_of_their_sweep(films, drawn, tmp_path):
    one = films["saddle"].redesigned(seconds=0.4)
    made = swept(width=640, height=360, fps=5.0)
    files = sheet.make(tmp_path, made, {0: one, 1: one}, size=(640, 360))
    assert [path.name for path in files] == ["sheet.mp4", "sheet.gif"]
    raced = race.race(made, [one, one], [0, 1], "dark")
    assert english([*drawn, animator_alt(files[0]), raced.under_title(raced.views(5.0))]) == []
    assert raced.design.names == ("0,5 0", "1,5 0") or raced.design.names == ("rate 0,5", "rate 1,5")


def animator_alt(path):
    """The alt text in a film file."""
    from animator.encoding import inspect

    return inspect(path).metadata.alt_text


def test_a_users_own_words_are_never_translated(films):
    """A run may be called "loss", a scene "Stalled at a saddle", a label "step"."""
    film = films["escape"].redesigned(title="loss", caption="the loss surface", names=("loss", "batch"))
    assert film.title == "loss" and film.under_title(film.views(30.0)).startswith("the loss surface ")
    assert [view.name for view in film.views(30.0)] == ["loss", "batch"]
    ours = films["escape"]
    assert ours.title == "Weg vom Sattel: Rauschen findet hinab"
    assert [ours.run_name(i) for i in range(2)] == ["ohne Rauschen", "Rauschen"]


def test_a_recording_of_a_scene_has_its_words_with_their_values():
    """Rates stand in the description of the valley: a recording keeps it in English, with all of them."""
    scene = animator.scene("valley", steps=10)
    run = animator.film(scene).runs[0]
    assert run.notes.description == str(scene.description)
    with speaking("de"):
        told, wanted = (shown(words) for words in (animator.film(run).design.description, scene.description))
    assert told == wanted and english([told]) == []


def test_a_caption_of_a_sheet_is_one_of_its_language(films):
    made = swept()
    (page_of, *_) = arranged(made, room_of((1920, 1080), style.DARK))
    with speaking("fr"):
        said = caption(made, page_of, survey_of(films), (1, 2), ())
    assert "Page 1 sur 2." in said and english([said], "fr") == []


def survey_of(films):
    """What tiles of films share."""
    from animator.sweeps.sheet.tile_data import survey

    return survey({0: films["saddle"]}, 30.0, {})


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (480, 480)])
@pytest.mark.parametrize("code", ["de", "fr", "es", "zh"])
def test_words_stay_on_the_frame_in_every_language(films, code, size):
    """Titles, names of axes and of runs: none is cut by the frame, nor runs into the cell at its right."""
    for name in ("escape", "saddle"):
        film = films[name].redesigned(lang=code)
        canvas = film.canvas(size, 30.0)
        timeline = film.timeline(30.0)
        canvas.draw(timeline.state(timeline.frames - 1))
        texts = [
            text for text in canvas.figure.findobj(Text) if text.get_text().strip() and text.get_visible()
        ]
        boxes = {text.get_text(): text.get_window_extent() for text in texts}
        off = [words for words, box in boxes.items() if box.x0 < -0.5 or box.x1 > size[0] + 0.5]
        assert len(texts) > 8 and off == [], (name, boxes[off[0]])
