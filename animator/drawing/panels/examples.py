"""Samples that are pictures, with what the model takes each for now; a guess that is wrong is loud."""

import numpy as np

from animator.core.language import say
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.view import present

GUESS = 1.5  # em: what a guess takes below its picture
GAP = 0.5  # em: between two pictures


class ExamplesPanel(Panel):
    """view.examples in as many columns as makes the pictures largest."""

    def create(self, cell: Box) -> None:
        look = self.look
        em = look.em
        self.found = present(self.view.examples, "examples")
        self.shown = -1
        count = len(self.found.pictures)
        box = self.room
        self.heading(box, self.title or say("pictures and answers"))
        side, columns = max((self._side(box, columns, count), columns) for columns in range(1, count + 1))
        self.guesses = []
        for i, picture in enumerate(self.found.pictures):
            row, column = divmod(i, columns)
            left = box.left + column * (side + GAP * em)
            top = box.bottom + box.height - row * (side + GUESS * em)
            axes = look.axes(Box(left, top - side, side, side), grid=False)
            axes.set(xticks=[], yticks=[])
            axes.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            stamp = look.stamp(
                left + side / 2, top - side - 0.7 * em, color=look.style.ink, weight="bold", across="center"
            )
            self.guesses.append(stamp)
        self.moving += self.guesses

    def _side(self, box: Box, columns: int, count: int) -> float:
        """How large pictures are in so many columns, in pixels."""
        em = self.look.em
        rows = -(-count // columns)
        wide = (box.width - (columns - 1) * GAP * em) / columns
        return float(max(1.0, min(wide, box.height / rows - GUESS * em)))

    def update(self, state: FrameState) -> None:
        at = max(0, int(np.searchsorted(self.found.steps, state.step, side="right")) - 1)
        if at == self.shown:
            return
        self.shown = at
        style = self.look.style
        for stamp, guess, label in zip(self.guesses, self.found.guesses[at], self.found.labels, strict=True):
            stamp.set_text(str(guess) if guess == label else f"{guess}?")
            stamp.set_color(style.ink if guess == label else style.alert)
