"""Words on frames: what is long is wrapped, shortened or cut, and nothing runs off its place."""

import re
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from PIL import Image

from animator.core.errors import AnimatorError
from animator.core.language import language
from animator.core.progress import quiet
from animator.design import scene_files, style
from animator.design.scene import DEFAULT_LAYOUT
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.end_card import outcomes
from animator.drawing.header import CAPTION, TITLE
from animator.drawing.panels import text_card
from animator.drawing.raster import fonts
from animator.drawing.raster.text_fit import (
    CLOSING,
    ELLIPSIS,
    OPENING,
    READABLE,
    Fitted,
    even,
    fit,
    given,
    halved,
    ruler,
    shortened,
    wrapped,
)
from animator.films import panel_fit
from animator.films.build import build, film_of, recordings
from tests.conftest import numpy_view
from tests.running import run

SIZES = [(1280, 720), (800, 450), (1080, 1080), (640, 360)]
LONG = (
    "How one tanh neuron with two inputs and a bias learns, by gradient descent with a learning rate of "
    "one half, to compute its own activation from five hundred samples"
)
PARAMETERS = tuple(f"sequential/dense_with_a_long_name/kernel[{i},{3 * i}]" for i in range(8))
RUNS = [f"momentum={i / 10:.1f}, learning rate {2**-i:.4f}, batch {2**i}" for i in range(12)]
END = FrameState(60, True)


def letter_wide(words: str, size: float = 1.0) -> float:
    """Every letter is one pixel wide."""
    return len(words) * size


def drawn(views, layout=DEFAULT_LAYOUT, size=(1280, 720), title="One neuron", caption="It learns.", said=()):
    """A canvas that has drawn its last frame."""
    made = Canvas(views, layout, style.DARK, size, title, caption, said=said)
    made.draw(END)
    return made


def race(names):
    """A view for each name, all on one surface, a little apart."""
    base = numpy_view(moving=False)
    views = [
        replace(
            base,
            name=name,
            colour=i,
            loss=base.loss * (1 + 0.3 * i),
            trajectory=base.trajectory * (1 - 0.07 * i),
        )
        for i, name in enumerate(names)
    ]
    return [replace(view, rivals=tuple(views)) for view in views]


# How words are fitted, on letters of one width


def test_words_that_fit_stay_as_they_are():
    for wide in (8, 9):
        assert fit("one line", wide, letter_wide, TITLE) == Fitted(("one line",), 1.0)


def test_a_title_is_first_slightly_smaller_then_on_two_lines_then_smaller_then_cut():
    """20 letters: one line at nine tenths in 18; two lines of 10 in 17; smaller below 10, to 7 tenths."""
    words = "abcd efghi klmn pqrs"
    tried = {room: fit(words, room, letter_wide, TITLE) for room in (20, 18, 17, 9, 7, 6)}
    assert [len(found.lines) for found in tried.values()] == [1, 1, 2, 2, 2, 2]
    assert [found.size for found in tried.values()] == pytest.approx([1, 0.9, 1, 0.9, 0.7, READABLE])
    assert tried[7].lines == ("abcd efghi", "klmn pqrs")
    assert tried[6].lines == ("abcd", "efghi k" + ELLIPSIS)


def test_a_caption_may_have_three_lines():
    words = " ".join(["word"] * 12)
    assert [len(fit(words, room, letter_wide, CAPTION).lines) for room in (59, 30, 19, 14, 5)] == [
        1,
        2,
        3,
        3,
        3,
    ]
    assert fit(words, 5, letter_wide, CAPTION).lines[-1].endswith(ELLIPSIS)


def test_lines_that_are_given_stay_and_a_word_that_is_too_long_is_cut():
    assert fit("one\ntwo", 9, letter_wide, TITLE).lines == ("one", "two")
    assert fit("a\nb\nc", 9, letter_wide, TITLE).lines == ("a b c",)
    assert fit("\tan\u00a0odd\x07  one\n", 30, letter_wide, [(given(1), 1.0)]).lines == ("an odd one",)
    assert fit("x" * 50, 7, letter_wide, TITLE).lines == ("x" * 9 + ELLIPSIS,)
    assert fit("", 7, letter_wide, TITLE).lines == ("",)


