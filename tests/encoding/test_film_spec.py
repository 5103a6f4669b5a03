"""What a film may be asked to be, to the last pixel and frame, and what it says of itself, as data."""

from fractions import Fraction

import pytest

from animator.core.errors import AnimatorError, SizeError
from animator.encoding.film_spec import FilmSpec, Metadata, json_line, json_object

GIF_RATE = "fps={} cannot be stored in a GIF: its delays are whole hundredths of a second, and {}. Use "
GIF_RATE += "--fps 50, 25 or 20, or write an .mp4."
TWO_BY_TWO = (
    "{} pixels: its colours are stored for two by two pixels, so both sides must be even. Use --size "
)
TOO_LARGE = "A film of {} pixels is too large: the largest is 7680x4320. Use --size 3840x2160 or less."
FRAGILE = "{} pixels: its encoder needs at least 64 a side. Use --size {} or more, or {}."


@pytest.mark.parametrize(
    ("suffix", "spec", "sentence"),
    [
        (".gif", FilmSpec(640, 360, 60), GIF_RATE.format(60, "60 would play at 50 or 100")),
        (".GIF", FilmSpec(640, 360, 50.5), GIF_RATE.format(50.5, "50.5 would play at 50 or 100")),
        (
            ".gif",
            FilmSpec(640, 360, 100),
            GIF_RATE.format(100, "viewers slow a delay of one or none down to 10 frames a second"),
        ),
        (
            ".mp4",
            FilmSpec(1281, 721, 30),
            "An MP4 cannot be " + TWO_BY_TWO.format("1281x721") + "1280x720 or 1282x722, or write a .gif.",
        ),
        (
            ".webm",
            FilmSpec(97, 64, 10),
            "A WebM cannot be " + TWO_BY_TWO.format("97x64") + "96x64 or 98x64, or write a .gif.",
        ),
        (
            ".avif",
            FilmSpec(96, 65, 10),
            "An AVIF cannot be " + TWO_BY_TWO.format("96x65") + "96x64 or 96x66, or write a .gif.",
        ),
        (
            ".mp4",
            FilmSpec(15, 720, 30),
            "A film of 15x720 pixels is too small: each side needs at least 16. Use --size 16x720 or more.",
        ),
        (
            ".png",
            FilmSpec(7681, 720, 30),
            TOO_LARGE.format("7681x720"),
        ),
        (
            ".png",
            FilmSpec(4321, 4321, 30),
            TOO_LARGE.format("4321x4321"),
        ),
        *(
            (
                ".png",
                FilmSpec(640, 360, fps),
                f"fps={fps:g} is not possible: a film shows from 0.1 to 240 frames a second. Use --fps 30.",
            )
            for fps in (0, 0.09, 241, float("nan"))
        ),
        *(
            (
                ".gif",
                FilmSpec(64, 64, 30, end_pause=pause),
                f"A pause of {pause} seconds at the end is not possible: it lasts from 0 to 300 seconds. Use "
                "end_pause=2.",
            )
            for pause in (-1, 301)
        ),
        (
            ".mp4",
            FilmSpec(96, 64, 10, transparent=True),
            "A .mp4 file cannot be transparent. Write one of .png .apng .webp .webm .gif folder, or leave "
            "--transparent away.",
        ),
        (
            ".mp4",
            FilmSpec(96, 64, 10, codec="vp8"),
            "No codec is called 'vp8'. Known: h264 h265 av1.",
        ),
        (
            ".mp4",
            FilmSpec(96, 62, 10, codec="h265"),
            "An H.265 film cannot be " + FRAGILE.format("96x62", "96x64", "--codec h264"),
        ),
        (
            ".mp4",
            FilmSpec(18, 130, 10, codec="av1"),
            "An AV1 film cannot be " + FRAGILE.format("18x130", "64x130", "--codec h264"),
        ),
        (
            ".AVIF",
            FilmSpec(130, 18, 10),
            "An AVIF cannot be " + FRAGILE.format("130x18", "130x64", "write a .webp"),
        ),
    ],
)
def test_what_cannot_be_is_refused(suffix: str, spec: FilmSpec, sentence: str) -> None:
    with pytest.raises(AnimatorError) as caught:
        spec.check(suffix)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("suffix", "spec"),
    [
        (".gif", FilmSpec(16, 16, 50)),
        (".gif", FilmSpec(17, 31, 0.1, end_pause=300)),
        (".png", FilmSpec(7680, 4320, 240)),
        (".png", FilmSpec(4320, 7680, 240)),
        (".webp", FilmSpec(17, 31, 60, transparent=True)),
        (".mp4", FilmSpec(16, 16, 60)),
        (".mp4", FilmSpec(64, 64, 60, codec="h265")),
        (".mp4", FilmSpec(96, 66, 60, codec="av1")),
        (".avif", FilmSpec(64, 64, 60)),
    ],
)
def test_what_is_just_possible(suffix: str, spec: FilmSpec) -> None:
    spec.check(suffix)


@pytest.mark.parametrize(
    ("size", "sizes"),
    [((15, 9000), [(16, 9000)]), ((9000, 16), [(3840, 2160)]), ((33, 47), [(32, 46), (34, 48)])],
)
def test_a_wrong_size_names_those_that_do(size: tuple[int, int], sizes: list[tuple[int, int]]) -> None:
    with pytest.raises(SizeError) as caught:
        FilmSpec(*size, 30).check(".mp4")
    assert list(caught.value.sizes) == sizes


def test_a_film_of_which_nothing_more_is_said() -> None:
    plain = FilmSpec(
        64, 64, 30, 0.0, (), 255, "h264", 0, transparent=False, matte=(0, 0, 0), loop=True, frames=0
    )
    assert FilmSpec(64, 64, 30) == plain


def test_the_pause_at_the_end_in_frames() -> None:
    assert FilmSpec(64, 64, 29.97).rate == Fraction(2997, 100)
    assert [FilmSpec(64, 64, 30, end_pause=pause).held for pause in (0, 0.04, 1.5)] == [0, 1, 45]


def test_words_are_data() -> None:
    """All five fields and no other, words as words."""
    words = Metadata("a", "b", "c", "d", {"seed": 1})
    said = words.to_dict()
    assert said == {
        "title": "a",
        "description": "b",
        "alt_text": "c",
        "command": "d",
        "details": {"seed": 1},
    }
    assert Metadata.from_dict(said) == words
    for other in ({"title": 1}, {"details": "d"}, {"details": None}, {"more": "e"}):
        assert Metadata.from_dict(said | other) is None
    assert Metadata.from_dict({"title": "a"}) is None


def test_lines_of_json() -> None:
    assert json_line({"é": [1, None], "b": "x y"}) == '{"é":[1,null],"b":"x y"}'
    assert json_object('{"a": 1}') == {"a": 1}
    assert json_object("[1]") is None and json_object("{") is None
