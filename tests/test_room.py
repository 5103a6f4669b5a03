"""Whether a layout has room on a frame is known before anything is trained, as drawing finds it later."""

from itertools import product

import pytest

from animator import room, style
from animator.canvas import Canvas
from animator.errors import AnimatorError
from animator.layout import Box, arrange
from animator.panels import PANELS
from animator.scene import DEFAULT_LAYOUT
from tests.running import run

NO_ROOM = (
    "A frame of {} pixels has no room for all panels of this layout. Leave some out, or give the frame "
    "another shape with --size."
)
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
    look, no_shares = style.find("dark"), ((), ())
    found = {
        size: (fits(room.check, layout, no_shares, size, look.text_size),
               fits(Canvas, (view,), layout, look, size, "title", "caption"))
        for size in product(SIDES, SIDES)
    }  # fmt: skip
    assert {size: pair for size, pair in found.items() if pair[0] != pair[1]} == {}
    assert {pair[0] for pair in found.values()} == {True, False}


def test_every_panel_has_its_margins():
    assert set(room.MARGINS) == set(PANELS)


def test_six_columns_have_no_room_on_a_frame_that_is_wide_enough_for_two():
    look = style.find("dark")
    room.check((("weights", "loss"),), ((), ()), (1280, 720), look.text_size)
    with pytest.raises(AnimatorError) as caught:
        room.check((("weights", "loss", "rate", "accuracy", "losses", "rates"),), ((), ()), (1280, 720),
                   look.text_size)  # fmt: skip
    assert str(caught.value) == NO_ROOM.format("1280x720")


@pytest.mark.parametrize("size", ["16x16", "400x16"])
def test_render_says_so_before_it_trains(tmp_path, monkeypatch, capsys, size):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("animator.production.recorded", None)
    done = run(capsys, "render", "neuron", "-o", "a.mp4", "--size", size)
    assert (done.code, done.out, done.err) == (2, "", f"animator: {NO_ROOM.format(size)}\n")
    assert list(tmp_path.iterdir()) == []


def axes_of(layout, size, look=style.DARK):
    """The axes of each panel in pixels, as a frame of `size` has them with one line of numbers below."""
    em = room.em_of(look.text_size, size)
    body = Box(0, 0, *size).inset(*(side * em for side in room.EDGES))
    cells = arrange(layout, body)
    return {name: cell.inset(*(side * em for side in room.MARGINS[name])) for name, cell in cells.items()}


def test_a_square_frame_is_readable():
    """What `--for social` shows of the neuron, 1080x1080: text that on a phone 390 pixels wide is as large as
    10 pixels, a surface nearly a third of the frame's side, and curves of 158 x 180 pixels."""
    axes = axes_of(DEFAULT_LAYOUT, (1080, 1080))
    assert room.em_of(style.DARK.text_size, (1080, 1080)) * 390 / 1080 >= 10
    assert min(axes["surface"].width, axes["surface"].height) >= 345
    for name in ("weights", "loss"):
        assert axes[name].width >= 156 and axes[name].height >= 180
