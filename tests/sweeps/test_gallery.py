"""The gallery: what it reads, what it refuses, and how it behaves in headless Chromium, from disk."""

import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from animator.core.errors import AnimatorError
from animator.encoding import FilmSpec, Metadata, open_encoder
from animator.sweeps.folder import manifest
from animator.sweeps.folder.manifest import Axis, Cell, Manifest
from animator.sweeps.gallery import columns, gallery_page
from tests.chromium import needs_chromium, tabs

LOOK = (gallery_page.TEMPLATES / "gallery" / "look.css").read_text(encoding="utf-8")
EVIL = "</script><img src=x onerror=document.title='hurt'>"
WIDE = {"width": 1440, "height": 900}
LIVE = 32  # videos that the grid may hold at once


def film(path: Path, parameters=None, size=(160, 90), of="", **details) -> Path:
    """Two seconds at ten frames a second: a white bar walks over the picture. of: the file that it is the
    poster of."""
    words = Metadata(
        "A bar",
        "It walks.",
        "A white bar walks.",
        f"animator render bar -o {of or path.name}",
        details | ({"parameters": parameters} if parameters else {}),
    )
    path.parent.mkdir(exist_ok=True)
    with open_encoder(path, FilmSpec(*size, 10), words) as encoder:
        for i in range(20):
            frame = np.full((size[1], size[0], 4), 40, np.uint8)
            frame[:, 8 * i : 8 * i + 8] = 255
            encoder.write(frame)
    return path


@pytest.fixture(scope="module")
def media(tmp_path_factory) -> Path:
    """One film and its poster."""
    folder = tmp_path_factory.mktemp("media")
    film(folder / "film.png")
    return film(folder / "film.mp4")


def results(index: int) -> dict[str, object]:
    """Numbers in another order than the cells: 7 and the count of cells have no common divisor."""
    return {
        "steps": 160,
        "initial_loss": 1.0,
        "final_loss": (7 * index % 12 + 1) / 100,
        "steps_to_tenth": None,
    }


def cell(index: int, **changes) -> Cell:
    """A cell that is done, of a sweep over six rates and two optimizers."""
    rate, optimizer = 0.1 * 2 ** (index // 2), ("sgd", "adam")[index % 2]
    name = f"{index:04d}-rate={rate:.4g}-optimizer={optimizer}"
    made = Cell(
        index,
        name,
        {"rate": rate, "optimizer": optimizer},
        "done",
        film=f"films/{name}.mp4",
        poster=f"posters/{name}.png",
        results=results(index),
        alt_text=f"Film {index}.",
        seconds={"record": 1.5},
        bytes={"film": 1000 + index},
        command=f"animator render bar rate={rate:.4g} optimizer={optimizer}",
    )
    return replace(made, **changes)


def described(cells, **changes) -> Manifest:
    """The manifest of such a sweep."""
    axes = (Axis("rate", tuple(0.1 * 2**i for i in range(6))), Axis("optimizer", ("sgd", "adam")))
    whole = Manifest(
        "bar",
        "A bar walks",
        "It walks.",
        "animator sweep bar",
        {},
        "product",
        axes,
        {"format": "mp4", "width": 160, "height": 90, "fps": 10.0, "seconds": 2.0},
        {},
        "done",
        (),
        tuple(cells),
    )
    return replace(whole, **changes)


def laid_out(folder: Path, whole: Manifest, media: Path) -> Path:
    """A sweep's folder; every film is the same file under another name. Gives the page."""
    for each in whole.cells:
        for path, source in ((each.film, media), (each.poster, media.with_suffix(".png"))):
            if path and ".." not in path and not (folder / path).exists():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                os.link(source, folder / path)
    manifest.write(folder, whole)
    return gallery_page.make(folder)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory, media) -> Path:
    """Twelve cells: the ninth diverged, the last failed. Gives the page."""
    cells = [cell(i) for i in range(12)]
    cells[8] = replace(cells[8], results={**results(8), "not_finite_at": 12})
    cells[11] = replace(
        cells[11], state="failed", reason="The worker was killed.", film=None, poster=None, results={}
    )
    folder = tmp_path_factory.mktemp("sweep")
    shutil.copyfile(media, folder / "sheet.mp4")
    shutil.copyfile(media.with_suffix(".png"), folder / "summary.png")
    whole = described(cells, products=("sheet.mp4", "summary.png", "race.mp4"))
    return laid_out(folder, whole, media)


