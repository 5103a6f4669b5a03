"""Frames: fast equals full, in any order; text is large enough, inside, and apart."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text

import animator
from animator.cli.render_request import RenderRequest, command
from animator.core.errors import AnimatorError
from animator.design import style, style_files
from animator.design.scene import DEFAULT_LAYOUT, Scene
from animator.design.timeline import FrameState
from animator.drawing import captions
from animator.drawing.canvas import Canvas
from animator.drawing.compositor import Compositor
from animator.drawing.panels import text_card
from animator.drawing.panels.loss_curves import LossPanel
from animator.drawing.raster import blend, layer, text_layer
from animator.drawing.raster.loss_colors import LossScale
from animator.drawing.raster.text_layer import Sprite
from animator.drawing.units import inches
from tests.conftest import numpy_view

SIZES = [(640, 360), (1280, 720), (1920, 1080), (1080, 1080), (720, 1280), (960, 720)]


def canvas(view, size=(640, 360), look="dark", layout=DEFAULT_LAYOUT):
    views = [view, view] if layout is not DEFAULT_LAYOUT else [view]
    return Canvas(views, layout, style_files.find(look), size, "One neuron", captions.slice_caption(view))


@pytest.mark.parametrize("look", ["dark", "light"])
@pytest.mark.parametrize("moving", [True, False])
def test_frames_in_any_order_equal_a_full_draw(look, moving):
    view = numpy_view(moving=moving)
    fast, full = canvas(view, look=look), canvas(view, look=look)
    for step, ended in ((40, False), (0, False), (60, True), (7, False), (40, False)):
        state = FrameState(step, ended)
        np.testing.assert_array_equal(fast.draw(state), full.full(state))


def test_numpy_draws_the_frames_that_pillow_draws(monkeypatch):
    """Where Pillow would not work in place, the bytes are the same."""
    states = [FrameState(0, False), FrameState(40, False), FrameState(60, True)]
    kept = (layer.flood, text_layer.letters_of)
    drawn = []
    for kind in (blend.PillowPane, blend.NumPyPane):
        monkeypatch.setattr(blend, "KIND", kind)
        for cached in kept:
            cached.cache_clear()
        made = canvas(numpy_view(moving=True))
        drawn.append([made.draw(state).copy() for state in states])
    for cached in kept:
        cached.cache_clear()
    np.testing.assert_array_equal(*drawn)


def test_dollars_are_dollars(view):
    """In titles and captions; what would be a broken formula is drawn as it is typed."""
    views = [replace(view, axis_labels=(r"$\frac$", "cost in $"))]
    drawn = Canvas(views, DEFAULT_LAYOUT, style.DARK, (640, 360), r"$\frac$ of $5", "From $1 to $2 a day.")
    drawn.draw(FrameState(3, False))
    said = [text for text in shown_texts(drawn) if "$" in text.get_text()]
    assert len(said) >= 3 and not any(text.get_parse_math() for text in said)


def test_a_formula_that_cannot_be_set_is_one_sentence():
    """Before anything is trained: a scene is asked when it is built."""
    text_card.check("text\n$w - \\eta g$\n5 $\n\\$1 to \\$2\n$$\\frac{1}{2}$$")
    assert text_card.single("$$\\frac{1}{2}$$") == "$\\frac{1}{2}$"
    with pytest.raises(AnimatorError) as caught:
        text_card.check("text\n$\\frac$")
    assert str(caught.value) == (
        r"The scene's card has the line '$\frac$', which is no formula that matplotlib can set "
        r"(ParseSyntaxException: Expected \frac{num}{den}, found end of text  (at char 5), (line:1, col:6)). "
        r"Mend it, or write \$ for a dollar sign."
    )


def test_panels_that_do_not_fit_are_refused(view):
    """A layout with more panels than a frame has room for is one sentence, not a traceback."""
    many = tuple((f"weights@{i}",) for i in range(18))
    with pytest.raises(AnimatorError) as caught:
        Canvas([view] * 18, many, style.DARK, (1280, 720), "One neuron", "")
    assert str(caught.value) == (
        "A frame of 1280x720 pixels has no room for all panels of this layout. "
        "Leave some out, or give the frame another shape with --size."
    )


def test_a_frame_has_the_size_asked_and_opaque_pixels(view):
    frame = canvas(view, (320, 182)).draw(FrameState(3, False))
    assert frame.shape == (182, 320, 4) and frame.dtype == np.uint8 and (frame[..., 3] == 255).all()


def test_the_dot_has_its_exact_colour(view):
    drawn = canvas(view, (1280, 720))
    frame = drawn.draw(FrameState(60, False))
    panel = drawn.panels[0]
    x, y = panel.axes.transData.transform(view.trajectory[60])
    assert tuple(frame[round(720 - y), round(x), :3]) == style.rgb(style.DARK.dot)


def within(place, axis):
    """Whether a tick lies on its axis; matplotlib keeps, and does not draw, some that do not."""
    low, high = sorted(axis.get_view_interval())
    return low <= place <= high


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", [DEFAULT_LAYOUT, (("weights@0", "weights@1"),)])
@pytest.mark.parametrize("state", [FrameState(0, False), FrameState(30, False), FrameState(60, True)])
def test_text_is_large_enough_inside_and_apart(view, size, layout, state):
    drawn = canvas(view, size, layout=layout)
    drawn.draw(state)
    texts = shown_texts(drawn)
    assert len(texts) > 10
    for text in texts:
        pixels = text.get_fontsize() * 100 / 72
        assert pixels >= 0.0219 * min(size), text.get_text()
        box = text.get_window_extent()
        ends = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= size[0] and box.y1 <= size[1]
        assert ends, (text.get_text(), box)
    assert overlaps(texts) == []


def shown_texts(drawn):
    """Texts that are drawn: visible, not empty, and no tick beyond its axis."""
    texts = [t for t in drawn.figure.findobj(Text) if t.get_text() and t.get_visible()]
    axes = [axis for panel in drawn.figure.axes for axis in (panel.xaxis, panel.yaxis)]
    outside = [
        tick.label1 for axis in axes for tick in axis.get_major_ticks() if not within(tick.get_loc(), axis)
    ]
    sprites = [artist for artist in drawn.moving if isinstance(artist, Sprite)]
    hidden = [part for sprite in sprites if not sprite.get_visible() for part in sprite.artists]
    return [text for text in texts if text not in [*outside, *hidden]]


def overlaps(texts):
    """Pairs of texts whose boxes share more than a pixel in both directions."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    found = []
    for i, (a, one) in enumerate(boxes):
        for b, other in boxes[i + 1 :]:
            wide = min(one.x1, other.x1) - max(one.x0, other.x0)
            high = min(one.y1, other.y1) - max(one.y0, other.y0)
            if wide > 1 and high > 1:
                found.append((a, b))
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ended", [False, True])
def test_long_names_and_the_gauge_stay_apart(view, size, ended):
    """A PCA film of a long run: names beside the axes, four-digit epochs, a height that is off."""
    wide = replace(
        view,
        axis_labels=("main direction (90%)", "second direction (7.1%)"),
        residual=np.ones(61),
        target=None,
        field=replace(view.field, heights=view.field.heights * 1.3),
        epoch=view.epoch + 1_000,
        learning_rate=view.learning_rate * 1.2345e-3,
        running_means={"accuracy": np.linspace(0.1, 0.9, 60)},
    )
    layout = (("surface", "accuracy"), ("surface", "loss"))
    caption = "A 2-D slice of 1,102 dimensions (principal components), holding 97% of the path's variance."
    drawn = Canvas([wide], layout, style_files.find("dark"), size, "A network learns two spirals", caption)
    drawn.draw(FrameState(60 if ended else 31, ended))
    assert overlaps(shown_texts(drawn)) == []