@pytest.mark.parametrize("count", [2, 3])
def test_even_lines_are_as_short_as_they_can_be(count):
    """No other way of breaking the words has a shorter longest line, but for the steps of the search."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        words = ["x" * n for n in rng.integers(1, 9, 12)]
        lines = even(count)(" ".join(words), letter_wide)
        assert " ".join(lines) == " ".join(words) and len(lines) <= count
        cuts = [(0, *inner, 12) for inner in combinations(range(1, 12), count - 1)]
        best = min(max(len(" ".join(words[a:b])) for a, b in pairwise(cut)) for cut in cuts)
        assert max(map(len, lines)) <= best * 1.04


def test_sentences_in_chinese_fit_their_room_and_no_line_begins_with_a_comma():
    """With the widths of whatever font there is, boxes among them."""
    wide, room = ruler(12, 100), 140.0
    whole = [words.lstrip("".join(CLOSING)) for words in language("zh").messages.values()]  # some are an end
    sentences = [words for words in sorted(whole) if len(words) > 24]
    for words in sentences[::12]:
        lines = wrapped(words, room, wide)
        latin = max(map(wide, re.findall(r"[^\s⺀-鿿、-｠]+", words)), default=0.0)
        assert all(wide(line) <= max(room, latin + 2 * wide("。")) for line in lines), words
        assert not any(line[:1] in set(CLOSING) for line in lines), words
        assert not any(line[-1:] in set(OPENING) for line in lines[:-1]), words
        assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", words)


def test_chinese_is_wrapped_between_letters_and_not_before_a_full_stop():
    assert wrapped("优化器Adam，第一。", 7, letter_wide) == ["优化器", "Adam，第", "一。"]
    assert halved("在稳定的边缘", letter_wide) == ["在稳定", "的边缘"]
    assert wrapped("神经网络如何学习。", 4, letter_wide) == ["神经网络", "如何学", "习。"]


def test_names_are_cut_in_their_middle_alike_and_stay_different():
    short = shortened(PARAMETERS, 20, letter_wide)
    assert short[::5] == ("sequent…kernel[0,0]", "sequent…kernel[5,15]")
    assert len(set(short)) == 8 and max(map(len, short)) <= 20
    assert shortened(PARAMETERS, 13, letter_wide)[5] == "…kernel[5,15]"
    assert shortened(["w1", "bias"], 9, letter_wide) == ("w1", "bias")


def test_short_names_of_weights_say_their_layer_where_there_are_several():
    names = ["dense/kernel[5,2]", "dense_1/kernel[5,2]", "dense_2/kernel[0,1]", "area/bias[0]"]
    said = ("dense…[5,2]", "dense_1…[5,2]", "dense_2…[0,1]", "area/bias[0]")
    assert shortened(names, 15, letter_wide) == said
    conv = ["dense/kernel[29,2]", "dense/kernel[5,1]", "conv2d/kernel[1,0,0,0]"]
    assert shortened(conv, 16, letter_wide) == ("dense…[29,2]", "dense…[5,1]", "conv2d…[1,0,0,0]")
    twins = ["norm_1/gamma[0]", "norm_1/beta[0]", "norm_2/beta[0]"]
    assert len(set(shortened(twins, 13, letter_wide))) == 3
    alone = ["dense_1/kernel[5,2]", "dense_1/kernel[6,2]"]
    assert shortened(alone, 15, letter_wide) == ("den…kernel[5,2]", "den…kernel[6,2]")


@pytest.mark.parametrize("room", [3, 4, 6, 9, 15, 30])
@pytest.mark.parametrize(
    "names",
    [
        RUNS,
        PARAMETERS,
        [f"a{i:02}{'b' * 30}" for i in range(12)],
        [f"{'a' * 15}{i:02}{'b' * 15}" for i in range(12)],
    ],
)
def test_short_names_are_never_the_same(names, room):
    short = shortened(names, room, letter_wide)
    assert len(set(short)) == len(names) and max(map(len, short)) <= room


# On frames


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "words", [LONG, LONG + ", " + LONG, "Supercalifragilistic" * 6, "One neuron\nand its bias"]
)
def test_titles_and_captions_stay_on_the_frame_and_above_the_panels(view, size, words):
    """Inside of the margins, apart from each other, no smaller than the floor; panels begin below."""
    made = drawn([view], size=size, title=words, caption=f"{words}. {words}.", said=(words,))
    em, width, height = made.look.em, *size
    header = made.readout.header
    texts = [text for text in made.figure.texts if text.get_position()[1] * height > height - header.above]
    heads = [text for text in texts if text.get_fontweight() == "bold"]
    assert 1 <= len(heads) <= 2 and len(texts) >= len(heads)
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= 1.3 * em and box.x1 <= width - 1.0 * em and box.y1 <= height
        full = style.DARK.title_size / style.DARK.text_size if text in heads else 1.0
        assert text.get_fontsize() >= 0.999 * READABLE * full * made.look.points
    (caption,) = made.readout.header.still.artists
    lowest = min(text.get_window_extent().y0 for text in heads)
    assert caption.get_window_extent().y1 <= lowest + 0.35 * em
    tops = [panel.curves.top.bottom + panel.curves.top.height for panel in made.panels[1:]]
    assert caption.get_window_extent().y0 >= max(tops) + 1.2 * em


def test_a_title_and_a_caption_that_fit_stand_where_they_always_stood(view):
    """Baselines 0.9 em and 0.8 of the title's size below the top, and 1.65 em below that; panels 4.4 em."""
    made = drawn([view], title="One tanh neuron learns", caption="It learns.")
    em, size = made.look.em, style.DARK.title_size / style.DARK.text_size
    title, caption = made.figure.texts[:2]
    baseline = 720 - 0.9 * em - 0.8 * size * em
    assert (title.get_text(), caption.get_text()) == ("One tanh neuron learns", "It learns.")
    assert title.get_position()[1] * 720 == pytest.approx(baseline)
    assert caption.get_position()[1] * 720 == pytest.approx(baseline - 1.65 * em)
    assert (title.get_fontsize(), caption.get_fontsize()) == (size * made.look.points, made.look.points)
    assert made.readout.above == pytest.approx(4.4 * em)


