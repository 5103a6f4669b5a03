"""The palette: what is exact, what is kept, and that pixels get the nearest entry."""

from itertools import product

import numpy as np
import pytest

from animator.encoding.formats import Frame
from animator.encoding.palette import (
    FAR,
    MOVING,
    SIZE,
    TRANSPARENT,
    Indexer,
    choose,
    entries,
    nearest,
    pixels,
)


def picture(colours: object) -> Frame:
    """A frame (1, n, 4) of n colours."""
    rgb = np.asarray(colours, np.uint8).reshape(1, -1, 3)
    return np.concatenate([rgb, np.full((1, rgb.shape[1], 1), 255, np.uint8)], axis=2)


def many() -> Frame:
    """4096 colours, evenly spread, on a large dark ground."""
    spread = list(product(range(0, 256, 17), repeat=3))
    return picture([(16, 20, 24)] * 20_000 + spread)


def test_few_colours_are_kept_as_they_are() -> None:
    """Three colours make a palette of three, the exact one first."""
    got = choose([picture([(1, 2, 3), (9, 9, 9), (1, 2, 3), (255, 0, 0)])], exact=[(255, 0, 0)]).colours
    assert got.tolist() == [[255, 0, 0], [1, 2, 3], [9, 9, 9]]


def test_exact_colours_come_first_and_stay() -> None:
    """Among 4096 colours the reserved ones are entries bit for bit, once each."""
    exact = [(230, 30, 60), (240, 200, 40), (230, 30, 60)]
    got = choose([many()], exact).colours
    assert got.shape == (SIZE, 3)
    assert got[:2].tolist() == [[230, 30, 60], [240, 200, 40]]


def test_the_ground_keeps_its_colour() -> None:
    """A flat area that makes up most of its cluster is not shifted by its neighbours."""
    assert [16, 20, 24] in choose([many()]).colours.tolist()


def test_every_colour_has_an_entry_near_it() -> None:
    """An even spread of 16^3 colours, 17 apart: 255 entries leave none farther than two steps off."""
    frame = many()
    colours = frame[0, :, :3]
    palette = choose([frame]).colours
    error = np.abs(palette[nearest(colours, palette)].astype(int) - colours)
    assert error.max() <= 3 * 17
    assert error[20_000:].mean() < 17


def test_the_same_frames_give_the_same_palette() -> None:
    assert (choose([many()]).colours == choose([many()]).colours).all()


def test_more_colours_than_are_looked_at() -> None:
    """Beyond 20,000 colours neighbours are merged first; the palette is still full and near."""
    colours = np.random.default_rng(0).integers(0, 256, (60_000, 3))
    palette = choose([picture(colours)]).colours
    found = palette[nearest(colours.astype(np.uint8), palette)]
    assert len(palette) == SIZE
    assert np.abs(found - colours).mean() < 16


def test_too_many_exact_colours() -> None:
    with pytest.raises(ValueError, match="a palette holds 255 exact colours, not 256"):
        choose([many()], [(i, 0, 0) for i in range(256)])


def test_pixels_get_the_nearest_entry() -> None:
    """Against the definition: least squared distance, the first of equals; never the transparent one."""
    palette = choose([many()]).colours
    colours = np.random.default_rng(1).integers(0, 256, (500, 3))
    distance = ((colours[:, None] - palette.astype(int)) ** 2).sum(axis=2)
    index = Indexer(palette)
    for _ in range(2):  # unseen, then remembered
        got = index(pixels(picture(colours)))
        assert got.shape == (1, 500)
        number = got[0] - (got[0] > TRANSPARENT)
        assert (number == distance.argmin(axis=1)).all()
    assert TRANSPARENT not in got


def test_entries_leave_a_gap_for_the_transparent_one() -> None:
    """Colour 62 is entry 62, colour 63 entry 64."""
    colours = np.arange(65, dtype=np.uint8)[:, None] + np.array([1, 2, 3], np.uint8)
    got = entries(colours)
    assert got.shape == (256, 3)
    assert got[62:67, 0].tolist() == [63, 0, 64, 65, 0]