@pytest.mark.parametrize(("low", "high"), [(0.73, 0.76), (1e-5, 2.0), (0.2, 0.9), (40.0, 41.5)])
def test_a_colour_bar_has_numbers(low, high):
    """Two or more round ones, inside of the range, also where no power of ten lies in it."""
    ticks = LossScale(low, high).ticks()
    assert len(ticks) >= 2 and all(low <= tick <= high for tick in ticks)
    assert all(len(f"{tick:g}") <= 6 for tick in ticks)


def test_losses_that_are_alike_have_a_linear_axis(view):
    """From 0.75 to 0.73 there is no power of ten: the axis is linear, with two ticks or more within."""
    alike = np.linspace(0.75, 0.73, 61)
    drawn = canvas(replace(view, loss=alike, batch_loss=alike[:-1]))
    axes = next(panel for panel in drawn.panels if isinstance(panel, LossPanel)).curves.axes
    low, high = axes.get_ylim()
    assert axes.get_yscale() == "linear" and low < 0.73 < 0.75 < high
    assert sum(low <= tick <= high for tick in axes.get_yticks()) >= 2
    assert canvas(view).panels[2].curves.axes.get_yscale() == "log"


@pytest.mark.parametrize(("least", "said"), [(0.9, ["1.04", "1.05"]), (0.4, ["1.0", "1.0"])])
def test_losses_within_a_factor_of_two_have_three_digits(view, least, said):
    """Beside ticks of 1.0 and 1.1 a loss of 1.049 is 1.05, and not 1.0."""
    close = replace(view, loss=np.linspace(1.2, 1.049, 61), batch_loss=np.append(np.full(59, least), 1.041))
    drawn = Canvas([close], (("loss",),), style.DARK, (640, 360), "", "")
    drawn.draw(FrameState(60, False))
    assert [text.get_text() for text in drawn.panels[0].curves.values] == said


def test_before_the_first_update_an_accuracy_is_a_dash(view):
    """At step 0 nothing was seen yet; at step 1 the running mean is told in per cent."""
    seen = replace(view, running_means={"accuracy": np.linspace(0.25, 0.75, 60)})
    drawn = canvas(seen, layout=(("accuracy@0", "loss@0"),))
    said = []
    for step in (0, 1, 60):
        drawn.draw(FrameState(step, False))
        said.append(drawn.panels[0].curves.values[0].get_text())
    assert said == ["–", "25.0%", "75.0%"]


