"""What every sentence of the bundled films claims, checked against recordings by other ways than the finders.

A claim is a pattern of a sentence and a function (runs, step, *numbers and names in it) -> bool.
"""

import re

import numpy as np

from animator.design.moments import Runs
from tests.films.claims_of_ground import CLAIMS_OF_GROUND, Claim, N
from tests.films.measures import (
    away,
    first_of,
    is_near,
    left,
    loss,
    named,
    path,
    shrinks_most,
    sixth,
    under,
    went,
)

OPTIMIZERS = ("SGD", "momentum", "Nesterov", "RMSprop", "Adam")
KINDS = ("linear", "tanh", "sigmoid", "relu")


def _race(runs, step, name, *_):
    names = {5: OPTIMIZERS, 4: KINDS}[len(runs)]
    rates = [f"{float(run.learning_rate[0]):g}" for run in runs]
    index = rates.index(name) if name in rates else named(names, name)
    return first_of(runs, step, index, 0.01)


CLAIMS: dict[str, Claim] = CLAIMS_OF_GROUND | {
    # neuron, orbit
    rf"The start is steep: after {N} steps? only {N} % of the loss is left\.": lambda r, k, n, p: (
        int(n) == k and left(p, r[0], k) and loss(r[0])[k] <= 0.1 * loss(r[0])[0] < loss(r[0])[k - 1]
    ),
    rf"Then the slope is gentle: it takes {N} more steps to go as far as the first did\.": lambda r, k, n: (
        k == int(n) + 1
        and np.linalg.norm(np.diff(path(r[0])[1 : k + 1], axis=0), axis=1).sum()
        >= np.linalg.norm(path(r[0])[1] - path(r[0])[0]) * 0.999
    ),
    r"Both weights are near 1: the neuron has found its own activation\.": lambda r, k: (
        away(r[0], 1, 1)[k:].max() <= 0.25
    ),
    rf"The steps are over, and the weights are still {N} away from \(1, 1\)\.": lambda r, k, d: (
        k == r[0].steps and is_near(d, away(r[0], 1, 1)[-1])
    ),
    r"The steps are too long: the loss is twice what it was, and stays above that\.": lambda r, k: (
        not (loss(r[0])[k:] <= 2 * loss(r[0])[0]).any()
    ),
    # bias
    rf"The bias is {N}, far from its last value {N}, at which .*": lambda r, k, now, last: (
        abs(float(now) - path(r[0])[k, 2]) < 0.01 and abs(float(last) - path(r[0])[-1, 2]) < 0.01
    ),
    r"Now the bias is nearly at its last value, so both surfaces are nearly the same\.": lambda r, k: (
        np.abs(path(r[0])[k:, 2] - path(r[0])[-1, 2]).max()
        <= 0.1 * np.abs(path(r[0])[:, 2] - path(r[0])[-1, 2]).max()
    ),
    r"At the last step they are the same\. Only the right one told the loss all along\.": lambda r, k: (
        k == r[0].steps
    ),
    # learning rates, optimizers, activations
    rf"({N}|\w+) is first: after {N} steps? less than 1 % of its loss is left\.": _race,
    rf"{N} is too large: every step makes the loss larger, and it has doubled already\.": lambda r, k, rate: (
        (np.diff(loss(r[3])) > 0).all()
        and loss(r[3])[k] > 2 * loss(r[3])[0] >= loss(r[3])[k - 1]
        and is_near(rate, r[3].learning_rate[0])
    ),
    rf"{N} jumps across the valley at every step, each time a little less far\.": lambda r, k, rate: (
        (np.diff(np.abs(path(r[2])[k - 6 : k + 1].sum(axis=1) - 3)) < 0).all()
        and (np.diff(np.sign(path(r[2])[k - 6 : k + 1].sum(axis=1) - 3)) != 0).all()
    ),
    rf"{N} goes straight down, but slowly: {N} steps for what {N} did in {N}\.": lambda r, k, _s, n, _r, m: (
        int(n) == k and under(r[0], k, 0.01) and under(r[1], int(m), 0.01) and k >= 10 * int(m)
    ),
    r"Momentum rolls across the floor and up the other side: its loss rises\.": lambda r, k: (
        loss(r[1])[k] > loss(r[1])[k - 1] and (path(r[1])[k, 1] - 1) * (path(r[1])[0, 1] - 1) < 0
    ),
    rf"SGD is on the floor and creeps: the slope along it is {N} times gentler .*": lambda r, k, _: (
        np.abs(path(r[0])[k:, 1] - 1).max() <= 0.05 and abs(path(r[0])[k, 0] - 1) > 1
    ),
    rf"After {N} steps (\w+) has the lowest loss and (\w+) the highest\.": lambda r, k, n, best, worst: (
        int(n) == k
        and np.argmin([loss(run)[k] for run in r]) == named(OPTIMIZERS, best)
        and np.argmax([loss(run)[k] for run in r]) == named(OPTIMIZERS, worst)
    ),
    rf"sigmoid has {N} % of its loss left: its slope is never above a quarter\.": lambda r, k, p: (
        left(p, r[2], k) and loss(r[2])[k] < loss(r[2])[0]
    ),
    rf"(\w+) is last: it needs {N} steps for what the first one did in {N}\.": lambda r, k, name, n, m: (
        int(n) == k and under(r[named(KINDS, name)], k, 0.01) and any(under(x, int(m), 0.01) for x in r)
    ),
    r"The steps are over before (.*) came down to 1 %\.": lambda r, k, names: (
        k == r[0].steps
        and all(loss(r[KINDS.index(n)])[-1] > 0.01 * loss(r[KINDS.index(n)])[0] for n in names.split(" and "))
    ),
    # ravine
    rf"Momentum swings up the walls: its loss is {N} times as high as descent's\.": lambda r, k, n: (
        is_near(n, loss(r[1])[k] / loss(r[0])[k]) and loss(r[1])[k] > loss(r[1])[0]
    ),
    r"Now momentum is ahead, and stays ahead: along the floor .*": lambda r, k: (
        (loss(r[1])[k:] < loss(r[0])[k:]).all() and loss(r[1])[k - 1] >= loss(r[0])[k - 1]
    ),
    rf"After {N} steps? momentum has less than 1 % of its loss left\.": lambda r, k, n: (
        int(n) == k and under(r[1], k, 0.01)
    ),
    rf"Descent needs {N} steps to have less than 1 % left; momentum needed {N}\.": lambda r, k, n, m: (
        int(n) == k > int(m) and under(r[0], k, 0.01) and under(r[1], int(m), 0.01)
    ),
    rf"After {N} steps descent still has {N} % of its loss left\.": lambda r, k, n, p: (
        int(n) == k and left(p, r[0], k) and loss(r[0])[k] > 0.01 * loss(r[0])[0]
    ),
    # momentum
    rf"The momentum is {N} of the last step: it carries the ball on, uphill for a while\.": lambda r, k, _: (
        loss(r[0])[k] > loss(r[0])[k - 1]
    ),
    r"The sixth time across: every swing is smaller, for uphill the gradient slows it down\.": lambda r, k: (
        sixth(r[0], k)
    ),
    rf"After {N} steps? less than 1 % of the loss is left, and it stays so\.": lambda r, k, n: (
        int(n) == k and under(r[0], k, 0.01)
    ),
    # noise
    rf"One sample can mislead: .* raised the loss from {N} to {N}\.": lambda r, k, a, b: (
        is_near(a, loss(r[0])[k - 1]) and is_near(b, loss(r[0])[k]) and float(b) > float(a)
    ),
    rf"With all data every step went downhill: {N} steps? halve the loss\.": lambda r, k, n: (
        int(n) == k and (np.diff(loss(r[3])[: k + 1]) < 0).all() and loss(r[3])[k] <= 0.5 * loss(r[3])[0]
    ),
    rf"The batch of 1 never rests: .* (over )?{N} times as far as all data\.": lambda r, k, _, n: (
        went(r[0], k) > 0.9 * float(n) * went(r[3], k)
    ),
    rf"Both came down, but the batch of 1 went {N} times as far: small batches wander\.": lambda r, k, n: (
        all(loss(x)[-1] < loss(x)[0] for x in (r[0], r[3])) and is_near(n, went(r[0]) / went(r[3]))
    ),
    # loss functions
    rf"Cross-entropy is steep where a neuron is surely wrong: {N} steps? halve its loss\.": lambda r, k, n: (
        int(n) == k and under(r[1], k, 0.5)
    ),
    rf"Squared error is nearly flat there: it still has {N} % of its loss\.": lambda r, k, p: (
        left(p, r[0], k) and loss(r[1])[k] <= 0.1 * loss(r[1])[0] and loss(r[0])[k] >= 0.9 * loss(r[0])[0]
    ),
    rf"Only now squared error has lost half: {N} steps for what .* did in {N}\.": lambda r, k, n, m: (
        int(n) == k and under(r[0], k, 0.5) and under(r[1], int(m), 0.5)
    ),
    rf"The steps are over, and squared error still has {N} % of its loss\.": lambda r, k, p: (
        k == r[0].steps and left(p, r[0], k) and loss(r[0])[k] > 0.5 * loss(r[0])[0]
    ),
    # spirals, digits
    rf"After {N} steps under 0\.01 % of the (?:loss|value) is left\.": lambda r, k, n: (
        int(n) == k and 0 < loss(r[0])[k] < 1e-4 * loss(r[0])[0]
    ),
    rf"After {N} steps {N} % of the (?:loss|value) is left\.": lambda r, k, n, p: (
        int(n.replace(",", "")) == k == r[0].steps and left(p, r[0], k)
    ),
    rf"For {N} steps the (?:loss|value) hardly changed; now (?:it|the dot) has .*": lambda r, k, n: (
        np.ptp(loss(r[0])[k - int(n) : k + 1]) <= 0.1001 * loss(r[0])[k - int(n)]
        and loss(r[0])[-1] < loss(r[0])[k]
    ),
    rf"After {N} steps less than half of the loss is left, and it stays below that\.": lambda r, k, n: under(
        r[0], k, 0.5
    ),
    rf"For {N} steps it was hardly better than guessing, .*": lambda r, k, n: (
        int(n) == k and np.abs(loss(r[0])[: k - 1] - 2.303).max() < 0.24 and loss(r[0])[k:].max() < 2.19
    ),
    rf"After {N} steps half of the loss of guessing is left, and it stays below that\.": lambda r, k, n: (
        loss(r[0])[k:].max() <= 2.303 / 2 < loss(r[0])[k - 1]
    ),
    rf"On digits it has never seen the loss is {N}: what it learned holds there too\.": lambda r, k, t: (
        is_near(t, r[0].test_loss[-1]) and r[0].test_loss[-1] <= 1.25 * loss(r[0])[-1]
    ),
    rf"On digits it has never seen the loss is {N}, but {N} on those it learned\.": lambda r, k, t, u: (
        is_near(t, r[0].test_loss[-1]) and is_near(u, loss(r[0])[-1]) and float(t) > float(u)
    ),
    # overfitting
    r"At first both losses fall: what holds for the few samples holds for others, too\.": lambda r, k: all(
        loss(run)[k] <= 0.5 * loss(run)[0] for run in r
    ),
    rf"Here the loss on unseen data is lowest, {N}\. Stop here: that is early stopping\.": lambda r, k, t: (
        loss(r[1])[k] == loss(r[1]).min() and is_near(t, loss(r[1])[k]) and loss(r[1])[-1] > loss(r[1])[k]
    ),
    r"Now it learns the noise of its few samples: unseen data have twice that loss\.": lambda r, k: (
        loss(r[1])[k:].min() >= 2 * loss(r[1]).min() and loss(r[0])[k] < loss(r[0])[loss(r[1]).argmin()]
    ),
    rf"On its samples the loss still falls; .* is {N}, and was {N} at step {N}\.": lambda r, k, a, b, j: (
        is_near(a, loss(r[1])[-1]) and is_near(b, loss(r[1])[int(j)]) and loss(r[0])[-1] < loss(r[0])[int(j)]
    ),
    rf"On unseen data the loss ends at {N}, within a tenth of its lowest: no overfitting\.": lambda r, k, t: (
        is_near(t, loss(r[1])[-1]) and loss(r[1])[-1] <= 1.1 * loss(r[1]).min()
    ),
    # initialization
    rf"Glorot begins on a slope: after {N} steps? only {N} % of its loss is left\.": lambda r, k, n, p: (
        int(n) == k and left(p, r[2], k)
    ),
    r"Zero has not moved: each weight's slope is multiplied by the other, and that is 0\.": lambda r, k: (
        not path(r[0]).any()
    ),
    rf"Too large: tanh is flat out there, so the hidden weight is still at {N}\.": lambda r, k, w: (
        is_near(w, path(r[1])[k, 0]) and loss(r[1])[k] > 10 * loss(r[2])[k]
    ),
    rf"The start decides: a loss of {N} from zero, {N} from far out, {N} from Glorot\.": lambda r, k, *v: (
        all(is_near(said, loss(run)[-1]) for said, run in zip(v, r, strict=True))
        and loss(r[2])[-1] < loss(r[1])[-1] < loss(r[0])[-1]
    ),
    # any recording
    rf"Here the (?:loss|value) shrinks fastest: in {N} steps from {N} to {N}\.": lambda r, k, n, a, b: (
        is_near(a, loss(r[0])[k - int(n)])
        and is_near(b, loss(r[0])[k])
        and 2 * loss(r[0])[k] <= loss(r[0])[k - int(n)]
        and shrinks_most(loss(r[0]), k, int(n))
    ),
    rf"After {N} steps the (?:loss|value) is higher than at .*: {N}, not {N}\.": lambda r, k, n, b, a: (
        int(n) == k == r[0].steps and is_near(a, loss(r[0])[0]) and is_near(b, loss(r[0])[-1])
    ),
    # function
    rf"Half of the way down is done after {N} of {N} steps\.": lambda r, k, n, m: int(n) == k < int(m),
    r"From here on the lowest value hardly changes: it ends at less than 0\.0001\.": lambda r, k: (
        0 < min(loss(run)[-1] for run in r) < 1e-4
    ),
    rf"From here on the lowest value hardly changes: it ends at {N}\.": lambda r, k, v: is_near(
        v, min(loss(run)[-1] for run in r)
    ),
}


def holds(runs: Runs, step: int, caption: str) -> bool:
    """Whether a caption of a bundled film is true at its step; KeyError for one that nobody can check."""
    if step == 0:
        return "atch " in caption and "{" not in caption
    for pattern, claim in CLAIMS.items():
        match = re.fullmatch(pattern, caption)
        if match:
            groups = [group for group in match.groups() if group is not None or "over" in pattern]
            return bool(claim(runs, step, *groups))
    raise KeyError(caption)