def payload(page: Path) -> dict:
    """The JSON that the page carries."""
    (text,) = re.findall(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(text)


def test_columns_have_values_for_sorting_and_texts_for_reading():
    """Parameters come first, in the order of the axes; what no cell has is left out."""
    found = columns.columns(described([cell(0), cell(3, results={"final_loss": float("nan")})]))
    assert [(c.label, c.group, c.numeric) for c in found] == [
        ("rate", "parameter", True),
        ("optimizer", "parameter", False),
        ("loss at the end", "result", True),
        ("loss at the start", "result", True),
        ("steps", "result", True),
        ("seconds to record", "cost", True),
        ("bytes of the film", "cost", True),
    ]
    assert found[0].values == (0.1, 0.2) and found[0].texts == ("0.1", "0.2")
    assert found[2].values == (0.01, None) and found[2].texts == ("0.0100", "")


def test_different_numbers_have_different_texts():
    """Four digits, or as many as it takes."""
    assert columns.shortest([0.31622776601683794, 10.0, 1e-5]) == ["0.3162", "10", "1e-5"]
    assert columns.shortest([0.1, 0.1, 0.10000001]) == ["0.1", "0.1", "0.10000001"]
    assert [columns.plain(value) for value in (True, float("inf"), [1, "a"])] == [
        "true",
        None,
        '[1, "a"]',
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../secret.mp4",
        "films/../../secret.mp4",
        "/etc/hostname",
        "C:/a.mp4",
        "films\\a.mp4",
        "films",
        "no.mp4",
        "javascript:alert(1)",
        "way-out.mp4",
        "a\0b",
        "",
        None,
        7,
    ],
)
def test_names_that_lead_out_of_the_folder_are_refused(tmp_path, name):
    """So are links that do, folders, and what is not there."""
    folder = tmp_path / "sweep"
    (folder / "films").mkdir(parents=True)
    (tmp_path / "secret.mp4").write_bytes(b"")
    (folder / "way-out.mp4").symlink_to(tmp_path / "secret.mp4")
    assert gallery_page.address(folder, name) == ""


def test_addresses_are_relative_and_quoted(tmp_path):
    """What a name holds means nothing to a browser."""
    (tmp_path / 'a "b"?#&.mp4').write_bytes(b"")
    assert gallery_page.address(tmp_path, 'a "b"?#&.mp4') == "a%20%22b%22%3F%23%26.mp4"


def test_the_page_counts_what_became_of_the_cells(sweep):
    """Words for those that diverged or failed; the product that is not there is left out."""
    text, data = sweep.read_text(encoding="utf-8"), payload(sweep)
    assert "<li>11 films</li><li>6 rate × 2 optimizer</li><li>1 diverged</li><li>1 failed</li>" in text
    assert [c["words"] for c in data["cells"] if c["words"]] == [
        "Diverged: not finite from step 12.",
        "Failed: The worker was killed.",
    ]
    assert data["cells"][3]["title"] == "rate 0.2 · optimizer adam"
    assert "summary.png" in text and "sheet.mp4" in text and "race.mp4" not in text
    assert not re.search(r'(src|href)="(/|[a-z]+:)', text) and str(sweep.parent) not in text


def test_the_same_folder_gives_the_same_page(sweep):
    """And a page of ours may be written over."""
    before = sweep.read_bytes()
    assert gallery_page.make(sweep.parent) == sweep and sweep.read_bytes() == before


def test_the_page_is_the_same_whichever_command_wrote_it(sweep):
    """animator sweep writes it before the manifest names it; it is no product of its own."""
    known = manifest.read(sweep.parent)
    (sweep.parent / "results.csv").touch()
    for names in (("index.html",), ("index.html", "results.csv")):
        other = replace(known, products=(*known.products, *names))
        assert gallery_page.html(sweep.parent, other) == sweep.read_text(encoding="utf-8")


