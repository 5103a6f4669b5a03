"""What a player page plays: a Film as one dictionary for JSON, with its clock, runs, surfaces and curves.

The page shows surfaces from above, losses and weights, whatever panels the film has. Every number in it is a
recorded one; what was thinned and what was left out is said in its notes.
"""

from typing import NotRequired, TypedDict

import numpy as np

from animator.core.language import say, shown, spoken
from animator.design.style import Style
from animator.drawing.panels.curve import Runs, ground, heights, runs_of
from animator.drawing.panels.growing_curves import CLOCKS
from animator.drawing.panels.loss_curves import loss_limits, lowest, near, told_of
from animator.drawing.panels.registry import find, kind_of, run_of
from animator.drawing.panels.surface import PATH_COLOURS
from animator.drawing.panels.surface_axes import surface_title
from animator.drawing.raster.loss_colors import colour_map
from animator.drawing.view import View
from animator.films.film import Film
from animator.publish import player_rows, player_surfaces

FPS = 30.0
COLOURS = (  # of a Style, one each
    *("background", "panel", "ink", "muted", "grid", "loss_line", "batch_line", "dot", "dot_edge"),
    *("casing", "target", "alert", "contour"),
)
MOST_FRAMES = 5400  # of the page's clock: three minutes at 30 a second
POINTS = 801  # of the curve that balls roll on
ROOM = 0.08  # of the range of weights, on each side
FEW = 3  # weights of a race that have a chart each


class Chart(TypedDict):
    """A curve beside the surfaces. kind: see `_charts`; runs: by number; weight: by its number, of one."""

    kind: str
    runs: list[int]
    weight: NotRequired[int]


def playing(film: Film) -> dict[str, object]:
    """The film as a page plays it; surfaces are evaluated here, unless they are in the cache."""
    with film.design.speaking():
        return _playing(film)


def _playing(film: Film) -> dict[str, object]:
    wanted, dropped = _panels(film)
    film = film.redesigned(layout=(tuple(wanted or ["weights"]),), widths=(), heights=())
    views, look = film.views(FPS), film.look
    columns = sum(player_rows.width(view) for view in views)
    held = [player_rows.kept(view, columns) for view in views]
    grounds, notes = player_surfaces.grounds(wanted, views, look)
    notes.insert(0, _steps_note(views, [len(own) for own in held]))
    if film.design.camera in ("follow", "zoom"):
        dropped.append(say("the surface under a moving camera"))
    if dropped:
        notes.append(say("The film also shows {panels}; this page does not.", panels=", ".join(dropped)))
    numbered = zip(views, held, range(len(views)), player_surfaces.colours(views, look), strict=True)
    return {
        "lang": spoken().code,
        "title": film.title,
        "caption": film.under_title(views),
        "description": shown(film.design.description),
        "alt_text": film.alt_text(),
        "notes": notes,
        "style": _look(look),
        "clock": _clock(film, views[film.alignment.reference], player_rows.stops(views, held)),
        "runs": [player_rows.run(*each) for each in numbered],
        "surfaces": grounds,
        "charts": _charts(wanted, views),
    }


def _panels(film: Film) -> tuple[list[str], list[str]]:
    """Names of a layout that the page can show, in order, and words for what of the film it leaves out."""
    wanted, dropped = [], []
    for name in (name for row in film.design.layout for name in row):
        spec = find(name)
        if spec.left_out or not spec.page:
            dropped.append(shown(spec.left_out) or say("the panel '{name}'", name=spec.name))
        if spec.page in ("curve", "ball"):
            wanted.append(name)
        elif spec.page == "surface":
            wanted.append(name.replace(spec.name, "surface"))
        elif spec.page:
            wanted.append(spec.page)
    return list(dict.fromkeys(wanted)), list(dict.fromkeys(dropped))


def _steps_note(views: tuple[View, ...], kept: list[int]) -> str:
    """How many of the recorded steps are in the page."""
    recorded = sum(len(view.recorded) for view in views)
    if sum(kept) == recorded:
        return say(
            "All {recorded:,} recorded steps are here. Numbers are as recorded; none is interpolated.",
            recorded=recorded,
        )
    return say(
        "Of {recorded:,} recorded steps, {kept:,} are here: the extremes of the losses, and the rest evenly. "
        "Numbers are as recorded; none is interpolated.",
        recorded=recorded,
        kept=sum(kept),
    )


