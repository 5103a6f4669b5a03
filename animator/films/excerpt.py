"""A part of a film: the steps from one moment of a run to another.

A design and the run whose steps the film counts go in; the first and the last step come out. Views are cut
off after the last step, so that axes, numbers and words tell of what is shown.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from animator.core.errors import AnimatorError
from animator.design.film_design import FilmDesign
from animator.drawing.view import View
from animator.landscape.window import Window
from animator.recordings.reader import Recording


def span(design: FilmDesign, run: Recording) -> tuple[int, int]:
    """(first step, last step) that the film of `run` shows. Raises AnimatorError."""
    first = 0 if design.from_ is None else _step(str(design.from_), run, is_end=False)
    last = run.steps if design.to is None else _step(str(design.to), run, is_end=True)
    if first >= last and (design.from_ is not None or design.to is not None):
        raise AnimatorError(
            f"The film cannot go from step {first:,} to step {last:,}: nothing is between them. Give an end "
            "after the beginning, such as --from step:0 --to step:1."
        )
    return first, last


def through(design: FilmDesign, runs: Sequence[Recording], last: int) -> int | None:
    """The step whose weights a static slice goes through, None for the last one of each run; last: the last
    step that is shown. Raises AnimatorError.
    """
    longest = max(run.steps for run in runs)
    if design.at is not None and design.at > longest:
        raise AnimatorError(
            f"The surface cannot be cut through step {design.at:,}: the film's run has {longest:,} steps. "
            f"Give a step up to {longest:,}, such as --at {longest}."
        )
    return last if design.at is None and design.to is not None else design.at


def _step(moment: str, run: Recording, *, is_end: bool) -> int:
    """The step of "step:20", or where epoch 2, counted from 1, begins or ends."""
    kind, _, number = moment.partition(":")
    count = int(number)
    if kind == "step":
        if count > run.steps:
            raise AnimatorError(
                f"The film cannot show {moment}: its run has {run.steps:,} steps. Give a step up to "
                f"step:{run.steps}."
            )
        return count
    epochs = np.asarray(run.epoch) + 1
    most = int(epochs[-1]) if len(epochs) else 0
    if not 1 <= count <= most:
        raise AnimatorError(
            f"The film cannot show {moment}: epochs of its run are counted from 1 to {most:,}. Give one of "
            f"these, such as epoch:{most}."
        )
    return int(np.searchsorted(epochs, count, side="right" if is_end else "left"))


def until(view: View, last: int) -> View:
    """`view` without what comes after step `last` of its run."""
    if last >= view.steps:
        return view
    rows = last + 1
    kept = view.recorded <= last
    field, window = view.field, view.window
    if field is not None:
        seen = field.checked <= last
        field = replace(field, checked=field.checked[seen], heights=field.heights[seen])
    if window is not None and window.left_at is not None and window.left_at > last:
        window = Window(window.extent, None)
    return replace(
        view,
        steps=last,
        recorded=view.recorded[kept],
        lines=view.lines[:rows],
        trajectory=view.trajectory[:rows],
        residual=view.residual[:rows],
        loss=view.loss[:rows],
        batch_loss=view.batch_loss[:last],
        learning_rate=view.learning_rate[:last],
        epoch=view.epoch[:last],
        running_means={name: values[:last] for name, values in view.running_means.items()},
        test_loss=None,
        broke_at=None if view.broke_at is not None and view.broke_at > last else view.broke_at,
        field=field,
        window=window,
        facts=replace(view.facts, restored_step=None, other_weights=""),
        rivals=(),
    )
