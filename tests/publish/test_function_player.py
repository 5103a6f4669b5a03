"""Player pages of functions: minima, axes as the film has them, the ball on its curve, a dozen runs."""

import json

import numpy as np
import pytest

import animator
from animator.cli import render
from animator.cli.render_request import RenderRequest
from animator.core.progress import quiet
from animator.functions.function import find
from animator.publish import player
from animator.publish.player_data import playing
from tests.chromium import launched, needs_chromium, tabs

LINE = "x**4-3*x**2+x"


@pytest.fixture(scope="module")
def ball():
    """A ball on a curve: one variable."""
    return animator.film(animator.descend(LINE, start=2, optimizer="sgd", learning_rate=0.02, steps=20))


def charts_of(data):
    """The charts of a page by kind."""
    return {chart["kind"]: chart for chart in data["charts"]}


def test_minima_are_marked_and_words_are_those_of_a_function():
    data = playing(animator.film(animator.descend("himmelblau", steps=5)))
    (surface,) = data["surfaces"]
    np.testing.assert_allclose(surface["minima"], find("himmelblau").minima)
    assert surface["title"] == "f(x, y)" and surface["value"] == "f" and surface["target"] is None
    (run,) = data["runs"]
    assert run["value"] == "f" and not run["epochs"]
    assert [chart["title"] for chart in data["charts"]] == ["weights over steps", "f over steps"]


def test_values_below_zero_stand_on_an_even_axis_down_to_the_lowest_of_the_surface():
    film = animator.film(animator.descend("saddle", optimizer="momentum", steps=120))
    chart, (surface,) = charts_of(playing(film))["loss"], playing(film)["surfaces"]
    first, lowest = float(film.views()[0].loss[0]), surface["low"]
    assert not chart["log"] and film.views()[0].loss[-1] < -1e3
    room = 0.1 * (first - lowest)
    seen = film.views()[0].loss
    low = float(seen[seen >= lowest].min())
    assert chart["range"] == pytest.approx([low - 0.1 * (first - low), first + 0.1 * (first - low)])
    assert lowest - room < chart["range"][0] < 0 < first < chart["range"][1]


def test_a_ball_has_the_curve_of_the_film(ball):
    data = playing(ball)
    chart, curve = charts_of(data)["ball"], ball.views()[0].curve
    x = np.array(chart["x"])
    np.testing.assert_allclose(x, curve.x)
    np.testing.assert_allclose(chart["loss"], x**4 - 3 * x**2 + x, atol=1e-12)
    assert data["surfaces"] == [] and chart["title"] == "f(x)"
    assert data["caption"] == "A ball stands where the updates take x; its height is f(x)."
    assert not any("does not" in note for note in data["notes"])


def test_a_function_that_stays_at_its_minimum_has_an_axis():
    chart = charts_of(playing(animator.film(animator.descend("sphere", start=(0, 0), steps=3))))["loss"]
    assert chart["range"] == [-1.0, 1.0] and not chart["log"]


@pytest.fixture(scope="module")
def pages(ball, tmp_path_factory):
    """Two pages: the ball, and twelve runs, as many as there are marks."""
    folder = tmp_path_factory.mktemp("functions")
    player.make(ball, folder / "ball.html")
    request = RenderRequest(scene="function", values=("f=booth", "starts=12", "steps=8"))
    player.make(render.film_for(request, lambda _: None, quiet)[0], folder / "twelve.html")
    return folder


def test_twelve_runs_have_marks_of_their_own(pages):
    text = (pages / "twelve.html").read_text("utf-8")
    found = text.split('<script id="film" type="application/json">')[1].split("</script>")[0]
    assert "".join(run["shape"] for run in json.loads(found)["runs"]) == "os^Dv<>pP*XY"


@needs_chromium
def test_both_pages_play_and_the_ball_stands_on_its_curve(pages, ball):
    """The ball's pixels are where x and f(x) of the last step are; the pointer there tells them."""
    with launched() as browser, tabs(browser, 1200, 800, silent=True) as show:
        twelve = show(pages / "twelve.html")
        twelve.wait_for_selector("html[data-ready]", state="attached")
        tab = show(pages / "ball.html")
        tab.wait_for_selector("html[data-ready]", state="attached")
        canvas = tab.locator(".chart canvas").first
        left, top, width, height = json.loads(canvas.get_attribute("data-plot"))
        chart, (view,) = charts_of(playing(ball))["ball"], ball.views()
        low, high = chart["range"]
        at, loss = float(view.curve.path[-1]), float(view.loss[-1])
        u = left + (at - chart["x"][0]) / (chart["x"][-1] - chart["x"][0]) * width
        v = top + height * (1 - (loss - low) / (high - low))
        tab.keyboard.press("End")
        tab.wait_for_timeout(100)
        colour = canvas.evaluate(
            "(canvas, [x, y]) => { const s = window.devicePixelRatio;"
            " return [...canvas.getContext('2d').getImageData(x * s, y * s, 1, 1).data].slice(0, 3); }",
            [u, v],
        )
        dot = playing(ball)["style"]["dot"]
        assert colour == [int(dot[k : k + 2], 16) for k in (1, 3, 5)]
        box = canvas.bounding_box()
        tab.mouse.move(box["x"] + u, box["y"] + v)
        said = tab.locator("#tip").inner_text().split()
        assert said == ["step", "20", "f", "−1.070", "x", f"{at:.2f}"]