def moving() -> list[Frame]:
    """4096 colours that stay, and a pixel that is red, then one of 200 greens."""
    still = many()
    return [
        np.concatenate([still, picture([colour])], axis=1)
        for colour in [(250, 0, 0), *((5, green, 5) for green in range(50, 250))]
    ]


def test_what_moves_comes_first() -> None:
    """Of 255 colours the first 63 are red and greens; an exact colour that moves leads them, one that does
    not follows them."""
    palette = choose(moving(), exact=[(1, 2, 3), (250, 0, 0)])
    assert (len(palette.colours), palette.moving) == (SIZE, MOVING)
    assert palette.colours[[0, MOVING]].tolist() == [[250, 0, 0], [1, 2, 3]]
    assert set(map(tuple, palette.colours[1:MOVING, ::2].tolist())) == {(5, 5)}


@pytest.mark.parametrize(("asked", "few"), [(MOVING, MOVING), (MOVING + 1, SIZE)])
def test_more_asked_for_colours_that_move_than_there_is_room_for_have_all(asked: int, few: int) -> None:
    greens = [(5, green, 5) for green in range(50, 50 + asked)]
    palette = choose(moving(), greens)
    assert palette.moving == few
    assert palette.colours[:asked].tolist() == [list(green) for green in greens]


def test_few_colours_are_used_where_they_are_near() -> None:
    """A moving pixel gets one of the first entries, unless it is more than FAR from all of them, or exact."""
    palette = choose(moving(), exact=[(1, 2, 3)])
    index = Indexer(palette.colours, palette.moving, palette.exact)
    colours = np.random.default_rng(2).integers(0, 256, (500, 3))
    got = entries(palette.colours)[index(pixels(picture(colours)))[0]].astype(int)
    few = palette.colours[: palette.moving].astype(int)
    least = ((colours[:, None] - few) ** 2).sum(axis=2).min(axis=1)
    off = ((got - colours) ** 2).sum(axis=1)
    assert (off[least <= FAR] == least[least <= FAR]).all()
    assert (off <= least).all()
    assert entries(palette.colours)[index(pixels(picture([(1, 2, 3)])))].tolist() == [[[1, 2, 3]]]


def test_where_all_moves_it_has_all_colours() -> None:
    """Two pictures without a pixel in common."""
    palette = choose([many(), picture(255 - many()[0, :, :3])])
    assert (len(palette.colours), palette.moving) == (SIZE, SIZE)


def test_the_colour_of_more_than_half_of_the_pixels_is_the_only_one() -> None:
    """Of a palette of one colour. A pixel is red in the first of some pictures and then blue."""
    red, blue = (200, 0, 0), (0, 0, 200)
    for reds, blues, shown in ((2, 1, red), (1, 2, blue), (2, 2, (100, 0, 100))):
        frames = [picture([red])] * reds + [picture([blue])] * blues
        assert choose(frames, size=1).colours.tolist() == [list(shown)]


def test_the_colour_that_is_served_worst_comes_next() -> None:
    """Beside white, which is asked for, grey and white are near to each other; black is not."""
    frame = picture([(0, 0, 0), (250, 250, 250)])
    got = choose([frame], [(255, 255, 255)], size=2).colours
    assert got.tolist() == [[255, 255, 255], [0, 0, 0]]


def test_of_near_colours_the_most_frequent_one_is_kept() -> None:
    """Among 60,000 colours, which are merged first, one of 500 pixels stays as it is."""
    colours = np.random.default_rng(0).integers(0, 256, (60_000, 3))
    colours[:500] = (101, 102, 103)
    assert [101, 102, 103] in choose([picture(colours)]).colours.tolist()


@pytest.mark.parametrize(("asked", "chosen"), [(62, (0, 200, 0)), (63, (100, 0, 0))])
def test_once_what_moves_has_its_colours_the_others_go_by_their_pixels(asked: int, chosen: tuple) -> None:
    """Red is ten times as frequent as green, whose squared distance from the blues is four times as large: by
    the square root of the pixels green comes first, by their power of three quarters red.
    """
    blues = [(0, 0, blue) for blue in range(asked)]
    frame = picture([(100, 0, 0)] * 1000 + [(0, 200, 0)] * 100)
    assert choose([frame], blues, asked + 1).colours[asked:].tolist() == [list(chosen)]