def test_a_heading_of_one_line_is_smaller_and_then_cut(view):
    """As on contact sheets: never wider than its room, never smaller than the floor."""
    look = drawn([view]).look
    full = look.ruler(1.5, "bold")(LONG)
    for most, whole in ((full + 1, True), (0.8 * full, True), (0.5 * full, False)):
        text = look.fitted(0, 0, LONG, most, em=1.5, fontweight="bold")
        assert (text.get_text() == LONG) is whole and text.get_text().endswith(ELLIPSIS) is not whole
        assert text.get_window_extent().width <= most + 1
        assert text.get_fontsize() >= 0.999 * READABLE * 1.5 * look.points


def test_a_long_title_is_whole_in_the_metadata(tmp_path):
    """The words of a file are not those of its frames: a title of 160 letters, a description of 500."""
    scene, about = build(scene_files.bundled("plateau"), ["epochs=2"])
    runs, _ = recordings(scene, about, True, quiet)
    film = film_of(
        replace(scene, title=LONG, description="d" * 500),
        {**about, "description": "d" * 500},
        runs,
        command="animator render",
    )
    film.save(tmp_path / "a.png", size=(640, 360))
    found = Image.open(tmp_path / "a.png").text
    assert (found["Title"], found["Description"]) == (LONG, "d" * 500)


