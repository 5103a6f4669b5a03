"""Which fonts have which letters: the shipped ones, and those of this machine for what they lack.

In: words. Out: the families to draw them with, and the words as they can be drawn. Letters that no font here
has become boxes, and a sentence says so.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

FONT = ("Inter", "DejaVu Sans")
FONT_FOLDER = Path(__file__).parents[1] / "fonts"
BOX = "□"
BOXES = "Last Resort"  # the family, which matplotlib brings, that has a box for every letter
COMMON = frozenset(map(chr, range(32, 256))) | frozenset(
    "–—−→←↑↓…ληβ∇≤≥□⁻⁰⁴⁵⁶⁷⁸⁹"
)  # no font is opened for these
NAMED = 12  # letters that the sentence names


@cache
def use_fonts() -> tuple[str, ...]:
    """Make the shipped fonts known to matplotlib, once; the family names to draw with.

    Inter's semibold stands for bold, so that one word chooses it and its fallback alike.
    """
    from matplotlib import font_manager

    for file in sorted(FONT_FOLDER.glob("*.otf")):
        font_manager.fontManager.addfont(str(file))
    known = font_manager.fontManager.ttflist
    known[:] = [replace(e, weight=700) if e.name == "Inter" and e.weight == 600 else e for e in known]
    return FONT


@cache
def shipped_letters() -> frozenset[int]:
    """The letters, as code points, of the shipped fonts."""
    from matplotlib import font_manager

    files = [font_manager.findfont(font_manager.FontProperties(family=name)) for name in use_fonts()]
    return frozenset(point for file in files for point in _letters(file))


def _letters(file: str) -> frozenset[int]:
    """The letters of a font that has outlines; none of one that is of pictures, or cannot be read."""
    from matplotlib.font_manager import get_font

    try:
        font = get_font(file)
        return frozenset(font.get_charmap()) if font.scalable else frozenset()
    except (OSError, RuntimeError):
        return frozenset()


def strange(words: str) -> frozenset[str]:
    """The letters of `words` that the shipped fonts lack."""
    rare = {letter for letter in words if letter > "~"} - COMMON
    if not rare:
        return frozenset()
    return frozenset(letter for letter in rare if ord(letter) not in shipped_letters())


@cache
def family_with(letter: str) -> str | None:
    """The first family of this machine, by name, that has `letter`: upright and of a usual weight."""
    from matplotlib import font_manager

    upright = [
        entry
        for entry in font_manager.fontManager.ttflist
        if entry.style == "normal" and not entry.name.startswith(BOXES)
    ]
    for entry in sorted(upright, key=lambda entry: (str(entry.weight) not in ("400", "500"), entry.name)):
        if ord(letter) in _letters(entry.fname):
            return entry.name
    return None


def families(words: str) -> tuple[str, ...]:
    """The families to draw `words` with: the shipped ones, then those of this machine that are needed."""
    more = {name for letter in sorted(strange(words)) if (name := family_with(letter))}
    return (*use_fonts(), *sorted(more))


def drawable(words: str) -> str:
    """`words` with a box for each letter that no font here has."""
    for letter in strange(words):
        if family_with(letter) is None:
            words = words.replace(letter, BOX)
    return words


def sentence(words: Iterable[str]) -> str:
    """What to say of `words` with letters that no font here has; '' where there is none."""
    found = {letter for said in words for letter in strange(said)}
    lost = sorted(letter for letter in found if family_with(letter) is None)
    if not lost:
        return ""
    some = "".join(lost[:NAMED]) + (" and others" if len(lost) > NAMED else "")
    return (
        f"No font of this machine has the letters {some}, so they are drawn as boxes. Install one that has "
        "them, such as Noto Sans CJK, or write other words."
    )
