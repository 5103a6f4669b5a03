"""The player: its numbers are the recording's, its picture the film's, and Chromium plays it from disk."""

import html
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
import zlib
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from animator.cli import render
from animator.cli.render_request import RenderRequest
from animator.core.errors import AnimatorError
from animator.core.progress import quiet
from animator.design import style
from animator.design.pacing import Event, Pacing
from animator.drawing.raster.loss_colors import BANDS, LossScale, colour_map
from animator.publish import player, player_rows, web_fonts
from animator.publish.packed_slices import numbers, packed
from animator.publish.player_data import playing
from tests.chromium import needs_chromium, tabs
from tests.conftest import numpy_view
from tests.running import run

ROOT = Path(__file__).parents[2]
EVIL = "</script><script>alert(1)</script>"


def film_for(name, *values):
    """The film of a scene, from the cache when it is there."""
    request = RenderRequest(scene=name, values=values)
    return render.film_for(request, lambda _: None, quiet)[0]


def data_of(page: Path):
    """What a page plays, as a browser reads it."""
    (text,) = re.findall(r'<script id="film" type="application/json">(.*?)</script>', page.read_text("utf-8"))
    return json.loads(text)


@pytest.fixture(scope="module")
def neuron(tmp_path_factory):
    """The neuron's film and its page."""
    target = tmp_path_factory.mktemp("player") / "neuron.html"
    film = film_for("neuron")
    film = replace(film, command="animator player neuron")
    player.make(film, target)
    return film, target


@pytest.fixture(scope="module")
def race(neuron, tmp_path_factory):
    """The neuron against one from another start, which stops sooner; in the light style."""
    target, film = tmp_path_factory.mktemp("player") / "race.html", neuron[0]
    runs = (film.runs[0], film_for("neuron", "seed=3", "epochs=2").runs[0])
    layout = (("race", "losses"),)
    both = replace(film, runs=runs, makers=()).redesigned(names=("long", "<short>"), captions=False)
    player.make(both.redesigned(layout=layout, widths=(), heights=(), style="light"), target)
    return target


def test_numbers_are_those_of_the_recording(neuron):
    """To the last bit: losses, batches, rates, epochs, weights, places, and heights on the surface."""
    film, page = neuron
    recording, view, (told,) = film.runs[0], film.views()[0], data_of(page)["runs"]
    rows = told["rows"]
    assert rows["step"] == list(range(recording.steps + 1)) == data_of(page)["clock"]["stops"]
    assert rows["loss"] == recording.loss.tolist()
    assert rows["batch"] == [*recording.batch_loss.tolist(), None]
    assert rows["rate"] == recording.learning_rate[[0, *range(recording.steps)]].tolist()
    assert rows["epoch"] == (recording.epoch[[0, *range(recording.steps)]] + 1).tolist()
    assert rows["height"] == view.field.heights.tolist()
    weights = np.asarray(recording.weights[:], np.float64)
    assert rows["weights"] == weights.T.tolist() and told["labels"] == ["w1", "w2", "bias"]
    assert (rows["x"], rows["y"]) == (weights[:, 0].tolist(), weights[:, 1].tolist())
    assert rows["words"] == {"batch": [[recording.steps, recording.steps, "none"]]}


def test_the_page_is_small_alone_and_always_the_same(neuron, tmp_path):
    """Under 1.5 MB, no address of anything else, and the same bytes when it is made again."""
    film, page = neuron
    text = page.read_text("utf-8")
    assert page.stat().st_size < 1_500_000
    assert re.findall(r"https?://|src=|@import|url\((?!\"data:)", text.replace('src: url("data:', "")) == []
    again = tmp_path / "again.html"
    player.make(film, again)
    assert again.read_bytes() == page.read_bytes()
    assert [path.name for path in page.parent.iterdir()] == ["neuron.html"]


