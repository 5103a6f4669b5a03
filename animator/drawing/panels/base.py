"""The contract of a panel: create its artists once, update them from a FrameState.

What never changes is drawn once into the frame's background; `moving` artists are drawn again, in
their order, whenever the state has changed. An update may depend on its state alone.
"""

from abc import ABC, abstractmethod

from matplotlib.artist import Artist

from animator.core.language import shown
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.look import Look
from animator.drawing.panels.registry import PanelSpec
from animator.drawing.raster.text_fit import clipped, shortened
from animator.drawing.view import View

TITLE = 0.5  # em: from the axes up to a title
SMALLEST = 0.8  # em: a title that must be smaller is cut


class Panel(ABC):
    """One thing about one run, drawn in one cell of the frame; spec: its row of the table."""

    def __init__(self, spec: PanelSpec, look: Look, cell: Box, view: View, title: str = "") -> None:
        self.spec = spec
        self.look = look
        self.cell = cell
        self.view = view
        self.title = title
        self.moving: list[Artist] = []
        self.create(cell)
        for artist in self.moving:
            artist.set_animated(True)

    @abstractmethod
    def create(self, cell: Box) -> None:
        """Make the artists; list those that change in `moving`, lowest first."""

    @abstractmethod
    def update(self, state: FrameState) -> None:
        """Set the moving artists to `state`."""

    @property
    def room(self) -> Box:
        """The cell without the margins of this kind of panel, in pixels."""
        return self.spec.margins.inside(self.cell, self.look.em)

    @property
    def right(self) -> float:
        """Pixels at the right of `room` in the cell."""
        return self.spec.margins.right * self.look.em

    def heading(
        self, box: Box, words: str, left: float | None = None, colour: str | None = None, spare: float = 0.0
    ) -> float:
        """The panel's title above its axes, from their left edge, or from `left` on, in pixels. Where the
        room above them is less, it is smaller, and then cut, a run's name in its middle. spare: pixels of
        that room that something else takes. Gives where the title ends.
        """
        own = words == self.title
        words = shown(words)
        left = box.left if left is None else left
        weight = "normal" if colour is None else "bold"
        end = min(self.cell.left + self.cell.width, box.left + box.width + self.right)
        room = max(0.0, end - left - spare)
        wide = self.look.ruler(1.0, weight)(words)
        size = max(SMALLEST, min(1.0, room / max(1e-9, wide)))
        measure = self.look.ruler(size, weight)
        if own:
            words = shortened([words], room, measure)[0]
        words = clipped(words, room, measure)
        top = box.bottom + box.height + TITLE * self.look.em
        ink = colour or self.look.style.muted
        self.look.text(left, top, words, em=size, color=ink, fontweight=weight)
        return left + measure(words)
