"""Fidelity: how far the drawn surface is from the true losses, as numbers.

Views go in; the largest differences and what the plane holds of the path come out.
"""

from collections.abc import Sequence

import numpy as np

from animator.drawing.view import View


def fidelity(views: Sequence[View]) -> dict[str, float | int | str | None]:
    """How true the surface is: the largest |slice's loss at the dot - true loss|, and its step.

    max_abs_error_of_the_grid is the same for the picture as drawn, linear between grid points;
    max_residual the largest distance from the plane; explained_variance the share of the path's
    variance that the plane holds, random_walk that of a random walk. None where not known.
    """
    found = [worst for view in views if (worst := view.worst()) is not None]
    error, step = max(found) if found else (None, None)
    plane = views[0].plane
    return {
        "max_abs_error": error,
        "step": step,
        "max_abs_error_of_the_grid": _grid_error(views),
        "plane": plane.kind if plane is not None else None,
        "max_residual": float(np.nanmax(views[0].residual)) if plane is not None else None,
        "explained_variance": plane.explained if plane is not None else None,
        "random_walk": plane.baseline if plane is not None else None,
    }


def _grid_error(views: Sequence[View]) -> float | None:
    """The largest difference between the picture's height under the dot and the true loss there."""
    errors = [
        abs(view.field.drawn(int(step), view.trajectory[step]) - float(view.loss[step]))
        for view in views
        if view.field is not None
        for step in view.field.checked
    ]
    known = [error for error in errors if np.isfinite(error)]
    return max(known) if known else None
