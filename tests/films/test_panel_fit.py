"""Whether a layout has room on a frame is known before anything is trained, as drawing finds it later."""

import re
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest

import animator
from animator.core.errors import AnimatorError
from animator.design import scene_files, style, style_files
from animator.design.layout import Box, arrange
from animator.design.scene import DEFAULT_LAYOUT
from animator.drawing.canvas import Canvas
from animator.drawing.panels.registry import PANELS, find, heroes_of, needs_of
from animator.drawing.units import em_of
from animator.films import build, panel_fit
from animator.films.delivery import Delivery, proposing, spec_for
from tests.running import run

NO_ROOM = "A frame of {} pixels has no room for all panels of this layout. "
LEAVE = "Leave some out, or give the frame another shape with --size."
SIDES = (16, 20, 26, 32, 48, 160, 1000)


def fits(function, *given) -> bool:
    """Whether a call ends without an AnimatorError."""
    try:
        function(*given)
    except AnimatorError:
        return False
    return True


@pytest.mark.parametrize("layout", [DEFAULT_LAYOUT, (("race", "losses"),)])
def test_what_is_foretold_is_what_drawing_finds(view, layout):
    look, no_shares = style_files.find("dark"), ((), ())
    found = {
        size: (
            fits(panel_fit.check, layout, no_shares, size, look.text_size),
            fits(Canvas, (view,), layout, look, size, "title", "caption"),
        )
        for size in product(SIDES, SIDES)
    }
    assert {size: pair for size, pair in found.items() if pair[0] != pair[1]} == {}
    assert {pair[0] for pair in found.values()} == {True, False}


@pytest.mark.parametrize("kind", ["weights", "loss", "losses", "rate", "rates", "surface", "race"])
def test_axes_have_the_margins_that_their_row_of_the_table_says(view, kind):
    """Names take their rows of curves at the top; a surface fills what the margins leave as far as its plane
    is evaluated, 1.6 times as far across as up.
    """
    short = replace(view, name="a", labels=("a", "b", "c"))
    drawn = Canvas((short,), ((kind,),), style.DARK, (1280, 720), "title", "")
    (panel,) = drawn.panels
    left, bottom, right, top = drawn.figure.axes[0].bbox.extents
    room = PANELS[kind].margins.inside(panel.cell, drawn.look.em)
    if kind in ("surface", "race"):
        assert top - bottom == pytest.approx(min(room.height, room.width), abs=1)
        assert right - left == pytest.approx(min(room.width, 1.6 * room.height), abs=1)
        assert (left + right) / 2 == pytest.approx(room.left + room.width / 2, abs=1)
    else:
        names = panel.curves.top.height - panel.curves.box.height
        assert (left, bottom) == pytest.approx((room.left, room.bottom))
        assert (right, top + names) == pytest.approx((room.left + room.width, room.bottom + room.height))


def test_what_a_layout_needs_is_what_its_panels_need():
    """A run of "batch@1" is told apart from its kind; a name that no panel has needs nothing."""
    assert needs_of(["weights", "loss@1"]) == frozenset()
    assert needs_of(["batch@1", "arrows"]) == {"shared surface", "batch surface", "surface", "forces"}
    assert needs_of(["nothing"]) == frozenset()
    with pytest.raises(AnimatorError) as caught:
        find("surfac@1")
    known = " ".join(sorted(PANELS))
    assert str(caught.value) == (
        f"No panel is called 'surfac'. Did you mean 'surface'? Known: {known}. "
        "A layout is made of these names."
    )


def test_a_row_of_eighteen_has_no_room_on_a_frame_that_is_wide_enough_for_two():
    look = style_files.find("dark")
    panel_fit.check((("weights", "loss"),), ((), ()), (1280, 720), look.text_size)
    with pytest.raises(AnimatorError) as caught:
        panel_fit.check(
            (tuple(f"weights@{i}" for i in range(18)),),
            ((), ()),
            (1280, 720),
            look.text_size,
        )
    assert str(caught.value) == NO_ROOM.format("1280x720") + LEAVE


