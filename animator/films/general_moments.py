"""Moments of any run, for films of recordings that no scene tells of: the fastest fall, a plateau, the end.

Each is found in the recorded losses alone, so that its sentence holds whatever the model is.
"""

import numpy as np

from animator.core.formatting import number
from animator.core.language import Said
from animator.design import finders
from animator.design.moments import Found, Moment, Runs

LEAST = 30  # steps: a shorter run is seen whole at once
STRETCH = 10  # a fall is looked for over this part of a run
STEEPER = 1.5  # times as fast as the run as a whole
LEFT = 0.01  # of the loss of the start
LONG = 0.15  # of a run: a plateau
FLAT = 0.03  # of its height, which a plateau keeps


def fastest_fall(runs: Runs) -> Found | None:
    """The end of the tenth of a run over which the loss shrinks to the smallest part of itself, if that is
    half or less, and faster than all along. What happens when a hundredth of it is left is of no account.
    """
    loss = finders.loss_of(runs[0])
    length = max(1, runs[0].steps // STRETCH)
    logs = np.log(loss)
    fall = logs[:-length] - logs[length:]
    fall[~(np.isfinite(fall) & (loss[:-length] > LEFT * loss[0]))] = -np.inf
    begin = int(np.argmax(fall))
    whole = logs[0] - logs[-1]
    if not fall[begin] >= max(np.log(2), STEEPER * whole * length / runs[0].steps):
        return None
    end = begin + length
    return Found(end, {"length": length, "before": number(loss[begin], 2), "after": number(loss[end], 2)})


def plateau_left(runs: Runs) -> Found | None:
    """The end of the longest stretch over which the loss stays within 3 %, if it is long and the loss halves
    afterwards.
    """
    loss = finders.loss_of(runs[0])
    begin, end = finders.level(loss, FLAT)
    is_left = end - begin >= LONG * len(loss) and loss[end] > 0 and bool((loss[end:] < loss[end] / 2).any())
    return Found(end, {"length": end - begin}) if is_left else None


def risen(runs: Runs) -> Found | None:
    """The last step, where the loss is higher than at the start, and finite."""
    loss = finders.loss_of(runs[0])
    words = {"before": number(loss[0], 2), "after": number(loss[-1], 2)}
    return Found(runs[0].steps, words) if loss[0] < loss[-1] < np.inf else None


MOMENTS = (
    Moment(fastest_fall, Said("Here the loss shrinks fastest: in {length} steps from {before} to {after}.")),
    Moment(plateau_left, Said("For {length} steps the loss hardly changed; now it has found a way on.")),
    Moment(finders.finished(), Said("After {steps} {left} of the loss is left.")),
    Moment(risen, Said("After {steps} the loss is higher than at the start: {after}, not {before}.")),
)
OF_FUNCTIONS = (
    Moment(fastest_fall, Said("Here the value shrinks fastest: in {length} steps from {before} to {after}.")),
    Moment(
        plateau_left, Said("For {length} steps the value hardly changed; now the dot has found a way on.")
    ),
    Moment(finders.finished(), Said("After {steps} {left} of the value is left.")),
    Moment(risen, Said("After {steps} the value is higher than at the start: {after}, not {before}.")),
)
