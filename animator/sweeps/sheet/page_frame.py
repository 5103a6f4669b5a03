"""What stands still on a page of a contact sheet: words, labels of columns and rows, what lies under tiles.

The grid is centred in its room. Sizes are in em; boxes of tiles are whole pixels, so that pictures fit them.
"""

from itertools import groupby

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from animator.core.language import say
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.panels.race import SHAPES
from animator.drawing.raster.text_fit import cut, wrapped
from animator.sweeps.folder.manifest import Cell
from animator.sweeps.sheet.bar import loss_strip
from animator.sweeps.sheet.pages import LETTER, Labels, Page, Room
from animator.sweeps.sheet.tile import SMALL
from animator.sweeps.sheet.tile_data import Sheet, Track

HEAD, FOOT, MARGIN = 2.8, 3.1, 1.0
BAR = 26.0  # em: the most that the colour bar is wide
COUNTER = 16.0  # em: the counter's place, at the left of it


def caption_lines(size: tuple[int, int], em: float) -> int:
    """How many lines a caption may have on a frame of `size` pixels: two, more where it is narrow."""
    return max(2, min(6, round(130 / (size[0] / em))))


def head(size: tuple[int, int], em: float) -> float:
    """The height of title and caption in em."""
    return HEAD + 1.1 * caption_lines(size, em)