def test_what_has_no_film_is_not_compared(sweep):
    """Eleven cells and the large view have the button; the failed cell has none."""
    text = sweep.read_text(encoding="utf-8")
    failed = text[text.index('id="cell-11"') : text.index("</ol>")]
    assert text.count('class="pick"') == 12 and 'class="pick"' not in failed


def test_a_folder_without_a_manifest_is_told_by_its_films(tmp_path, media):
    """Columns are the parameters that differ; of films of one name the MP4 counts; others get a poster, and
    so does one that a still of another film lies beside."""
    film(tmp_path / "b.mp4", {"rate": 0.5, "optimizer": "sgd"})
    film(tmp_path / "b.png", {"rate": 0.5, "optimizer": "sgd"}, of="b.mp4")
    film(tmp_path / "a.mp4", {"rate": 0.1, "optimizer": "sgd", "deep": True})
    for name in ("a.gif", "a.png", "c.gif"):
        film(tmp_path / name)
    (tmp_path / "d.mp4").write_text("no film")
    data = payload(gallery_page.make(tmp_path))
    assert [c["film"] for c in data["cells"]] == ["a.mp4", "b.mp4", "c.gif"]
    assert [c["poster"] for c in data["cells"]] == ["posters/a.mp4.png", "b.png", "posters/c.gif.png"]
    assert [(c["label"], c["values"]) for c in data["columns"] if c["group"] == "parameter"] == [
        ("rate", [0.1, 0.5, None]),
        ("optimizer", ["sgd", "sgd", None]),
        ("deep", ["true", None, None]),
    ]
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<li>3 films</li><li>2 rate, 1 optimizer, 1 deep</li>" in text
    assert data["cells"][0]["command"] == "animator render bar -o a.mp4" and data["seconds"] == 2.0
    assert (tmp_path / "posters" / "a.mp4.png").read_bytes()[:4] == b"\x89PNG"
    assert [c["title"] for c in data["cells"]][1:] == ["b.mp4 · rate 0.5 · optimizer sgd", "c.gif"]
    assert [c["short"] for c in data["cells"]] == ["a.mp4", "b.mp4", "c.gif"]
    assert '<h2><span class="file"><b>c.gif</b></span> </h2>' in text


@pytest.mark.parametrize("seconds", [10**6, -(10**6)], ids=["later", "a clock set back"])
def test_a_poster_of_an_earlier_film_is_made_again(tmp_path, seconds):
    """Of one that seems to be older than the poster, too."""
    film(tmp_path / "a.mp4")
    gallery_page.make(tmp_path)
    poster = tmp_path / "posters" / "a.mp4.png"
    assert Image.open(poster).size == (160, 90)
    time = poster.stat().st_mtime + seconds
    film(tmp_path / "a.mp4", size=(80, 90))
    os.utime(tmp_path / "a.mp4", (time, time))
    gallery_page.make(tmp_path)
    assert Image.open(poster).size == (80, 90)


def test_a_film_without_a_background_has_its_style_s_behind_it(tmp_path):
    """Light letters on a white page cannot be read: the film says what it was drawn for."""
    film(tmp_path / "a.webm", ground="#0e1420")
    film(tmp_path / "b.webm", ground='red" onload="alert(1)')
    data = payload(gallery_page.make(tmp_path))
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert [c["ground"] for c in data["cells"]] == ["#0e1420", ""]
    assert text.count('<a class="screen" style="--under: #0e1420" href="a.webm">') == 1
    assert text.count("style=") == 1


def test_products_of_a_sweep_that_lost_its_manifest(tmp_path):
    """Beside a folder `films`, sheet and race are no cells."""
    film(tmp_path / "films" / "one.mp4", {"rate": 1})
    film(tmp_path / "films" / "race.mp4", {"rate": 2})
    film(tmp_path / "sheet-2.mp4")
    page = gallery_page.make(tmp_path)
    assert [c["film"] for c in payload(page)["cells"]] == ["films/one.mp4", "films/race.mp4"]
    assert "All films on one clock, page 2" in page.read_text(encoding="utf-8")


