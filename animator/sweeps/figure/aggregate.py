"""Final losses over the swept axes, seeds pooled: what the figure draws. In: a manifest. Out: a Table.

An axis called `seed` is no axis of the figure where there are others: its losses are kept, and their median
stands for them, a run that is not finite counting as infinite.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf, isfinite
from statistics import median

from animator.sweeps.folder.manifest import Axis, Cell, Manifest
from animator.sweeps.plan.labels import diverged, final, phrase, swept

SEED = "seed"

Place = tuple[int, ...]  # a value's number on each axis


@dataclass(frozen=True, slots=True)
class Point:
    """The cells of one place. state: "done", "diverged" (half of those done, or more, are not finite), or
    where none is done "failed" or "waiting". loss: the median of their final losses, inf where that is not
    finite, None where there is none. losses: the finite ones.
    """

    cells: tuple[Cell, ...]
    state: str
    loss: float | None
    losses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Points by place on `axes`; seeds: how many cells each place pools, at most. named: whether there is one
    axis whose values are cells in words, names and all.
    """

    axes: tuple[Axis, ...]
    points: Mapping[Place, Point]
    seeds: int
    named: bool = False

    def at(self, place: Place) -> Point | None:
        """The point at `place`, if there is one."""
        return self.points.get(place)

    def best(self) -> Place | None:
        """The place of the lowest loss that did not diverge, the first of several."""
        known = [
            (point.loss, place)
            for place, point in self.points.items()
            if point.state == "done" and point.loss is not None and isfinite(point.loss)
        ]
        return min(known)[1] if known else None

    def over(self, numbers: Sequence[int]) -> "Table":
        """The table on the axes `numbers` alone: at each place the point of the lowest loss of all."""
        found: dict[Place, Point] = {}
        for place, point in sorted(self.points.items()):
            kept = tuple(place[i] for i in numbers)
            if kept not in found or _rank(point) < _rank(found[kept]):
                found[kept] = point
        return Table(tuple(self.axes[i] for i in numbers), found, self.seeds)


def _rank(point: Point) -> tuple[int, float]:
    order = ("done", "diverged", "failed", "waiting").index(point.state)
    return order, inf if point.loss is None else point.loss


def table(manifest: Manifest) -> Table:
    """The final losses of a sweep."""
    axes = swept(manifest)
    if manifest.kind != "product":
        together = Axis(", ".join(axis.name for axis in axes), tuple(phrase(c, axes) for c in manifest.cells))
        return Table((together,), {(i,): _point([cell]) for i, cell in enumerate(manifest.cells)}, 1, True)
    shown = tuple(axis for axis in axes if axis.name != SEED) or axes
    groups: dict[Place, list[Cell]] = {}
    for cell in manifest.cells:
        place = tuple(_number(axis, cell.parameters.get(axis.name)) for axis in shown)
        groups.setdefault(place, []).append(cell)
    points = {
        place: _point(groups[place])
        for place in product(*(range(len(a.values)) for a in shown))
        if place in groups
    }
    return Table(shown, points, max((len(cells) for cells in groups.values()), default=0))


def _number(axis: Axis, value: object) -> int:
    return [repr(known) for known in axis.values].index(repr(value))


def _point(cells: Sequence[Cell]) -> Point:
    done = [cell for cell in cells if cell.state == "done"]
    losses = [loss if (loss := final(cell)) is not None and isfinite(loss) else inf for cell in done]
    if not done:
        state = "failed" if any(cell.state == "failed" for cell in cells) else "waiting"
        return Point(tuple(cells), state, None, ())
    state = "diverged" if 2 * sum(map(diverged, done)) >= len(done) else "done"
    middle = median(losses)
    state = state if isfinite(middle) else "diverged"
    return Point(tuple(cells), state, middle, tuple(loss for loss in losses if isfinite(loss)))
