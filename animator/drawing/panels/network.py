"""The network as a diagram: units as circles in columns, weights as lines between them.

A line is as wide as its weight is large; solid is positive, dashed negative, each in a colour of its own.
A network of a few weights has their numbers on the lines. What is drawn where is decided once; a frame
changes widths, looks and numbers.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.core.language import Said, digits, say, shown
from animator.design.layout import Box
from animator.design.timeline import FrameState
from animator.drawing.panels.base import Panel
from animator.drawing.panels.metric_curves import short
from animator.drawing.raster.text_fit import shortened
from animator.drawing.raster.text_layer import Sprite, Stamp
from animator.drawing.raster.vector_artists import Strands
from animator.drawing.view import present

MOST_NUMBERS = 6
NUMBER = 3.5  # em: the width of a number on a line
BIAS = 4.6  # em: of a bias, with its letter
SMALL = 0.86
TALLEST = 3.4  # em between two units at most
KEYS = (  # from the fullest words to the shortest
    (Said("positive"), Said("negative"), Said("width: size")),
    (Said("plus"), Said("minus"), Said("width: size")),
    ("+", "−", Said("size")),
)


class NetworkPanel(Panel):
    """view.wiring: layers as columns from left to right, their weights and biases at each step."""

    def create(self, cell: Box) -> None:
        em = self.look.em
        self.layers = present(self.view.wiring or None, "wiring")
        self.counts = [self.layers[0].shape[0], *(layer.shape[1] for layer in self.layers)]
        held = [len(self.layers[0].inputs), *(len(layer.outputs) for layer in self.layers)]
        wide = any(count > shown for count, shown in zip(self.counts, held, strict=True))
        few = sum(layer.values[0].size for layer in self.layers) <= MOST_NUMBERS
        self.biased = few and self.layers[-1].biases is not None
        frame = cell.inset(1.2 * em, (4.5 if wide else 3.3) * em, 1.2 * em, 2.0 * em)
        self.heading(frame, self.title or say("network"))
        self.box = frame.inset(1.2 * em, 0.4 * em, (BIAS + 0.6 if self.biased else 1.2) * em, 0.3 * em)
        self.pitch = self.box.width / len(self.layers)
        self.places = [self._column(i, held[i]) for i in range(len(held))]
        gap = min(abs(float(ys[1] - ys[0])) for _, ys in self.places if len(ys) > 1) if max(held) > 1 else em
        self.radius = min(0.62 * em, 0.36 * gap, 0.2 * self.pitch)
        self._strands()
        self._circles(held)
        self._numbers(few)
        self._labels(wide)
        self._key(frame, cell.bottom + 0.75 * em)

    def _column(self, i: int, held: int) -> tuple[float, Floats]:
        """(x, ys) of the circles of column i, the first unit on top; a gap where units are left out."""
        slots = held + (held < self.counts[i])
        gap = min(TALLEST * self.look.em, self.box.height / max(1, slots))
        middle = self.box.bottom + self.box.height / 2
        ys = middle + gap * ((slots - 1) / 2 - np.arange(slots))
        shown = ys[np.arange(slots) != (held + 1) // 2] if slots > held else ys
        return self.box.left + i * self.pitch, np.asarray(shown, np.float64)

    def _strands(self) -> None:
        look = self.look
        style = self.look.style
        ends = [
            ((x0 + self.radius, y0), (x1 - self.radius, y1))
            for (x0, ys0), (x1, ys1) in zip(self.places, self.places[1:], strict=False)
            for y0 in ys0
            for y1 in ys1
        ]
        self.axes = look.axes(self.box, "background")
        self.axes.set_axis_off()
        scale = max(float(np.abs(layer.values).max()) for layer in self.layers) or 1.0
        widest = look.line(7.0 if len(ends) <= 4 * MOST_NUMBERS else 4.0)
        self.strands = Strands(
            np.array(ends, float),
            scale=scale,
            widest=widest,
            positive=to_rgba(style.lines[0]),
            negative=to_rgba(style.lines[1]),
        )
        self.axes.add_artist(self.strands)
        self.moving.append(self.strands)

    def _circles(self, held: list[int]) -> None:
        """The units, and three dots for those that are left out."""
        style = self.look.style
        parts = []
        still = IdentityTransform()
        for i, (x, ys) in enumerate(self.places):
            parts += [
                Circle(
                    (x, y),
                    self.radius,
                    transform=still,
                    facecolor=style.panel,
                    edgecolor=style.ink,
                    linewidth=self.look.line(1.4),
                )
                for y in ys
            ]
            if held[i] < self.counts[i]:
                above, below = ys[(held[i] + 1) // 2 - 1], ys[(held[i] + 1) // 2]
                dots = above + (below - above) * np.array([0.36, 0.5, 0.64])
                size = min(0.11 * self.look.em, 0.055 * (above - below))
                parts += [Circle((x, y), size, transform=still, facecolor=style.muted) for y in dots]
        sprite = Sprite(parts, 3)
        self.axes.add_artist(sprite)
        self.moving.append(sprite)

    def _numbers(self, few: bool) -> None:
        """Numbers on the lines and beside the units, where the network is small enough to read them."""
        em = self.look.em
        self.stamps: list[Stamp] = []
        self.beside: list[tuple[NDArray[np.float32], int, Stamp]] = []
        spots = [spot for i in range(len(self.layers)) for spot in self._spots(i)] if few else []
        if spots and self.pitch >= (NUMBER + 1.0) * em + 2 * self.radius:
            self._plates(spots)
            self.stamps = [self._stamp(x + NUMBER / 2 * em - 0.25 * em, y, "right") for x, y in spots]
        biases = self.layers[-1].biases
        if few and biases is not None:
            x, ys = self.places[-1]
            for unit, y in enumerate(ys):
                stamp = self._stamp(x + self.radius + 0.45 * em, y, "left")
                self.beside.append((biases, unit, stamp))
        self.moving += [*self.stamps, *(stamp for *_, stamp in self.beside)]

    def _spots(self, i: int) -> list[tuple[float, float]]:
        """Where the numbers of layer i stand: on its lines, where these are farthest apart; from the top."""
        em = self.look.em
        x0, ys0 = self.places[i]
        x1, ys1 = self.places[i + 1]
        edge = min(0.5, (NUMBER / 2 * em + self.radius + 0.2 * em) / self.pitch)

        def heights(share: float) -> list[float]:
            return [float(y0 + share * (y1 - y0)) for y0 in ys0 for y1 in ys1]

        def apart(share: float) -> float:
            at = sorted(heights(share))
            return min(np.diff(at), default=0.0)

        best = max((0.5, *np.linspace(edge, 1 - edge, 9)), key=lambda share: round(apart(share), 6))
        low, high = self.box.bottom, self.box.bottom + self.box.height
        places = spread(heights(best), 1.15 * em, low + 0.5 * em, high - 0.5 * em)
        return [(float(x0 + best * (x1 - x0)), y) for y in places]

    def _plates(self, spots: Sequence[tuple[float, float]]) -> None:
        """Grounds that the numbers are read on."""
        em = self.look.em
        plates = Sprite(
            [
                FancyBboxPatch(
                    (x - NUMBER / 2 * em, y - 0.52 * em),
                    NUMBER * em,
                    1.04 * em,
                    transform=IdentityTransform(),
                    facecolor=self.look.style.background,
                    edgecolor="none",
                    boxstyle=f"round,pad=0,rounding_size={0.3 * em}",
                )
                for x, y in spots
            ],
            4,
        )
        self.axes.add_artist(plates)
        self.moving.append(plates)

    def _stamp(self, x: float, y: float, side: Literal["left", "right"]) -> Stamp:
        return self.look.stamp(x, y, em=0.9, color=self.look.style.ink, across=side)

    def _labels(self, wide: bool) -> None:
        """The layers' names under their columns; how many units, where some are not drawn."""
        em = self.look.em
        bottom = self.box.bottom
        rooms = [self.pitch - 0.5 * em] * len(self.places)
        if len(self.places) == 2 or self.biased:
            rooms[-1] = min(rooms[-1], 2 * (BIAS - 0.6) * em) if self.biased else rooms[-1]
        names = [say("inputs"), *(layer.layer for layer in self.layers)]
        measure = self.look.ruler(SMALL)
        for i, ((x, _), count) in enumerate(zip(self.places, self.counts, strict=True)):
            cell = self.cell
            room = min(rooms[i], 2 * min(x - cell.left, cell.left + cell.width - x))
            self._fitted(x, bottom - 1.35 * em, room, [shortened(names, room, measure)[i]])
            if wide:
                self._fitted(
                    x, bottom - 2.55 * em, room, [say("{count:,} units", count=count), digits(f"{count:,}")]
                )

    def _fitted(self, x: float, y: float, room: float, choices: list[str]) -> Text | None:
        """The first of `choices` that is at most `room` pixels wide, centred at x; none if none is."""
        for words in choices:
            text = self.look.text(x, y, words, em=SMALL, color=self.look.style.muted, ha="center")
            if text.get_window_extent().width <= room:
                return text
            text.remove()
        return None

    def _key(self, frame: Box, y: float) -> None:
        """What width, colour and dashes say, in the fullest words that fit."""
        for key in KEYS:
            words = [shown(word) for word in (*key, Said("b: bias"))[: len(key) + self.biased]]
            texts = [self.look.text(0, y, word, em=SMALL, color=self.look.style.muted) for word in words]
            widths = [text.get_window_extent().width for text in texts]
            lead = [2.0 * self.look.em] * 2 + [0.0] * (len(words) - 2)
            needed = sum(widths) + sum(lead) + 0.9 * self.look.em * (len(words) - 1)
            if needed <= frame.width or key is KEYS[-1]:
                break
            for text in texts:
                text.remove()
        self._lay(texts, widths, lead, frame.left, y)

    def _lay(self, texts: list[Text], widths: list[float], lead: list[float], x: float, y: float) -> None:
        em = self.look.em
        wide = self.look.figure.get_size_inches()[0] * self.look.figure.dpi
        for i, (text, width, room) in enumerate(zip(texts, widths, lead, strict=True)):
            if room:
                self._sample(i, x, y + 0.3 * em)
            text.set_x((x + room) / wide)
            x += room + width + 0.9 * em

    def _sample(self, i: int, x: float, y: float) -> None:
        """A piece of line, as positive (0) or negative (1) weights have it."""
        look = self.look
        line = Line2D(
            [x, x + 1.55 * look.em],
            [y, y],
            color=look.style.lines[i],
            linewidth=look.line(3.0),
            transform=IdentityTransform(),
            solid_capstyle="butt",
        )
        if i:
            line.set_dashes([1.6, 0.9])
        look.figure.add_artist(line)

    def update(self, state: FrameState) -> None:
        """Widths, looks and numbers of the last step at or before that of `state`."""
        at = max(0, int(np.searchsorted(self.layers[0].steps, state.step, side="right")) - 1)
        values = np.concatenate([layer.values[at].ravel() for layer in self.layers])
        self.strands.show(values)
        for stamp, value in zip(self.stamps, values, strict=False):
            stamp.set_text(short(float(value)))
        for biases, unit, stamp in self.beside:
            stamp.set_text(f"b {short(float(biases[at, unit]))}")


def spread(heights: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart in [low, high], as near to `heights` as their order allows."""
    order = sorted(range(len(heights)), key=lambda i: (heights[i], i))
    placed = [min(max(heights[i], low), high) for i in order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    if placed:
        placed[-1] = min(placed[-1], high)
    for i in range(len(placed) - 2, -1, -1):
        placed[i] = min(placed[i], placed[i + 1] - gap)
    places = [0.0] * len(heights)
    for i, place in zip(order, placed, strict=True):
        places[i] = place
    return places