def test_moments_are_the_frames_of_the_film(neuron):
    """Every frame of the film at 30 a second, with its step and fraction; with events, their captions."""
    film, page = neuron
    clock, timeline = data_of(page)["clock"], film.timeline(30.0)
    at = np.repeat(clock["at"], clock["frames"])
    assert at.tolist() == [timeline.state(i).at for i in range(timeline.frames)]
    slow = film.redesigned(pacing=Pacing(events=(Event(9, "The bias turns."),), wake=0.2))
    told = playing(slow)["clock"]
    states = [slow.timeline(30.0).state(i) for i in range(slow.timeline(30.0).frames)]
    assert np.repeat(told["tail"], told["frames"]).tolist() == [state.tail for state in states]
    said = [(*told["captions"], "")[i] for i in np.repeat(told["caption"], told["frames"])]
    assert said == [state.caption for state in states] and "The bias turns." in said


def test_an_hour_has_no_more_moments_than_three_minutes(neuron):
    """Few moments of a long film, to the second as long; a run of many steps is thinned, and says so."""
    told = playing(neuron[0].redesigned(pacing=Pacing(play=3600.0), captions=False))["clock"]
    assert len(told["at"]) <= 5400 and sum(told["frames"]) / told["fps"] == pytest.approx(3602, abs=1)
    view = replace(numpy_view(steps=900), field=None)
    kept = player_rows.kept(view, player_rows.NUMBERS // 300)
    assert {0, 900, int(np.argmax(view.loss)), int(np.argmin(view.loss))} <= set(kept.tolist())
    assert len(kept) <= 330 and player_rows.batches(view, kept)["step"][-1] == 899


def unpack(text, shape):
    """Slices of a page as whole numbers (T, ny, nx), written anew from the docstring."""
    low, high = np.frombuffer(zlib.decompress(b64decode(text)), np.uint8).reshape(2, *shape).astype(int)
    return np.cumsum(low + 256 * high, axis=0) % 65536


def of_page(film):
    """The part of a film's surface that a page shows: the square of its window."""
    view = film.views()[0]
    return view.field.within(view.window.extent)


def test_packed_slices_are_the_surface(neuron):
    """Unpacked, every place is the loss's own on the scale, to half a unit of 4,094."""
    film, page = neuron
    field, (told,) = of_page(film), data_of(page)["surfaces"]
    assert told["shape"] == list(field.slices.shape) and told["cut_at"] == field.steps.tolist()
    found = unpack(told["slices"], told["shape"])
    scale = LossScale(field.lowest, field.highest)
    assert (
        np.abs((found - 1) / (told["top"] - 1) - scale.position(np.asarray(field.slices))).max()
        <= 0.5001 / 4094
    )
    assert (told["low"], told["high"], told["eps"]) == (scale.low, scale.high, scale.eps)


def test_what_does_not_fit_is_thinned(neuron):
    """Fewer bits, then slices, then grid lines; first and last slice stay; what is not finite is 0."""
    slices = np.array(of_page(neuron[0]).slices)[::4]
    slices[:, :3, :5] = np.nan
    scale = LossScale(0.0, 2.0)
    sizes = [packed(slices, scale, most) for most in (10**9, 150_000, 50_000, 9_000)]
    assert [len(held.text) for held in sizes] == sorted((len(held.text) for held in sizes), reverse=True)
    assert all(len(held.text) <= most for held, most in zip(sizes[1:], (150_000, 50_000, 9_000), strict=True))
    assert [held.top for held in sizes] == [4095, 1023, 1023, 1023] and sizes[0].shape == slices.shape
    for held in sizes:
        assert held.slices[0] == 0 and held.slices[-1] == len(slices) - 1
        found = unpack(held.text, held.shape)
        np.testing.assert_array_equal(
            found, numbers(slices[held.slices][:, :: held.every, :: held.every], scale, held.top)
        )
        assert (found[:, 0, 0] == 0).all() and found[0, -1, -1] > 0


def test_numbers_that_are_not_finite_are_null_and_have_a_word():
    """NaN and infinity cannot be JSON; a loss that was not computed is told from one that is not finite."""
    view = numpy_view(steps=20)
    loss, batch, lines = view.loss.copy(), view.batch_loss.copy(), view.lines.copy()
    loss[[3, 4, 15]], loss[16:], batch[15:], lines[16:, 0] = np.nan, np.inf, np.inf, np.nan
    told = player_rows.rows(
        replace(view, loss=loss, batch_loss=batch, lines=lines, broke_at=15), np.arange(21)
    )
    assert told["loss"][3:5] == [None, None] and told["loss"][16:] == [None] * 5
    assert told["words"]["loss"] == [(3, 4, "not computed"), (15, 15, "not finite"), (16, 20, "infinite")]
    assert told["words"]["batch"] == [(15, 19, "infinite"), (20, 20, "none")]
    assert told["weight_words"] == [[(16, 20, "not finite")], [], []]
    json.dumps(told, allow_nan=False)


def test_what_a_scene_says_is_escaped(neuron):
    """A title that ends a script and begins another is text everywhere; as data it comes back whole."""
    data = playing(neuron[0].redesigned(title=EVIL, description=EVIL))
    data["runs"][0]["name"] = f"{EVIL}<!-- & \u2028"
    text = player.page(data, EVIL)
    assert "<script>alert" not in text and text.count("</script>") == 3
    (found,) = re.findall(r'id="film" type="application/json">(.*?)</script>', text)
    assert json.loads(found) == json.loads(json.dumps(data))


def test_the_typeface_has_the_letters_of_the_page():
    """Both weights, small, with digits of one width, and the same bytes each time."""
    from fontTools.ttLib import TTFont

    rules = web_fonts.faces("Ω ≈ 3 ✗")
    assert rules == web_fonts.faces("Ω ≈ 3 ✗") and len(rules) < 60_000
    for held in re.findall(r"base64,([^\"]+)", rules):
        font = TTFont(io.BytesIO(b64decode(held)))
        assert {ord(letter) for letter in "Ω≈3é−"} <= set(font.getBestCmap())
        assert "tnum" in {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}


def test_a_cached_page_starts_no_tensorflow(neuron, tmp_path):
    """The command makes the same page from the cache, light and in one line, and imports no Keras."""
    script = (
        "import sys; from animator.cli import app as cli\n"
        "sys.argv = ['animator', 'player', 'neuron', '-o', sys.argv[1]]\n"
        "try: cli.main()\nexcept SystemExit as stop: assert not stop.code\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    target = tmp_path / "neuron.html"
    done = subprocess.run(
        [sys.executable, "-c", script, str(target)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"{target}  {target.stat().st_size / 1000:,.0f} kB"
    assert data_of(target) == data_of(neuron[1])
    assert "<code>animator player neuron -o neuron.html</code>" in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("neuron", "-o", "a.mp4"), "'a.mp4' is no page: its name must end in .html. Use -o a.html."),
        (("neuron", "--style", "drak"), "No style is called 'drak'. Did you mean 'dark'? Known: dark light"),
        (("neurn",), "'neurn'"),
        (("neuron", "epochs=0"), "epochs"),
        (
            ("none.h5",),
            "There is no recording 'none.h5'. Give the path of a .h5 file that animator.Recorder wrote.",
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path, monkeypatch, capsys, words, said):
    """Exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    done = run(capsys, "player", *words)
    assert done.code == 2 and said in done.err and done.err.count("\n") == 1
    assert not list(tmp_path.rglob("*.html"))


def test_only_html_is_a_page(neuron, tmp_path):
    with pytest.raises(
        AnimatorError, match=r"is no page: its name must end in \.html\. Use -o deck\.html\.$"
    ):
        player.make(neuron[0], tmp_path / "deck.pptx")


@pytest.fixture
def opened(browser):
    """Opens a page from disk and waits until it plays; see tests.chromium."""
    with tabs(browser, 1440, 900, silent=True) as show:

        def ready(page: Path, **options):
            tab = show(page, **options)
            tab.wait_for_selector("html[data-ready]", state="attached")
            return tab

        yield ready


def step(tab) -> int:
    """The step that the scrubber stands at."""
    return int(tab.locator("#scrubber").input_value())


def settle(tab) -> None:
    """Wait until what was asked is drawn."""
    tab.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def pixels(tab, selector=".surface canvas"):
    """A canvas as (H, W, 3) numbers."""
    settle(tab)
    coded = tab.locator(selector).first.evaluate("canvas => canvas.toDataURL().split(',')[1]")
    with Image.open(io.BytesIO(b64decode(coded))) as image:
        return np.asarray(image.convert("RGBA")).astype(int)[..., :3]


def on_screen(tab, surface, x, y):
    """Where a point of the plane is on the page, in CSS pixels."""
    canvas = tab.locator(".surface canvas").first
    left, top, side = json.loads(canvas.get_attribute("data-plot"))
    box, (a0, a1, b0, b1) = canvas.bounding_box(), surface["extent"]
    return box["x"] + left + (x - a0) / (a1 - a0) * side, box["y"] + top + side - (y - b0) / (b1 - b0) * side


@needs_chromium
@pytest.mark.parametrize("at", [1, 160])
def test_the_picture_is_the_film_s(opened, neuron, at):
    """At grid points that nothing covers, the colour is that of the loss's band in the film's own scale."""
    film, page = neuron
    tab, field = opened(page), of_page(film)
    tab.locator("#scrubber").fill(str(at))
    shown, scale = pixels(tab), LossScale(field.lowest, field.highest)
    left, top, side = json.loads(tab.locator(".surface canvas").get_attribute("data-plot"))
    place, colours = scale.position(field.slices[at]) * BANDS, colour_map(style.DARK.surface_map)
    hits = tried = 0
    for j in range(2, 79, 3):
        for i in range(2, 79, 3):
            if abs(place[j, i] - round(place[j, i])) < 0.2:
                continue  # near a line between bands
            want = np.array(to_rgb(colours((int(place[j, i]) + 0.5) / BANDS))) * 255
            got = shown[round(top + side - j / 80 * side), round(left + i / 80 * side)]
            tried, hits = tried + 1, hits + bool(np.abs(got - want).max() <= 2)
    assert tried > 250 and hits > 0.95 * tried  # the rest lies under the path, the marks and their names


@needs_chromium
def test_dragging_the_scrubber_goes_through_the_steps(opened, neuron):
    """From the end to the middle: step, numbers, words for screen readers and the picture follow."""
    film, page = neuron
    tab = opened(page)
    assert step(tab) == 160 and tab.locator("#play").get_attribute("aria-label") == "Play"
    before, box = pixels(tab), tab.locator("#scrubber").bounding_box()
    middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + box["width"] - 11, y)
    tab.mouse.down()
    for x in np.linspace(box["x"] + box["width"] - 11, middle, 8):
        tab.mouse.move(float(x), y)
    tab.mouse.up()
    settle(tab)
    here, loss = step(tab), film.runs[0].loss
    assert abs(here - 80) <= 1
    told = dict(zip(*(tab.locator(f"dl {tag}").all_inner_texts() for tag in ("dt", "dd")), strict=True))
    assert told["step"] == f"{here} / 160" and float(told["true loss"]) == pytest.approx(loss[here], rel=1e-3)
    exact = tab.locator("dl div", has_text="true loss").locator("data").get_attribute("value")
    assert float(exact) == loss[here]
    assert tab.locator("#scrubber").get_attribute("aria-valuetext").startswith(f"step {here} of 160, loss ")
    assert np.abs(pixels(tab) - before).max(axis=2).mean() > 1
    shot = np.asarray(Image.open(io.BytesIO(tab.screenshot())).convert("L"))
    assert len(np.unique(shot)) > 60


@needs_chromium
def test_keys(opened, neuron):
    """Home, End, arrows, ten with shift, from the scrubber and from the page; space plays and pauses."""
    tab = opened(neuron[1], reduced_motion="reduce")
    numbers_region = tab.locator("#numbers")
    found = []
    for key in (
        "Home",
        "ArrowRight",
        "Shift+ArrowRight",
        "ArrowLeft",
        "End",
        "ArrowRight",
        "Shift+ArrowLeft",
    ):
        tab.keyboard.press(key)
        settle(tab)
        found.append(step(tab))
    assert found == [0, 1, 11, 10, 160, 160, 150]
    tab.locator("#scrubber").focus()
    for key in ("ArrowUp", "ArrowDown", "Shift+ArrowRight", "Home"):
        tab.keyboard.press(key)
        settle(tab)
        found.append(step(tab))
    assert found[7:] == [151, 150, 160, 0]
    ring = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid" and numbers_region.get_attribute("aria-live") == "polite"
    tab.keyboard.press("Space")
    assert numbers_region.get_attribute("aria-live") == "off"
    while step(tab) <= 3:
        tab.wait_for_timeout(20)
    tab.keyboard.press("Space")
    stood = step(tab)
    settle(tab)
    assert step(tab) == stood and numbers_region.get_attribute("aria-live") == "polite"


@needs_chromium
def test_hovering_the_path_tells_a_step(opened, neuron):
    """At the place of step 1 the box says its step, loss and weights; a click goes there."""
    data, tab = data_of(neuron[1]), opened(neuron[1])
    rows = data["runs"][0]["rows"]
    x, y = on_screen(tab, data["surfaces"][0], rows["x"][1], rows["y"][1])
    tab.mouse.move(x, y)
    said = tab.locator("#tip").inner_text().replace("\n", " ")
    assert said.startswith("step 1 true loss ") and f"w1 {rows['weights'][0][1]:.3f} w2 " in said
    assert re.search(rf"true loss {rows['loss'][1]:.4g}", said)
    tab.mouse.click(x, y)
    settle(tab)
    assert step(tab) == 1
    tab.mouse.move(5, 5)
    assert tab.locator("#tip").is_hidden()


@needs_chromium
def test_runs_of_a_race_are_switched_off_and_on(opened, race):
    """The button says so, paths and curves go, and come back as they were; runs differ in dash and mark."""
    tab, runs = opened(race, color_scheme="dark"), data_of(race)["runs"]
    buttons = tab.locator("td button.run, th button.run")
    assert tab.locator("th button.run span").all_inner_texts() == ["long", "<short>"]
    assert len({run["shape"] for run in runs}) == len({run["colour"] for run in runs}) == 2
    dashes = [path.get_attribute("stroke-dasharray") for path in tab.locator("th button.run path").all()]
    assert len(set(dashes)) == 2
    surface, chart = pixels(tab), pixels(tab, ".chart canvas")
    buttons.nth(1).click()
    assert buttons.nth(1).get_attribute("aria-pressed") == "false"
    assert (pixels(tab) != surface).any() and (pixels(tab, ".chart canvas") != chart).any()
    buttons.nth(1).click()
    assert buttons.nth(1).get_attribute("aria-pressed") == "true"
    assert (pixels(tab) == surface).all() and (pixels(tab, ".chart canvas") == chart).all()
    assert tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(251, 250, 247)"


@needs_chromium
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(opened, neuron, race, width):
    """At a phone's width and at a desk's; a table may scroll in its own box."""
    for page in (neuron[1], race):
        tab = opened(page, viewport={"width": width, "height": 844})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        for box in (one.bounding_box() for one in tab.locator("canvas, #transport > *").all()):
            assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= width + 0.5)


@needs_chromium
@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390)])
def test_a_phone_shows_the_surface_above_the_bar(opened, neuron, width, height):
    """Whichever way it is held, the picture that the scrubber moves is in view whole, at least 200 pixels a
    side; the bar at the lower edge is as high as two rows of buttons, or as one."""
    tab = opened(neuron[1], viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    bar = tab.locator("#transport").bounding_box()
    assert bar["y"] + bar["height"] == pytest.approx(height, abs=1)
    assert bar["height"] <= {390: 100, 844: 60}[width]
    tab.evaluate("document.querySelector('.surface').scrollIntoView()")
    settle(tab)
    canvas, bar = (tab.locator(one).first.bounding_box() for one in (".surface canvas", "#transport"))
    assert canvas["y"] >= -0.5 and canvas["y"] + canvas["height"] <= bar["y"] + 1
    left, _, side = json.loads(tab.locator(".surface canvas").get_attribute("data-plot"))
    assert side >= 200 and left + side <= canvas["width"]


@needs_chromium
def test_nothing_that_is_scrolled_to_hides_under_the_bar(opened, race):
    """The least scrolling that brings a chart or a surface into view brings it above the bar."""
    tab = opened(race, viewport={"width": 390, "height": 500})
    for canvas in tab.locator("canvas").all():
        tab.evaluate("window.scrollTo(0, 0)")
        canvas.evaluate("one => one.scrollIntoView({ block: 'nearest' })")
        settle(tab)
        box, bar = canvas.bounding_box(), tab.locator("#transport").bounding_box()
        assert box["y"] + box["height"] <= bar["y"] + 0.5


@pytest.fixture(scope="module")
def eight(neuron, tmp_path_factory):
    """A page of eight runs, and one of a run with eight weights: names that are long for a phone."""
    folder = tmp_path_factory.mktemp("eight")
    data = playing(neuron[0])
    (one,) = data["runs"]
    rows = one["rows"]
    weights = {"weights": (rows["weights"] * 3)[:8], "weight_words": (rows["weight_words"] * 3)[:8]}
    labels = [f"dense_1/kernel[{i},10]" for i in range(8)]
    line = {**data, "runs": [{**one, "labels": labels, "rows": {**rows, **weights}}]}
    (folder / "weights.html").write_text(player.page(line), "utf-8")
    looks = zip(style.DARK.lines * 2, "os^Dv<>p", strict=False)
    runs = [
        {**one, "name": f"learning rate {i / 100}", "colour": colour, "shape": shape}
        for i, (colour, shape) in enumerate(looks)
    ]
    charts = [{"kind": "losses", "title": "loss", "runs": list(range(8)), "range": [1e-4, 1], "log": True}]
    (folder / "runs.html").write_text(player.page({**data, "runs": runs, "charts": charts}), "utf-8")
    return folder


@needs_chromium
@pytest.mark.parametrize("what", ["runs", "weights"])
@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (844, 390)])
def test_lines_without_room_for_names_have_them_below(opened, eight, what, width, height):
    """Eight names, each at a place of its own, large enough for a finger, within the screen; a tap hides the
    line."""
    tab = opened(eight / f"{what}.html", has_touch=True, viewport={"width": width, "height": height})
    buttons = tab.locator(".legend button")
    boxes = [one.bounding_box() for one in buttons.all()]
    assert len({(box["x"], box["y"]) for box in boxes}) == len(boxes) == 8
    for box in boxes:
        assert box["height"] >= 40 and box["width"] >= 40
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    names = [f"learning rate {i / 100}" for i in range(8)]
    wanted = names if what == "runs" else [f"dense_1/kernel[{i},10]" for i in range(8)]
    assert tab.locator(".legend span").all_text_contents() == wanted
    chart = ".chart canvas" if what == "runs" else ".chart:has(.legend) canvas"
    buttons.nth(1).scroll_into_view_if_needed()
    before = pixels(tab, chart)
    buttons.nth(1).tap()
    settle(tab)
    assert (pixels(tab, chart) != before).any()
    assert [one.get_attribute("aria-pressed") for one in buttons.all()] == ["true", "false", *["true"] * 6]
    buttons.nth(1).press(" ")
    settle(tab)
    assert (pixels(tab, chart) == before).all() and tab.get_attribute("#play", "aria-label") == "Play"


@needs_chromium
def test_all_switches_of_a_run_say_the_same(opened, eight):
    """The one below the surface and the one of the table; the numbers of a hidden run are pale."""
    tab = opened(eight / "runs.html", viewport={"width": 390, "height": 844})
    tab.locator(".legend button").nth(2).click()
    row = tab.locator("tbody tr").nth(2)
    assert row.locator("button").get_attribute("aria-pressed") == "false"
    assert row.get_attribute("class") == "off"
    row.locator("button").click()
    assert tab.locator(".legend button").nth(2).get_attribute("aria-pressed") == "true"


@needs_chromium
def test_names_that_have_room_beside_the_lines_are_not_said_twice(opened, eight, neuron):
    for page in (eight / "runs.html", eight / "weights.html", neuron[1]):
        tab = opened(page, viewport={"width": 1440, "height": 900})
        assert not any(one.is_visible() for one in tab.locator(".legend").all())


@needs_chromium
@pytest.mark.parametrize("width", [320, 360, 390])
def test_the_transport_is_two_rows_on_a_phone(opened, eight, width):
    tab = opened(eight / "runs.html", viewport={"width": width, "height": 700})
    tops = {round(tab.locator(one).bounding_box()["y"]) for one in ("#play", "#repeat", "#speed")}
    assert max(tops) - min(tops) < 12


@needs_chromium
def test_touch(opened, neuron):
    """A tap on the path tells its step; a tap on a curve goes to a step."""
    data = data_of(neuron[1])
    tab = opened(neuron[1], has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    rows = data["runs"][0]["rows"]
    tab.touchscreen.tap(*on_screen(tab, data["surfaces"][0], rows["x"][0], rows["y"][0]))
    assert tab.locator("#tip").inner_text().startswith("step 0")
    canvas = tab.locator(".chart canvas").first
    left, top, wide, high = json.loads(canvas.get_attribute("data-plot"))
    box = canvas.bounding_box()
    tab.touchscreen.tap(box["x"] + left + wide / 4, box["y"] + top + high / 2)
    settle(tab)
    assert abs(step(tab) - 40) <= 1


@needs_chromium
def test_a_title_of_script_does_no_harm(opened, neuron, tmp_path):
    """It is shown as it was written."""
    data = playing(neuron[0].redesigned(title=EVIL, description=EVIL))
    data["runs"][0]["labels"][0] = EVIL
    page = tmp_path / "evil.html"
    page.write_text(player.page(data, EVIL), "utf-8")
    tab = opened(page)
    assert tab.locator("h1").inner_text() == EVIL and tab.title() == EVIL
    assert EVIL in tab.locator("dl dt").all_inner_texts()


@needs_chromium
def test_a_curve_tells_the_step_under_the_pointer(opened, neuron):
    """Each line's own number at the recorded step nearest to the pointer; dragging goes through steps."""
    tab, rows = opened(neuron[1]), data_of(neuron[1])["runs"][0]["rows"]
    canvas = tab.locator(".chart canvas").first
    left, top, wide, high = json.loads(canvas.get_attribute("data-plot"))
    box = canvas.bounding_box()
    tab.mouse.move(box["x"] + left + wide * 40.3 / 160, box["y"] + top + high / 2)
    told = [
        word
        for name, values in zip(("w1", "w2", "bias"), rows["weights"], strict=True)
        for word in (name, f"{values[40]:.3f}")
    ]
    assert tab.locator("#tip").inner_text().split() == ["step", "40", *told]
    tab.mouse.down()
    tab.mouse.move(box["x"] + left + wide / 2, box["y"] + top + high / 2)
    tab.mouse.up()
    settle(tab)
    assert step(tab) == 80


def test_the_command_of_a_page_can_be_typed(neuron, tmp_path, monkeypatch, capsys):
    """Whatever the files are called."""
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(neuron[0].runs[0].path, tmp_path / "a b.h5")
    assert run(capsys, "player", "a b.h5", "-o", "it's.html").code == 0
    (said,) = re.findall(r"Made with <code>(.*?)</code>", (tmp_path / "it's.html").read_text("utf-8"))
    assert shlex.split(html.unescape(said)) == ["animator", "player", "a b.h5", "-o", "it's.html"]


def test_a_film_cannot_be_played_again(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my film.mp4").write_bytes(b"")
    done = run(capsys, "player", "my film.mp4")
    assert (done.code, done.err) == (
        2,
        "animator: 'my film.mp4' is a film already, and films are made of scenes and recordings. Type "
        "animator info 'my film.mp4': it tells the command that made it.\n",
    )
