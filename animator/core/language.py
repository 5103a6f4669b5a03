"""The language of a film: its words by gettext catalogues, its numbers by Babel's signs.

Messages are the English sentences, with names of values in braces. What is drawn asks `say`, `shown` and
`digits` where a word is made; `speaking` says for how long in which language. A message that travels in a
variable is a Said. English needs no catalogue and no Babel.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from numbers import Real
from pathlib import Path
from string import Formatter

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "français", "es": "español", "zh": "中文"}
LOCALES = Path(__file__).parents[1] / "locale"
ENGLISH = "en"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its code, what our messages are in it, its decimal and group signs, and a scene's own words
    in it.
    """

    code: str = ENGLISH
    messages: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "."
    group: str = ","
    own: Mapping[str, str] = field(default_factory=dict)

    def digits(self, text: str) -> str:
        """A number that was written in English, as this language writes it."""
        return text if self.code == ENGLISH else text.translate({44: self.group, 46: self.decimal})


class _Open(dict[str, object]):
    """Values of a sentence, of which some come later."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


class Said(str):
    """One of our own messages, written in English, so that `shown` finds it in a catalogue.

    Words of the user's are plain texts and stay as they are, even where they are the same letters.
    """

    message: str
    values: Mapping[str, object]

    def __new__(cls, message: str, **values: object) -> "Said":
        """The sentence of `message`, with `values` in place of the names in braces; others stay."""
        made = super().__new__(cls, message.format_map(_Open(values)) if values else message)
        made.message = message
        made.values = values
        return made

    @classmethod
    def of(cls, message: str, **values: object) -> "Said":
        """A message that is written out elsewhere: out of a file, or of parts that are messages."""
        return cls(message, **values)


class _Numbers(Formatter):
    """Fills in values; numbers as the language that is spoken writes them."""

    def format_field(self, value: object, format_spec: str) -> str:
        """One value by its format."""
        text: str = super().format_field(value, format_spec)
        return _SPOKEN.get().digits(written(text)) if isinstance(value, Real) else text


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
    """Within this, `say` and `shown` speak a language; own: words of a scene's, which go before ours."""
    found = language(spoken) if isinstance(spoken, str) else spoken
    token = _SPOKEN.set(replace(found, own=own) if own else found)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Language:
    """The language that is spoken now."""
    return _SPOKEN.get()


def say(message: str, **values: object) -> str:
    """`message`, one of ours and written out where this is called, in the language that is spoken.

    `values` stand in place of the names in braces; a message without values is said as it is, braces and all.
    """
    return _said(message, message, values)


def shown(text: str, **values: object) -> str:
    """`text` as it is shown: a Said in the language that is spoken, the user's own words as they are.

    Words of a scene's are said as its translations have them. values: as of `say`, before those of a Said.
    """
    if isinstance(text, Said):
        return _said(text.message, text.message, {**text.values, **values})
    return _said(text, "", values)


def _said(text: str, message: str, values: Mapping[str, object]) -> str:
    """`text` as the scene has it, else as the catalogue has `message`, with values filled in."""
    now = _SPOKEN.get()
    words = now.own.get(text) or now.messages.get(message, text)
    if not values:
        return words
    told = {name: shown(value) if isinstance(value, str) else value for name, value in values.items()}
    return _FORMAT.vformat(words, (), told)


def said_in(code: str) -> Callable[[str], str]:
    """`say` of messages without values, in the language `code`."""
    messages = language(code).messages
    return lambda message: messages.get(message, message)


def digits(text: str) -> str:
    """A number that was written in English, as the language that is spoken writes it."""
    return _SPOKEN.get().digits(text)


def written(text: str) -> str:
    """A number as people write it: "3.3×10⁻⁵" for Python's "3.3e-05", "10⁶" for "1e+06"."""
    front, _, power = text.partition("e")
    if not power:
        return text
    raised = f"10{str(int(power)).translate(RAISED)}"
    return raised if front == "1" else f"{front}×{raised}"
