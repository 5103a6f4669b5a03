"""What is right but surprising about a film, or left out of it: one sentence each.

Views, as they are drawn, go in; sentences come out. They go to stderr, to --json, to Python's warnings and
below the film in a notebook.
"""

from collections.abc import Sequence

import numpy as np

from animator.core.formatting import number
from animator.design.style import Style
from animator.drawing.captions import share
from animator.drawing.view import View
from animator.recordings.reader import Recording

FOLLOWING = 1e-3  # of the losses' range: what heights on slices that follow the weights may be off by
MOST = 4  # names of a style sheet that are told
STILL = 0.1  # the same, of slices that do not


def sentences(runs: Sequence[Recording], views: Sequence[View], look: Style) -> tuple[str, ...]:
    """The warnings of a film of `runs`, which are drawn as `views` in the style `look`."""
    warnings = [_unfollowed(look)] if look.unfollowed else []
    warnings += [
        sentence
        for run, view in zip(runs, views, strict=True)
        for sentence in (
            _no_surface(run, view),
            _instead(run, view),
            _unproved(run, view),
            _heights(run, view),
        )
        if sentence
    ]
    return tuple(dict.fromkeys(warnings))


def _unfollowed(look: Style) -> str:
    names = [
        *look.unfollowed[:MOST],
        *([f"{more} more"] if (more := len(look.unfollowed) - MOST) > 0 else []),
    ]
    listed = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    return (
        f"the style sheet {look.name!r} sets {listed}, too, which films do not follow: they take its colours."
    )


def _no_surface(run: Recording, view: View) -> str:
    return f"'{run.path.name}': no surface: {view.no_surface}." if view.no_surface else ""


def _instead(run: Recording, view: View) -> str:
    return f"'{run.path.name}': {view.instead}" if view.instead else ""


def _unproved(run: Recording, view: View) -> str:
    """That nothing recorded proves the model of which something is drawn."""
    drawn = (view.field, view.batch_surface, view.prediction, view.sharpness, view.curve)
    told = view.unproved and any(part is not None for part in drawn)
    return f"'{run.path.name}': {view.unproved}." if told else ""


def _heights(run: Recording, view: View) -> str:
    """By how much the heights under the dot are off, where that is more than they may be."""
    found = view.worst()
    known = view.loss[np.isfinite(view.loss)]
    if found is None or view.field is None or view.plane is None or not len(known):
        return ""
    error, step = found
    follows = view.cut == "moving" or view.parameters == 2
    allowed = (FOLLOWING if follows else STILL) * max(float(known.max() - known.min()), 1e-9)
    if error <= allowed:
        return ""
    true, drawn = float(view.loss[step]), view.field.height(step)
    plane = view.plane.explained
    held = "" if plane is None or follows else f"the plane holds {share(plane)} of the path's variance; "
    return (
        f"'{run.path.name}': {held}heights on screen are off by up to {number(error, 2)} (true loss "
        f"{number(true, 2)} drawn at {number(drawn, 2)}, at step {step:,})."
    )
