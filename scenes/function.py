"""Optimizers on a function: a named one or a formula, from one start or many."""

from typing import Annotated, Literal

from pydantic import Field

from animator import Descent, Pacing, Scene
from animator.functions import function, optimizers, points, schedules

LAYOUTS = {
    "path": (("surface", "weights"), ("surface", "loss")),
    "3d": (("surface3d", "weights"), ("surface3d", "loss")),
    "line": (("curve", "curve", "loss"),),
    "lines": (("curve", "curve", "losses"),),
    "race": (("race", "race", "race", "losses", "losses"),),
    "swarm": (("basins",),),
}


def scene(
    f: str = "himmelblau",
    start: str = "",
    optimizer: str = "adam",
    learning_rate: Annotated[float, Field(ge=0)] = 0.0,
    schedule: Literal["constant", "cosine", "exponential", "inverse", "linear"] = "constant",
    steps: Annotated[int, Field(ge=1, le=100_000)] = 200,
    noise: Annotated[float, Field(ge=0)] = 0.0,
    starts: Annotated[int, Field(ge=0, le=400)] = 0,
    view: Literal["map", "3d"] = "map",
    seed: int = 0,
) -> Scene:
    """Optimizers on a function: f is a name or a formula, start a point or several, optimizer one or several.

    A learning_rate of 0 is each optimizer's own; starts=100 drops a swarm over the window.
    """
    on = function.find(f)
    kinds = _parted(optimizer)
    begins = points.cloud(_window(on), starts, seed) if starts else points.read(start) or (None,)
    runs = tuple(
        Descent(f, begin, kind, _rate(kind, learning_rate, schedule, steps), steps, noise, seed + i)
        for i, begin in enumerate(begins)
        for kind in kinds
    )
    names = tuple(_name(begin, kind, len(begins), len(kinds)) for begin in begins for kind in kinds)
    return Scene(
        title=on.title,
        runs=runs,
        names=names,
        caption=_caption(kinds, learning_rate, schedule, noise, len(begins)),
        layout=LAYOUTS[_kind(len(on.variables), len(runs), len(begins), view)],
        resolution=161,
        pacing=Pacing(play=6.0, end=2.0, pace="arc" if len(runs) == 1 else "step"),
    )


def _parted(text: str) -> list[str]:
    """The names between the commas that stand in no parentheses."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        parts[-1] += "" if letter == "," and not depth else letter
        if letter == "," and not depth:
            parts.append("")
    return [part.strip() for part in parts]


def _rate(kind, rate, schedule, steps):
    """The schedule of an optimizer, from its own first rate where none is given."""
    return schedules.scheduled(schedule, rate or optimizers.find(kind).default_rate, steps)


def _window(on):
    return on.window or (-3.0, 3.0, -3.0, 3.0)


def _name(begin, kind, begins, kinds):
    """What a run is called: by what differs."""
    point = "(" + ", ".join(f"{value:g}" for value in begin or ()) + ")"
    return (
        point if kinds == 1 and begins > 1 else optimizers.title(kind) + (f" {point}" if begins > 1 else "")
    )


def _kind(variables, runs, begins, view):
    if variables == 1:
        return "line" if runs == 1 else "lines"
    if begins > 8:
        return "swarm"
    return "race" if runs > 1 else "3d" if view == "3d" else "path"


def _caption(kinds, rate, schedule, noise, begins):
    """What is the same and what differs, and the rates."""
    rates = [f"{optimizers.title(k)} {rate or optimizers.find(k).default_rate:g}" for k in kinds]
    same = f"learning rate {rate:g}" if rate else f"learning rates {', '.join(rates)}"
    if len(kinds) == 1:
        same = (
            f"{optimizers.title(kinds[0])}, learning rate {rate or optimizers.find(kinds[0]).default_rate:g}"
        )
    falling = "" if schedule == "constant" else f", falling ({schedule})"
    noisy = f", noise {noise:g} on every gradient" if noise else ""
    return f"{same[0].upper()}{same[1:]}{falling}{noisy}{f', {begins} starts' if begins > 1 else ''}."
