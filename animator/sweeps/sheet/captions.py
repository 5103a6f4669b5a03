"""What a contact sheet says of itself: the caption under its title, and its alt text."""

import re
from collections.abc import Iterable

from animator.core.formatting import number
from animator.core.language import Said, digits, say, shown
from animator.drawing.panels.surface_axes import surface_title
from animator.sweeps.folder.manifest import Manifest
from animator.sweeps.plan.labels import outcome, swept
from animator.sweeps.sheet.pages import Page
from animator.sweeps.sheet.tile_data import Sheet, Track

SHARE = re.compile(r" ?[(（][0-9.,]+\s?%[)）]$")  # of one cell's path, in the name of a principal component
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
        said.append(say("Surfaces change five times a second, so that nothing flashes."))
    if place[1] > 1:
        said.append(say("Page {page} of {pages}.", page=place[0], pages=place[1]))
    return " ".join(part for part in said if part)


def _what(sheet: Sheet, surfaces: list[Track], drawn: list[Track]) -> str:
    first = drawn[0].views if drawn else ()
    is_f = sheet.value == "f"
    whose = say("its f") if is_f else say("its loss")
    if len(first) > 1:
        name = first[0].name
        whose = say("the f of {name}", name=name) if is_f else say("the loss of {name}", name=name)
    if surfaces:
        ground = surface_title(first[0]) if is_f else say("the loss surface")
        over = Said("Each tile is a descent: its path over {ground}, {whose} in a corner.")
        trained = Said("Each tile is a training: its path over {ground}, {whose} in a corner.")
        return shown(over if is_f else trained, ground=ground, whose=whose)
    low, high = (number(loss, 2) for loss in sheet.losses)
    scale = say("on one log scale from {low} to {high}", low=low, high=high)
    if sheet.losses[0] < 0:
        scale = say("on one scale from {low} to {high}", low=low, high=high)
    over = Said("Each tile is a descent: its f over steps, {scale}; {whose} now in a corner.")
    trained = Said("Each tile is a training: its loss over steps, {scale}; {whose} now in a corner.")
    return shown(over if is_f else trained, scale=scale, whose=whose)


def _shared(sheet: Sheet, surfaces: list[Track]) -> str:
    if not surfaces:
        return ""
    across, up = (SHARE.sub("", shown(label)) for label in sheet.axis_labels)
    has_scale = sheet.scale is not None
    if sheet.extent is None:
        scale = say("one scale of colours") if has_scale else say("its own scale of colours")
        message = Said("Each has its own window of {across} (across) and {up} (up); {scale}.")
        return shown(message, across=across, up=up, scale=scale)
    a0, a1, b0, b1 = (number(value, 2).replace("-", "−") for value in sheet.extent)
    ends = {"across": across, "up": up, "a0": a0, "a1": a1, "b0": b0, "b1": b1}
    window = say("{across} {a0} to {a1} across and {up} {b0} to {b1} up", **ends)
    if has_scale:
        return say("All share one window, {window}, and one scale of colours.", window=window)
    return say("All share one window, {window}, and each has its own scale of colours.", window=window)


def _clock(manifest: Manifest, sheet: Sheet) -> str:
    if not sheet.by_share:
        return ""
    steps = [int(n) for cell in manifest.cells if (n := cell.results.get("steps")) is not None]
    if not steps:
        return say("The clock counts the share of each run.")
    ends = {"least": min(steps), "most": max(steps)}
    return say("The clock counts the share of each run, which have {least:,} to {most:,} steps.", **ends)


def _order(page: Page) -> str:
    """What the lines above each tile, or beside each row, are; they may stand without their names."""
    above = [name for name, _ in next(iter(page.labels.values()), ())]
    beside = [name for name, _ in page.rows[0]] if page.rows else []
    if len(beside) > CROWD:
        return say("Beside each row: {names}.", names=", ".join(beside))
    return say("Above each tile: {names}.", names=", ".join(above)) if above else ""


def _fates(drawn: list[Track]) -> str:
    views = [view for track in drawn for view in track.views]
    broke = any(view.broke_at is not None for view in views)
    windows = [view.window for view in views if view.broke_at is None and view.window is not None]
    left = any(window.left_at is not None for window in windows)
    said = [say("Left: out of the window, the loss still finite.")] if left else []
    return " ".join([*said, *([say("Hatched: not finite any more.")] if broke else [])])


def alt_text(manifest: Manifest, said: str) -> str:
    """The sheet in words, for people who do not see it."""
    axes = "; ".join(f"{axis.name} {_span(axis.values)}" for axis in swept(manifest) if len(axis.values) > 1)
    message = Said("A contact sheet of '{title}', all cells moving together: {axes}.")
    what = shown(message, title=manifest.title, axes=axes)
    return f"{what} {said} {outcome(manifest)}"


def _span(values: tuple[object, ...]) -> str:
    if len(values) > 4 and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        numbers = [float(v) for v in values]  # type: ignore[arg-type]
        low, high = number(min(numbers)), number(max(numbers))
        return say("from {low} to {high} in {count} values", low=low, high=high, count=len(values))
    return " ".join(digits(f"{value:g}") if isinstance(value, float) else str(value) for value in values)
