"""Words that fit: on one line, on several, smaller down to a floor, and at last cut with an ellipsis.

In: words, the room that they have, and what measures them (both in pixels). Out: lines and a size. Names of
one panel are shortened in their middle, all alike, and stay different from each other.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Protocol

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from animator.drawing.raster.fonts import drawable, families


class Measure(Protocol):
    """How wide words in one line are, in pixels, at a share of their full size."""

    def __call__(self, words: str, size: float = 1.0) -> float: ...


Way = Callable[[str, Measure], list[str]]

READABLE = 0.7  # of their full size: words are not made smaller than that
PITCH = 1.2  # of the size of words: from one line to the next, as matplotlib has it
ELLIPSIS = "…"
TINY = 1e-9
SETTLED = 3  # times that a size is corrected
NARROWER = 0.97  # from one try to the next
HEAD = 3  # letters of the start of a short name; fewer say nothing
TAILS = (0.6, 0.75, 0.45, 0.3, 0.9, 0.0)  # what a short name keeps of its end, of all the letters it has
WIDE = "⺀-〿ぁ-鿿豈-﫿︰-﹏！-｠"  # letters after which a line may end, as in Chinese and Japanese
OPENING, CLOSING = "（「『【《“‘", "、。，．：；！？）」』】》”’％"  # which end no line, and begin none
TOKEN = re.compile(rf"[{OPENING}]*(?:[{WIDE}]|[^\s{WIDE}{OPENING}]+)[{CLOSING}]*\s*")


@dataclass(frozen=True, slots=True)
class Fitted:
    """Words as they are set: lines, and their size as a share of the full one."""

    lines: tuple[str, ...]
    size: float = 1.0


def ruler(points: float, dpi: float, weight: str = "normal") -> Measure:
    """What measures words of a full size in points and of a weight."""

    def measure(words: str, size: float = 1.0) -> float:
        return _width(words, points * size, dpi, weight)

    return measure


@lru_cache(maxsize=4096)
def _width(words: str, points: float, dpi: float, weight: str) -> float:
    fonts = FontProperties(family=families(words), size=points, weight=weight)
    wide, _, _ = RendererAgg(8, 8, dpi).get_text_width_height_descent(drawable(words), fonts, False)
    return float(wide)


def fit(words: str, room: float, wide: Measure, ways: Sequence[tuple[Way, float]]) -> Fitted:
    """`words` in `room` pixels, set in the first of `ways` that needs no smaller size than the share beside
    it. Where none will do, they have the size of the last one, on as many lines, and are cut.
    """
    lines: list[str] = []
    for way, least in ways:
        lines = way(words, wide)
        size = share(room, partial(_widest, lines=lines, wide=wide))
        if size > least - TINY:
            return Fitted(tuple(lines), size)

    def at_least(words: str, size: float = 1.0) -> float:
        return wide(words, least * size)

    return Fitted(tuple(cut(" ".join(words.split()), len(lines), room, at_least)), least)


def share(room: float, wide: Callable[[float], float]) -> float:
    """The size, at most 1, at which what is so `wide` at a size fits into `room`; letters are hinted, so what
    is half as large is not half as wide.
    """
    size = 1.0
    for _ in range(SETTLED):
        if (now := wide(size)) > room:
            size *= room / now
    return size


def _widest(size: float, lines: Sequence[str], wide: Measure) -> float:
    return max(wide(line, size) for line in lines)


def given(most: int) -> Way:
    """The way to the lines that words have themselves, if they are no more than `most`, or else to one."""

    def way(words: str, wide: Measure) -> list[str]:
        if words.isprintable():
            return [words]
        said = "".join(letter for letter in words if letter.isprintable() or letter.isspace())
        lines = [" ".join(line.split()) for line in said.strip().split("\n")]
        return lines if len(lines) <= most else [" ".join(said.split())]

    return way


def halved(words: str, wide: Measure) -> list[str]:
    """Two lines of as many words, or letters where these are words."""
    parts = TOKEN.findall(words)
    half = len(parts) // 2
    return ["".join(parts[:half]).rstrip(), "".join(parts[half:])]


def even(count: int) -> Way:
    """The way to at most `count` lines that are as short as they can be."""

    def way(words: str, wide: Measure) -> list[str]:
        words = " ".join(words.split())
        room = wide(words) / count
        while len(lines := wrapped(words, room, wide)) > count:
            room /= NARROWER
        return lines

    return way


def wrapped(words: str, room: float, wide: Measure, token: re.Pattern[str] = TOKEN) -> list[str]:
    """`words` on lines that are no wider than `room`, if no word alone is; at least one line."""
    return list(_lines(words, room, wide, token))


def _lines(words: str, room: float, wide: Measure, token: re.Pattern[str]) -> Iterator[str]:
    """The lines of `wrapped`, one by one."""
    line = ""
    for part in token.findall(words):
        if line and wide((line + part).rstrip()) > room:
            yield line.rstrip()
            line = ""
        line += part
    yield line.rstrip()


def cut(words: str, count: int, room: float, wide: Measure) -> Iterator[str]:
    """`words` on `count` lines, with an ellipsis where they end before their end."""
    for i in range(count):
        first = next(_lines(words, room, wide, TOKEN))
        line = first if i < count - 1 and wide(first) <= room else clipped(words, room, wide)
        yield line
        words = words[len(line) :].lstrip()
        if not words or line.endswith(ELLIPSIS):
            return


def clipped(words: str, room: float, wide: Measure) -> str:
    """`words` in `room`, or as many of their first letters as fit, and an ellipsis."""
    if wide(words) <= room:
        return words

    def ended(letters: int) -> str:
        return words[:letters].rstrip() + ELLIPSIS

    fitting = bisect_right(range(len(words)), room, key=lambda letters: wide(ended(letters)))
    return ended(max(0, fitting - 1))


def shortened(names: Sequence[str], room: float, wide: Measure) -> tuple[str, ...]:
    """`names` no wider than `room`: each as it is, or without its middle; different ones stay different."""
    short = tuple(names)
    letters = max((len(name) for name in names), default=0)
    while letters > 3 and max(map(wide, short)) > room:
        letters -= 1
        short = _middled(names, letters)
    return short


def _middled(names: Sequence[str], letters: int) -> tuple[str, ...]:
    """`names` of at most `letters` letters each, cut at the same places where that keeps them apart.

    The last part of a path ("kernel[0,3]") stays whole where it can; names that would be the same whichever
    way they are cut are numbered.
    """

    def said(head: int) -> int:
        return head if head >= HEAD else 0

    ends = [len(name.rpartition("/")[2]) for name in names]
    longest = max(end for name, end in zip(names, ends, strict=True) if len(name) > letters)
    tries = [(said(letters - 1 - longest), ends)] if longest < letters else []
    for share in TAILS:
        head = said(letters - 1 - int(share * (letters - 1)))
        tries.append((head, [letters - 1 - head] * len(names)))
    for head, kept in tries:
        short = tuple(
            name if len(name) <= letters else name[:head] + ELLIPSIS + name[len(name) - tail :]
            for name, tail in zip(names, kept, strict=True)
        )
        if len(set(short)) == len(set(names)):
            return short if kept is ends and _say_layers(names, short) else _layered(names, short, letters)
    order = {name: f"{ELLIPSIS}{i}" for i, name in enumerate(dict.fromkeys(names), 1)}
    return tuple(name[: max(0, letters - len(order[name]))] + order[name] for name in names)


def _say_layers(names: Sequence[str], short: tuple[str, ...]) -> bool:
    """Whether names that were cut to `short` begin alike only where their layers are the same."""
    both = zip(names, short, strict=True)
    cut = {(one.partition(ELLIPSIS)[0], name.rpartition("/")[0]) for name, one in both if ELLIPSIS in one}
    return len(cut) == len({head for head, _ in cut})


def _layered(names: Sequence[str], short: tuple[str, ...], letters: int) -> tuple[str, ...]:
    """As "dense_2…[0,3]" for "dense_2/kernel[0,3]", if these are weights of several layers, and if that tells
    all apart in so many `letters`; else `short`.
    """
    parts = [(name.rpartition("/")[0], name[name.rfind("[") :]) for name in names]
    if len({layer for layer, _ in parts}) == 1 or not all(name.endswith("]") for name in names):
        return short
    both = zip(names, parts, strict=True)
    said = tuple(name if len(name) <= letters else ELLIPSIS.join(part) for name, part in both)
    return said if len(set(said)) == len(set(names)) and max(map(len, said)) <= letters else short
