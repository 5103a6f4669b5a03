"""The language of a film: its words by gettext catalogues, its numbers by Babel's signs.

Messages are the English sentences, with names of values in braces. What is drawn asks `say` and `digits`
where a word is made; `speaking` says for how long in which language. English needs no catalogue and no Babel.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "français", "es": "español", "zh": "中文"}
LOCALES = Path(__file__).parents[1] / "locale"
ENGLISH = "en"
NUMBER = re.compile(r"[-−]?[0-9][0-9,]*(\.[0-9]+)?(e-?[0-9]+)?( ?%)?")


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its code, what its messages are in it, its decimal and group signs."""

    code: str = ENGLISH
    messages: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "."
    group: str = ","

    def digits(self, text: str) -> str:
        """A number that was written in English, as this language writes it."""
        return text if self.code == ENGLISH else text.translate({44: self.group, 46: self.decimal})


class _Open(dict[str, object]):
    """Values of a sentence, of which some come later."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


class Said(str):
    """A sentence in English that knows the message it was made of, so that `say` finds it in a catalogue."""

    message: str
    values: Mapping[str, object]

    def __new__(cls, message: str, **values: object) -> "Said":
        """The sentence of `message`, with `values` in place of the names in braces; others stay."""
        made = super().__new__(cls, message.format_map(_Open(values)))
        made.message = message
        made.values = values
        return made


class _Numbers(Formatter):
    """Fills in values; numbers as the language that is spoken writes them."""

    def format_field(self, value: object, format_spec: str) -> str:
        """One value by its format."""
        text: str = super().format_field(value, format_spec)
        return _SPOKEN.get().digits(text) if isinstance(value, int | float) else text


_SPOKEN: ContextVar[Language] = ContextVar("language", default=Language())  # noqa: B039 - it is frozen
_FORMAT = _Numbers()


@cache
def language(code: str) -> Language:
    """The language `code`, one of LANGUAGES, as its catalogue has it."""
    if code == ENGLISH:
        return Language()
    from babel import Locale
    from babel.messages.pofile import read_po

    with (LOCALES / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    messages = {str(one.id): str(one.string) for one in catalogue if one.id and one.string}
    signs = Locale.parse(code).number_symbols["latn"]
    return Language(code, messages, signs["decimal"], signs["group"])


@contextmanager
def speaking(spoken: Language | str, own: Mapping[str, str] | None = None) -> Iterator[None]:
    """Within this, `say` speaks a language; own: messages of a scene's, which go before the catalogue's."""
    found = language(spoken) if isinstance(spoken, str) else spoken
    if own:
        found = Language(found.code, {**found.messages, **own}, found.decimal, found.group)
    token = _SPOKEN.set(found)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Language:
    """The language that is spoken now."""
    return _SPOKEN.get()


def say(message: str, **values: object) -> str:
    """`message` in the language that is spoken, with `values` in place of the names in braces.

    A message without values is said as it is, braces and all; a Said brings its own values.
    """
    if isinstance(message, Said):
        own = {name: said_value(value) for name, value in message.values.items()}
        return say(message.message, **{**own, **values})
    text = _SPOKEN.get().messages.get(message, message)
    return _FORMAT.vformat(text, (), values) if values else text


def said_value(value: object) -> object:
    """A value of a sentence: words of it are said in the language, too, and a number is written so."""
    if not isinstance(value, str):
        return value
    return digits(value) if NUMBER.fullmatch(value) else say(value)


def said_in(code: str) -> Callable[[str], str]:
    """`say` of messages without values, in the language `code`."""
    messages = language(code).messages
    return lambda message: messages.get(message, message)


def digits(text: str) -> str:
    """A number that was written in English, as the language that is spoken writes it."""
    return _SPOKEN.get().digits(text)
