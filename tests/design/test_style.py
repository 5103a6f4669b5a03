"""Styles: contrast, colour blindness, grey; styles of one's own, and what is refused in them."""

from dataclasses import replace

import numpy as np
import pytest

from animator.core.color_vision import DEFICIENCIES, apart, contrast, lab, luminance
from animator.core.errors import AnimatorError
from animator.design import style, style_files
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from tests.color_differences import apart_in_grey, difference, differing
from tests.conftest import numpy_view

NAMES = list(style.STYLES)
SHEETS = ["ggplot", "dark_background", "bmh", "Solarize_Light2", "seaborn-v0_8", "grayscale"]


def test_known_contrasts_and_colours():
    """Black on white is 21; #777777 on white 4.48; L*a*b* of white and of pure red are the known ones."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    np.testing.assert_allclose(lab("#ffffff"), (100, 0, 0), atol=0.01)
    np.testing.assert_allclose(lab("#ff0000"), (53.24, 80.09, 67.20), atol=0.02)


@pytest.mark.parametrize("kind", DEFICIENCIES)
def test_greys_look_the_same_to_everybody(kind):
    """Rows of the simulation add up to one: white, black and grey stay as they are."""
    for colour in ("#000000", "#808080", "#ffffff"):
        np.testing.assert_allclose(lab(colour, kind), lab(colour), atol=0.05)


def test_red_and_green_come_closer_without_green_cones():
    """A red and a green of equal lightness, far apart for most, are near each other for deuteranopes."""
    pair = ("#d05050", "#5c8a3c")
    assert apart(pair) > 70 and apart(pair, "deuteranopia") < 0.4 * apart(pair)


@pytest.mark.parametrize("name", NAMES)
def test_text_has_the_contrast_that_wcag_asks_for(name):
    """4.5 to 1 for all text, and lines are named in their own colours, on both grounds."""
    look = style_files.find(name)
    for ground in (look.background, look.panel):
        for ink in (look.ink, look.muted, look.alert, *look.lines):
            assert contrast(ink, ground) >= 4.5, (ink, ground)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [None, *DEFICIENCIES])
def test_lines_are_told_apart_by_all_eyes(name, kind):
    """Any two of the eight are at least 12 apart (CIE 1976), five times what is just seen."""
    assert apart(style_files.find(name).lines, kind) >= 12


@pytest.mark.parametrize(
    ("one", "two", "known"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (58, 24, 15), 19.4535),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((90.8027, -2.0831, 1.441), (91.1528, -1.6435, 0.0447), 1.4441),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_ciede2000_is_that_of_its_authors(one, two, known):
    """Pairs of Sharma, Wu and Dalal 2005, table 1, in both directions."""
    one, two = np.array(one, float), np.array(two, float)
    assert difference(one, two) == pytest.approx(known, abs=5e-5)
    assert difference(two, one) == pytest.approx(known, abs=5e-5)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_lines_of_a_race_are_not_alike(name):
    """Any two of the first six are 22 CIEDE2000 apart (momentum and Adam were 10), and 10 with any kind of
    colour blindness; of all eight 17 and 9.
    """
    lines = style_files.find(name).lines
    for kind in (None, *DEFICIENCIES):
        assert differing(lines[:6], kind) >= (22 if kind is None else 10), kind
        assert differing(lines, kind) >= (17 if kind is None else 9), kind


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_told_apart_in_grey(name):
    """Any two of the eight differ by at least 3 in L*, where about 2 is just seen."""
    assert apart_in_grey(style_files.find(name).lines) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_maps_go_one_way_in_lightness(name):
    """Losses are read from light and dark alone; the dot differs from every part of the surface."""
    look = style_files.find(name)
    for colours in (look.surface_map, look.path_map):
        change = np.diff([lab(colour)[0] for colour in colours])
        assert (change > 0).all() or (change < 0).all()
    for kind in (None, *DEFICIENCIES):
        assert min(apart((look.dot, colour), kind) for colour in look.surface_map) > 20


def test_a_style_of_ones_own(tmp_path):
    """A .toml file says what differs from its base; a frame is drawn with it."""
    file = tmp_path / "school.toml"
    file.write_text('base = "light"\nbackground = "#fffff0"\nlines = ["#003366", "#990000"]\n')
    mine = style_files.find(str(file))
    assert (mine.name, mine.background, mine.lines) == ("school", "#fffff0", ("#003366", "#990000"))
    assert mine.panel == style.LIGHT.panel
    file.write_text('panel = "navy"\nlines = ["tomato", "C0"]\nsurface_map = "viridis"\nlevels = 7\n')
    named = style_files.find(str(file))
    assert (named.panel, named.lines, named.levels) == ("#000080", ("#ff6347", "#1f77b4"), 7)
    assert (named.surface_map[0], named.surface_map[-1]) == ("#440154", "#fde725")
    assert replace(style.DARK, panel="navy", surface_map="viridis").surface_map == named.surface_map
    with pytest.raises(AnimatorError) as caught:
        replace(style.DARK, ink=5)
    assert str(caught.value) == (
        "The style 'dark' cannot have ink=5: it must be a colour, such as '#101820' or 'navy'."
    )
    drawn = Canvas([numpy_view()], (("surface", "weights"),), mine, (640, 360), "One", "")
    assert tuple(drawn.draw(FrameState(9, False))[2, 2, :3]) == (255, 255, 240)


@pytest.mark.parametrize("name", SHEETS)
def test_matplotlibs_style_sheets(name):
    """A sheet's grounds and its cycle are taken; its text can be read whatever it says."""
    look = style_files.find(name)
    for ground in (look.background, look.panel):
        assert contrast(look.ink, ground) >= 4.5 and contrast(look.muted, ground) >= 4.5
    assert min(contrast(line, look.panel) for line in look.lines) >= 3
    dark = luminance(look.background) < 0.18
    assert dark is (name == "dark_background")
    assert (luminance(look.surface_map[0]) > luminance(look.surface_map[-1])) is dark


