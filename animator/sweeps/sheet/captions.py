"""What a contact sheet says of itself: the caption under its title, and its alt text."""

import re
from collections.abc import Iterable

from animator.core.formatting import number
from animator.drawing.panels.surface_axes import surface_title
from animator.sweeps.folder.manifest import Manifest
from animator.sweeps.plan.labels import outcome, swept
from animator.sweeps.sheet.pages import Page
from animator.sweeps.sheet.tile_data import Sheet, Track

SHARE = re.compile(r" \([0-9.]+%\)$")  # of one cell's path, in the name of a principal component
CROWD = 2  # row axes: more of them stand without their names on a low tile


def caption(
    manifest: Manifest,
    page: Page,
    sheet: Sheet,
    place: tuple[int, int],
    tracks: Iterable[Track],
    calm: bool = False,
) -> str:
    """The sentences under the title; place: (number of the page, of how many)."""
    drawn = list(tracks)
    surfaces = [track for track in drawn if track.surface is not None]
    said = [_what(sheet, surfaces, drawn), _shared(sheet, surfaces), _clock(manifest, sheet)]
    said += [_order(page), _fates(drawn)]
    if calm:
        said.append("Surfaces change five times a second, so that nothing flashes.")
    if place[1] > 1:
        said.append(f"Page {place[0]} of {place[1]}.")
    return " ".join(part for part in said if part)


def _what(sheet: Sheet, surfaces: list[Track], drawn: list[Track]) -> str:
    first = drawn[0].views if drawn else ()
    value = sheet.value
    whose = f"the {value} of {first[0].name}" if len(first) > 1 else f"its {value}"
    kind = "descent" if value == "f" else "training"
    if not surfaces:
        low, high = (number(loss, 2) for loss in sheet.losses)
        scale = f"on one {'scale' if sheet.losses[0] < 0 else 'log scale'} from {low} to {high}"
        return f"Each tile is a {kind}: its {value} over steps, {scale}; {whose} now in a corner."
    ground = surface_title(first[0]) if value == "f" else "the loss surface"
    return f"Each tile is a {kind}: its path over {ground}, {whose} in a corner."


def _shared(sheet: Sheet, surfaces: list[Track]) -> str:
    if not surfaces:
        return ""
    across, up = (SHARE.sub("", label) for label in sheet.axis_labels)
    if sheet.extent is None:
        scale = "one scale of colours" if sheet.scale is not None else "its own scale of colours"
        return f"Each has its own window of {across} (across) and {up} (up); {scale}."
    a0, a1, b0, b1 = (number(value, 2).replace("-", "−") for value in sheet.extent)
    window = f"{across} {a0} to {a1} across and {up} {b0} to {b1} up"
    scale = "and one scale of colours" if sheet.scale is not None else "and each has its own scale of colours"
    return f"All share one window, {window}, {scale}."


def _clock(manifest: Manifest, sheet: Sheet) -> str:
    if not sheet.by_share:
        return ""
    steps = [int(n) for cell in manifest.cells if (n := cell.results.get("steps")) is not None]
    span = f", which have {min(steps):,} to {max(steps):,} steps" if steps else ""
    return f"The clock counts the share of each run{span}."


def _order(page: Page) -> str:
    """What the lines above each tile, or beside each row, are; they may stand without their names."""
    above = [name for name, _ in next(iter(page.labels.values()), ())]
    beside = [name for name, _ in page.rows[0]] if page.rows else []
    if len(beside) > CROWD:
        return f"Beside each row: {', '.join(beside)}."
    return f"Above each tile: {', '.join(above)}." if above else ""


def _fates(drawn: list[Track]) -> str:
    views = [view for track in drawn for view in track.views]
    broke = any(view.broke_at is not None for view in views)
    windows = [view.window for view in views if view.broke_at is None and view.window is not None]
    left = any(window.left_at is not None for window in windows)
    said = ["Left: out of the window, the loss still finite."] if left else []
    return " ".join([*said, *(["Hatched: not finite any more."] if broke else [])])


def alt_text(manifest: Manifest, said: str) -> str:
    """The sheet in words, for people who do not see it."""
    axes = "; ".join(f"{axis.name} {_span(axis.values)}" for axis in swept(manifest) if len(axis.values) > 1)
    what = f"A contact sheet of {manifest.title!r}, all cells moving together: {axes}."
    return f"{what} {said} {outcome(manifest)}"


def _span(values: tuple[object, ...]) -> str:
    if len(values) > 4 and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        numbers = [float(v) for v in values]  # type: ignore[arg-type]
        return f"from {number(min(numbers))} to {number(max(numbers))} in {len(values)} values"
    return " ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