@pytest.mark.parametrize("size", SIZES)
def test_events_speak_on_as_many_lines_as_they_need(view, size):
    """The lines of an event's caption are inside the margins, and nothing of it is left after it."""
    made = drawn([view], size=size, said=("It turns.", LONG))
    made.draw(FrameState(30, False, caption=LONG, opacity=1.0))
    lines = [line for line in made.readout.header.lines if line.get_text()]
    assert " ".join(line.get_text() for line in lines) == LONG and len(lines) >= 2
    assert max(line.get_window_extent().x1 for line in lines) <= size[0] - 1.3 * made.look.em
    made.draw(FrameState(31, False, caption="It turns.", opacity=1.0))
    assert [line.get_text() for line in made.readout.header.lines if line.get_text()] == ["It turns."]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", [DEFAULT_LAYOUT, (("weights",), ("loss",))])
def test_names_stand_above_the_curves_in_their_order(view, size, layout):
    """However long they are, they are different, in the cell, in one order from the first frame to the last,
    do not run into values, and leave more than half of the panel's height to the curves, or are not there.
    """
    lines = np.cumsum(np.random.default_rng(1).normal(size=(61, 8)), 0).astype(np.float32)
    made = drawn([replace(view, labels=PARAMETERS, lines=lines, line_range=(-20, 20))], layout, size)
    panel = next(panel for panel in made.panels if panel.spec.name == "weights")
    weights, em = panel.curves, made.look.em
    names = [text.get_text() for text in weights.names]
    assert len(names) in (0, 8) and len(set(names)) == len(names)
    assert weights.axes.bbox.height >= 0.5 * (panel.cell.height - (1.7 + 1.7) * em)
    boxes = [text.get_window_extent() for text in weights.names]
    for box in boxes:
        assert box.x0 >= panel.cell.left and box.y0 > weights.axes.bbox.y1
    for box, value in zip(boxes, weights.values, strict=False):
        assert box.x1 < value.get_position()[0]
        assert value.get_window_extent().x1 <= panel.cell.left + panel.cell.width + 0.1 * em
    before = [(text.get_position(), text.get_text()) for text in weights.names]
    made.draw(FrameState(3, False))
    assert [(text.get_position(), text.get_text()) for text in weights.names] == before


def test_axes_of_curves_fill_their_cell(view):
    """They begin 3 em after it does, and end 1.1 em before; those above each other are lined up."""
    made = drawn([view])
    for panel in made.panels[1:]:
        box = panel.curves.axes.bbox
        assert box.x0 == pytest.approx(panel.cell.left + 3.0 * made.look.em)
        assert box.x1 == pytest.approx(panel.cell.left + panel.cell.width - 1.1 * made.look.em)


@pytest.mark.parametrize("size", SIZES)
def test_a_runs_name_above_its_panel_stays_in_the_cell(size):
    """Two runs side by side, or one above the other: the headings are different, and end where cells do."""
    layout = (("surface@0", "surface@1"), ("weights@0", "weights@1"))
    views = [
        replace(numpy_view(), name=f"a name that is rather long, in its {n} half")
        for n in ("first", "second")
    ]
    made = drawn(views, layout, size)
    cells = {panel.cell for panel in made.panels}
    told = made.readout.card.artists
    texts = [text for text in made.figure.texts if text not in told]
    heads = [text for text in texts if text.get_text().endswith(" half")]
    assert len(heads) == 4 and len({text.get_text() for text in heads}) >= 2
    for text in heads:
        box = text.get_window_extent()
        (cell,) = (
            c
            for c in cells
            if c.left <= box.x0 < c.left + c.width and c.bottom < box.y0 < c.bottom + c.height
        )
        assert box.x1 <= cell.left + cell.width + 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [2, 3, 12])
def test_a_race_of_long_names_has_room(size, count):
    """Names are all different above the surface, inside of its panel and apart; so is the end card."""
    made = drawn(race(RUNS[:count]), (("race", "losses"),), size)
    ground = made.panels[0]
    boxes = [text.get_window_extent() for text in ground.names]
    assert len({text.get_text() for text in ground.names}) == count
    assert max(box.x1 for box in boxes) <= ground.cell.left + ground.cell.width
    assert min(box.y0 for box in boxes) > ground.ground.axes.bbox.y1
    assert ground.ground.axes.bbox.width >= 0.2 * min(size)
    for text in made.readout.card.artists[1:]:
        assert text.get_window_extent().x0 >= 1.0 * made.look.em
        assert text.get_fontsize() >= 0.999 * READABLE * 0.86 * made.look.points


