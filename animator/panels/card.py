"""A card of text, and of formulas in matplotlib's mathtext: what a lecturer writes beside the picture."""

from matplotlib.cbook import is_math_text
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text

from animator.errors import AnimatorError
from animator.layout import Box
from animator.panels.base import Panel
from animator.timeline import FrameState

LINE = 1.75  # em from one line to the next
FORMULA = 1.3  # size of a line that is a formula, em
SMALLEST = 0.8  # em


class CardPanel(Panel):
    """view.card, a line of text for each of its lines; a line that is one $formula$ is set larger."""

    def create(self, cell: Box) -> None:
        em = self.look.em
        box = cell.inset(1.2 * em, 1.0 * em, 1.2 * em, 2.0 * em)
        self.heading(box, self.title)
        lines = self.view.card.split("\n")
        size = min(1.0, box.height / (LINE * em * max(1, len(lines))))
        texts = [self._line(box, line, i, size) for i, line in enumerate(lines)]
        widest = max((text.get_window_extent().width for text in texts), default=0.0)
        if widest > box.width:
            for text in texts:
                text.set_fontsize(float(text.get_fontsize()) * max(SMALLEST, box.width / widest))

    def _line(self, box: Box, line: str, i: int, size: float) -> Text:
        em, style = self.look.em, self.look.style
        line = single(line)
        formula = line.startswith("$") and line.endswith("$") and line.count("$") == 2
        y = box.bottom + box.height - (i + 1) * LINE * em * size
        text = self.look.text(box.left, y, line, em=size * (FORMULA if formula else 1.0),
                              color=style.ink if formula or i == 0 else style.muted,
                              parse_math=True)  # fmt: skip
        text.set_math_fontfamily("stixsans")
        return text

    def update(self, state: FrameState) -> None:
        """A card never changes."""


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


def single(line: str) -> str:
    """A line whose formulas stand between single dollars, as matplotlib has them, not between two."""
    return line.replace("$$", "$")
