"""Events of a run: found in its recording, for slow motion with captions.

A drop of the learning rate, a spike of the loss, the end of a plateau. At most three, in step order.
"""

import numpy as np

from animator.core.arrays import Floats
from animator.core.formatting import number
from animator.core.language import say
from animator.design import finders
from animator.design.pacing import Event
from animator.recordings.reader import Recording

MOST = 3
DROP = 0.6
SPIKE = 4.0
BEFORE = 20
FLAT = 0.03
LONG = 0.15


def found(run: Recording) -> tuple[Event, ...]:
    """The events of `run`: learning-rate drops first, then spikes, then the end of its longest plateau."""
    loss = np.asarray(run.loss, float)
    if not np.isfinite(loss).all():
        loss = np.asarray(run.batch_loss, float)
    events = [*drops(np.asarray(run.learning_rate, float)), *spikes(loss), *plateaus(loss)]
    apart: list[Event] = []
    for event in events:
        if all(abs(event.step - other.step) > 0.1 * run.steps for other in apart) and len(apart) < MOST:
            apart.append(event)
    return tuple(sorted(apart, key=lambda event: event.step))


def drops(rate: Floats) -> list[Event]:
    """Updates (K,) before which the learning rate fell to less than 0.6 of what it was."""
    with np.errstate(invalid="ignore"):
        at = np.flatnonzero(rate[1:] < DROP * rate[:-1]) + 1
    return [
        Event(
            int(k),
            say(
                "Step {step:,}: the learning rate falls from {before:.3g} to {after:.3g}.",
                step=int(k),
                before=float(rate[k - 1]),
                after=float(rate[k]),
            ),
        )
        for k in at
    ]


def spikes(loss: Floats) -> list[Event]:
    """Steps where the loss is over 4 times the median of the 20 before, and comes back below twice that."""
    events: list[Event] = []
    k = 5
    while k < len(loss):
        usual = float(np.median(loss[max(0, k - BEFORE) : k]))
        if loss[k] > SPIKE * usual > 0 and (loss[k:] < 2 * usual).any():
            top = k + int(np.argmax(loss[k : k + BEFORE]))
            events.append(
                Event(
                    top,
                    say(
                        "Step {step:,}: the loss jumps from {before} to {after}.",
                        step=top,
                        before=number(usual, 2),
                        after=number(loss[top], 2),
                    ),
                )
            )
            k = top + BEFORE
        k += 1
    return events


def plateaus(loss: Floats) -> list[Event]:
    """The end of the longest stretch over which the loss stays within 3 %, when it halves afterwards."""
    low, high = finders.level(loss, FLAT)
    if high - low < LONG * len(loss) or not (loss[high:] < loss[high] / 2).any():
        return []
    return [
        Event(
            high,
            say(
                "Step {step:,}: the loss leaves a plateau that began at step {begin:,}.", step=high, begin=low
            ),
        )
    ]