class PageFrame:
    """The still parts of `page`, drawn on the figure of `look` as they are made."""

    def __init__(
        self,
        look: Look,
        size: tuple[int, int],
        page: Page,
        sheet: Sheet,
        title: str,
        caption: str,
        runs: tuple[str, ...] = (),
    ) -> None:
        """runs: the names of the runs of each tile, where there are several."""
        self.look = look
        self.page = page
        self.size = size
        em = look.em
        room = Room(0, 0)
        self.line = room.line * em
        self.side = int(page.side * em)
        self.own_lines = len(next(iter(page.labels.values()), ()))
        self.pitch = (self.side + room.gap * em, self.side + (room.gap + room.line * self.own_lines) * em)
        self._words(title, caption)
        self.left, self.top = self._corner()
        self._columns()
        self._rows()
        self._legend(runs)
        if sheet.scale is not None:
            wide = min(BAR if runs == () else BAR / 2, size[0] / em - COUNTER - 2 * MARGIN - 4)
            left = size[0] - (MARGIN + wide) * em
            loss_strip(look, Box(left, 1.6 * em, wide * em, 0.95 * em), sheet.scale, sheet.value)

    def _legend(self, runs: tuple[str, ...]) -> None:
        """The names of the runs of each tile, where there are several, beside their dots."""
        em, style = self.look.em, self.look.style
        left = COUNTER * em
        for number, name in enumerate(runs):
            colour = style.lines[number % len(style.lines)]
            shape = SHAPES[number % len(SHAPES)]
            dot = Line2D(
                [left],
                [1.35 * em],
                marker=shape,
                markersize=0.6 * self.look.points,
                color=colour,
                transform=None,
                linewidth=0,
                markeredgecolor=style.dot_edge,
            )
            self.look.figure.add_artist(dot)
            text = self.look.text(left + 0.7 * em, 1.05 * em, name, em=SMALL, color=colour, fontweight="bold")
            left += text.get_window_extent().width + 1.9 * em

    def _words(self, title: str, caption: str) -> None:
        look = self.look
        width, height = self.size
        em = look.em
        left = MARGIN * em
        look.fitted(left, height - 2.05 * em, title, width - 2 * left, em=1.5, fontweight="bold")
        lines = wrapped(caption, width - 2 * left, look.ruler(0.9))
        for i, line in enumerate(lines[: caption_lines(self.size, em)]):
            look.fitted(
                left, height - (3.35 + 1.1 * i) * em, line, width - 2 * left, em=0.9, color=look.style.muted
            )

    def _corner(self) -> tuple[float, float]:
        """The left and top of the first tile (of its own labels), in pixels; the whole grid is centred."""
        em, page = self.look.em, self.page
        room = self.size[1] - (head(self.size, em) + FOOT) * em
        wide = page.label_width * em + page.across * self.pitch[0]
        high = page.levels * self.line + page.down * self.pitch[1]
        left = max(MARGIN * em, (self.size[0] - wide) / 2) + page.label_width * em
        top = self.size[1] - head(self.size, em) * em - max(0.0, (room - high) / 2)
        return left, top - page.levels * self.line

    def box(self, index: int) -> Box:
        """Where a cell's tile is, whole pixels."""
        row, column = self.page.spots[index]
        left = int(self.left + column * self.pitch[0])
        top = int(self.top - row * self.pitch[1] - self.own_lines * self.line)
        return Box(left, top - self.side, self.side, self.side)

    def _columns(self) -> None:
        """A line for each nested axis: its name at the left, its values over what they hold for."""
        page, em, style = self.page, self.look.em, self.look.style
        for level in range(page.levels):
            bottom = self.top + (page.levels - level - 1) * self.line + 0.34 * em
            name = page.columns[0][level][0]
            self.fitted(
                self.left - 0.7 * em,
                bottom,
                name,
                page.label_width * em - 0.5 * em,
                color=style.muted,
                ha="right",
            )
            for value, held in _groups(page.columns, level):
                left = self.left + held[0] * self.pitch[0]
                wide = (len(held) - 1) * self.pitch[0] + self.side
                self.fitted(left + wide / 2, bottom, value, wide, ha="center", fontweight="bold")
                if level < page.levels - 1:
                    self._rule(left, bottom - 0.24 * em, wide)

    def _rule(self, left: float, bottom: float, wide: float) -> None:
        line = Rectangle(
            (left, bottom),
            wide,
            max(1.0, 0.06 * self.look.em),
            transform=None,
            facecolor=self.look.style.muted,
            linewidth=0,
        )
        self.look.figure.add_artist(line)

    def _rows(self) -> None:
        """Names and values of the nested row axes, one below the other, beside each row."""
        em, right = self.look.em, self.left - 0.7 * self.look.em
        for row, said in enumerate(self.page.rows):
            lines = self._lines(said)
            top = self.top - row * self.pitch[1] - self.side / 2 + 0.525 * em * len(lines)
            for i, (words, is_value) in enumerate(lines):
                looks = {"fontweight": "bold"} if is_value else {"color": self.look.style.muted}
                room = (self.page.label_width - 0.5) * em
                self.fitted(right, top - (1.05 * i + 0.8) * em, words, room, ha="right", **looks)

    def _lines(self, said: Labels) -> list[tuple[str, bool]]:
        """(words, whether they are a value) of a row: names over values, or both in a line of a low one."""
        if 2.1 * self.look.em * len(said) <= self.side:
            return [line for name, value in said for line in ((name, False), (value, True))]
        room = (self.page.label_width - 0.5) / LETTER
        return [(f"{n} {v}" if len(n) + len(v) < room else v, True) for n, v in said]

    def ground(self, index: int, cell: Cell, track: Track | None) -> None:
        """What lies under a tile: hatching where its surface is not finite, or why there is none."""
        box, style = self.box(index), self.look.style
        look, em = self.look, self.look.em
        hatched = track is None or (track.surface is not None and track.surface.known is not None)
        back = Rectangle(
            (box.left, box.bottom),
            box.width,
            box.height,
            transform=None,
            linewidth=0,
            facecolor=style.panel,
            edgecolor=style.grid,
            hatch="////" if hatched else None,
        )
        look.figure.add_artist(back)
        for i, (name, value) in enumerate(self.page.labels.get(index, ())):
            bottom = box.bottom + box.height + (self.own_lines - i - 1) * self.line + 0.34 * em
            words = f"{name} {value}" if self._named() else value
            self.fitted(box.left, bottom, words, box.width, fontweight="bold")
        if track is None:
            self._reason(box, cell)

    def _named(self) -> bool:
        """Whether labels of tiles have room for the names of the axes, all of them."""
        letters = [len(f"{name} {value}") for said in self.page.labels.values() for name, value in said]
        return max(letters, default=0) * LETTER * self.look.em <= self.side

    def _reason(self, box: Box, cell: Cell) -> None:
        """'failed' and the beginning of the reason, as much as fits."""
        em, failed = self.look.em, cell.state == "failed"
        head = say("failed") if failed else say("not made yet")
        left, top, room = box.left + 0.3 * em, box.bottom + box.height, box.width - 0.4 * em
        self.fitted(left, top - 1.0 * em, head, room, fontweight="bold", color=self.look.style.alert)
        rows = int((box.height - 1.5 * em) / (0.98 * em))
        for i, line in enumerate(cut(" ".join(cell.reason.split()), rows, room, self.look.ruler(SMALL))):
            self.look.text(left, top - (2.05 + 0.98 * i) * em, line, em=SMALL)

    def fitted(
        self,
        left: float,
        bottom: float,
        words: str,
        room: float,
        *,
        fontweight: str = "normal",
        **looks: object,
    ) -> Text:
        """A small text that is cut where it is wider than `room` pixels."""
        return self.look.fitted(
            left, bottom, words, room, em=SMALL, fontweight=fontweight, least=1.0, **looks
        )


def _groups(columns: tuple[Labels, ...], level: int) -> list[tuple[str, list[int]]]:
    """(value of the axis `level`, numbers of the columns that it holds for), from the left."""
    until = [tuple(value for _, value in said[: level + 1]) for said in columns]
    return [(key[-1], list(members)) for key, members in groupby(range(len(columns)), until.__getitem__)]