def test_the_end_card_tells_less_before_it_is_too_small():
    views = race(RUNS[:3])
    views = [replace(view, test_loss=(0.5, 0.2 - 0.01 * i), field=None) for i, view in enumerate(views)]
    both, after, best = (outcomes(views, ["a", "b", "c"], told)[-1][1] for told in ("both", "after", "best"))
    assert both == "a: 0.50 → 0.20   b: 0.50 → 0.19   c: 0.50 → 0.18"
    assert (after, best) == ("a: 0.20   b: 0.19   c: 0.18", "0.18, c")


@pytest.mark.parametrize("size", SIZES)
def test_names_of_axes_stand_at_their_ends(view, size):
    """However long they are: the first below the axes, at their end, the other above; in the cell."""
    made = drawn([replace(view, axis_labels=PARAMETERS[:2])], size=size)
    panel = made.panels[0]
    axes = panel.ground.axes
    across, up = axes.xaxis.label, axes.yaxis.label
    assert across.get_text() != up.get_text() and across.get_text().endswith("0]")
    assert up.get_window_extent().y0 >= axes.bbox.y1 and up.get_window_extent().x1 <= axes.bbox.x1
    box = across.get_window_extent()
    assert box.y1 <= axes.bbox.y0 and box.x0 > axes.bbox.x0
    assert box.x1 == pytest.approx(axes.bbox.x1, abs=1)
    assert box.x1 <= panel.cell.left + panel.cell.width


# Cards

FORMULA = (
    r"$w \leftarrow w - \eta \nabla L(w) + \beta (w_k - w_{k-1}) + \frac{1}{2} \sum_{i=1}^{n} (y_i - x_i)^2$"
)


def card_rows(text, width, height):
    return text_card.rows(text, width, height, 14.0, 100.0)


def test_a_card_wraps_words_and_keeps_formulas_whole():
    """A line of 20 em, with a formula in it, on a card of 12 em: two lines of full size."""
    made = card_rows("The rule is $w \\leftarrow w - \\eta g$ and no other.\nShort.", 12, 20)
    assert [row.em for row in made] == [1.0, 1.0, 1.0]
    assert [row.words for row in made] == [
        "The rule is $w \\leftarrow w - \\eta g$",
        "and no other.",
        "Short.",
    ]
    assert [row.loud for row in made] == [True, True, False]
    assert [row.below for row in made] == pytest.approx([1.75, 3.5, 5.25])


def test_a_wide_formula_makes_the_card_smaller_down_to_a_floor():
    at_full = card_rows(FORMULA, 60, 20)[0]
    smaller = card_rows(FORMULA, 22, 20)[0]
    assert at_full.em == 1.3 and READABLE * 1.3 <= smaller.em < 1.3
    with pytest.raises(AnimatorError) as caught:
        card_rows(FORMULA, 15, 20)
    assert str(caught.value) == (
        f"The scene's card has '{FORMULA}', which is wider than the card even in the smallest letters that "
        "can be read. Shorten it, or give the card a wider cell of the layout, or the frame another --size."
    )


def test_a_high_formula_pushes_its_neighbours_away():
    """Between a sum with limits and the next line there is what LINE alone would not give."""
    plain, high = (card_rows(f"a\n{line}\nb", 60, 20) for line in ("$x$", r"$\sum_{i=1}^{n} x_i$"))
    gaps = [np.diff([row.below for row in made]) for made in (plain, high)]
    assert gaps[0] == pytest.approx([1.75, 1.75])
    assert (gaps[1] > 1.75).all()


