"""From a recording to a View: plane, window and surface, the surface from the cache when it is there.

Losses that the recording lacks (a run that was cut short) are evaluated here, from the model that
the recording describes and the data that it holds.
"""

from dataclasses import dataclass
from typing import Any, Literal

import h5py
import numpy as np
from numpy.typing import NDArray

from animator import cache, planes, window
from animator.errors import AnimatorError
from animator.files import replacing
from animator.plane import Plane
from animator.progress import Progress, quiet
from animator.recording import Recording
from animator.timeline import Timeline
from animator.view import Field, View
from animator.window import Window

RESOLUTION = 81
EVERY_STEP = 400
MOST_LINES = 8

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cut:
    """How the surface of a view is cut: moving or static, on resolution x resolution points."""

    slice: Literal["moving", "static"] = "moving"
    resolution: int = RESOLUTION


def view(run: Recording, name: str, cut: Cut, timeline: Timeline, with_surface: bool,
         model: Any = None, use_cache: bool = True, progress: Progress = quiet) -> View:  # fmt: skip
    """The view of `run`: see animator.view.View. model: to use instead of the recorded one."""
    notes = run.meta.get("notes") or {}
    labels = _labels(run, notes)
    count = len(run.parameter_names)
    i, j = (run.index(axis) for axis in notes.get("axes") or (0, min(1, count - 1)))
    target = tuple(notes["target"]) if notes.get("target") else None
    weights = run.weights
    trajectory = np.asarray(weights[:, sorted({i, j})], float)
    trajectory = trajectory if i < j else trajectory[:, ::-1] if i > j else np.repeat(trajectory, 2, 1)
    loss = np.asarray(run.loss, float)
    shown_window: Window | None = None
    field: Field | None = None
    if with_surface and can_cut(run, model) and i != j:
        shown_window = window.choose(trajectory, target)
        plane = planes.weights(run, i, j, names=(labels[i], labels[j]))
        field, loss = _field(run, plane, shown_window, cut, timeline, loss, model, use_cache, progress)
    drawn = _lines(run)
    lines = np.asarray(weights[:, drawn], np.float32)
    bad = np.flatnonzero(~np.isfinite(run.batch_loss))
    test = run.test_loss
    stored_test = run.meta.get("test") or {}
    return View(
        name=name, steps=run.steps, parameters=count,
        labels=tuple(labels[k] for k in drawn), lines=lines, line_range=_range(lines, target),
        axis_labels=(labels[i], labels[j]), trajectory=trajectory, loss=loss,
        batch_loss=run.batch_loss, learning_rate=run.learning_rate, epoch=run.epoch, target=target,
        window=shown_window, field=field,
        test_loss=(float(test[0]), float(test[-1])) if test is not None else None,
        test_samples=int(stored_test.get("samples", 0)),
        broke_at=int(bad[0]) if len(bad) else None,
    )  # fmt: skip


def _range(lines: NDArray[np.float32], target: tuple[float, float] | None) -> tuple[float, float]:
    """The least and greatest finite value of lines (K+1, Q), and of the target."""
    known = np.append(lines[np.isfinite(lines)].astype(float), target or ())
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)


def can_cut(run: Recording, model: Any = None) -> bool:
    """Whether a surface can be evaluated: the recording holds data, and a model or its description."""
    known = model is not None or run.meta.get("model_config") is not None
    return len(run.parameter_names) >= 2 and known and run.data() is not None


def _labels(run: Recording, notes: dict[str, Any]) -> list[str]:
    given = list(notes.get("labels") or [])
    if given and len(given) != len(run.parameter_names):
        raise AnimatorError(
            f"The scene names {len(given):,} parameters but the model has "
            f"{len(run.parameter_names):,}. Give Experiment labels for all of them, or none."
        )
    return given or list(run.parameter_names)


def _lines(run: Recording) -> list[int]:
    """The parameters that are drawn as lines: all, or the eight that moved farthest from their start."""
    count = len(run.parameter_names)
    if count <= MOST_LINES:
        return list(range(count))
    moved = np.abs(np.asarray(run.weights[-1], float) - np.asarray(run.weights[0], float))
    return sorted(np.argsort(-np.nan_to_num(moved), kind="stable")[:MOST_LINES].tolist())


def _field(run: Recording, plane: Plane, shown: Window, cut: Cut, timeline: Timeline, loss: Floats,
           model: Any, use_cache: bool, progress: Progress) -> tuple[Field, Floats]:  # fmt: skip
    """The surface of `run` and its losses, from the cache or evaluated."""
    steps = np.arange(run.steps + 1) if run.steps < EVERY_STEP else np.asarray(timeline.shown())
    finite = np.isfinite(np.asarray(run.weights[steps], float)).all(axis=1)
    steps = steps[finite]
    moves = cut.slice == "moving" and plane.basis.shape[1] > 2
    a0, a1, b0, b1 = shown.extent
    alpha, beta = np.linspace(a0, a1, cut.resolution), np.linspace(b0, b1, cut.resolution)
    rows = np.asarray(run.weights[steps], np.float32)
    cuts = rows if moves else rows[-1:]
    data = run.meta.get("data") or {}
    key = cache.digest(
        "field 1", run.meta.get("model_config"), run.meta.get("compile_config"),
        data.get("digest"), plane.origin, plane.basis, alpha, beta, rows, moves, loss,
        run.meta.get("versions"), type(model).__qualname__,
    )  # fmt: skip
    path = cache.place("surfaces", key)
    if model is not None or not (use_cache and path.exists()):
        _evaluate(run, plane, alpha, beta, rows, cuts, moves, steps, loss, model, path, progress)
    with h5py.File(path, "r") as file:
        slices, heights, losses = (file[name][()] for name in ("slices", "heights", "loss"))
    usable = slices[np.isfinite(slices)]
    low, high = (float(usable.min()), float(usable.max())) if len(usable) else (0.0, 1.0)
    cut_at = steps if moves else np.zeros(1, np.int64)
    return Field(alpha, beta, slices, cut_at, low, high if high > low else low + 1.0, steps, heights), losses


def _evaluate(run: Recording, plane: Plane, alpha: Floats, beta: Floats, rows: NDArray[np.float32],
              cuts: NDArray[np.float32], moves: bool, steps: NDArray[np.int64], loss: Floats,
              model: Any, path: Any, progress: Progress) -> None:  # fmt: skip
    """Cut the slices, and write them with the heights under the dot and all losses to `path`."""
    from animator.keras_start import start

    progress("starting TensorFlow", 0, 1)
    start()
    from animator.objective import loss_function
    from animator.rebuild import rebuild
    from animator.surface import evaluate_slices

    progress("starting TensorFlow", 1, 1)
    data = run.data()
    objective = loss_function(model if model is not None else rebuild(run), data)
    slices = evaluate_slices(objective, plane, cuts, alpha, beta, progress)
    losses = np.array(loss)
    if not np.isfinite(loss[0]) and np.isnan(loss).all():
        losses[steps] = objective(rows)
    through = (rows if moves else rows[-1:]).astype(float)
    under = through + (plane.project(rows.astype(float)) - plane.project(through)) @ plane.basis
    heights = objective(under.astype(np.float32))
    with replacing(path) as temporary, h5py.File(temporary, "w") as file:
        for name, values in (("slices", slices), ("heights", heights), ("loss", losses)):
            file.create_dataset(name, data=values)
