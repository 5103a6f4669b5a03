"""What may be wished of a film: for each setting of a FilmDesign, how a value of it is read and what it says.

One table serves the fields of a Scene, the keywords of `animator.film` and the options of the command line. A
value goes in as Python has it or as it was typed; it comes out as a FilmDesign keeps it, or as one sentence.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from animator.core.errors import AnimatorError, nearest
from animator.core.language import LANGUAGES
from animator.design.layout import Mosaic, mosaic
from animator.design.moments import Moment
from animator.design.pacing import LONGEST, Event, Pacing
from animator.design.style import STYLES, Style, color_map

PLANES = ("weights", "pca", "random", "hessian", "through")
SLICES = ("moving", "static", "blend", "through")
CAMERAS = ("fixed", "follow", "zoom", "orbit")
ALIGNMENTS = ("step", "epoch", "evaluations")
QUALITY = {"draft": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}
NONE = "none"  # of a title or a caption: no words at all
MOMENT = re.compile(r"(step|epoch):([0-9]+)", re.ASCII)

Read = Callable[[Any], Any]  # what is read may be of any kind


class Unfit(Exception):
    """Why a value is none of a setting; the message goes on after "cannot be: "."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One setting: how it is read, what it does (`help`), and a value of it, in Python and as it is typed.

    typed is empty where it cannot be typed. metavar: what stands for its value in help. known: its values,
    where they can be told.
    """

    read: Read
    help: str
    python: str
    typed: str = ""
    metavar: str = "TEXT"
    known: tuple[str, ...] = ()

    def value(self, name: str, given: object) -> Any:
        """`given` as a FilmDesign keeps it. Raises AnimatorError."""
        try:
            return self.read(given)
        except Unfit as reason:
            raise AnimatorError(
                f"{name}={given!r} cannot be: {reason}. Give for example {name}={self.python}."
            ) from None

    def typed_value(self, name: str, given: object) -> Any:
        """`given`, the words of an option, as a FilmDesign keeps it. Raises AnimatorError."""
        try:
            return self.read(given)
        except Unfit as reason:
            said = " ".join(given) if isinstance(given, list | tuple) else given
            raise AnimatorError(
                f"{flag(name)} {said} cannot be: {reason}. Use for example {flag(name)} {self.typed}."
            ) from None


def flag(name: str) -> str:
    """The option of a setting: "--end-pause" of "end_pause", "--from" of "from_"."""
    return "--" + name.strip("_").replace("_", "-")


def words(given: object) -> str:
    """A text."""
    if not isinstance(given, str):
        raise Unfit("it must be a text")
    return given


def _title(given: Any) -> str:
    return "" if given == NONE else words(given)


def _number(low: float, high: float) -> Read:
    def read(given: Any) -> float:
        try:
            found = math.nan if isinstance(given, bool) else float(given)
        except (TypeError, ValueError):
            found = math.nan
        if not low <= found <= high:
            raise Unfit(f"it must be a number from {low:,g} to {high:,g}")
        return found

    return read


def _whole(low: int, high: int) -> Read:
    def read(given: Any) -> int:
        is_whole = isinstance(given, int) and not isinstance(given, bool)
        if not (is_whole or (isinstance(given, str) and given.isdecimal())) or not low <= int(given) <= high:
            raise Unfit(f"it must be a whole number from {low:,} to {high:,}")
        return int(given)

    return read


def _optional(read: Read) -> Read:
    return lambda given: None if given is None else read(given)


def _choice(known: Sequence[str]) -> Read:
    def read(given: object) -> str:
        if given not in known:
            close = nearest(given, known) if isinstance(given, str) else ""
            raise Unfit(f"there is none such. {close}Known: {' '.join(known)}")
        return str(given)

    return read


def _plane(given: object) -> Any:
    return given if hasattr(given, "basis") else _choice(PLANES)(given)


def _slice(given: object) -> str | tuple[str, ...]:
    read = _choice(SLICES)
    return tuple(read(one) for one in given) if isinstance(given, list | tuple) else str(read(given))


def _switch(given: object) -> bool:
    if not isinstance(given, bool):
        raise Unfit("it must be True or False")
    return given


def _pacing(given: object) -> Pacing:
    if not isinstance(given, Pacing):
        raise Unfit("it must be a Pacing")
    return given


def _moments(given: object) -> tuple[Moment, ...]:
    moments = tuple(given) if isinstance(given, list | tuple) else (given,)
    if not all(isinstance(moment, Moment) for moment in moments):
        raise Unfit("it must be Moments, several of them in brackets")
    return moments


def _style(given: object) -> str | Style:
    if not isinstance(given, str | Style):
        raise Unfit("it must be the name of a style, the path of a style file or a Style")
    return given


def _translations(given: Any) -> dict[str, dict[str, str]]:
    is_table = isinstance(given, Mapping) and all(isinstance(words, Mapping) for words in given.values())
    if not is_table or not set(given) <= set(LANGUAGES):
        raise Unfit(f"it must have a table of sentences for a language of {' '.join(LANGUAGES)}")
    return {code: {str(said): str(own) for said, own in words.items()} for code, words in given.items()}


def _colors(given: Any) -> str:
    try:
        if given != "":
            color_map(given)
    except (ValueError, TypeError):
        raise Unfit("matplotlib has no colour map of that name") from None
    return str(given)


def _names(given: object) -> tuple[str, ...]:
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise Unfit("it must be a name for each run")
    return tuple(part if part == part.strip() else part.strip() for part in parts)  # a Said stays one


def _numbers(given: Any) -> tuple[float, ...]:
    parts = given.split(",") if isinstance(given, str) else given
    try:
        return tuple(float(part) for part in parts)
    except (TypeError, ValueError):
        raise Unfit("it must be numbers") from None


def _window(given: object) -> tuple[float, float, float, float]:
    found = _numbers(given)
    if len(found) != 4 or not all(map(math.isfinite, found)):
        raise Unfit("it must be four numbers: left, right, bottom, top")
    left, right, bottom, top = found
    if not (left < right and bottom < top):
        raise Unfit("left must be less than right, and bottom less than top")
    return left, right, bottom, top


def _layout(given: Any) -> Mosaic:
    is_rows = isinstance(given, str | list | tuple) and given != ""
    rows = mosaic(given) if is_rows else ()
    if not is_rows or not all(isinstance(name, str) for row in rows for name in row):
        raise Unfit("it must be rows of panel names")
    return rows


def _moment(given: object) -> str:
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return f"step:{given}"
    if not isinstance(given, str) or not MOMENT.fullmatch(given):
        raise Unfit("it must name a step or an epoch")
    return given


def _holds(given: object) -> tuple[Event, ...]:
    """Events; given as such, as (step, words) or (step, words, seconds), or as "42 words", one or several."""
    one = isinstance(given, str | Event) or (isinstance(given, tuple) and _is_pair(given))
    parts = [given] if one else given
    if not isinstance(parts, list | tuple):
        raise Unfit("it must be a step and its words, or several of these")
    return tuple(_hold(part) for part in parts)


def _is_pair(given: tuple[object, ...]) -> bool:
    return 2 <= len(given) <= 3 and isinstance(given[0], int) and isinstance(given[1], str)


def _hold(given: object) -> Event:
    if isinstance(given, Event):
        return given
    if isinstance(given, str):
        step, _, text = given.strip().partition(" ")
        if step.isdecimal() and text.strip():
            return Event(int(step), text.strip())
    elif isinstance(given, list | tuple) and _is_pair(tuple(given)) and given[0] >= 0:
        return Event(*given)
    raise Unfit("it must be a step and its words, or several of these")


def read_size(given: object) -> tuple[int, int]:
    """(width, height) in pixels, given so or as "1080x1080"."""
    if isinstance(given, str):
        match = re.fullmatch(r"([0-9]+)x([0-9]+)", given.lower(), re.ASCII)
        if match is not None:
            return int(match[1]), int(match[2])
    elif isinstance(given, list | tuple) and len(given) == 2 and all(type(side) is int for side in given):
        return given[0], given[1]
    raise Unfit("it must be a width and a height in pixels")


def read_lang(given: str | None) -> str | None:
    """A language that was asked for by lang=, or None. Raises AnimatorError."""
    return None if given is None else str(WISHES["lang"].value("lang", given))


WISHES: Mapping[str, Wish] = {
    "title": Wish(_title, "Its heading; none for no heading.", "'One neuron'", "'One neuron'"),
    "caption": Wish(words, "Words under the title; none for no words there.", "'w1 falls'", "'w1 falls'"),
    "description": Wish(
        words, "What it shows, for its metadata.", "'A neuron learns.'", "'A neuron learns.'"
    ),
    "names": Wish(_names, "What the runs are called: one,two.", "('one', 'two')", "one,two", "NAMES"),
    "seconds": Wish(_optional(_number(0.1, LONGEST)), "Length of the whole film.", "15", "15", "SECONDS"),
    "from_": Wish(
        _optional(_moment), "Where it begins: step:20 or epoch:2.", "'step:20'", "step:20", "MOMENT"
    ),
    "to": Wish(_optional(_moment), "Where it ends: step:90 or epoch:5.", "'step:90'", "step:90", "MOMENT"),
    "hold": Wish(
        _holds,
        "Slow motion around a step, with words; may be repeated.",
        "(42, 'Here it turns')",
        "42 'Here it turns'",
        "STEP TEXT",
    ),
    "layout": Wish(
        _layout,
        "Rows of panels: 'surface weights; surface loss'.",
        "'surface weights; surface loss'",
        "'surface weights; surface loss'",
        "PANELS",
    ),
    "widths": Wish(_numbers, "Relative widths of the layout's columns.", "(2, 1)", "2,1", "NUMBERS"),
    "heights": Wish(_numbers, "Relative heights of the layout's rows.", "(2, 1)", "2,1", "NUMBERS"),
    "plane": Wish(_plane, f"{', '.join(PLANES)}.", "'pca'", "pca", "PLANE", PLANES),
    "slice": Wish(
        _slice, f"How the surface is cut: {', '.join(SLICES)}.", "'static'", "static", "SLICE", SLICES
    ),
    "at": Wish(_optional(_whole(0, 10**9)), "The step that a static slice goes through.", "40", "40", "STEP"),
    "window": Wish(
        _optional(_window),
        "Part of the plane that is shown: left,right,bottom,top.",
        "(-2.5, 2.5, -1, 3)",
        "-2.5,2.5,-1,3",
        "X0,X1,Y0,Y1",
    ),
    "resolution": Wish(_whole(3, 2001), "Points of the surface along an axis.", "61", "61", "N"),
    "levels": Wish(_optional(_whole(2, 60)), "How many bands of colour the surface has.", "12", "12", "N"),
    "colors": Wish(_colors, "A colour map of matplotlib, for the surface.", "'viridis'", "viridis", "MAP"),
    "dot": Wish(_number(0.2, 5.0), "How many times as large dots are.", "1.5", "1.5", "X"),
    "text": Wish(_number(0.3, 4.0), "How many times as large text is.", "1.2", "1.2", "X"),
    "camera": Wish(_choice(CAMERAS), f"{', '.join(CAMERAS)}.", "'follow'", "follow", "CAMERA", CAMERAS),
    "align": Wish(
        _choice(ALIGNMENTS),
        f"The clock of a race: {', '.join(ALIGNMENTS)}.",
        "'epoch'",
        "epoch",
        "CLOCK",
        ALIGNMENTS,
    ),
    "card": Wish(words, "The text of the panel card.", "'One line'", "'One line'"),
    "captions": Wish(_switch, "The words that tell of its moments.", "False"),
    "style": Wish(
        _style,
        "dark, light, paper, chalk, a .toml file, or a matplotlib style sheet.",
        "'light'",
        "light",
        "STYLE",
        tuple(STYLES),
    ),
    "quality": Wish(
        _optional(_choice(tuple(QUALITY))),
        f"{', '.join(QUALITY)}.",
        "'1080p'",
        "1080p",
        "QUALITY",
        tuple(QUALITY),
    ),
    "size": Wish(_optional(read_size), "WIDTHxHEIGHT in pixels.", "'1280x720'", "1280x720", "SIZE"),
    "end_pause": Wish(_number(0.0, LONGEST), "Seconds that it stays on its last frame.", "2", "2", "SECONDS"),
    "lang": Wish(
        _choice(tuple(LANGUAGES)),
        f"The language of its words and numbers: {', '.join(LANGUAGES)}.",
        "'de'",
        "de",
        "LANG",
        tuple(LANGUAGES),
    ),
    "translations": Wish(
        _translations, "Its own sentences in other languages.", "{'de': {'It falls.': 'Es sinkt.'}}"
    ),
    "preset": Wish(
        words, "slides, web, social, phone, paper or readme: all options at once.", "'slides'", "slides"
    ),
    "moments": Wish(_moments, "What it says when something happens.", "(Moment(find, say),)"),
    "pacing": Wish(_pacing, "Seconds, speed and slow motion.", "Pacing(play=6.0)"),
}

MEANT: Mapping[str, str] = {
    "bands": "levels",
    "cmap": "colors",
    "colormap": "colors",
    "dpi": "size",
    "duration": "seconds",
    "end": "to",
    "extent": "window",
    "font-size": "text",
    "fontsize": "text",
    "freeze": "hold",
    "grid": "resolution",
    "heading": "title",
    "height": "size",
    "label": "names",
    "language": "lang",
    "locale": "lang",
    "labels": "names",
    "length": "seconds",
    "limits": "window",
    "marker-size": "dot",
    "panels": "layout",
    "pause": "end_pause",
    "speed": "seconds",
    "start": "from_",
    "subtitle": "caption",
    "text-size": "text",
    "theme": "style",
    "time": "seconds",
    "until": "to",
    "width": "size",
    "xlim": "window",
    "ylim": "window",
}  # what others call a setting