def test_a_sheet_by_its_path(tmp_path):
    """An .mplstyle file of one's own is read by matplotlib's parser."""
    file = tmp_path / "mine.mplstyle"
    file.write_text(
        "figure.facecolor: 101820\naxes.facecolor: 1a2430\ntext.color: white\nimage.cmap: cividis\n"
    )
    look = style_files.find(str(file))
    assert (look.name, look.background, look.panel, look.ink) == ("mine", "#101820", "#1a2430", "#ffffff")
    assert luminance(look.surface_map[0]) > luminance(look.surface_map[-1])
    assert look.unfollowed == ()
    file.write_text("figure.facecolor: white\nfont.size: 20\nlines.linewidth: 4\n")
    assert style_files.find(str(file)).unfollowed == ("font.size", "lines.linewidth")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'backgruond = "#000000"',
            "has 'backgruond', which no style has. Did you mean 'background'? Known: ",
        ),
        ('ink = "rad"', "cannot have ink = 'rad': it must be a colour, such as '#101820' or 'navy'."),
        ('lines = "red"', "cannot have lines = 'red': it must be two colours or more, such as ['#d7260f', "),
        (
            'surface_map = "vir"',
            "cannot have surface_map = 'vir': it must be two colours or more, or the name ",
        ),
        ("levels = 3.5", "has levels = 3.5: it is a number, from 2 to 60. Use levels = 15."),
        ("unfollowed = 3", "has 'unfollowed', which no style has. Known: "),
        ("text_size = 3", "has text_size = 3: it is a share of the frame's height, from 0.015 to 0.05. "),
        (
            'base = "drak"',
            "has base = 'drak', which is no bundled style. Use one of: dark light paper chalk.",
        ),
        ("ink = ", "cannot be read: Invalid value"),
    ],
)
def test_what_is_wrong_in_a_style_is_one_sentence(tmp_path, text, said):
    """What was given, why it cannot be, what to write."""
    file = tmp_path / "mine.toml"
    file.write_text(text + "\n")
    with pytest.raises(AnimatorError) as caught:
        style_files.find(str(file))
    assert str(caught.value).startswith(f"The style '{file}' {said}")


def test_missing_files_are_one_sentence(tmp_path):
    """A path that leads nowhere, and a sheet that is none."""
    with pytest.raises(
        AnimatorError, match=r"^There is no style sheet '.*no.mplstyle'. Give the path of an "
    ):
        style_files.find(str(tmp_path / "no.mplstyle"))
    with pytest.raises(
        AnimatorError, match=r"^The style '.*no.toml' cannot be read: No such file or directory"
    ):
        style_files.find(str(tmp_path / "no.toml"))
    broken = tmp_path / "broken.mplstyle"
    broken.write_text("axes.facecolor: nocolour\n")
    with pytest.raises(AnimatorError, match=r"^matplotlib cannot read the style sheet '.*broken.mplstyle': "):
        style_files.find(str(broken))
