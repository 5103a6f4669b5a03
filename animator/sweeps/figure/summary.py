"""The sweep's own figure, summary.png: the final loss over the swept axes.

One axis makes a curve, two a heat map, three small multiples of heat maps; of more, multiples over the
product of the rest, or what is best over them where those would be too many. The same manifest gives the same
bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, isfinite, prod
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from animator.core.formatting import number
from animator.core.language import Said, say, shown, speaking
from animator.design import style_files
from animator.design.layout import Box
from animator.drawing.look import Look
from animator.drawing.raster.fonts import use_fonts
from animator.drawing.raster.text_fit import wrapped
from animator.drawing.units import DPI, em_of, inches
from animator.encoding import FilmSpec, Metadata, open_encoder
from animator.sweeps.figure.aggregate import Place, Table, table
from animator.sweeps.figure.axes import numeric
from animator.sweeps.figure.color_scale import Shades, shade_bar, shades
from animator.sweeps.figure.curve import curve
from animator.sweeps.figure.heat_map import Heat
from animator.sweeps.folder.manifest import Axis, Manifest
from animator.sweeps.plan.labels import diverged, left, told

NAME = "summary.png"
SIZE = (1600, 900)
MOST_PANELS = 12
LETTER = 0.47  # em
GAP = 2.0  # em: between maps side by side


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: its title, with names or of values alone, its table of one or two axes, and the best place,
    where it is here.
    """

    title: str
    values: str
    table: Table
    best: Place | None


def make(folder: Path, manifest: Manifest) -> Path:
    """Write summary.png into `folder`; its path."""
    path = folder / NAME
    with speaking(manifest.lang):
        figure, said = draw(manifest)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    metadata = Metadata(
        manifest.title, manifest.description, said, manifest.command, {"sweep": manifest.scene}
    )
    with open_encoder(path, FilmSpec(*SIZE, 1.0), metadata) as encoder:
        encoder.write(np.array(canvas.buffer_rgba()))
    return path


def draw(manifest: Manifest, size: tuple[int, int] = SIZE) -> tuple[Figure, str]:
    """(the figure, its alt text), in the language that is spoken."""
    look = style_files.find(str(manifest.film.get("style") or "dark"))
    figure = Figure(figsize=(inches(size[0]), inches(size[1])), dpi=DPI, facecolor=look.background)
    eye = Look(figure, look, em_of(look.text_size, size))
    whole = table(manifest)
    panels, rest = panels_of(whole)
    words = describe(whole, panels, rest)
    em = eye.em
    room = size[0] - 3.2 * em
    eye.fitted(1.6 * em, size[1] - 2.1 * em, manifest.title, room, em=1.5, fontweight="bold")
    lines = wrapped(words, room, eye.ruler(1.0))[:3]
    for i, line in enumerate(lines):
        eye.fitted(1.6 * em, size[1] - (3.6 + 1.25 * i) * em, line, room, color=look.muted)
    body = Box(1.0 * em, 0.8 * em, size[0] - 2.0 * em, size[1] - (4.8 + 1.25 * len(lines)) * em)
    if len(panels[0].table.axes) == 1:
        _curve(eye, body, panels[0])
    else:
        losses = [
            loss
            for point in whole.points.values()
            for loss in (point.loss, *point.losses)
            if loss is not None and isfinite(loss)
        ]
        _heats(eye, body, panels, shades(losses, look.surface_map))
    return figure, f"{_kind(panels)} {words}"


def _kind(panels: Sequence[Panel]) -> str:
    if len(panels[0].table.axes) == 1:
        return say("A curve of the final loss.")
    if len(panels) == 1:
        return say("A heat map of the final loss.")
    return say("Heat maps of the final loss, side by side.")


def panels_of(whole: Table) -> tuple[list[Panel], tuple[str, ...]]:
    """The charts, and the names of the axes that only the best is shown of."""
    best = whole.best()
    if len(whole.axes) == 1:
        return [Panel("", "", whole, best)], ()
    counts = [len(axis.values) for axis in whole.axes]
    order = sorted(range(len(counts)), key=lambda i: (not numeric(whole.axes[i].values), -counts[i], i))
    across, up = order[0], max(order[1:], key=lambda i: (counts[i], -i))
    rest = [i for i in range(len(counts)) if i not in (across, up)]
    dropped: list[int] = []
    while prod(counts[i] for i in rest) > MOST_PANELS:
        longest = max(rest, key=lambda i: counts[i])
        rest.remove(longest)
        dropped.append(longest)
    names = tuple(whole.axes[i].name for i in sorted(dropped))
    shown = whole.over([across, up, *rest])
    first = shown.best()
    made = []
    for place in product(*(range(len(axis.values)) for axis in shown.axes[2:])):
        points = {key[:2]: point for key, point in shown.points.items() if key[2:] == place}
        title = _where(shown.axes[2:], place)
        mine = first[:2] if first is not None and first[2:] == place else None
        values = ", ".join(told(axis.values)[i] for axis, i in zip(shown.axes[2:], place, strict=True))
        made.append(Panel(title, values, Table(shown.axes[:2], points, shown.seeds), mine))
    return made, names