def test_what_cannot_be_is_one_sentence(tmp_path):
    """No folder, no films, or a page of somebody else's."""
    with pytest.raises(
        AnimatorError, match=r"^'nowhere' is no folder\. Give a folder of films, such as one of"
    ):
        gallery_page.make(Path("nowhere"))
    with pytest.raises(
        AnimatorError, match=r"holds no films\. Give a folder that animator sweep wrote, or one "
    ):
        gallery_page.make(tmp_path)
    (tmp_path / "index.html").write_text("<h1>Mine</h1>")
    with pytest.raises(
        AnimatorError, match=r"index\.html' is there already and is no gallery of animator's: it "
    ):
        gallery_page.make(tmp_path)
    assert (tmp_path / "index.html").read_text() == "<h1>Mine</h1>"


def contrast(one: str, two: str) -> float:
    """The contrast of two colours "#rrggbb", as WCAG defines it."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    return max(light(one), light(two)) / min(light(one), light(two))


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_have_the_contrast_that_wcag_asks_for(scheme):
    """4.5 for text and 3 for the edges of fields, in light and in dark."""
    found = re.findall(r"--([\w-]+): (#\w{6})", LOOK)
    colours = dict(found[: len(found) // 2]) | (dict(found[len(found) // 2 :]) if scheme else {})
    for ground in ("ground", "panel"):
        for ink in ("ink", "muted", "accent", "alert"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
        assert contrast(colours["line"], colours[ground]) >= 3
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5


@pytest.fixture
def visit(browser):
    """Opens a page from disk; see tests.chromium."""
    with tabs(browser, 1000, 700) as show:
        yield show


def rows(tab) -> list[int]:
    """Numbers of the cells that are shown, in their order."""
    return tab.evaluate("[...document.querySelectorAll('.cell')].map(node => Number(node.id.slice(5)))")


def shares(tab, where=".cells") -> list[float]:
    """How far each playing film is, 0 to 1."""
    return tab.evaluate(
        "where => [...document.querySelectorAll(where + ' video.film')].map(v => v.currentTime / v.duration)",
        where,
    )


SETTLED = """where => { const all = [...document.querySelectorAll(where + ' video.film')];
    return all.length && all.every(v => v.classList.contains('ready') && !v.seeking); }"""


IN_STEP = """() => { const all = [...document.querySelectorAll('.cells video.film')].map(v => v.currentTime);
    return Math.min(...all) > 0.3 && Math.max(...all) - Math.min(...all) < 0.15; }"""


def until(tab, said: str, arg=None) -> None:
    """Wait until a script says yes. The page's own policy forbids Playwright's wait_for_function."""
    for _ in range(200):
        if tab.evaluate(said, arg):
            return
        tab.wait_for_timeout(50)
    pytest.fail(f"never came true: {said}")


def scrub(tab, share: float, where=".cells", bar=".bar") -> None:
    """Move the scrubber, and wait until every film has followed."""
    tab.locator(f"{bar} .scrub").fill(str(round(1000 * share)))
    until(tab, SETTLED, where)


@needs_chromium
def test_films_are_sorted_by_any_column(visit, sweep):
    """Smallest first, or largest; a cell without a value is last both times; the value is said below."""
    tab = visit(sweep)
    options = tab.locator("#sort option").all_inner_texts()
    assert options == [
        "in order",
        "rate",
        "optimizer",
        "loss at the end",
        "loss at the start",
        "steps",
        "not finite at step",
        "seconds to record",
        "bytes of the film",
    ]
    tab.select_option("#sort", label="loss at the end")
    by_loss = sorted(range(11), key=lambda i: 7 * i % 12)
    assert rows(tab) == [*by_loss, 11]
    tab.click("#direction")
    assert rows(tab) == [*by_loss[::-1], 11]
    assert tab.get_attribute("#direction", "aria-label") == "Largest first"
    tab.select_option("#sort", label="optimizer")
    assert rows(tab) == [*range(0, 12, 2), *range(1, 12, 2)]
    tab.select_option("#sort", label="bytes of the film")
    assert tab.locator("#cell-3 .sorted").text_content() == "bytes of the film: 1,003"


@needs_chromium
def test_films_are_filtered_by_any_column(visit, sweep):
    """By values, by a span, by what became of them; all at once; and none at all can be left."""
    tab = visit(sweep)
    assert tab.locator("#count").inner_text() == "11 films"  # of twelve cells, one failed
    tab.click("#filtering")
    tab.get_by_label("adam").check()
    assert rows(tab) == [1, 3, 5, 7, 9, 11]
    tab.get_by_label("loss at the end, to").fill("0.06")
    assert rows(tab) == [i for i in (1, 3, 5, 7, 9) if 7 * i % 12 < 6]
    assert tab.locator("#filtering").inner_text() == "Filter (2)"
    assert tab.locator("#count").inner_text() == "2 of 12"
    tab.get_by_label("failed").check()
    assert rows(tab) == [] and tab.get_by_text("No film passes these filters.").is_visible()
    tab.locator(".none .clear").click()
    assert tab.locator("#count").inner_text() == "11 films"
    assert rows(tab) == list(range(12)) and not tab.get_by_label("adam").is_checked()
    tab.get_by_label("diverged").check()
    assert rows(tab) == [8]


@needs_chromium
def test_all_films_in_view_play_and_are_scrubbed_together(visit, sweep):
    """They begin by themselves, stay together while they play, and stand on one instant when not."""
    tab = visit(sweep, viewport={"width": 1440, "height": 1300})
    until(tab, "document.querySelectorAll('.cells video.film.ready').length >= 8")
    until(tab, IN_STEP)
    tab.locator(".bar .play").click()
    assert tab.locator(".bar .play").inner_text() == "Play"
    for share in (0.25, 0.8, 0.1):
        scrub(tab, share)
        found = shares(tab)
        assert len(found) >= 8 and max(abs(one - share) for one in found) < 1e-6
        assert tab.locator(".bar .time").inner_text() == f"{2 * share:.1f} of 2.0 s"
    assert tab.evaluate("[...document.querySelectorAll('.cells video.film')].every(v => v.paused && v.muted)")
    tab.locator(".bar .scrub").press("Shift+ArrowRight")
    until(tab, SETTLED, ".cells")
    assert shares(tab) == pytest.approx([0.15] * len(shares(tab)))


@needs_chromium
def test_a_film_opens_large_with_its_numbers(visit, sweep):
    """One video, the grid's have gone; Back and Next follow the page; Esc goes back to the cell."""
    tab = visit(sweep)
    tab.locator(".bar .play").click()
    tab.locator("#cell-2 .screen").click()
    scrub(tab, 0.5, "#large", "#large")
    assert shares(tab, "#large") == pytest.approx([0.5]) and shares(tab) == []
    assert tab.locator("#large h2").inner_text() == "rate 0.2 · optimizer sgd"
    assert "0.0300" in tab.locator("#large tr", has_text="loss at the end").inner_text()
    assert tab.locator("#large .place").inner_text() == "3 of 12"
    tab.locator("#large .next").click()
    tab.keyboard.press("ArrowRight")
    assert tab.locator("#large h2").inner_text() == "rate 0.4 · optimizer sgd"
    tab.keyboard.press("Escape")
    until(tab, "document.activeElement.closest('.cell')?.id === 'cell-4'")
    assert not tab.locator("#large").is_visible()
    tab.locator("#cell-11 .screen").click()
    assert tab.locator("#large .stage").inner_text() == "Failed: The worker was killed."


