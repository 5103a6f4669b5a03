"""The final loss over two swept axes: a heat map, hatched where runs diverged, crossed where they failed.

A cell says its loss where there is room, and shows its seeds as dots in their own colours.
"""

from math import isfinite

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from animator.core.color_vision import contrast
from animator.core.formatting import number
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.fonts import use_fonts
from animator.sweeps.figure.aggregate import Place, Point, Table
from animator.sweeps.figure.axes import name_across, name_up
from animator.sweeps.figure.color_scale import Shades
from animator.sweeps.figure.curve import height
from animator.sweeps.folder.manifest import Axis

SAID = (3.7, 1.5)  # em: a cell so wide and high says its loss
DOT = 0.62  # em: a seed's place in a row of them
LETTERS = 18  # of a value at the left, at most


class Heat:
    """The map of a table of two axes, the first across; the first category of the other on top, or the least
    number at the bottom.
    """

    def __init__(self, look: Look, box: Box, table: Table, colours: Shades) -> None:
        self.look = look
        self.box = box
        self.table = table
        self.colours = colours
        self.across, self.up = table.axes
        self.axes: Axes = look.axes(box)
        self.axes.grid(False)
        self.axes.set(xlim=(-0.5, len(self.across.values) - 0.5), ylim=(-0.5, len(self.up.values) - 0.5))
        self.size = (
            box.width / look.em / len(self.across.values),
            box.height / look.em / len(self.up.values),
        )
        for place, point in table.points.items():
            self._cell(place, point)

    def middle(self, place: Place) -> tuple[float, float]:
        """Where the cell of a place is, in coordinates of the axes."""
        return float(place[0]), float(len(self.up.values) - 1 - place[1])

    def ring(self, place: Place) -> None:
        """Mark a cell."""
        self._square(
            place, edgecolor=self.look.style.dot, linewidth=self.look.line(3.4), zorder=6, clip_on=False
        )

    def name(self, across: bool, up: bool) -> None:
        """Name the values of the axes, where they are wanted."""
        self.axes.set(xticks=[], yticks=[])
        if across:
            count = len(self.across.values)
            name_across(self.look, self.axes, self.box, self.across, [float(i) for i in range(count)])
        if up:
            read_up = Axis(self.up.name, self.up.values[::-1])
            name_up(self.look, self.axes, self.box, read_up, LETTERS)

    def _square(self, place: Place, **looks: object) -> None:
        x, y = self.middle(place)
        self.axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, **{"facecolor": "none", **looks}))  # type: ignore[arg-type]

    def _cell(self, place: Place, point: Point) -> None:
        look = self.look
        style = look.style
        loss = height(point)
        colour = self.colours.colour(loss) if isfinite(loss) else style.panel
        ink = max((style.ink, style.background), key=lambda ink: contrast(colour, ink))
        self._square(place, facecolor=colour, linewidth=look.line(1), edgecolor=style.background, zorder=2)
        if point.state == "diverged":
            self._square(place, hatch="////", linewidth=0, edgecolor=ink, alpha=0.55, zorder=3)
        if point.state == "failed":
            self._cross(place)
        if isfinite(loss) and self.size[0] > SAID[0] and self.size[1] > SAID[1]:
            plate = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
            self.axes.text(
                *self.middle(place),
                number(loss, 2),
                color=ink,
                ha="center",
                va="center",
                fontsize=0.84 * look.points,
                family=use_fonts(),
                zorder=5,
                bbox=plate if point.state == "diverged" else None,
            )
        if self.table.seeds > 1:
            self._seeds(place, point, ink)

    def _cross(self, place: Place) -> None:
        (x, y), look = self.middle(place), self.look
        for turn in (1, -1):
            self.axes.plot(
                [x - 0.36, x + 0.36],
                [y - 0.36 * turn, y + 0.36 * turn],
                color=look.style.alert,
                linewidth=look.line(3),
                zorder=4,
            )

    def _seeds(self, place: Place, point: Point, ink: str) -> None:
        """The finite losses of a cell as dots in their colours, the least first, in a row or upright."""
        (x, y), (wide, high), count = self.middle(place), self.size, len(point.losses)
        row = wide > DOT * (count + 1) and high > 3.2
        if not row and not (high > DOT * (count + 1) and 0.9 < wide <= SAID[0]):
            return
        for i, loss in enumerate(sorted(point.losses)):
            along = DOT * (i - (count - 1) / 2)
            at = (x + along / wide, y - 0.3) if row else (x, y + along / high)
            self.axes.plot(
                *([value] for value in at),
                "o",
                color=self.colours.colour(loss),
                zorder=5,
                markersize=self.look.line(7),
                markeredgecolor=ink,
                markeredgewidth=self.look.line(1.1),
            )
