"""The words around the panels: the header above, live numbers and the end card below.

Each live number stands behind its name, has a place of its own and digits of one width, so that nothing moves
when it changes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from animator.core.formatting import brief, number
from animator.core.language import Said, digits, say, shown
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.end_card import disagree, end_card
from animator.drawing.header import MARGIN, Header
from animator.drawing.look import Look
from animator.drawing.panels.growing_curves import CLOCKS, NOT_RECORDED
from animator.drawing.raster.layer import Layer
from animator.drawing.raster.text_fit import shortened
from animator.drawing.raster.text_layer import Stamp
from animator.drawing.units import EDGES
from animator.drawing.view import View, present

ROW = 1.7  # em: from one row to the next
BASE = 0.85  # em: of the lowest row
SMALL, VALUE = 0.92, 1.1  # em: of the names of numbers, and of these
AFTER, BETWEEN = 0.5, 1.5  # em: from a name to its number, and on to the next one
STEP: str = CLOCKS["step"]
EPOCH: str = CLOCKS["epoch"]
RATE: str = Said("learning rate")
NAMES = 12.0  # em: what a run's name may take beside its numbers
NUMBER = "0.0×10⁻¹⁰"  # as wide as a loss at most
MOST_RATES = 200  # learning rates that are tried for their width
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
        *,
        each_told: bool = False,
    ) -> None:
        """said: captions of events, which take the place of the caption. each_told: whether panels tell the
        losses of all runs.
        """
        self.look = look
        self.views = views
        self.each_told = len(views) > 1 and (each_told or bool(views[0].rivals))
        self.frame = frame
        self._loud: bool | None = None
        em = look.em
        self.margin = MARGIN * em
        self.header = Header(look, frame, title, caption, said)
        self.above = self.header.above
        self.moving: list[Layer] = list(self.header.moving)
        self.called = shortened([view.name for view in views], NAMES * em, look.ruler(SMALL))
        places = self._places()
        rows = max(row for *_, row, _ in places)
        self.height = (EDGES.below + ROW * rows) * em
        muted = look.style.muted
        ink = look.style.ink
        after = [left + look.ruler(SMALL)(name) + AFTER * em for left, _, _, name in places]
        ups = [BASE + ROW * (rows - row) for *_, row, _ in places]
        self.names = [
            self._stamp(left, up, name, SMALL, muted)
            for (left, _, _, name), up in zip(places, ups, strict=True)
        ]
        self.values = [self._stamp(left, up, "", VALUE, ink) for left, up in zip(after, ups, strict=True)]
        self.card, card_left = end_card(look, frame, views, self.called)
        if self.card is not None:
            self.moving.append(self.card)
        self.behind = [
            text
            for name, value, (_, end, row, _) in zip(self.names, self.values, places, strict=True)
            for text in (name, value)
            if row == rows and end + BETWEEN * look.em > card_left  # a number may be wider than most
        ]

    def _places(self) -> list[tuple[float, float, int, str]]:
        """(left and right in pixels, row from the top, name) of every number."""
        em = self.look.em
        names = self._numbers()
        small, large = self.look.ruler(SMALL), self.look.ruler(VALUE)
        places = []
        left = self.margin
        row = 0
        for name, widest in names:
            width = small(name) + AFTER * em + large(widest)
            if left > self.margin and left + width > self.frame.width - 0.5 * self.margin:
                left, row = self.margin, row + 1
            places.append((float(left), float(left + width), row, name))
            left += width + BETWEEN * em
        return places

    def _numbers(self) -> list[tuple[str, str]]:
        """(name, words as wide as any that it has) of every number."""
        self.told = self._told()
        steps = digits(f"{self.views[0].steps:,}")
        last = self.views[0].epoch[-1] + 1 if self.views[0].steps else 1
        widest = {STEP: f"{steps} / {steps}", EPOCH: f"{last}", RATE: self._rate()}
        numbers = [(shown(name), widest[name]) for name in self.told]
        self.counts = self.views[0].clock != "step" and len(self.views) > MOST
        if self.counts:
            numbers = [(shown(CLOCKS[self.views[0].clock]), steps)]
        self.lossy = self.views if len(self.views) <= MOST and not self.each_told else ()
        self.absent = [view.unrecorded() for view in self.lossy]
        loss = shown(self.views[0].value_name)
        told = [f"{loss}, {name}" for name in self.called[: len(self.lossy)]]
        numbers += [(name, NUMBER) for name in ([loss] if len(self.views) == 1 else told)]
        self.gauge = self._gauged()
        self.gauge_at = len(numbers)
        return [*numbers, (say("the map shows"), NUMBER)] if self.gauge else numbers

    def _told(self) -> list[str]:
        """What is told of the update that was just made: what all runs have in common, of a few the rate."""
        views, first = self.views, self.views[0]
        same = all(np.array_equal(view.epoch, first.epoch) for view in views)
        rates = all(np.array_equal(view.learning_rate, first.learning_rate) for view in views)
        counts = np.arange(len(first.epoch))  # of an epoch a step, which tell nothing new
        epochs = same and first.has_epochs and not np.array_equal(first.epoch, counts)
        told = [STEP] + ([EPOCH] if epochs else [])
        return told + ([RATE] if same and rates and first.has_rate and len(views) <= MOST else [])

    def _rate(self) -> str:
        """The longest of the learning rates that are told."""
        rates = np.unique(self.views[0].learning_rate)
        some = rates[np.unique(np.linspace(0, len(rates) - 1, MOST_RATES).astype(int))] if len(rates) else []
        return max((digits(brief(rate, 4)) for rate in some), key=len, default="–")

    def _gauged(self) -> bool:
        """Whether the surface under the dot is ever another than the loss, so that its height is told."""
        view = self.views[0]
        if len(self.views) > 1 or view.field is None:
            return False
        losses = view.loss[view.field.checked]
        return any(map(disagree, view.field.heights.tolist(), losses.tolist()))

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
            STEP: digits(f"{state.step:,} / {view.steps:,}"),
            EPOCH: str(int(view.epoch[made]) + 1) if known else "–",
            RATE: digits(brief(view.learning_rate[made], 4)) if known else "–",
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
        """Height of the surface under the dot; loud when it is not the loss."""
        height = present(view.field, "surface").height(step)
        loud = disagree(height, float(view.loss[step]))
        if loud != self._loud:
            self._loud = loud
            there = self.values[self.gauge_at]
            there.set_color(self.look.style.alert if loud else self.look.style.muted)
            there.set_fontweight("bold" if loud else "normal")
        return [number(height) if not np.isnan(height) else "–"]


def current_loss(view: View, step: int, absent: NDArray[np.bool_]) -> str:
    """The loss on all data at `step`, or what the next batch made of it where there is none at all; absent
    (K+1,): where it was not recorded.
    """
    known = np.isfinite(view.loss[[step, 0, -1]]).any()  # the ends of a run are asked first: it may be long
    if known or np.isfinite(view.loss).any():
        return shown(NOT_RECORDED) if absent[step] else number(float(view.loss[step]))
    unread = view.facts.unread_losses and np.isnan(view.batch_loss[min(step, view.steps - 1)])
    if step < view.steps and view.has_batch_loss and not unread:
        return say("{loss} (batch)", loss=number(float(view.batch_loss[step])))
    return shown(NOT_RECORDED)