def describe(whole: Table, panels: Sequence[Panel], rest: Sequence[str]) -> str:
    """What the figure shows and what came out of it, in words."""
    names = [axis.name for axis in panels[0].table.axes]
    said = [say("Final loss over {names}", names=_listed(names))]
    if len(panels) > 1:
        others = [axis.name for axis in whole.axes if axis.name not in (*names, *rest)]
        said.append(say("a panel for each {names}", names=_listed(others)))
    said += [say("the best over {names}", names=_listed(rest))] if rest else []
    said += [say("the median of {count} seeds", count=whole.seeds)] if whole.seeds > 1 else []
    return f"{', '.join(said)}. {_lowest(whole)} {_fates(whole)}".strip()


def _listed(names: Sequence[str]) -> str:
    """Names in a row: "a, b and c"."""
    if len(names) == 1:
        return names[0]
    return say("{some} and {last}", some=", ".join(names[:-1]), last=names[-1])


def _lowest(whole: Table) -> str:
    """'Lowest: 0.0002 at learning_rate 0.5 (ringed).'"""
    best = whole.best()
    if best is None:
        return say("No cell came to an end that is finite.")
    where = whole.axes[0].values[best[0]] if whole.named else _where(whole.axes, best)
    loss = number(whole.points[best].loss or 0.0, 2)
    return say("Lowest: {loss} at {where} (ringed).", loss=loss, where=str(where))


def _where(axes: Sequence[Axis], place: Place) -> str:
    """A place in words: "learning_rate 0.1, optimizer adam"."""
    return ", ".join(f"{axis.name} {told(axis.values)[i]}" for axis, i in zip(axes, place, strict=True))


def _fates(whole: Table) -> str:
    cells = [cell for point in whole.points.values() for cell in point.cells]
    counts = [
        (sum(map(diverged, cells)), Said("{count:,} of {all:,} cells diverged (hatched)")),
        (sum(map(left, cells)), Said("{count:,} of {all:,} cells left the window")),
        (sum(cell.state == "failed" for cell in cells), Said("{count:,} of {all:,} cells failed (crossed)")),
        (
            sum(cell.state in ("waiting", "recorded") for cell in cells),
            Said("{count:,} of {all:,} cells not made yet"),
        ),
    ]
    said = [shown(what, count=count, all=len(cells)) for count, what in counts if count]
    return f"{'; '.join(said)}." if said else ""


def _curve(look: Look, body: Box, panel: Panel) -> None:
    em = look.em
    box = body.inset(4.6 * em, 3.2 * em, 1.6 * em, 1.6 * em)
    curve(look, box, panel.table, panel.best)
    look.text(
        box.left, box.bottom + box.height + 0.5 * em, say("final loss"), em=0.95, color=look.style.muted
    )


def _heats(look: Look, body: Box, panels: Sequence[Panel], colours: Shades) -> None:
    """The heat maps in a grid, labelled at its edges, and their bar at the right."""
    em, (_, up) = look.em, panels[0].table.axes
    bar = Box(body.left + body.width - 5.2 * em, body.bottom + 3.2 * em, 1.2 * em, body.height - 5.4 * em)
    shade_bar(look, bar, colours)
    left = min(9.0, 0.46 * max(map(len, told(up.values))) + 2.4) * em
    wide, high = bar.left - body.left - left - 1.6 * em, body.height - 3.2 * em
    across = _abreast(panels, wide, high - 1.8 * em * len(panels))
    down = ceil(len(panels) / across)
    pitch = (wide + GAP * em) / across, high / down
    named = max(len(panel.title) for panel in panels) * LETTER * em < pitch[0] - GAP * em
    for i, panel in enumerate(panels):
        row, column = divmod(i, across)
        box = Box(
            body.left + left + column * pitch[0],
            body.bottom + 3.2 * em + (down - row - 1) * pitch[1],
            pitch[0] - GAP * em,
            pitch[1] - 1.8 * em,
        )
        heat = Heat(look, box, panel.table, colours)
        heat.name(i + across >= len(panels), column == 0)
        if panel.best is not None:
            heat.ring(panel.best)
        _entitle(look, box, panel, named)
        if column == 0:
            heat.axes.set_ylabel(
                up.name, color=look.style.muted, fontsize=0.95 * look.points, family=use_fonts()
            )
            heat.axes.yaxis.set_label_coords((0.9 * em - left) / box.width, 0.5)


def _entitle(look: Look, box: Box, panel: Panel, named: bool) -> None:
    """What a map is of above it: names and values, or values alone where there is no room for names."""
    words = panel.title if named else panel.values
    bottom, room = box.bottom + box.height + 0.5 * look.em, box.width + look.em
    look.fitted(box.left, bottom, words, room, em=0.95, least=1.0, color=look.style.muted)


def _abreast(panels: Sequence[Panel], wide: float, high: float) -> int:
    """How many maps stand side by side, so that the cells of each are as large and square as can be."""
    across, up = (len(axis.values) for axis in panels[0].table.axes)

    def size(count: int) -> float:
        down = ceil(len(panels) / count)
        return min(wide / count / across, 1.6 * high / down / up)

    return max(range(1, len(panels) + 1), key=lambda count: (round(size(count), 6), -count))