@needs_chromium
def test_two_films_are_compared_side_by_side(visit, sweep):
    """A third takes the place of the first; what differs is marked with a sign; both follow one scrubber."""
    tab = visit(sweep)
    tab.locator(".bar .play").click()
    for i in (0, 2, 3):
        tab.locator(f"#cell-{i} .pick").click()
    assert tab.locator("[aria-pressed=true]").count() == 2
    tab.get_by_role("button", name="Side by side").click()
    scrub(tab, 0.4, "#compare", "#compare")
    assert shares(tab, "#compare") == pytest.approx([0.4, 0.4]) and shares(tab) == []
    assert tab.locator("#compare figcaption").all_inner_texts() == [
        "Arate 0.2 · optimizer sgd",
        "Brate 0.2 · optimizer adam",
    ]
    told = tab.locator("#compare tr").all_inner_texts()
    assert [line.split("\t") for line in told[1:4]] == [
        ["rate", "0.2", "0.2", ""],
        ["optimizer", "sgd", "adam", "≠"],
        ["loss at the end", "0.0300", "0.100", "≠"],
    ]
    tab.locator("#compare .close").click()
    tab.get_by_role("button", name="Do not compare rate 0.2 · optimizer sgd").click()
    assert tab.get_by_role("button", name="Choose one more").is_disabled()


CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: %s });"
NO_CLIPBOARD = CLIPBOARD % "undefined" + "window.got = null;"


@needs_chromium
@pytest.mark.parametrize(
    ("script", "said"),
    [
        (CLIPBOARD % "{ writeText: async text => { window.got = text; } }", "✓ Copied"),
        (
            NO_CLIPBOARD
            + "document.addEventListener('copy', () => { got = document.activeElement.value; });",
            "✓ Copied",
        ),
        (NO_CLIPBOARD + "document.execCommand = () => false;", "Press Ctrl+C"),
    ],
)
def test_the_command_is_copied_in_one_way_or_another(visit, sweep, script, said):
    """By the clipboard, without it, or as a selection for the reader's own keys; the button says which."""
    tab = visit(sweep, script)
    command = "animator render bar rate=0.2 optimizer=adam"
    tab.locator("#cell-3 .copy").click()
    tab.get_by_text(said, exact=True).first.wait_for()
    got = tab.evaluate("window.got ?? getSelection().toString()")
    assert got == command
    assert tab.locator("#said").inner_text().startswith("The command is ")


@needs_chromium
def test_keys_are_enough(visit, sweep):
    """One stop for the grid; arrows, C, Y, Space, Enter, Esc; the focused cell's numbers are told."""
    tab = visit(sweep, NO_CLIPBOARD, viewport=WIDE)
    tab.wait_for_selector(".cells video.film.ready")
    tab.locator("#count").click()
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.className") == "screen":
            break
    assert tab.evaluate("document.querySelectorAll('.screen[tabindex=\"0\"]').length") == 1
    across = tab.evaluate(
        "getComputedStyle(document.querySelector('#films')).gridTemplateColumns.split(' ').length"
    )
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        tab.keyboard.press(key)
    assert tab.evaluate("document.activeElement.closest('.cell').id") == f"cell-{across}"
    assert tab.locator("#numbers h3").inner_text() == "rate 0.4 · optimizer sgd"
    assert "loss at the end\n0.0500" in tab.locator("#numbers").inner_text()
    tab.keyboard.press(" ")
    assert tab.locator(".bar .play").inner_text() == "Play"
    tab.keyboard.press("c")
    assert tab.get_attribute(f"#cell-{across} .pick", "aria-pressed") == "true"
    tab.keyboard.press("y")
    tab.locator(f"#cell-{across} .copy", has_text="Copied").wait_for()
    tab.keyboard.press("Escape")
    assert tab.locator("#numbers").is_hidden()
    tab.keyboard.press("Enter")
    assert tab.locator("#large h2").inner_text() == "rate 0.4 · optimizer sgd"


@needs_chromium
def test_the_pointer_tells_numbers(visit, sweep):
    """In one place; they stay while the pointer is on them, and go when it has gone."""
    tab = visit(sweep)
    tab.locator("#cell-1 .screen").hover()
    assert tab.locator("#numbers h3").inner_text() == "rate 0.1 · optimizer adam"
    tab.locator("#numbers dl").hover()
    tab.wait_for_timeout(500)
    assert tab.locator("#numbers").is_visible()
    tab.mouse.move(700, 20)
    tab.locator("#numbers").wait_for(state="hidden")