def _look(look: Style) -> dict[str, object]:
    """The style's colours, with those of the surface's bands and of the path, from low loss to high."""
    from matplotlib.colors import to_hex

    surface, path = colour_map(look.surface_map), colour_map(look.path_map)
    return {
        **{name: getattr(look, name) for name in COLOURS},
        "lines": list(look.lines),
        "beside_path": list(look.beside_path),
        "bands": [to_hex(surface((i + 0.5) / look.levels)) for i in range(look.levels)],
        "path": [to_hex(path((i + 0.5) / PATH_COLOURS)) for i in range(PATH_COLOURS)],
    }


def _clock(film: Film, reference: View, stops: list[float]) -> dict[str, object]:
    """The film's moments, each with the number of frames that show it, and where a scrubber stops.

    at: steps with their fractions; tail: where a fading path begins; caption: which of `captions` stands
    there, -1 for none.
    """
    seconds = film.timeline(FPS).seconds
    fps = FPS if seconds * FPS <= MOST_FRAMES else MOST_FRAMES / seconds
    stills = list(film.timeline(fps).stills())
    captions = list(dict.fromkeys(state.caption for state, _ in stills if state.caption))
    return {
        "name": CLOCKS[film.design.align],
        "unit": reference.unit,
        "steps": reference.steps,
        "stops": stops,
        "fps": fps,
        "at": [state.at if state.part else state.step for state, _ in stills],
        "frames": [count for _, count in stills],
        "tail": [state.tail for state, _ in stills] if film.design.pacing.wake is not None else [],
        "captions": captions,
        "caption": [captions.index(s.caption) if s.caption else -1 for s, _ in stills] if captions else [],
    }


def _charts(wanted: list[str], views: tuple[View, ...]) -> list[dict[str, object]]:
    """The curves beside the surfaces: those of the film, with losses and weights added where it has none.

    kind "loss": of one run, with its batches; "losses": of all runs; "weights": of one run; "weight": one
    weight of all runs; "ball": the loss over the one weight that there is. range: of the axis, which is
    logarithmic where `log` says so.
    """
    alone, every = len(views) == 1, list(range(len(views)))
    charts: list[Chart] = []
    if any(find(name).page == "ball" for name in wanted):
        charts.append({"kind": "ball", "runs": every})
    for name in (name for name in wanted if find(name).page == "curve"):
        kind, runs = kind_of(name), every if find(name).shared else [run_of(name) or 0]
        charts.append({"kind": "loss" if alone and kind == "losses" else kind, "runs": runs})
    if not any(chart["kind"] in ("loss", "losses") for chart in charts):
        charts.append({"kind": "loss" if alone else "losses", "runs": every})
    alike = len({view.labels for view in views}) == 1 and len(views[0].labels) <= FEW
    if not any(chart["kind"] == "weights" for chart in charts):
        if alone:
            charts.append({"kind": "weights", "runs": every})
        elif alike:
            charts += [{"kind": "weight", "runs": every, "weight": q} for q in range(len(views[0].labels))]
    return [
        {"title": _title(chart, views), "weight": 0, **_axis(chart["kind"], chart["runs"], views), **chart}
        for chart in charts
    ]


def _ball(runs: Runs) -> dict[str, object]:
    """The curve that balls roll on, thinned to POINTS, with the axis that it is drawn on."""
    x, loss = ground(runs)
    every = -(-len(x) // POINTS)
    low, high = heights(runs)
    return {"x": x[::every].tolist(), "loss": player_rows.plain(loss[::every]), "range": [low, high]}


def _axis(kind: str, runs: list[int], views: tuple[View, ...]) -> dict[str, object]:
    """The axis of a chart of some runs, as the film draws it; of a ball, with its curve."""
    if kind == "ball":
        return _ball(runs_of(views))
    if not kind.startswith("loss"):
        low, high = views[0].line_range
        room = ROOM * (high - low) or 1.0
        return {"range": [low - room, high + room], "log": False}
    told = [[one.values for one in told_of(views[run])] for run in runs]
    values = np.concatenate(told[0]) if kind == "loss" else near([one[-1] for one in told])
    low, high, is_log = loss_limits(values, min(lowest(views[run]) for run in runs))
    return {"range": [low, high], "log": is_log}


def _title(chart: Chart, views: tuple[View, ...]) -> str:
    view, clock = views[chart["runs"][0]], CLOCKS[views[0].clock]
    if chart["kind"] == "ball":
        return surface_title(view)
    said = {"weights": say("weights"), "weight": view.labels[chart.get("weight", 0)]}.get(
        chart["kind"], view.value_name
    )
    name = f", {view.name}" if len(views) > 1 and len(chart["runs"]) == 1 else ""
    if clock == "step":
        return say("{kind} over steps", kind=said) + name
    return say("{kind} over {clock}", kind=said, clock=clock) + name