def test_no_size_is_refused_by_rounding():
    """What has room at some size has it at every larger one of the same proportions: 1 / em * em may be less
    than 1."""
    look, layout = style_files.find("dark"), DEFAULT_LAYOUT
    refused = [
        high
        for high in range(46, 2160)
        if not panel_fit.fits(layout, ((), ()), (2 * high, high), look.text_size)
    ]
    assert refused == []


@pytest.mark.parametrize(("size", "enough"), [("16x16", "72x72"), ("400x16", "1700x68")])
def test_render_says_so_before_it_trains(tmp_path, monkeypatch, capsys, size, enough):
    monkeypatch.chdir(tmp_path)
    scene = tmp_path / "fails.py"
    scene.write_text(
        "from animator import Experiment, Scene\n\ndef scene() -> Scene:\n"
        "    return Scene('It cannot be trained', (Experiment(model=print, data=print),))\n"
    )
    done = run(capsys, "render", str(scene), "-o", "a.mp4", "--size", size)
    said = f"animator: {NO_ROOM.format(size)}Use --size {enough} or more.\n"
    assert (done.code, done.out, done.err) == (2, "", said)
    assert list(tmp_path.glob("a.*")) == []


ODD = [
    (10, 10),
    (40, 400),
    (400, 16),
    (5000, 10),
    (10, 5000),
    (33, 17),
    (20_000, 10),
    (641, 361),
    (9999, 9999),
]


def refused(scene, size, path, wishes) -> str:
    """The sentence for a size that `animator render` refuses for a film at `path`, or ""."""
    try:
        with proposing(
            scene.layout, (scene.widths, scene.heights), size, style.DARK.text_size, [path], wishes
        ):
            spec_for(path, size, None, "dark", wishes)
            build.check_room(scene, size)
    except AnimatorError as error:
        return str(error)
    return ""


@cache
def scenes():
    """A bundled scene of each layout."""
    built = [build.build(scene_files.bundled(name), [])[0] for name in scene_files.names()]
    return {(scene.layout, scene.widths, scene.heights): scene for scene in built}


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".gif", "h264"), (".mp4", "h264"), (".svg", "h264"), (".mp4", "av1")]
)
def test_a_size_that_is_proposed_is_accepted_when_it_is_typed(suffix, codec):
    """Of every layout of the bundled scenes: the formats' own sentences, and those about room."""
    path, wishes, refusals = Path(f"film{suffix}"), Delivery(codec=codec), 0
    for scene in scenes().values():
        for size in ODD:
            said = refused(scene, size, path, wishes)
            proposed = [
                tuple(map(int, found))
                for found in re.findall(r"([0-9]+)x([0-9]+)", said.partition("Use ")[2])
            ]
            assert bool(said) == bool(proposed)
            assert [refused(scene, one, path, wishes) for one in proposed] == [""] * len(proposed)
            refusals += bool(said)
    assert refusals >= 4 * len(scenes())


def test_the_least_size_keeps_the_proportions_where_any_has_room():
    """71 pixels a side have no room for the neuron's bar of colours, 2 px wide: 1.1 em of 2.6 % of a side.
    Where no size of the proportions has room, the sides that were asked for stay."""
    scene, _ = build.build(scene_files.bundled("neuron"), [])
    assert refused(scene, (10, 10), Path("a.mp4"), Delivery()).endswith("Use --size 72x72 or more.")
    assert refused(scene, (20, 10), Path("a.mp4"), Delivery()).endswith("Use --size 136x68 or more.")
    assert refused(scene, (5000, 10), Path("a.mp4"), Delivery()).endswith("Use --size 5000x68 or more.")
    assert panel_fit.proposal((10, 20), lambda size: False) is None
    assert panel_fit.proposal((10, 20), lambda size: size[0] >= 31) == (32, 64)
    assert panel_fit.proposal((100, 1000), lambda size: size[0] >= 0.3 * size[1]) == (300, 1000)


@pytest.mark.parametrize("name", ["neuron", "optimizers"])
def test_drawing_agrees_with_a_size_that_is_proposed(view, name):
    """Proposals have room to spare: what drawing takes beyond what was foretold fits, too."""
    scene, _ = build.build(scene_files.bundled(name), [])
    layout = tuple(tuple(panel.partition("@")[0] for panel in row) for row in scene.layout)
    for size in ODD[:7]:
        said = refused(scene, size, Path("a.gif"), Delivery())
        for one in re.findall(r"--size ([0-9]+)x([0-9]+)", said):
            Canvas((view,), layout, style.DARK, tuple(map(int, one)), "title", "caption")


