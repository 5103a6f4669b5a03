"""Whether a layout has room on a frame is known before anything is trained, as drawing finds it later."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

import animator
from animator.core.errors import AnimatorError
from animator.design import scene_files, style, style_files
from animator.design.layout import Box, arrange
from animator.design.scene import DEFAULT_LAYOUT
from animator.drawing.canvas import Canvas
from animator.drawing.panels.registry import PANELS, find, needs_of
from animator.drawing.units import EDGES, em_of
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
    """Curves fill what the margins leave; a surface is the largest square in it. Short names need no more."""
    short = replace(view, name="a", labels=("a", "b", "c"))
    drawn = Canvas((short,), ((kind,),), style.DARK, (1280, 720), "title", "")
    (panel,) = drawn.panels
    left, bottom, right, top = drawn.figure.axes[0].bbox.extents
    room = PANELS[kind].margins.inside(panel.cell, drawn.look.em)
    if kind in ("surface", "race"):
        assert right - left == pytest.approx(min(room.width, room.height), abs=1)
        assert (left + right) / 2 == pytest.approx(room.left + room.width / 2, abs=1)
    else:
        assert (left, bottom) == pytest.approx((room.left, room.bottom))
        assert (right, top) == pytest.approx((room.left + room.width, room.bottom + room.height))


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


def test_six_columns_have_no_room_on_a_frame_that_is_wide_enough_for_two():
    look = style_files.find("dark")
    panel_fit.check((("weights", "loss"),), ((), ()), (1280, 720), look.text_size)
    with pytest.raises(AnimatorError) as caught:
        panel_fit.check(
            (("weights", "loss", "rate", "accuracy", "losses", "rates"),),
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


@pytest.mark.parametrize(("size", "enough"), [("16x16", "46x46"), ("400x16", "1100x44")])
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


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".gif", "h264"), (".mp4", "h264"), (".svg", "h264"), (".mp4", "av1")]
)
def test_a_size_that_is_proposed_is_accepted_when_it_is_typed(suffix, codec):
    """Of every bundled scene: the formats' own sentences, and those about room."""
    path, wishes, refusals = Path(f"film{suffix}"), Delivery(codec=codec), 0
    for name in scene_files.names():
        scene, _ = build.build(scene_files.bundled(name), [])
        for size in ODD:
            said = refused(scene, size, path, wishes)
            proposed = [
                tuple(map(int, found))
                for found in re.findall(r"([0-9]+)x([0-9]+)", said.partition("Use ")[2])
            ]
            assert bool(said) == bool(proposed)
            assert [refused(scene, one, path, wishes) for one in proposed] == [""] * len(proposed)
            refusals += bool(said)
    assert refusals >= 4 * len(scene_files.names())


def test_the_least_size_keeps_the_proportions_where_any_has_room():
    """45 pixels a side have no room for the neuron's bar of colours, 2 px wide: 1.7 em of 2.2 % of a side.
    Where no size of the proportions has room, the sides that were asked for stay."""
    scene, _ = build.build(scene_files.bundled("neuron"), [])
    assert refused(scene, (10, 10), Path("a.mp4"), Delivery()).endswith("Use --size 46x46 or more.")
    assert refused(scene, (20, 10), Path("a.mp4"), Delivery()).endswith("Use --size 88x44 or more.")
    assert refused(scene, (5000, 10), Path("a.mp4"), Delivery()).endswith("Use --size 5000x44 or more.")
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
    small = "A film of 10x10 pixels is too small: each side needs at least 16. Use --size 46x46 or more."
    done = run(capsys, "render", str(path), "-o", str(tmp_path / "a.mp4"), "--size", "10x10")
    assert (done.code, done.err) == (2, f"animator: {small}\n")
    with pytest.raises(AnimatorError) as caught:
        animator.film(path).save(tmp_path / "a.gif", size=(16, 16))
    assert str(caught.value) == NO_ROOM.format("16x16") + "Use --size 46x46 or more."
    assert animator.film(path).save(tmp_path / "a.gif", size=(46, 46))[0].width == 46


def axes_of(layout, size, look=style.DARK):
    """The axes of each panel in pixels, as a frame of `size` has them with one line of numbers below."""
    em = em_of(look.text_size, size)
    cells = arrange(layout, EDGES.inside(Box(0, 0, *size), em))
    return {name: PANELS[name].margins.inside(cell, em) for name, cell in cells.items()}


def test_a_square_frame_is_readable():
    """What `--for social` shows of the neuron, 1080x1080: text that on a phone 390 pixels wide is as large as
    10 pixels, a surface nearly a third of the frame's side, and curves of 158 x 180 pixels."""
    axes = axes_of(DEFAULT_LAYOUT, (1080, 1080))
    assert em_of(style.DARK.text_size, (1080, 1080)) * 390 / 1080 >= 10
    assert min(axes["surface"].width, axes["surface"].height) >= 345
    for name in ("weights", "loss"):
        assert axes[name].width >= 156 and axes[name].height >= 180
