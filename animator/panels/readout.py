"""The words around the panels: title and caption above, live numbers and the end card below.

Each live number has a place of its own and digits of one width, so that nothing moves when it changes.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

from animator.layout import Box
from animator.panels.base import Look
from animator.panels.curves import CLOCKS
from animator.panels.stamps import Sprite, Stamp
from animator.style import use_fonts
from animator.timeline import FrameState
from animator.view import View
from animator.words import number

ROW = 3.3
MOST = 2  # runs whose numbers are told here; more of them have a panel
CARDS = 3  # runs whose results are told on the end card; of more, the best one's


class Readout:
    """Title, caption, live numbers of the first view (and every view's loss), end card.

    On a frame too narrow for both, the end card takes the place of the numbers that it would cover.
    """

    def __init__(self, look: Look, frame: Box, views: Sequence[View], title: str, caption: str,
                 speaks: bool = False) -> None:  # fmt: skip
        self.look, self.views, self.frame = look, views, frame
        self._loud: bool | None = None
        em = look.em
        self.margin = 2.0 * em
        top = frame.height - 1.1 * em
        title_em = look.style.title_size / look.style.text_size
        width = frame.width - 2 * self.margin
        shown = look.text(self.margin, top - title_em * em * 0.8, title, em=title_em, fontweight="bold")
        shrink(shown, width)
        caption_text = look.text(self.margin, top - title_em * em * 0.8 - 1.75 * em, caption,
                                 color=look.style.muted)  # fmt: skip
        self._fit(caption_text, width)
        self.moving: list[Artist] = []
        self.caption = self._speak(caption_text) if speaks else None
        places = self._places()
        rows = max(row for _, row, _ in places)
        self.height = (4.4 + ROW * rows) * em
        muted, ink = look.style.muted, look.style.ink
        self.names = [self._stamp(left, 2.55 + ROW * (rows - row), name, 0.86, muted)
                      for left, row, name in places]  # fmt: skip
        self.values = [self._stamp(left, 1.05 + ROW * (rows - row), "", 1.3, ink) for left, row, _ in places]
        self.card, card_left = self._card()
        ends = [left for left, row, _ in places[1:]] + [places[-1][0] + 6.2 * em]
        self.behind = [
            stamp
            for name, value, end, (left, row, _) in zip(self.names, self.values, ends, places, strict=True)
            for stamp in (name, value)
            if row == rows and max(end, left + 6.2 * em) > card_left
        ]

    def _speak(self, caption: Text) -> tuple[Sprite, Stamp]:
        """The caption as a sprite that can fade, and the words of an event in its place."""
        still = Sprite([caption], 5)
        still.set_animated(True)
        self.look.figure.add_artist(still)
        x, y = caption.get_transform().transform(caption.get_position())
        said = self._stamp(float(x), float(y) / self.look.em, "", 1.0, self.look.style.alert)
        said.set_fontweight("bold")
        self.moving.insert(0, still)
        return still, said

    def _fit(self, text: Text, width: float) -> None:
        """Wrap a text that is wider than `width` pixels onto two lines."""
        words = text.get_text().split(" ")
        if text.get_window_extent().width <= width:
            return
        half = len(words) // 2
        text.set_text(" ".join(words[:half]) + "\n" + " ".join(words[half:]))
        text.set_verticalalignment("center")
        shrink(text, width)

    def _places(self) -> list[tuple[float, int, str]]:
        """(left in pixels, row from the top, name) of every number."""
        em = self.look.em
        names = ["step", "epoch", "learning rate"] if len(self.views) <= MOST else ["step", "epoch"]
        same = all(np.array_equal(view.epoch, self.views[0].epoch) for view in self.views)
        rates = all(np.array_equal(view.learning_rate, self.views[0].learning_rate) for view in self.views)
        self.told = 1 + int(same) + int(same and rates and len(self.views) <= MOST)
        names = names[: self.told]
        self.counts = self.views[0].clock != "step" and len(self.views) > MOST
        if self.counts:
            names = [CLOCKS[self.views[0].clock]]
        self.lossy = self.views if len(self.views) <= MOST else ()
        names += ["loss"] if len(self.views) == 1 else [f"loss, {v.name}" for v in self.lossy]
        widths = [2 * len(f"{self.views[0].steps:,}") * 0.84 + 2.8, self._epoch_width(), 7.0][
            : 1 if self.counts else self.told
        ]
        self.gauge = len(self.views) == 1 and self.views[0].field is not None
        if self.gauge:
            names += ["surface there", "off the plane"] if self._leaves() else ["surface there"]
        widths += [max(7.2, 0.6 * len(name) + 1.2) for name in names[len(widths) :]]
        places, left, row = [], self.margin, 0
        for width, name in zip(widths, names, strict=True):
            if left > self.margin and left + width * em > self.frame.width - 0.5 * self.margin:
                left, row = self.margin, row + 1
            places.append((float(left), row, name))
            left += width * em
        return places

    def _leaves(self) -> bool:
        """Whether the path leaves the plane; a slice of two weights that moves along is left by nothing."""
        view = self.views[0]
        along = view.cut == "moving" and view.plane is not None and view.plane.kind == "weights"
        return bool(view.residual.any()) and not along

    def _epoch_width(self) -> float:
        last = self.views[0].epoch[-1] + 1 if self.views[0].steps else 1
        return max(4.0, 1.6 + 0.84 * len(f"{last}"))

    def _stamp(self, left: float, bottom: float, words: str, em: float, colour: str) -> Stamp:
        stamp = Stamp(left, bottom * self.look.em, words, color=colour, family=use_fonts())
        stamp.set_fontsize(em * self.look.points)
        stamp.set_transform(IdentityTransform())
        stamp.set_animated(True)
        self.look.figure.add_artist(stamp)
        self.moving.append(stamp)
        return stamp

    def _card(self) -> tuple[Sprite | None, float]:
        """What came out of it: test loss before and after, the surface's largest error; where it begins."""
        right = self.frame.width - self.margin
        columns = self._outcomes()
        if not columns:
            return None, right
        em, style = self.look.em, self.look.style
        texts: list[Text] = []
        end = right - em
        for head, result in reversed(columns):
            pair = [
                self.look.text(end, 2.55 * em, head, em=0.86, color=style.muted, ha="right"),
                self.look.text(end, 1.05 * em, result, em=1.15, ha="right", fontweight="bold"),
            ]
            texts += pair
            end = min(text.get_window_extent().x0 for text in pair) - 1.6 * em
        left = end + 0.6 * em
        if left < self.margin:
            left = self._narrowed(texts, right - em)
        back = FancyBboxPatch(
            (left, 0.5 * em),
            right - left,
            3.1 * em,
            transform=None,
            facecolor=style.panel,
            boxstyle=f"round,pad=0,rounding_size={0.5 * em}",
            edgecolor=style.grid,
            linewidth=self.look.line(1.0),
        )
        self.look.figure.add_artist(back)
        card = Sprite([back, *texts], 5)
        card.set_animated(True)
        self.look.figure.add_artist(card)
        self.moving.append(card)
        return card, left

    def _narrowed(self, texts: list[Text], right: float) -> float:
        """Make the texts of a card that is wider than the frame smaller, moved together; its left edge."""
        em, end = self.look.em, right
        room = right - self.margin - 2.0 * em
        pairs = [texts[i : i + 2] for i in range(0, len(texts), 2)]
        widths = [max(text.get_window_extent().width for text in pair) for pair in pairs]
        share = min(1.0, (room - 1.6 * em * (len(pairs) - 1)) / sum(widths))
        for pair, width in zip(pairs, widths, strict=True):
            for text in pair:
                text.set_fontsize(float(text.get_fontsize()) * share)
                text.set_x(end / self.frame.width)
            end -= width * share + 1.6 * em
        return end + 1.6 * em - em

    def _outcomes(self) -> list[tuple[str, str]]:
        """(what, value) for the end card."""
        columns = []
        off = [view.worst() for view in self.views]
        for view, found in zip(self.views, off, strict=True):
            if found is not None and disagree(
                found[0] + float(view.loss[found[1]]), float(view.loss[found[1]])
            ):
                columns.append(("surface at most off by", f"{number(found[0], 2)} at step {found[1]:,}"))
                break
        tested = [view for view in self.views if view.test_loss is not None]
        if len(tested) > CARDS:
            best = min(tested, key=_tested)
            head = f"lowest loss on {best.test_samples:,} test samples"
            columns.append((head, f"{number(_tested(best), 2)}, {best.name}"))
        elif tested:
            head = f"loss on {tested[0].test_samples:,} test samples"
            columns.append((head, "   ".join(self._result(view) for view in tested)))
        return columns

    def _result(self, view: View) -> str:
        before, after = view.test_loss or (np.nan, np.nan)
        name = f"{view.name}: " if len(self.views) > 1 else ""
        return f"{name}{number(before)} → {number(after, 2)}"

    def update(self, state: FrameState) -> None:
        """Set the numbers to those of `state`: epoch and rate are those of the update just made."""
        view, film = self.views[0], state
        state = film.own(view.steps, view.ratio)
        made = max(0, state.step - 1)
        known = view.steps > 0
        words = [f"{state.step:,} / {view.steps:,}",
                 str(int(view.epoch[made]) + 1) if known else "–",
                 f"{view.learning_rate[made]:.4g}" if known else "–"][: self.told]  # fmt: skip
        if self.counts:
            words = [f"{number(film.at * view.ratio * view.unit, 4)}"]
        words += [current_loss(v, film.own(v.steps, v.ratio).step) for v in self.lossy]
        if self.gauge:
            words += self._gauge(view, state.step)
        if self.caption is not None:
            still, said = self.caption
            still.set_opacity(max(0.0, 1 - 2 * film.opacity))
            said.set_text(film.caption)
            said.opacity = max(0.0, 2 * film.opacity - 1)
        for text, word in zip(self.values, words, strict=True):
            text.set_text(word)
        if self.card is not None:
            self.card.set_visible(state.ended)
        for stamp in self.behind:
            stamp.set_visible(not state.ended)

    def _gauge(self, view: View, step: int) -> list[str]:
        """Height of the surface under the dot and distance from the plane; loud when the height is off."""
        assert view.field is not None, "there is a gauge only beside a surface"
        height = view.field.height(step)
        loud = disagree(height, float(view.loss[step]))
        if loud != self._loud:
            self._loud = loud
            self.values[4].set_color(self.look.style.alert if loud else self.look.style.muted)
            self.values[4].set_fontweight("bold" if loud else "normal")
        words = [number(height) if not np.isnan(height) else "–"]
        return [*words, number(float(view.residual[step]))] if len(self.values) > 5 else words


def _tested(view: View) -> float:
    """The loss on test data at the end, infinite where there is none that is finite."""
    after = view.test_loss[1] if view.test_loss else np.inf
    return float(after) if np.isfinite(after) else np.inf


def shrink(text: Text, width: float) -> None:
    """Make a text that is wider than `width` pixels smaller, so that it fits."""
    wide = text.get_window_extent().width
    if wide > width:
        text.set_fontsize(float(text.get_fontsize()) * width / wide)


def disagree(height: float, loss: float) -> bool:
    """Whether the surface under the dot is more than 5 % off the true loss; missing numbers agree."""
    off = abs(height - loss) if np.isfinite(height) and np.isfinite(loss) else 0.0
    return bool(off > 0.05 * max(abs(loss), 1e-9))


def current_loss(view: View, step: int) -> str:
    """The loss on all data at `step`, or what the next batch made of it where that is absent."""
    known = np.isfinite(view.loss[[step, 0, -1]]).any()  # the ends of a run are asked first: it may be long
    if step >= view.steps or known or np.isfinite(view.loss).any():
        return number(float(view.loss[step]))
    return f"{number(float(view.batch_loss[step]))} (batch)"