def test_a_recording_and_a_film_from_python_propose_as_well(tmp_path, capsys):
    path = tmp_path / "run.h5"
    assert run(capsys, "record", "neuron", "epochs=1", "-o", str(path)).code == 0
    small = "A film of 10x10 pixels is too small: each side needs at least 16. Use --size 72x72 or more."
    done = run(capsys, "render", str(path), "-o", str(tmp_path / "a.mp4"), "--size", "10x10")
    assert (done.code, done.err) == (2, f"animator: {small}\n")
    with pytest.raises(AnimatorError) as caught:
        animator.film(path).save(tmp_path / "a.gif", size=(16, 16))
    assert str(caught.value) == NO_ROOM.format("16x16") + "Use --size 72x72 or more."
    assert animator.film(path).save(tmp_path / "a.gif", size=(72, 72))[0].width == 72


@pytest.mark.parametrize("name", scene_files.names())
@pytest.mark.parametrize(
    ("size", "area", "width"),
    [
        ((1280, 720), 0.45, 0.5),
        ((1440, 1080), 0.43, 0.5),
        ((1080, 1080), 0.28, 0.7),
        ((1080, 1920), 0.27, 0.65),
    ],
)
def test_the_hero_has_most_of_the_frame(name, size, area, width):
    """Of every bundled scene, with one line of caption: its surface alone, without its axes' numbers and its
    bar; of small multiples all of them, with what stands between them. No surface, no hero.
    """
    scene, _ = build.build(scene_files.bundled(name), [])
    em = em_of(style.DARK.text_size, size)
    found = panel_fit.boxes(scene.layout, (scene.widths, scene.heights), size, em)
    heroes = [found[panel] for panel in heroes_of(found)]
    if not heroes:
        assert name == "weights"
        return
    left, bottom = min(box.left for box in heroes), min(box.bottom for box in heroes)
    right = max(box.left + box.width for box in heroes)
    top = max(box.bottom + box.height for box in heroes)
    assert (right - left) / size[0] >= width
    assert (right - left) * (top - bottom) / (size[0] * size[1]) >= area


def test_text_that_is_larger_leaves_panels_out_and_not_the_surface(view):
    """Twice as large, the curves beside the surface have no room: the last goes first; then the surface is as
    wide as the frame.
    """
    named = {
        times: [panel.spec.name for panel in made.panels]
        for times in (1.0, 1.5, 2.5)
        if (made := larger(view, times))
    }
    assert named[1.0] == ["surface", "weights", "loss"]
    assert named[2.5] == ["surface"]
    assert len(named[1.5]) in (2, 3)


def larger(view, times):
    """The neuron's frame with text so many times as large."""
    look = replace(style.DARK, text_size=times * style.DARK.text_size)
    return Canvas((view,), DEFAULT_LAYOUT, look, (1280, 720), "One neuron", "It learns.")


def test_a_phone_has_one_kind_of_chart_below_the_surface_and_larger_letters():
    """9:16: the surface, and the first panel beside it, as high as two of them were; where runs have a panel
    each, all of that kind. A square keeps them all, in pairs. Letters are 3.6 % of the width high there, here
    2.6 %.
    """
    body = Box(0, 0, 900, 1500)
    layout = (("surface", "weights"), ("surface", "loss"))
    tall = arrange(layout, body, heroes={"surface"})
    assert list(tall) == ["surface", "weights"]
    assert tall["weights"].height == body.height - tall["surface"].height
    of_runs = (("surface", "loss@0"), ("surface", "loss@1"), ("surface", "weights@0"))
    assert list(arrange(of_runs, body, heroes={"surface"})) == ["surface", "loss@0", "loss@1"]
    assert set(arrange(layout, Box(0, 0, 900, 900), heroes={"surface"})) == {"surface", "weights", "loss"}
    assert em_of(0.027, (1080, 1920)) / 1080 == pytest.approx(0.0356, abs=1e-4)
    assert em_of(0.027, (1080, 1080)) / 1080 == pytest.approx(0.0257, abs=1e-4)
