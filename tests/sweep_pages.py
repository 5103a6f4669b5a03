"""Sweeps for tests: manifests, and films of a neuron trained by plain NumPy, without Keras."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any, cast

from animator.design.pacing import Pacing
from animator.design.timeline import Timeline
from animator.drawing.view import View
from animator.films.film import Film
from animator.sweeps.folder.manifest import Axis, Cell, Manifest
from tests.conftest import numpy_view

FILM = {"format": "mp4", "width": 1280, "height": 720, "fps": 30.0, "seconds": 1.0, "style": "dark"}


def cell(
    index: int, parameters: Mapping[str, Any], state: str = "done", reason: str = "", **results: Any
) -> Cell:
    """A cell with `results`; `loss` stands for its last loss."""
    if "loss" in results:
        results["final_loss"] = results.pop("loss")
    return Cell(
        index=index,
        name=f"{index:03d}",
        parameters=parameters,
        state=state,
        reason=reason,
        recording=None,
        film=None,
        poster=None,
        log=None,
        results=results,
        alt_text="",
        seconds={},
        bytes={},
        command="",
    )


def manifest(
    axes: Mapping[str, Sequence[Any]],
    cells: Sequence[Cell] | None = None,
    kind: str = "product",
    style: str = "dark",
    **common: Any,
) -> Manifest:
    """A sweep of "neuron" over `axes`; without `cells`, all of their product, with losses of 1, 2, 3."""
    names = list(axes)
    made = (
        cells
        if cells is not None
        else [
            cell(i, dict(zip(names, values, strict=True)), loss=float(i + 1), steps=60)
            for i, values in enumerate(product(*axes.values()))
        ]
    )
    return Manifest(
        scene="neuron",
        title="One neuron",
        description="A sweep.",
        command="animator sweep neuron",
        versions={},
        kind=kind,
        axes=tuple(Axis(name, tuple(values)) for name, values in axes.items()),
        film={**FILM, "style": style},
        common=common,
        state="done",
        products=(),
        cells=tuple(made),
    )


class Given:
    """Stands for a Film whose views are known; it plays `play` seconds, with half a second at each end."""

    def __init__(self, *views: View, play: float = 1.0) -> None:
        self._given = views
        self._pacing = Pacing(intro=0.5, play=play, end=0.5)
        self.runs = [SimpleNamespace(steps=view.steps, meta={}) for view in views]

    def views(self, fps: float = 30.0) -> tuple[View, ...]:
        """The views, whatever the rate."""
        return self._given

    def forget_views(self) -> None:
        """What was given is kept."""

    def timeline(self, fps: float) -> Timeline:
        """The clock of the longest run."""
        return Timeline(max(view.steps for view in self._given), fps, self._pacing)


def film_of(*views: View, play: float = 1.0) -> Film:
    """A film of views that are given."""
    return cast(Film, Given(*views, play=play))


def four(
    rates: Sequence[float] = (0.1, 0.5, 1.0, 2.0), moving: bool = True
) -> tuple[Manifest, dict[int, Film]]:
    """Four cells, 2 x 2: a failed one, and three films of rates[0], rates[1] and rates[2]."""
    axes = {"learning_rate": [0.1, 0.5], "optimizer": ["sgd", "adam"]}
    views = [numpy_view(rate, moving) for rate in (0.1, 0.5, 1.0)]
    left = replace(views[2], window=replace(views[2].window, left_at=20))  # type: ignore[type-var]
    films = {i: film_of(view) for i, view in zip((0, 1, 2), (*views[:2], left), strict=True)}
    places = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    cells = [cell(i, places[i], loss=float(views[i].loss[-1]), steps=60) for i in range(2)]
    cells.append(cell(2, places[2], loss=float(views[2].loss[-1]), steps=60, left_window_at=20))
    cells.append(cell(3, places[3], "failed", "ValueError: these shapes do not fit."))
    return manifest(axes, cells), films
