"""The words around the panels: the header above, live numbers and the end card below.

Each live number has a place of its own and digits of one width, so that nothing moves when it changes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from animator.core.formatting import number
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.look import Look
from animator.drawing.panels.end_card import disagree, end_card
from animator.drawing.panels.growing_curves import CLOCKS, NOT_RECORDED
from animator.drawing.panels.header import MARGIN, Header
from animator.drawing.raster.layer import Layer
from animator.drawing.raster.text_fit import shortened
from animator.drawing.raster.text_layer import Stamp
from animator.drawing.units import EDGES
from animator.drawing.view import View, present

ROW = 3.3
SMALL = 0.86  # em: of the names of numbers
NAMES = 12.0  # em: what a run's name may take beside its numbers
MOST = 2  # runs whose numbers are told here; more of them have a panel


class Readout:
    """Title, caption, live numbers of the first view (and every view's loss), end card.

    On a frame too narrow for both, the end card takes the place of the numbers that it would cover.
    """

    def __init__(
        self,
        look: Look,
        frame: Box,
        views: Sequence[View],
        title: str,
        caption: str,
        said: Sequence[str] = (),
    ) -> None:
        """said: captions of events, which take the place of the caption."""
        self.look = look
        self.views = views
        self.frame = frame
        self._loud: bool | None = None
        em = look.em
        self.margin = MARGIN * em
        self.header = Header(look, frame, title, caption, said)
        self.above = self.header.above
        self.moving: list[Layer] = list(self.header.moving)
        self.called = shortened([view.name for view in views], NAMES * em, look.ruler(SMALL))
        places = self._places()
        rows = max(row for _, row, _ in places)
        self.height = (EDGES.below + ROW * rows) * em
        muted = look.style.muted
        ink = look.style.ink
        self.names = [
            self._stamp(left, 2.55 + ROW * (rows - row), name, SMALL, muted) for left, row, name in places
        ]
        self.values = [self._stamp(left, 1.05 + ROW * (rows - row), "", 1.3, ink) for left, row, _ in places]
        self.card, card_left = end_card(look, frame, views, self.called)
        if self.card is not None:
            self.moving.append(self.card)
        ends = [left for left, row, _ in places[1:]] + [places[-1][0] + 6.2 * em]
        self.behind = [
            text
            for name, value, end, (left, row, _) in zip(self.names, self.values, ends, places, strict=True)
            for text in (name, value)
            if row == rows and max(end, left + 6.2 * em) > card_left
        ]

    def _places(self) -> list[tuple[float, int, str]]:
        """(left in pixels, row from the top, name) of every number."""
        em = self.look.em
        self.told = self._told()
        names = [*self.told]
        self.counts = self.views[0].clock != "step" and len(self.views) > MOST
        if self.counts:
            names = [CLOCKS[self.views[0].clock]]
        self.lossy = self.views if len(self.views) <= MOST else ()
        self.absent = [view.unrecorded() for view in self.lossy]
        loss = self.views[0].value_name
        told = [f"{loss}, {name}" for name in self.called[: len(self.lossy)]]
        names += [loss] if len(self.views) == 1 else told
        steps = 2 * len(f"{self.views[0].steps:,}") * 0.84 + 2.8
        wide = {"step": steps, "epoch": self._epoch_width(), "learning rate": 7.0}
        widths = [steps] if self.counts else [wide[name] for name in self.told]
        self.gauge = len(self.views) == 1 and self.views[0].field is not None
        self.gauge_at = len(names)
        if self.gauge:
            names += ["surface there", "off the plane"] if self._leaves() else ["surface there"]
        widths += [max(7.2, 0.6 * len(name) + 1.2) for name in names[len(widths) :]]
        places = []
        left = self.margin
        row = 0
        for width, name in zip(widths, names, strict=True):
            if left > self.margin and left + width * em > self.frame.width - 0.5 * self.margin:
                left, row = self.margin, row + 1
            places.append((float(left), row, name))
            left += width * em
        return places

    def _told(self) -> list[str]:
        """What is told of the update that was just made: what all runs have in common, of a few the rate."""
        views, first = self.views, self.views[0]
        same = all(np.array_equal(view.epoch, first.epoch) for view in views)
        rates = all(np.array_equal(view.learning_rate, first.learning_rate) for view in views)
        told = ["step"] + (["epoch"] if same and first.has_epochs else [])
        return told + (["learning rate"] if same and rates and first.has_rate and len(views) <= MOST else [])

    def _leaves(self) -> bool:
        """Whether the path leaves the plane; a slice of two weights that moves along is left by nothing."""
        view = self.views[0]
        along = view.cut == "moving" and view.plane is not None and view.plane.kind == "weights"
        return bool(view.residual.any()) and not along

    def _epoch_width(self) -> float:
        last = self.views[0].epoch[-1] + 1 if self.views[0].steps else 1
        return max(4.0, 1.6 + 0.84 * len(f"{last}"))

    def _stamp(self, left: float, bottom: float, words: str, em: float, colour: str) -> Stamp:
        made = self.look.stamp(left, bottom * self.look.em, words, em=em, color=colour, up="baseline")
        made.set_animated(True)
        self.moving.append(made)
        return made

    def update(self, state: FrameState) -> None:
        """Set the numbers to those of `state`: epoch and rate are those of the update just made."""
        view = self.views[0]
        film = state
        state = film.own(view.steps, view.ratio)
        made = max(0, state.step - 1)
        known = view.steps > 0
        now = {
            "step": f"{state.step:,} / {view.steps:,}",
            "epoch": str(int(view.epoch[made]) + 1) if known else "–",
            "learning rate": f"{view.learning_rate[made]:.4g}" if known else "–",
        }
        words = [now[name] for name in self.told]
        if self.counts:
            words = [f"{number(film.at * view.ratio * view.unit, 4)}"]
        words += [
            current_loss(v, film.own(v.steps, v.ratio).step, absent)
            for v, absent in zip(self.lossy, self.absent, strict=True)
        ]
        if self.gauge:
            words += self._gauge(view, state.step)
        self.header.update(film.caption, film.opacity)
        for text, word in zip(self.values, words, strict=True):
            text.set_text(word)
        if self.card is not None:
            self.card.set_visible(state.ended)
        for text in self.behind:
            text.set_visible(not state.ended)

    def _gauge(self, view: View, step: int) -> list[str]:
        """Height of the surface under the dot and distance from the plane; loud when the height is off."""
        height = present(view.field, "surface").height(step)
        loud = disagree(height, float(view.loss[step]))
        if loud != self._loud:
            self._loud = loud
            there = self.values[self.gauge_at]
            there.set_color(self.look.style.alert if loud else self.look.style.muted)
            there.set_fontweight("bold" if loud else "normal")
        words = [number(height) if not np.isnan(height) else "–"]
        off = self.gauge_at + 1 < len(self.values)
        return [*words, number(float(view.residual[step]))] if off else words


def current_loss(view: View, step: int, absent: NDArray[np.bool_]) -> str:
    """The loss on all data at `step`, or what the next batch made of it where there is none at all; absent
    (K+1,): where it was not recorded.
    """
    known = np.isfinite(view.loss[[step, 0, -1]]).any()  # the ends of a run are asked first: it may be long
    if known or np.isfinite(view.loss).any():
        return NOT_RECORDED if absent[step] else number(float(view.loss[step]))
    unread = view.facts.unread_losses and np.isnan(view.batch_loss[min(step, view.steps - 1)])
    if step < view.steps and view.has_batch_loss and not unread:
        return f"{number(float(view.batch_loss[step]))} (batch)"
    return NOT_RECORDED
