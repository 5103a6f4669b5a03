"""Settings of a film: what each reads, as Python has it and as it is typed, and the sentence for what it
cannot.
"""

import json
from dataclasses import fields

import pytest

from animator import AnimatorError, Event, FilmDesign, Pacing
from animator.design import style_files
from animator.design.film_design import KEPT
from animator.design.style import DARK
from animator.design.wishes import WISHES, flag

TYPED = [
    ("title", "none", ""),
    ("names", "one, two", ("one", "two")),
    ("seconds", "15", 15.0),
    ("from_", "epoch:2", "epoch:2"),
    ("to", 90, "step:90"),
    ("hold", ["42 It turns"], (Event(42, "It turns"),)),
    ("hold", (42, "It turns"), (Event(42, "It turns"),)),
    ("hold", [(1, "a"), Event(2, "b", 3.0)], (Event(1, "a"), Event(2, "b", 3.0))),
    ("layout", "surface weights; surface loss", (("surface", "weights"), ("surface", "loss"))),
    ("layout", ["surface weights", ("surface", "loss")], (("surface", "weights"), ("surface", "loss"))),
    ("window", "-2.5,2.5,-1,3", (-2.5, 2.5, -1.0, 3.0)),
    ("levels", "12", 12),
    ("colors", "viridis_r", "viridis_r"),
    ("size", "1080x1080", (1080, 1080)),
    ("size", [640, 360], (640, 360)),
    ("slice", ["moving", "static"], ("moving", "static")),
    ("style", DARK, DARK),
]
WRONG = [
    ("title", 3, "it must be a text. Give for example title='One neuron'."),
    ("caption", None, "it must be a text. Give for example caption='w1 falls'."),
    ("seconds", "long", "it must be a number from 0.1 to 86,400. Give for example seconds=15."),
    ("dot", True, "it must be a number from 0.2 to 5. Give for example dot=1.5."),
    ("levels", 2.5, "it must be a whole number from 2 to 60. Give for example levels=12."),
    ("at", "4.0", "it must be a whole number from 0 to 1,000,000,000. Give for example at=40."),
    ("from_", "20", "it must name a step or an epoch. Give for example from_='step:20'."),
    (
        "hold",
        42,
        "it must be a step and its words, or several of these. Give for example hold=(42, 'Here it turns').",
    ),
    ("layout", 5, "it must be rows of panel names. Give for example layout='surface weights; surface loss'."),
    (
        "window",
        (1, 2, 3),
        "it must be four numbers: left, right, bottom, top. Give for example window=(-2.5, 2.5, -1, 3).",
    ),
    (
        "window",
        (2, 1, 0, 1),
        "left must be less than right, and bottom less than top. Give for example window=(-2.5, 2.5, -1, 3).",
    ),
    ("colors", "vir", "matplotlib has no colour map of that name. Give for example colors='viridis'."),
    (
        "camera",
        "folow",
        "there is none such. Did you mean 'follow'? Known: fixed follow zoom orbit. Give for example "
        "camera='follow'.",
    ),
    ("captions", 1, "it must be True or False. Give for example captions=False."),
    ("size", "1080", "it must be a width and a height in pixels. Give for example size='1280x720'."),
    (
        "style",
        5,
        "it must be the name of a style, the path of a style file or a Style. Give for example "
        "style='light'.",
    ),
    ("pacing", 6.0, "it must be a Pacing. Give for example pacing=Pacing(play=6.0)."),
]


def test_every_setting_is_a_wish():
    assert {part.name for part in fields(FilmDesign)} == WISHES.keys()


@pytest.mark.parametrize(("name", "given", "kept"), TYPED)
def test_a_setting_is_kept_in_one_form(name, given, kept):
    assert getattr(FilmDesign(**{name: given}), name) == kept


@pytest.mark.parametrize(("name", "given", "sentence"), WRONG)
def test_what_is_no_value_of_a_setting_is_told_at_once(name, given, sentence):
    with pytest.raises(AnimatorError) as caught:
        FilmDesign(**{name: given})
    assert str(caught.value) == f"{name}={given!r} cannot be: {sentence}"


@pytest.mark.parametrize("name", [name for name, wish in WISHES.items() if wish.typed])
def test_the_example_of_a_setting_is_one(name):
    """Both of them, as Python has it and as it is typed, mean the same; a preset has one form."""
    wish = WISHES[name]
    if name == "hold":
        assert wish.typed_value(name, ["42 Here it turns"]) == wish.value(name, eval(wish.python))
    else:
        assert wish.typed_value(name, wish.typed.strip("'")) == wish.value(name, eval(wish.python))


def test_a_typed_value_is_told_with_its_option():
    with pytest.raises(AnimatorError) as caught:
        WISHES["from_"].typed_value("from_", "20")
    assert str(caught.value) == (
        "--from 20 cannot be: it must name a step or an epoch. Use for example --from step:20."
    )
    assert [flag(name) for name in ("from_", "to", "end_pause")] == ["--from", "--to", "--end-pause"]


@pytest.mark.parametrize(("seconds", "parts"), [(15.0, (0.5, 11.5, 1.5)), (3.0, (0.5, 4.0, 1.5))])
def test_a_film_lasts_as_long_as_asked(seconds, parts):
    """A longer one plays longer; in one that is short, everything is shorter in proportion."""
    pacing = Pacing(events=(Event(3, "a", 1.5),)).lasting(seconds)
    share = min(1.0, seconds / 7.5)
    assert pacing.seconds == pytest.approx(seconds)
    assert (pacing.intro, pacing.play, pacing.end) == pytest.approx(tuple(share * part for part in parts))
    assert pacing.events[0].hold == pytest.approx(1.5 * share)


def test_wishes_change_the_style():
    look = style_files.wished(FilmDesign(style="light", text=1.5, dot=2, levels=5, colors="gray"))
    light = style_files.find("light")
    assert (look.text_size, look.title_size) == (1.5 * light.text_size, 1.5 * light.title_size)
    assert (look.dot_size, look.levels) == (2.0, 5)
    assert (look.surface_map[0], look.surface_map[16], look.surface_map[-1]) == (
        "#000000",
        "#808080",
        "#ffffff",
    )
    assert style_files.wished(FilmDesign(style=light)) == light


def test_a_recording_keeps_what_its_scene_asks_for():
    """And nothing of what it does not ask for, so that older recordings are as they were."""
    asked = FilmDesign(window=(-1, 1, 0, 2), hold=(3, "Look", 2.0), captions=False, levels=9, seconds=4)
    assert FilmDesign.read(json.loads(json.dumps(asked.data()))) == asked
    assert FilmDesign().data().keys() == set(KEPT)