def test_a_film_says_what_makes_it_again():
    """A command where one can, quoted for a shell; a call where a plane or a slice was given."""
    assert captions.made_by(["my run.h5"], {"plane": None}) == "animator render 'my run.h5'"
    asked = {"plane": "hessian", "slice": None, "at": 0, "layout": (("loss",),)}
    assert captions.made_by(["run.h5"], asked) == "animator.film('run.h5', plane='hessian', at=0, layout=...)"
    request = RenderRequest(
        scene="my clouds.py",
        values=("kind=heavy ball",),
        outputs=(Path("a/out film.png"),),
        typed={"size": "64x36", "window": "-1,1,0,2", "hold": ["4 It turns"], "captions": False},
    )
    assert command(request) == (
        "animator render 'my clouds.py' 'kind=heavy ball' -o 'out film.png' --size 64x36 --window=-1,1,0,2 "
        "--hold 4 'It turns' --no-captions"
    )


@pytest.mark.parametrize(
    ("field", "given", "example"),
    [("card", 5, "'One line'"), ("title", None, "'One neuron'"), ("pacing", "fast", "Pacing(play=6.0)")],
)
def test_a_scene_of_wrong_kinds_is_one_sentence(field, given, example):
    with pytest.raises(AnimatorError) as caught:
        Scene(**{"title": "A line", "runs": (object(),), field: given})
    kind = "a Pacing" if field == "pacing" else "a text"
    assert str(caught.value) == (
        f"{field}={given!r} cannot be: it must be {kind}. Give for example {field}={example}."
    )


def test_lines_are_straight_between_what_was_recorded(tmp_path):
    """Of every tenth step: weights and the loss on all data go straight on, and stand at recorded steps."""

    def loss(rows):
        return (rows**2).sum(axis=1)

    rows = np.geomspace(2.0, 0.1, 31)[:, None] * [1.0, 0.5]
    with animator.StepWriter(tmp_path / "a.h5", rows[0], loss=loss) as writer:
        for k, row in enumerate(rows[1:], 1):
            writer.step(row, float(loss(rows[k - 1 : k])[0]), keep=k % 10 == 0)
    film = animator.film(tmp_path / "a.h5", loss=loss, layout="weights; loss")
    weights, losses = (panel.curves for panel in film.canvas((640, 360), 30.0).panels)
    for line, column in zip(weights.lines, (0, 1), strict=True):
        np.testing.assert_array_equal(line.steps, [0, 10, 20, 30])
        np.testing.assert_allclose(line.values, rows[::10, column], rtol=1e-6)
    (whole,) = (line for line in losses.lines if line.name == "all")
    np.testing.assert_array_equal(whole.known[0], [0, 10, 20, 30])
    np.testing.assert_allclose(whole.known[1], loss(rows[::10]), rtol=1e-6)


@pytest.mark.parametrize(
    ("size", "moving"), [((1080, 1080), True), ((1080, 1920), True), ((1280, 720), False)]
)
def test_no_level_is_named_under_a_tag(size, moving):
    """On a slice that moves, too: a number that would come to lie on "start" or "target" is left out."""
    drawn = canvas(numpy_view(moving=moving), size)
    drawn.draw(FrameState(0, False))
    ground = drawn.panels[0].ground
    below, seen = 0, 0
    for step in range(61):
        drawn.draw(FrameState(step, False))
        for _, x, y in ground.labels.spots:
            seen += 1
            below += any((low < (x, y)).all() and ((x, y) < high).all() for low, high in ground.taken)
    assert seen > 50 and below == 0


def test_a_panel_says_what_its_view_lacks(view):
    """A canvas that is made by hand of a view without a surface: the part is named."""
    with pytest.raises(ValueError) as caught:
        Canvas([replace(view, field=None)], (("surface",),), style.DARK, (640, 360), "", "")
    assert str(caught.value) == "a panel needs the surface of its run, but this view was built without it"


def test_a_layer_without_a_figure_says_so():
    with pytest.raises(ValueError) as caught:
        Sprite([], 1).high  # noqa: B018
    assert str(caught.value) == "a Sprite is drawn in a figure: add it to one first"


def test_a_picture_is_begun_before_it_is_mended():
    with pytest.raises(ValueError) as caught:
        Compositor([], []).compose(RendererAgg(8, 8, 100), np.zeros((8, 8, 4), np.uint8), whole=False)
    assert str(caught.value) == "there is no still picture to mend: call begin(still) first"


def test_a_figure_has_the_pixels_that_it_is_asked_for():
    """Whether matplotlib rounds the product or cuts it: 410 / 100 * 100 is 409.99999999999994."""
    for dpi in (72.0, 100.0, 150.0, 92.8):
        assert [n for n in range(1, 8000) if int(inches(n, dpi) * dpi) != n] == [], dpi
