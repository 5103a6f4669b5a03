"""Languages: no message is left out of a catalogue, and numbers are written as Babel writes them."""

import re
import subprocess
import sys

import pytest
from babel.numbers import format_decimal

import animator
from animator.core.formatting import number, point
from animator.core.language import LANGUAGES, Said, digits, language, say, shown, speaking
from tests.messages import messages, unwritten

OTHERS = sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_has_words_with_the_same_values_in_every_catalogue(code):
    held = language(code).messages
    assert sorted(messages() - set(held)) == []
    for message, words in held.items():
        assert sorted(re.findall(r"\{[^}]*\}", words)) == sorted(re.findall(r"\{[^}]*\}", message)), message
        assert words.strip(), message


@pytest.mark.parametrize("code", OTHERS)
def test_numbers_are_those_of_babel(code):
    with speaking(code):
        assert number(0.896) == format_decimal(0.896, locale=code)
        assert digits(f"{1234567.5:,}") == format_decimal(1234567.5, locale=code)


def test_a_point_keeps_its_coordinates_apart():
    with speaking("de"):
        assert point((0.48, -0.04)) == "(0,48; -0,04)"
    assert point((0.48, -0.04)) == "(0.48, -0.04)"


def test_a_sentence_with_values_is_said_in_the_language_that_is_spoken():
    said = Said("{name}, {rate:g}", name="too small", rate=0.04)
    assert said == "too small, 0.04"
    with speaking("de"):
        assert shown(said) == "too small, 0,04"  # a value that is none of our messages
        assert shown(Said("{name}, {rate:g}", name=Said("too small"), rate=0.04)) == "zu klein, 0,04"
        message = "Step {step:,}: the loss jumps from {before} to {after}."
        jump = say(message, step=1200, before="1", after="2")
        assert jump == "Schritt 1.200: Der Verlust springt von 1 auf 2."
    assert shown(said) == "too small, 0.04"


def test_every_message_is_written_out_where_it_is_said():
    """So that none that is in a variable can be forgotten: Babel finds all of them in the sources."""
    assert unwritten() == []


def test_words_of_the_users_stay_as_they_are():
    with speaking("de"):
        assert (say("loss"), shown(Said("loss")), shown("loss")) == ("Verlust", "Verlust", "loss")
        assert say("{kind} over steps", kind="loss") == "loss je Schritt"
        assert say("{kind} over steps", kind=Said("loss")) == "Verlust je Schritt"
        assert shown("{count} steps: 1.5", count=2.5) == "2,5 steps: 1.5"


def test_words_of_a_scene_go_before_the_catalogue():
    with speaking("de", {"loss": "Fehler"}):
        assert say("loss") == shown("loss") == "Fehler"
        assert say("epoch") == "Epoche"


def test_english_needs_no_babel():
    code = "import sys, animator.cli.app, animator.core.language as l; l.language('en'); "
    code += "print('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.filterwarnings("error:Glyph:UserWarning")
@pytest.mark.parametrize("code", ["de", "fr", "es", "zh"])
def test_a_film_is_drawn_in_each_language(tmp_path, code):
    """matplotlib has nothing to say about letters: those that no font here has are boxes by then."""
    film = animator.film(animator.scene("valley"), lang=code)
    film.save(tmp_path / "a.gif", size=(320, 180), fps=1)


def test_numbers_in_sentences_stand_before_powers_of_ten():
    """Python writes 2.5e-06 and 1e+20."""
    said = Said("noise of {noise:g}, at most {most:g}", noise=2.5e-6, most=1e20)
    assert shown(said) == "noise of 2.5×10⁻⁶, at most 10²⁰"
    with speaking("de"):
        assert shown(Said("Learning rate {rate:g}", rate=2.5e-6)).endswith("2,5×10⁻⁶")
