"""The loss over the one weight that there is: a curve, for a recording of one parameter.

A Source goes in, a Curve comes out: places, losses, and the loss at every kept step.
"""

from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.landscape.run_source import Source
from animator.landscape.window import MARGIN

POINTS = 801


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """loss (n,) at x (n,), in the units of the weight; path (K+1,): the weight at every step."""

    x: Floats
    loss: Floats
    path: Floats


def curve(source: Source) -> Curve:
    """The curve that the path of `source` runs along, wide enough to hold it with a margin.

    Raises AnimatorError for a recording of more than one parameter, or whose loss is not known.
    """
    run = source.run
    if run.weights.shape[1] != 1:
        raise AnimatorError(
            f"The panel 'curve' draws the loss over one weight, but '{run.path}' has "
            f"{run.weights.shape[1]:,} parameters. Use 'surface' in its place."
        )
    if source.lacks() is not None:
        raise AnimatorError(
            f"The panel 'curve' draws the loss over a weight, but '{run.path}' does not hold its loss. Give "
            "it with loss=, or use 'weights'."
        )
    path = np.asarray(run.weights[:, 0], np.float64)[run.rows(np.arange(run.steps + 1))]
    known = path[np.isfinite(path)]
    start = float(path[0])
    near = known[np.abs(known - start) <= FAR * max(1.0, float(np.median(np.abs(known - start))))]
    low, high = float(near.min()), float(near.max())
    room = (high - low) * 2 * MARGIN or max(1.0, abs(low) / 2)
    x = np.linspace(low - room, high + room, POINTS)
    return Curve(x, source.objective()(x[:, None]), path)


FAR = 20.0  # times the median distance from the start: what lies beyond ran away, and hides no other