def test_a_card_of_too_many_lines_says_so_before_anything_is_trained(tmp_path, monkeypatch, capsys):
    file = tmp_path / "long.py"
    file.write_text(
        "from animator import Experiment, Scene\n\ndef scene() -> Scene:\n    '''Long.'''\n"
        "    return Scene('Long', (Experiment(model=print, data=print),), card='line\\n' * 40,\n"
        "                 layout=(('surface', 'card'),))\n"
    )
    monkeypatch.chdir(tmp_path)
    done = run(capsys, "render", str(file), "-o", "a.png")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "animator: The scene's card needs 41 lines and has room for 22 in the smallest letters that can be "
        "read. Shorten it, or give the card a higher cell of the layout, or the frame another --size.\n"
    )


@pytest.mark.parametrize("size", SIZES)
def test_a_card_on_a_frame_stays_in_its_cell(view, size):
    text = "A line of words that is much longer than the card is wide: wrapped.\n$w - \\eta g$\nShort."
    made = drawn([replace(view, card=text)], (("surface", "card"), ("surface", "loss")), size)
    em = made.look.em
    cell = panel_fit.boxes((("surface", "card"), ("surface", "loss")), ((), ()), size, em)["card"]
    texts = [t for t in made.figure.texts if t.get_math_fontfamily() == text_card.MATH]
    assert len(texts) >= 4
    for found in texts:
        box = found.get_window_extent()
        assert box.x0 >= cell.left - 1 and box.x1 <= cell.left + cell.width + 1


# Letters


def test_letters_of_the_shipped_fonts_need_no_others():
    assert fonts.families("Größe → λ ∇ ≤ é") == fonts.families("plain") == fonts.use_fonts()
    assert fonts.sentence(["Größe", "→"]) == ""
    drawn_ones = {letter for letter in fonts.COMMON if not "\x7f" <= letter <= "\x9f"}
    assert {ord(letter) for letter in drawn_ones} <= fonts.shipped_letters()


@pytest.fixture
def a_font(tmp_path):
    """A font of this machine with one letter, 神, a square."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from matplotlib import font_manager

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 800), (800, 800), (800, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder([".notdef", "deity"])
    made.setupCharacterMap({ord("神"): "deity"})
    made.setupGlyf({".notdef": square, "deity": square})
    made.setupHorizontalMetrics({".notdef": (1000, 0), "deity": (1000, 0)})
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": "One Letter", "styleName": "Regular"})
    made.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200, usWeightClass=400)
    made.setupPost()
    made.save(tmp_path / "one.ttf")
    before = list(font_manager.fontManager.ttflist)
    font_manager.fontManager.addfont(str(tmp_path / "one.ttf"))
    fonts.family_with.cache_clear()
    yield
    font_manager.fontManager.ttflist[:] = before
    fonts.family_with.cache_clear()


def test_what_they_lack_comes_from_the_machines_fonts(a_font, view):
    """A letter that a font of the machine has is drawn with it, as large as its square."""
    assert fonts.families("神 a") == (*fonts.use_fonts(), "One Letter")
    assert fonts.drawable("神 a") == "神 a"
    assert fonts.sentence(["神"]) == ""
    made = drawn([view], title="神")
    (title,) = (text for text in made.figure.texts if text.get_text() == "神")
    size = style.DARK.title_size / style.DARK.text_size * made.look.em
    assert title.get_window_extent().width == pytest.approx(0.8 * size, abs=0.25 * size)


def test_letters_that_no_font_has_are_boxes_and_a_sentence(view, recwarn, monkeypatch):
    """In titles and in names; matplotlib has nothing to warn of."""
    monkeypatch.setattr(fonts, "family_with", lambda letter: None)
    made = drawn([replace(view, labels=("w網", "w2", "bias"))], title="Party 神")
    assert "Party □" in [text.get_text() for text in made.figure.texts]
    assert [str(w.message) for w in recwarn if "missing" in str(w.message)] == []
    assert fonts.sentence(["Party 神", "w網"]) == (
        "No font of this machine has the letters 神網, so they are drawn as boxes. Install "
        "one that has them, such as Noto Sans CJK, or write other words."
    )
