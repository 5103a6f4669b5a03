"""A card of text, and of formulas in matplotlib's mathtext: what a lecturer writes beside the picture.

Lines that are wider than the card are wrapped at words; a formula, or a word, that is wider makes all of the
card's text smaller, down to a floor.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.cbook import is_math_text
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

from animator.core.errors import AnimatorError
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.raster.fonts import drawable, families
from animator.drawing.raster.text_fit import CLOSING, READABLE, WIDE, wrapped
from animator.drawing.units import DPI

LINE = 1.75  # em from one line to the next
FORMULA = 1.3  # size of a line that is a formula, em
SPARE = 0.45  # em between a formula that is high and its neighbours
MATH = "stixsans"
SIZES = tuple(1 - 0.05 * i for i in range(round((1 - READABLE) / 0.05) + 1))
FORMULA_OR_WORD = rf"(?:\\\$|[^\s${WIDE}]|\$(?:\\\$|[^$])*\$)+"
WORD = re.compile(rf"(?:[{WIDE}]|{FORMULA_OR_WORD})[{CLOSING}]*\s*|\S+\s*")  # a formula is one

Measure = Callable[[str, float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it is set: its size in em, its baseline in em below the card's top, and whether it is of the
    first line, or a formula.
    """

    words: str
    em: float
    below: float
    loud: bool


class CardPanel(Panel):
    """view.card, a line of text for each of its lines; a line that is one $formula$ is set larger."""

    def create(self, cell: Box) -> None:
        em = self.look.em
        style = self.look.style
        box = self.room
        self.heading(box, self.title)
        dpi = float(self.look.figure.dpi)
        for row in rows(self.view.card, box.width / em, box.height / em, self.look.points, dpi):
            text = self.look.text(
                box.left,
                box.bottom + box.height - row.below * em,
                row.words,
                em=row.em,
                color=style.ink if row.loud else style.muted,
                parse_math=True,
            )
            text.set_math_fontfamily(MATH)

    def update(self, state: FrameState) -> None:
        """A card never changes."""


def rows(card: str, width: float, height: float, points: float, dpi: float) -> list[Row]:
    """`card` set in `width` x `height` em, as large as it can be; points: of one em. AnimatorError when it
    has no room at the least size.
    """
    lines = [single(line) for line in card.split("\n")]
    measure: Measure = partial(_measured, points=points, dpi=dpi)
    for size in SIZES:
        made, widest = _set(lines, size, width, measure)
        if widest <= width and made[-1].below <= height:
            return made
    if widest > width:
        longest = max(
            (part for line in lines for part in _parts(line)), key=lambda part: measure(part, 1.0)[0]
        )
        raise AnimatorError(
            f"The scene's card has '{longest.strip()}', which is wider than the card even in the smallest "
            "letters that can be read. Shorten it, or give the card a wider cell of the layout, or the frame "
            "another --size."
        )
    fitting = sum(row.below <= height for row in made)
    raise AnimatorError(
        f"The scene's card needs {len(made)} lines and has room for {fitting} in the smallest letters that "
        "can be read. Shorten it, or give the card a higher cell of the layout, or the frame another --size."
    )


def _set(lines: Sequence[str], size: float, width: float, measure: Measure) -> tuple[list[Row], float]:
    """The rows of `lines` at `size`, and the widest one's width in em."""
    made: list[Row] = []
    widest = 0.0
    below = 0.0
    last = 0.0
    for i, line in enumerate(lines):
        formula = _formula(line)
        em = size * (FORMULA if formula else 1.0)
        wide = partial(_wide, em=em, measure=measure)
        for words in [line] if formula else wrapped(line, width, wide, WORD):
            across, up, down = measure(words, em)
            below += max(LINE * size, last + up + SPARE * size)
            widest, last = max(widest, across), down
            made.append(Row(words, em, below, formula or i == 0))
    return made, widest


def _wide(words: str, em: float, measure: Measure) -> float:
    return measure(words, em)[0]


@lru_cache(maxsize=2048)
def _measured(words: str, em: float, points: float, dpi: float) -> tuple[float, float, float]:
    """Width of one line, and how far it reaches above and below its baseline, in em of `points`."""
    fonts = FontProperties(family=families(words), size=points * em, math_fontfamily=MATH)
    math = bool(is_math_text(words))
    said = drawable(words) if math else drawable(words).replace(r"\$", "$")
    wide, high, down = RendererAgg(8, 8, dpi).get_text_width_height_descent(said, fonts, math)
    pixels = points * dpi / 72
    return wide / pixels, (high - down) / pixels, down / pixels


def _formula(line: str) -> bool:
    return line.startswith("$") and line.endswith("$") and line.count("$") == 2


def _parts(line: str) -> list[str]:
    """What a line cannot be broken into less than."""
    return [line] if _formula(line) else WORD.findall(line) or [line]


def check(card: str) -> None:
    """AnimatorError when a line of `card` has a formula that matplotlib cannot set."""
    for line in card.split("\n"):
        try:
            if is_math_text(single(line)):
                MathTextParser("path").parse(single(line))
        except ValueError as error:
            raise AnimatorError(
                f"The scene's card has the line '{line}', which is no formula that matplotlib can set "
                f"({str(error).strip().splitlines()[-1]}). Mend it, or write \\$ for a dollar sign."
            ) from error


def check_room(card: str, box: Box, em: float) -> None:
    """AnimatorError when `box`, in pixels, has no room for `card`; em: the size of normal text in pixels."""
    rows(card, box.width / em, box.height / em, em * 72 / DPI, DPI)


def single(line: str) -> str:
    """A line whose formulas stand between single dollars, as matplotlib has them, not between two."""
    return line.replace("$$", "$")