@needs_chromium
def test_readers_who_asked_for_less_motion_see_stills(visit, sweep):
    """No video until they ask for one; then only what they asked for."""
    tab = visit(sweep, reduced_motion="reduce")
    tab.wait_for_timeout(500)
    assert tab.locator(".cells video").count() == 0 and tab.locator(".bar .play").inner_text() == "Play"
    assert tab.evaluate("document.getAnimations().length") == 0
    scrub(tab, 0.3)
    assert tab.evaluate("[...document.querySelectorAll('video')].every(v => v.paused)")
    tab.locator(".bar .play").click()
    until(tab, "[...document.querySelectorAll('.cells video')].every(v => v.currentTime > 0.7)")


@needs_chromium
def test_a_phone_taps_and_nothing_is_cut_off(visit, sweep):
    """390 pixels wide: no sideways scrolling, one film large, two compared; targets are 44 high."""
    tab = visit(sweep, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    fits = "document.documentElement.scrollWidth <= 390"
    assert tab.evaluate(fits)
    assert tab.locator("#cell-0 .pick").bounding_box()["height"] >= 44
    tab.locator("#cell-0 .screen").tap()
    assert tab.locator("#large").is_visible() and tab.evaluate(
        "document.querySelector('#large').scrollWidth <= 390"
    )
    tab.locator("#large .pick").tap()
    tab.locator("#large .next").tap()
    tab.locator("#large .pick").tap()
    tab.locator("#large .close").tap()
    tab.get_by_role("button", name="Side by side").tap()
    assert tab.evaluate("document.querySelector('#compare').scrollWidth <= 390") and tab.evaluate(fits)
    tops = [box["y"] for box in (tab.locator("#compare .stage").nth(i).bounding_box() for i in (0, 1))]
    assert tops[1] > tops[0] + 100


@needs_chromium
def test_without_scripts_the_films_are_links(visit, sweep):
    """Posters, words and commands are there; what needs a script is not."""
    tab = visit(sweep, java_script_enabled=False)
    assert tab.locator("a.screen[href$='.mp4'] img").count() == 11
    assert not tab.locator(".bar").is_visible() and not tab.locator(".deeds").first.is_visible()


@needs_chromium
def test_what_files_say_does_no_harm(visit, tmp_path, media):
    """Titles, parameters, reasons, commands and names are text, and no script runs but the page's own."""
    (tmp_path / "secret.mp4").write_bytes(media.read_bytes())
    one = cell(0, parameters={EVIL: EVIL, "optimizer": "<i>sgd</i>"}, command=EVIL, alt_text=EVIL, name=EVIL)
    two = cell(1, state="failed", reason=EVIL, film=None, poster=None, parameters={EVIL: 'x" onmouseover="y'})
    out = cell(2, film="../secret.mp4", poster="../../etc/hostname", log="javascript:alert(1)")
    three = cell(3, parameters={EVIL: 'x" onmouseover="y', "optimizer": EVIL})
    every = [one, two, out, three]
    whole = described(
        every,
        title=f"<script>document.title='hurt'</script>{EVIL}",
        command=EVIL,
        description=EVIL,
        axes=(Axis(EVIL, (EVIL,)),),
        products=("../secret.mp4",),
    )
    page = laid_out(tmp_path / "sweep", whole, media)
    text = page.read_text(encoding="utf-8")
    assert text.count("<script") == 3 and "<img src=x" not in text and "<i>sgd" not in text
    assert "secret" not in text and "hostname" not in text
    tab = visit(page)
    tab.locator("#cell-0 .screen").click()
    assert tab.locator("#large code").inner_text() == EVIL
    tab.keyboard.press("Escape")
    for i in (0, 3):
        tab.locator(f"#cell-{i} .pick").click()
    tab.get_by_role("button", name="Side by side").click()
    tab.locator("#compare .close").click()
    tab.click("#filtering")
    assert tab.locator("h1").inner_text() == f"<script>document.title='hurt'</script>{EVIL}"
    assert tab.evaluate("document.querySelectorAll('img[src=x], i').length") == 0
    assert tab.locator("#cell-2 .words").text_content() == "Its film is not in the folder."
    tab.evaluate(
        "document.body.insertAdjacentHTML('beforeend', \"<img src=x onerror=document.title='hurt'>\")"
    )
    tab.wait_for_timeout(200)
    assert "hurt" in whole.title and tab.title() == whole.title


@needs_chromium
def test_gifs_and_files_that_are_no_films(visit, tmp_path, media):
    """A GIF moves only while the page plays; what does not play says so; no cells are a page, too."""
    film(tmp_path / "films" / "a.gif")
    (tmp_path / "films" / "b.mp4").write_text("no film")
    cells = [cell(0, film="films/a.gif"), cell(1, film="films/b.mp4"), cell(2)]
    shape = {"format": "mp4", "width": 160, "height": 90}
    tab = visit(laid_out(tmp_path, described(cells, film=shape), media))
    tab.get_by_text("Does not play here").wait_for()
    until(tab, "document.querySelector('#cell-0 .film').naturalWidth === 160")
    tab.locator(".bar .play").click()
    assert tab.get_attribute("#cell-0 .film", "src") is None
    assert tab.locator(".bar .time").inner_text().endswith("of 2.0 s")
    assert tab.locator(".note").inner_text().startswith("Films that are no .mp4 or .webm have clocks")
    tab = visit(laid_out(tmp_path / "empty", described([]), media))
    assert tab.locator("#count").inner_text() == "0 films"


@needs_chromium
def test_a_thousand_films_stay_smooth(visit, tmp_path, media):
    """Videos are few wherever one scrolls, posters come when they are needed, and a sort is one change."""
    page = laid_out(tmp_path, described([cell(i) for i in range(1000)], products=()), media)
    tab = visit(page, viewport=WIDE)
    tab.wait_for_selector(".cells video.film.ready")
    videos = "document.querySelectorAll('video').length"
    loaded = "[...document.querySelectorAll('.cell img')].filter(i => i.complete && i.naturalWidth).length"
    assert 0 < tab.evaluate(videos) <= LIVE and tab.evaluate(loaded) < 200
    for share in (0.3, 0.6, 1):
        tab.evaluate("share => scrollTo(0, share * document.body.scrollHeight)", share)
        until(
            tab,
            "[...document.querySelectorAll('.cells video.film.ready')].some(v => {"
            " const at = v.getBoundingClientRect(); return at.bottom > 0 && at.top < innerHeight; })",
        )
        assert 0 < tab.evaluate(videos) <= LIVE
    tab.evaluate("document.documentElement.style.setProperty('--cell', '90px'); scrollTo(0, 5000)")
    until(tab, f"document.querySelectorAll('video').length === {LIVE}")
    until(tab, "document.querySelector('#playing').textContent === '32 play at once'")
    tab.evaluate("""() => { window.work = { changes: 0, moved: 0 };
        new MutationObserver(all => { work.changes += all.length;
            all.forEach(one => { work.moved += one.addedNodes.length; }); })
            .observe(document.querySelector('#films'), { childList: true }); }""")
    tab.select_option("#sort", label="loss at the end")
    found = rows(tab)
    assert found == sorted(range(1000), key=lambda i: (7 * i % 12, i))
    assert tab.evaluate("work.changes") <= 2 and tab.evaluate("work.moved") == 1000
    assert tab.evaluate(videos) <= LIVE + 1


def test_files_of_one_name_that_hold_different_films_are_both_there(tmp_path):
    """By their parameters; the same film in two formats counts once, however its suffix is written."""
    film(tmp_path / "a.gif", {"rate": 0.1})
    film(tmp_path / "a.mp4", {"rate": 0.5})
    film(tmp_path / "b.gif", {"rate": 0.5})
    film(tmp_path / "b.webm", {"rate": 0.5})
    (tmp_path / "a.mp4").rename(tmp_path / "a.MP4")
    data = payload(gallery_page.make(tmp_path))
    assert [(c["film"], c["video"]) for c in data["cells"]] == [
        ("a.MP4", True),
        ("a.gif", False),
        ("b.webm", True),
    ]
