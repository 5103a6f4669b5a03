"""Several runs on one surface: one plane, one window, one colour scale, one clock.

The views of the runs go in with their own losses; out they come with the surface that they share, cut once
through the end of the best run. Heights under every dot are evaluated, so that the film can say how true
they are.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from animator.core.arrays import Floats, Ints
from animator.core.cache import Arrays
from animator.core.errors import AnimatorError
from animator.drawing.view import View
from animator.landscape import window
from animator.landscape.basins import basins
from animator.landscape.field import Field
from animator.landscape.panel_data import model_outputs
from animator.landscape.plane import Plane
from animator.landscape.run_source import Source
from animator.landscape.weight_rows import last_finite, path_on
from animator.landscape.window import ALONE, Common, Extent, Window


def shared(
    sources: Sequence[Source],
    views: Sequence[View],
    plane: Plane,
    steps: Sequence[Ints],
    target: tuple[float, float] | None,
    resolution: int,
    mapped: bool = False,
    common: Common = ALONE,
    shown: Extent | None = None,
) -> tuple[View, ...]:
    """The `views` (of `sources`) on one surface over `plane`; steps: those of each at which to look.

    resolution: points along an axis. mapped: whether the basins of the surface are wanted. common: what
    these views share with those of other films. shown: the part of the plane that was asked for.
    """
    _check_weights(views)
    paths = [path_on(source.run, plane) for source in sources]
    best = min(range(len(views)), key=lambda i: _last_loss(views[i]))
    asked = shown or (common.extent if plane.kind == "weights" else None)
    windows = _windows([path for path, _ in paths], target or _end(paths[best][0]), asked)
    extent = windows[0].extent
    evaluated = _evaluated(sources, plane, paths, steps, extent, best, resolution)
    basin = basins(evaluated["slice"]) if mapped else None
    fields = _fields(evaluated, steps, common)
    done = []
    for i, (view, source) in enumerate(zip(views, sources, strict=True)):
        every = np.array([source.run.row(step) for step in range(view.steps + 1)])
        done.append(
            replace(
                view,
                plane=plane,
                field=fields[i],
                window=windows[i],
                cut="static",
                axis_labels=plane.names,
                trajectory=paths[i][0][every],
                residual=paths[i][1][every],
                target=target,
                basins=basin,
            )
        )
    return tuple(replace(view, rivals=tuple(done)) for view in done)


def _check_weights(views: Sequence[View]) -> None:
    """AnimatorError where the runs of `views` have not the same weights."""
    size = views[0].parameters
    for view in views[1:]:
        if view.parameters != size:
            raise AnimatorError(
                f"The runs of a race must have the same weights, but {views[0].name} has {size:,} parameters "
                f"and {view.name} has {view.parameters:,} parameters. Give each its own panel: "
                "'surface@0', 'surface@1'."
            )


def _windows(paths: Sequence[Floats], goal: tuple[float, float], asked: Extent | None) -> tuple[Window, ...]:
    """One for each of `paths` (K+1, 2), all of one extent: `asked`, or what holds the paths and `goal`."""
    if asked is not None:
        lefts = [window.given(path, asked).left_at for path in paths]
        return tuple(Window(asked, left, asked) for left in lefts)
    lefts = [window.choose(path, goal).left_at for path in paths]
    extent, held = window.around([path[:left] for path, left in zip(paths, lefts, strict=True)], goal)
    return tuple(Window(extent, left, held) for left in lefts)


def _fields(evaluated: Arrays, steps: Sequence[Ints], common: Common) -> list[Field]:
    """The one surface, for each run with the heights under its dot at its `steps`."""
    slices = evaluated["slice"][None].astype(np.float32)
    usable = slices[np.isfinite(slices)]
    low, high = common.loss_range or (float(usable.min()), float(usable.max()))
    high = high if high > low else low + 1.0
    alpha, beta, still = evaluated["alpha"], evaluated["beta"], np.zeros(1, np.int64)
    return [
        Field(alpha, beta, slices, still, low, high, seen, evaluated[f"heights {i}"])
        for i, seen in enumerate(steps)
    ]


def _last_loss(view: View) -> float:
    last = float(view.loss[-1])
    return last if np.isfinite(last) else np.inf


def _end(place: Floats) -> tuple[float, float]:
    known = place[np.isfinite(place).all(axis=1)]
    return float(known[-1][0]), float(known[-1][1])


def _evaluated(
    sources: Sequence[Source],
    plane: Plane,
    paths: Sequence[tuple[Floats, Floats]],
    steps: Sequence[Ints],
    extent: tuple[float, float, float, float],
    best: int,
    resolution: int,
) -> Arrays:
    """The slice (ny, nx) and the heights under each run's dot, from the cache or evaluated."""
    beta = np.linspace(*extent[2:], resolution)
    alpha = window.extended(np.linspace(*extent[:2], resolution), extent)
    decides = [plane.origin, plane.basis, alpha, beta, *steps, *(np.nan_to_num(path) for path, _ in paths)]

    def compute() -> Arrays:
        source = sources[best]
        objective = source.objective()
        through = last_finite(source.run)
        offset, state = plane.offset(through), source.run.state[len(source.run.weights) - 1]
        origin = plane.origin + np.where(np.abs(offset) < 1e-12, 0.0, offset)
        points = np.stack(np.meshgrid(alpha, beta), -1).reshape(-1, 2)
        losses = objective.on_plane(origin, plane.basis, points, source.progress, state)
        arrays = {"alpha": alpha, "beta": beta, "slice": losses.reshape(len(beta), len(alpha))}
        for i, steps_of_run in enumerate(steps):
            rows = [sources[i].run.row(int(step)) for step in steps_of_run]
            arrays[f"heights {i}"] = objective.on_plane(origin, plane.basis, paths[i][0][rows], state=state)
        return arrays

    return model_outputs.cached(sources[best], "race", decides, compute)
