"""The words above the panels: the title, the caption, and in the caption's place what events have to say.

Words that are too long for one line stand on two (captions on three), which makes the header higher; only
then are they smaller, and at last cut.
"""

from collections.abc import Sequence

from matplotlib.text import Text

from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.layer import Layer
from animator.drawing.raster.text_fit import PITCH, READABLE, Fitted, Way, even, fit, given, halved
from animator.drawing.raster.text_layer import Sprite
from animator.drawing.units import EDGES

MARGIN = 1.4  # em: at the left and the right
TOP = 0.9  # em: above the title
SLIGHTLY = 0.9  # of its full size: rather than on two lines a title stands smaller on one
TITLE: Sequence[tuple[Way, float]] = ((given(2), SLIGHTLY), (even(2), READABLE))
CAPTION: Sequence[tuple[Way, float]] = (
    (given(3), 1.0),
    (given(1), SLIGHTLY),
    (halved, READABLE),
    (even(2), READABLE),
    (even(3), READABLE),
)


class Header:
    """Title and caption at the top of `frame`, `above` pixels high; said: the captions of events."""

    def __init__(self, look: Look, frame: Box, title: str, caption: str, said: Sequence[str] = ()) -> None:
        em = look.em
        self.look = look
        self.left = MARGIN * em
        room = frame.width - 2 * MARGIN * em
        size = look.style.title_size / look.style.text_size
        title_y = frame.height - TOP * em - size * em * 0.8
        head = fit(title, room, look.ruler(size, "bold"), TITLE)
        pitch = PITCH * size * head.size * em
        for i, line in enumerate(head.lines):
            look.text(self.left, title_y - i * pitch, line, em=size * head.size, fontweight="bold")
        lower = (len(head.lines) - 1) * pitch
        self.bottom = title_y - 1.65 * em - lower
        under = fit(caption, room, look.ruler(), CAPTION)
        bold = look.ruler(weight="bold")
        self.said = {words: fit(words, room, bold, CAPTION) for words in said}
        rows = max((len(f.lines) - 1) * PITCH * f.size * em for f in (under, *self.said.values()))
        self.above = EDGES.above * em + lower + max(0.0, rows)
        text = self._caption(under)
        self.moving: list[Layer] = []
        if said:
            self._speak(text)

    def _caption(self, under: Fitted) -> Text:
        lower = (len(under.lines) - 1) * PITCH * under.size * self.look.em
        return self.look.text(
            self.left,
            self.bottom - lower,
            "\n".join(under.lines),
            em=under.size,
            color=self.look.style.muted,
            va="baseline",
        )

    def _speak(self, caption: Text) -> None:
        """Make the caption a sprite that can fade, and stamps for the words of an event in its place."""
        self.still = Sprite([caption], 5)
        self.still.set_animated(True)
        self.look.figure.add_artist(self.still)
        colour = self.look.style.ink
        count = max(len(fitted.lines) for fitted in self.said.values())
        self.lines = [
            self.look.stamp(self.left, self.bottom, color=colour, weight="bold", up="baseline")
            for _ in range(count)
        ]
        for line in self.lines:
            line.set_animated(True)
        self.now = ""
        self.moving = [self.still, *self.lines]

    def update(self, caption: str, opacity: float) -> None:
        """Show an event's caption, as far as it is to be seen, or the film's own."""
        if not self.moving:
            return
        self.still.set_opacity(max(0.0, 1 - 2 * opacity))
        if caption != self.now:
            self.now = caption
            self._set(self.said.get(caption, Fitted(("",))))
        for line in self.lines:
            line.opacity = max(0.0, 2 * opacity - 1)

    def _set(self, fitted: Fitted) -> None:
        """Set the lines of an event's caption, the first where the caption's is."""
        pitch = PITCH * fitted.size * self.look.em
        for i, line in enumerate(self.lines):
            line.set_text(fitted.lines[i] if i < len(fitted.lines) else "")
            line.set_fontsize(self.look.points * fitted.size)
            line.set_position((self.left, self.bottom - i * pitch))
