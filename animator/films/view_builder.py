"""From a recording to a View: plane, window and surface, the surface from the cache when it is there.

The surface is cut by `cuts`, which evaluates losses that the recording lacks (a run that was cut short, steps
at which they were not computed), too, where the film shows them: from the model that the recording describes
and the data that it holds, or from those that are given.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.core.language import Said, say, shown
from animator.design.timeline import Timeline
from animator.drawing.panels.registry import Need
from animator.drawing.view import View
from animator.films import race_views as race
from animator.landscape import planes
from animator.landscape.curve import curve
from animator.landscape.panel_data.activation import activation
from animator.landscape.panel_data.dense_weights import wiring
from animator.landscape.panel_data.examples import examples
from animator.landscape.panel_data.histograms import Histogram, of_updates, of_weights
from animator.landscape.panel_data.model_outputs import batches, hessian_plane, prediction, sharpness
from animator.landscape.panel_data.update_vectors import Forces, forces
from animator.landscape.plane import NoPlaneError, Plane
from animator.landscape.run_source import Source
from animator.landscape.slices import Cut, field_of, shown_steps, still_step
from animator.landscape.weight_rows import last_near, path_on
from animator.landscape.window import ALONE, Common, Window, with_notes
from animator.recordings.reader import Recording
from animator.training.loss.no_surface import NoSurfaceError

RACE = 121
NO_COMPONENTS = Said("There are no principal components, because {why}: the plane is {words}.")
NO_THREE = Said("There is no plane through three steps, because {why}: the plane is {words}.")
COARSER = 3  # grid lines of a race's surface to one of a batch's
MOST_LINES = 8

Naming = Callable[[int], str]  # from a parameter's number to what it is called on screen


def view(
    source: Source,
    name: str,
    cut: Cut,
    timeline: Timeline,
    wanted: frozenset[Need],
    order: int = 0,
    common: Common = ALONE,
    asked: bool = False,
) -> View:
    """The view of a recording, with what panels need (`wanted`); order: its number among the runs; common:
    what it shares with other films. asked: whether the surface was asked for by name: it is refused where it
    cannot be had, and not left out.
    """
    run = source.run
    common = with_notes(common, run.notes)
    labels = _labels(run)
    made = _as_cut(_of_run(source, name, labels, order), run, cut)
    if made.parameters >= 2 and "surface" in wanted:
        made = _with_surface(made, source, cut, timeline, common, asked)
    elif made.parameters >= 2:
        made = _on_weights(made, run, cut)
    return _with_parts(made, source, wanted, shown_steps(source, timeline))


def _of_run(source: Source, name: str, labels: Naming, order: int) -> View:
    """What a recording says by itself, without plane and surface."""
    run = source.run
    notes = run.notes
    drawn = _lines(run)
    lines = np.asarray(run.weights[:, drawn], np.float32)
    test = run.test_loss
    return View(
        name=name,
        steps=run.steps,
        parameters=run.weights.shape[1],
        recorded=run.weight_steps,
        labels=tuple(labels(k) for k in drawn),
        lines=lines[run.rows(np.arange(run.steps + 1))],
        line_range=_range(lines, notes.target),
        axis_labels=("", ""),
        trajectory=np.zeros((run.steps + 1, 2)),
        residual=np.zeros(run.steps + 1),
        loss=np.asarray(run.loss, float),
        batch_loss=run.batch_loss,
        learning_rate=run.learning_rate,
        epoch=run.epoch,
        target=None,
        window=None,
        field=None,
        plane=None,
        cut="moving",
        running_means=run.running_means,
        test_loss=(float(test[0]), float(test[-1])) if test is not None else None,
        test_samples=notes.test.samples or 0,
        broke_at=_broke_at(run),
        colour=order if notes.colour is None else notes.colour,
        theory=notes.theory,
        ratio=source.ratio,
        unit=source.unit,
        facts=run.facts,
        has_epochs=notes.way not in ("arrays", "descent"),
        of_function=notes.loss_kind == "function",
    )


def _as_cut(made: View, run: Recording, cut: Cut) -> View:
    """The view `made`, with what depends on how its surface is cut alone."""
    marked = cut.kind == "weights"
    return replace(
        made,
        cut=cut.slice,
        cut_through=still_step(run, cut),
        target=run.notes.target if marked else None,
        minima=run.notes.minima if marked else (),
    )


def _with_surface(
    made: View, source: Source, cut: Cut, timeline: Timeline, common: Common, asked: bool
) -> View:
    """The view `made` on its plane, with the surface; without it where that cannot be had, unless `asked`."""
    run = source.run
    target = run.notes.target
    every = run.rows(np.arange(run.steps + 1))
    try:
        plane, cut, instead = _plane_and_cut(source, cut, _labels(run))
        trajectory, residual = path_on(run, plane, still_step(run, cut))
        made = replace(_as_cut(made, run, cut), trajectory=trajectory[every], residual=residual[every])
        field, loss, shown = field_of(source, plane, trajectory, cut, timeline, made.loss, target, common)
    except NoSurfaceError as error:
        if asked:
            raise
        return replace(_on_weights(made, run, cut), no_surface=error.brief)
    seen = run.weight_steps[: _seen(run, shown)]
    return replace(
        made,
        plane=plane,
        field=field,
        loss=loss,
        window=shown,
        axis_labels=plane.names,
        instead=instead,
        line_range=_range(made.lines[seen], target),
    )


def _on_weights(made: View, run: Recording, cut: Cut) -> View:
    """The view `made`, its path over the two weights that `cut` asks for, where it asks for weights."""
    if cut.kind != "weights":
        return made
    rows = run.rows(np.arange(run.steps + 1))
    path = np.stack([np.asarray(run.weights[:, k], float) for k in _axes(run)], axis=1)
    return replace(made, trajectory=path[rows])


def _with_parts(made: View, source: Source, wanted: frozenset[Need], checked: NDArray[np.int64]) -> View:
    """The view `made`, with what single panels need; checked: the steps that the film shows."""
    run = source.run
    return replace(
        made,
        prediction=prediction(source, checked) if "prediction" in wanted else None,
        sharpness=sharpness(source, checked) if "sharpness" in wanted else None,
        wiring=wiring(run, checked) if "wiring" in wanted else (),
        histograms=_histograms(run, checked, wanted),
        forces=_forces(run, made.trajectory) if "forces" in wanted else None,
        curve=curve(source) if "curve" in wanted else None,
        activation=activation(source) if "activation" in wanted else None,
        examples=examples(source, checked) if "examples" in wanted else None,
    )


def _broke_at(run: Recording) -> int | None:
    """The first step whose batch loss is not finite, where batch losses were recorded. Where some could not
    be read, those are NaN too, and only an infinite one tells.
    """
    finite = ~np.isinf(run.batch_loss) if run.facts.unread_losses else np.isfinite(run.batch_loss)
    told = run.facts.no_batch_loss is None and finite.any() and not finite.all()
    return int(np.flatnonzero(~finite)[0]) if told else None


def race_views(
    sources: Sequence[Source],
    views: Sequence[View],
    cut: Cut,
    timeline: Timeline,
    wanted: frozenset[Need],
    common: Common = ALONE,
) -> tuple[View, ...]:
    """The `views` of several runs, on the plane of the first and the surface that they share."""
    notes = sources[0].run.notes
    for source in sources:
        if (lacking := source.lacks()) is not None:
            raise lacking
    plane, cut, instead = _plane_and_cut(sources[0], cut, _labels(sources[0].run))
    target = notes.target if cut.kind == "weights" else None
    windows = [source.run.notes.window for source in sources]
    common = with_notes(common, notes) if all(window == windows[0] for window in windows) else common
    steps = [shown_steps(source, timeline) for source in sources]
    wide = max(RACE, cut.resolution)
    mapped = "basins" in wanted
    shared = race.shared(sources, views, plane, steps, target, wide, mapped, common, cut.window)
    shared = tuple(replace(view, instead=instead) for view in shared)
    if "batch surface" not in wanted:
        return shared
    coarse = slice(None, None, COARSER)
    return tuple(
        replace(
            view,
            batch_surface=batches(source, plane, view.field.alpha[coarse], view.field.beta[coarse], seen),
        )
        for view, source, seen in zip(shared, sources, steps, strict=True)
        if view.field is not None
    )


def _histograms(run: Recording, steps: NDArray[np.int64], wanted: frozenset[Need]) -> dict[str, Histogram]:
    """Those that are wanted, by the names of their panels."""
    counted = {}
    if "weight histogram" in wanted:
        counted["histogram"] = of_weights(run, steps)
    if "update histogram" in wanted:
        counted["updates"] = of_updates(run, steps)
    return counted


def _forces(run: Recording, place: Floats) -> Forces:
    return forces(place, run.notes.optimizer or {}, len(run.weight_steps) == run.steps + 1)


def _axes(run: Recording) -> tuple[int, int]:
    i, j = (run.index(axis) for axis in run.notes.axes)
    return i, j


def _plane_and_cut(source: Source, cut: Cut, labels: Naming) -> tuple[Plane, Cut, str]:
    """The plane that `cut` asks for; another where the path spans none and nobody asked for it by name.

    Then how that one is cut, and what a caption says of it; else `cut` as it is, and "".
    """
    if (lacking := source.lacks()) is not None:
        raise lacking
    try:
        return plane_for(source, cut, labels), cut, ""
    except NoPlaneError as error:
        if cut.firm:
            raise
        return _stand_in(source.run, cut, error.brief)


def _stand_in(run: Recording, cut: Cut, why: str) -> tuple[Plane, Cut, str]:
    """A plane of random directions, or of two weights where there are none such."""
    step = last_near(run)
    try:
        plane = planes.random(run, cut.seed, step)
        at = cut.at if step is None else step
        own = replace(cut, plane="random", slice="static", at=at, near=step is not None)
        words = say("of two random directions")
    except AnimatorError:  # all parameters are biases or scales
        plane = planes.weights(run, 0, 1)
        own = replace(cut, plane="weights", slice="moving", at=None, near=step is not None)
        words = say("of the first two weights")
    message = NO_COMPONENTS if cut.kind == "pca" else NO_THREE
    return plane, own, shown(message, why=why, words=words)


def plane_for(source: Source, cut: Cut, labels: Naming) -> Plane:
    """The plane that `cut` asks for."""
    run = source.run
    if cut.slice == "through" or cut.plane == "through":
        return planes.through(run)
    if isinstance(cut.plane, Plane):
        return cut.plane
    if cut.plane == "pca":
        return planes.pca(run)
    if cut.plane == "random":
        return planes.random(run, cut.seed)
    if cut.plane == "hessian":
        return hessian_plane(source, cut.at)
    i, j = _axes(run)
    return planes.weights(run, i, j, names=(labels(i), labels(j)))


def _seen(run: Recording, shown: Window | None) -> int | None:
    """How many rows lie before the path has left the window; None for all."""
    return None if shown is None or shown.left_at is None else max(2, int(run.row(shown.left_at)) + 1)


def _range(lines: NDArray[np.float32], target: tuple[float, float] | None) -> tuple[float, float]:
    """The least and greatest finite value of lines (R, Q), and of the target."""
    known = np.append(lines[np.isfinite(lines)].astype(float), target or ())
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)


def _labels(run: Recording) -> Naming:
    """index -> name on screen: the scene's, or Keras' own."""
    given = run.notes.labels
    if given and len(given) != run.weights.shape[1]:
        raise AnimatorError(
            f"The scene names {len(given):,} parameters but the model has "
            f"{run.weights.shape[1]:,}. Give Experiment labels for all of them, or none."
        )
    return given.__getitem__ if given else run.parameter_name


def _lines(run: Recording) -> list[int]:
    """The parameters that are drawn as lines: all, or the eight that moved farthest from their start."""
    count = run.weights.shape[1]
    if count <= MOST_LINES:
        return list(range(count))
    moved = np.abs(np.asarray(run.weights[-1], float) - np.asarray(run.weights[0], float))
    return sorted(np.argsort(-np.nan_to_num(moved), kind="stable")[:MOST_LINES].tolist())
