"""Where the panels of a layout go on a frame, and which of them have no room there.

In: a mosaic, the body of a frame in pixels, the em. Out: a cell for each panel that is shown. Larger text
leaves less room: a panel beside a hero that would be too small is left out, the last one first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from animator.design.layout import Box, Mosaic, arrange, without_last
from animator.drawing.panels.registry import PanelSpec, find, heroes_of, kind_of, run_of
from animator.drawing.units import Margins
from animator.drawing.view import View

TILED = ("surface", "batch")
STRIP = 4.6  # em: what the bar takes that tiles have in common
TILE = Margins(left=2.9, below=1.7, right=0.6, above=1.6)
INNER = replace(TILE, left=0.8, below=0.6)  # of a tile that has its numbers from those beside and below it
EVEN = 0.5  # pixels: cells so near to an edge stand at it
LEAST_WIDE, LEAST_HIGH = 9.0, 6.4  # em: of the cell of a panel beside a hero

Shares = tuple[Sequence[float], Sequence[float]]


def placed(mosaic: Mosaic, body: Box, shares: Shares, em: float) -> Mapping[str, Box]:
    """The cells of the panels that have room in `body`; shares: widths of columns, heights of rows."""
    names = [name for row in mosaic for name in row]
    heroes = heroes_of(names)
    cells = arrange(mosaic, body, *shares, heroes)
    small = [
        name
        for name, cell in cells.items()
        if name not in heroes and (cell.width < LEAST_WIDE * em or cell.height < LEAST_HIGH * em)
    ]
    fewer = without_last(mosaic, heroes) if small else None
    return cells if fewer is None else placed(fewer, body, ((), ()), em)


def tiled(cells: Mapping[str, Box], views: Sequence[View]) -> list[str]:
    """The panels of `cells` that are surfaces beside each other on one scale, to share its bar; or none."""
    names = [name for name in cells if kind_of(name) in TILED]
    scales = {_scale(views[run_of(name) or 0]) for name in names}
    if len(names) < 2 or len({kind_of(name) for name in names}) > 1 or len(scales) > 1 or None in scales:
        return []
    around = _around([cells[name] for name in names])
    held = sum(cells[name].width * cells[name].height for name in names)
    return names if abs(held - around.width * around.height) < 0.01 * held else []


def shares_axes(tiles: Sequence[str], views: Sequence[View]) -> bool:
    """Whether tiles show the same part of the same plane, so that numbers at the outer ones do for all."""
    shown = [views[run_of(name) or 0] for name in tiles]
    windows = {(view.axis_labels, view.window.extent, view.window.held) for view in shown if view.window}
    return len(windows) == 1 and all(view.camera == "fixed" for view in shown)


def narrowed(cells: Mapping[str, Box], tiles: Sequence[str], em: float, shared: bool) -> dict[str, Box]:
    """`cells`, those of tiles moved together, so that a bar has room at their right; shared: their pictures
    are equally large where only those at the left and below have numbers.
    """
    around = _around([cells[name] for name in tiles])
    left, below = ((TILE.left - INNER.left) * em, (TILE.below - INNER.below) * em) if shared else (0.0, 0.0)
    across = 1 - (STRIP * em + left) / around.width
    up = 1 - below / around.height

    def moved(cell: Box) -> Box:
        beside, above = cell.left - around.left, cell.bottom - around.bottom
        x = around.left + (left + across * beside if beside > EVEN else 0.0)
        y = around.bottom + (below + up * above if above > EVEN else 0.0)
        width = across * cell.width + (0.0 if beside > EVEN else left)
        return Box(x, y, width, up * cell.height + (0.0 if above > EVEN else below))

    return {name: moved(cell) if name in tiles else cell for name, cell in cells.items()}


def spec_of(name: str, cells: Mapping[str, Box], tiles: Sequence[str], shared: bool) -> PanelSpec:
    """The row of a panel; of a tile without a bar of its own, and where tiles have axes in common, with
    numbers at the left and below alone, and with the names of its marks in the first tile. Losses have no
    names beside tiles that have them, in the same colours.
    """
    spec = find(name)
    if name not in tiles:
        told = spec.name == "losses" and any(kind_of(tile) == "surface" for tile in tiles)
        return replace(spec, tags=not told)
    if not shared:
        return replace(spec, bar=0.0, margins=TILE)
    around = _around([cells[tile] for tile in tiles])
    is_left, is_low = cells[name].left == around.left, cells[name].bottom == around.bottom
    left, below = (TILE if is_left else INNER).left, (TILE if is_low else INNER).below
    margins = replace(TILE, left=left, below=below)
    return replace(spec, bar=0.0, margins=margins, numbers=(is_low, is_left), tags=name == tiles[0])


def _scale(view: View) -> tuple[float, float, float] | None:
    field = view.field
    return None if field is None else (field.lowest, field.highest, view.contrast)


def _around(boxes: Sequence[Box]) -> Box:
    """The least box around `boxes`."""
    left, bottom = min(box.left for box in boxes), min(box.bottom for box in boxes)
    right = max(box.left + box.width for box in boxes)
    return Box(left, bottom, right - left, max(box.bottom + box.height for box in boxes) - bottom)
