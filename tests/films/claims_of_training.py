"""What sentences about networks that are trained claim; `claims` says what a claim is."""

import numpy as np

from tests.films.claims_of_ground import Claim, N
from tests.films.measures import (
    away,
    first_of,
    is_near,
    left,
    loss,
    named,
    path,
    shrunk,
    sixth,
    tanh_loss,
    under,
    went,
)

OPTIMIZERS = ("descent", "momentum", "Adam", "Nesterov", "RMSprop")
KINDS = ("tanh", "sigmoid", "relu")


def _race(runs, step, name, *_):
    rates = [f"{float(run.learning_rate[0]):g}" for run in runs]
    index = rates.index(name) if name in rates else named(KINDS, name)
    return first_of(runs, step, index, 0.01)


CLAIMS_OF_TRAINING: dict[str, Claim] = {
    # neuron, orbit
    rf"The start is steep: after {N} steps? the loss is {N}; it was {N}\.": lambda r, k, n, now, was: (
        int(n) == k
        and is_near(now, loss(r[0])[k], 3)
        and is_near(was, loss(r[0])[0], 3)
        and loss(r[0])[k] <= 0.1 * loss(r[0])[0] < loss(r[0])[k - 1]
    ),
    rf"Steep at first: loss {N} became {N}\. The map moved: a third number, the bias, is {N}\.": (
        lambda r, k, was, now, b: (
            is_near(now, loss(r[0])[k], 3)
            and is_near(was, loss(r[0])[0], 3)
            and loss(r[0])[k] <= 0.1 * loss(r[0])[0] < loss(r[0])[k - 1]
            and abs(float(b) - path(r[0])[k, 2]) < 0.001
            and abs(path(r[0])[k, 2] - path(r[0])[0, 2]) > 0.2
        )
    ),
    rf"Steps shrink with the slope: it takes {N} more to go as far as the first did\.": lambda r, k, n: (
        k == int(n) + 1
        and np.linalg.norm(np.diff(path(r[0])[1 : k + 1], axis=0), axis=1).sum()
        >= np.linalg.norm(path(r[0])[1] - path(r[0])[0]) * 0.999
    ),
    rf"Nearly there, {N} from the target: .* have shrunk\.": lambda r, k, d: (
        is_near(d, away(r[0], 1, 1)[k]) and float(d) <= 0.25 and shrunk(r[0], k)
    ),
    rf"The steps are over, {N} from the target: .* have shrunk\.": lambda r, k, d: (
        is_near(d, away(r[0], 1, 1)[k]) and float(d) >= 0.25 and shrunk(r[0], k)
    ),
    r"The steps are too long: the loss is twice what it was, and stays above that\.": lambda r, k: (
        not (loss(r[0])[k:] <= 2 * loss(r[0])[0]).any()
    ),
    # bias
    rf"The left map, for bias {N}, shows {N}\. But the bias is {N}, .* {N}\.": lambda r, k, c, at, b, y: (
        abs(float(b) - path(r[0])[k, 2]) < 0.01
        and abs(float(c) - path(r[0])[-1, 2]) < 0.01
        and is_near(at, tanh_loss(r[0], [*path(r[0])[k, :2], path(r[0])[-1, 2]]))
        and is_near(y, tanh_loss(r[0], path(r[0])[k]))
        and is_near(y, loss(r[0])[k])
    ),
    rf"Now the bias is {N}, near its last value: both maps are nearly the same\.": lambda r, k, b: (
        abs(float(b) - path(r[0])[k, 2]) < 0.01
        and np.abs(path(r[0])[k:, 2] - path(r[0])[-1, 2]).max()
        <= 0.1 * np.abs(path(r[0])[:, 2] - path(r[0])[-1, 2]).max()
    ),
    r"At the last step the maps are the same; only the right one was true all along\.": lambda r, k: (
        k == r[0].steps
    ),
    # learning rates, optimizers, activations
    rf"{N} fits this valley: after {N} steps? less than 1 % of its loss is left\.": _race,
    rf"The (\w+) neuron is first: after {N} steps? less than 1 % of its loss is left\.": _race,
    rf"{N} is too large: each jump ends higher, and the loss is {N}, not {N}\.": lambda r, k, rate, a, b: (
        (np.diff(loss(r[3])) > 0).all()
        and (np.diff(np.sign(path(r[3]).sum(axis=1) - 3)) != 0).all()
        and loss(r[3])[k] > 2 * loss(r[3])[0] >= loss(r[3])[k - 1]
        and is_near(a, loss(r[3])[k])
        and is_near(b, loss(r[3])[0])
        and is_near(rate, r[3].learning_rate[0])
    ),
    rf"{N} is nearly too large: it jumps across the valley, each time less far\.": lambda r, k, rate: (
        (np.diff(np.abs(path(r[2])[k - 6 : k + 1].sum(axis=1) - 3)) < 0).all()
        and (np.diff(np.sign(path(r[2])[k - 6 : k + 1].sum(axis=1) - 3)) != 0).all()
    ),
    rf"{N} goes straight, in tiny steps: {N} steps for what {N} did in {N}\.": lambda r, k, _s, n, _r, m: (
        int(n) == k and under(r[0], k, 0.01) and under(r[1], int(m), 0.01) and k >= 10 * int(m)
    ),
    r"Momentum keeps most of its last step: it shoots up the other wall\.": lambda r, k: (
        loss(r[1])[k] > loss(r[1])[k - 1] and (path(r[1])[k, 1] - 1) * (path(r[1])[0, 1] - 1) < 0
    ),
    r"Adam goes as far in w1 as in w2, however steep each is: it cuts the corner\.": lambda r, k: (
        np.ptp(gone := np.abs(path(r[2])[k] - path(r[2])[0])) <= 0.1 * gone.max()
        and np.ptp(gone := np.abs(path(r[0])[k] - path(r[0])[0])) > 0.5 * gone.max()
    ),
    rf"Descent's steps follow the slope: on the floor, {N} times gentler, it creeps\.": lambda r, k, _: (
        np.abs(path(r[0])[k:, 1] - 1).max() <= 0.05 and abs(path(r[0])[k, 0] - 1) > 1
    ),
    rf"Less than 1 % of the loss left: (\w+) after {N} steps, (\w+) only after {N} .*": lambda r, k, *w: (
        int(w[3]) == k
        and first_of(r, int(w[1]), named(OPTIMIZERS, w[0]), 0.01)
        and under(r[named(OPTIMIZERS, w[2])], k, 0.01)
        and all((loss(run)[k:] <= 0.01 * loss(run)[0]).all() for run in r)
    ),
    rf"The sigmoid curve rises by at most 1/4, so its map is flat: {N} % .* left\.": lambda r, k, p: (
        left(p, r[1], k) and loss(r[1])[k] < loss(r[1])[0]
    ),
    rf"The (\w+) neuron is last: {N} steps for what the first one did in {N}\.": lambda r, k, name, n, m: (
        int(n) == k and under(r[named(KINDS, name)], k, 0.01) and any(under(x, int(m), 0.01) for x in r)
    ),
    r"The steps are over before the loss of (.*) came down to 1 %\.": lambda r, k, names: (
        k == r[0].steps
        and all(loss(r[KINDS.index(n)])[-1] > 0.01 * loss(r[KINDS.index(n)])[0] for n in names.split(" and "))
    ),
    # ravine
    rf"Momentum keeps its last step and swings high: its loss is {N}, descent's {N}\.": lambda r, k, a, b: (
        is_near(a, loss(r[1])[k]) and is_near(b, loss(r[0])[k]) and loss(r[1])[k] == loss(r[1]).max()
    ),
    rf"Swings cancel out, along the floor steps add up: momentum is {N} times as far\.": lambda r, k, n: (
        (loss(r[1])[k:] < loss(r[0])[k:]).all()
        and loss(r[1])[k - 1] >= loss(r[0])[k - 1]
        and is_near(n, np.divide(*(np.ptp(path(x)[[0, k], 0]) for x in (r[1], r[0]))))
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
    rf"The momentum, {N} of the last update, beats the gradient: the ball goes uphill\.": lambda r, k, m: (
        loss(r[0])[k + 1] > loss(r[0])[k]
        and np.linalg.norm(last := np.diff(path(r[0])[k - 1 : k + 1], axis=0)[0]) * float(m)
        > np.linalg.norm(path(r[0])[k + 1] - path(r[0])[k] - float(m) * last)
    ),
    r"The sixth time across: each swing is smaller, as the gradient brakes the ball uphill\.": lambda r, k: (
        sixth(r[0], k)
    ),
    rf"After {N} steps? less than 1 % of the loss is left, and it stays below that\.": lambda r, k, n: (
        int(n) == k and under(r[0], k, 0.01)
    ),
    # noise
    rf"One sample can mislead: .* raised the loss from {N} to {N}\.": lambda r, k, a, b: (
        is_near(a, loss(r[0])[k - 1]) and is_near(b, loss(r[0])[k]) and float(b) > float(a)
    ),
    rf"With all data every step went downhill: {N} steps? halve the loss\.": lambda r, k, n: (
        int(n) == k and (np.diff(loss(r[2])[: k + 1]) < 0).all() and loss(r[2])[k] <= 0.5 * loss(r[2])[0]
    ),
    rf"Each sample pulls its own way, .* never rests: its loss is {N}, not {N}\.": lambda r, k, one, every: (
        is_near(one, loss(r[0])[k])
        and is_near(every, loss(r[2])[k])
        and went(r[0], 3 * r[0].steps // 4) > 5 * went(r[2], 3 * r[0].steps // 4)
    ),
    rf"The batch of 1 went {N} times as far as all data, but saw 1 sample .* {N}\.": lambda r, k, n, m: (
        is_near(n, went(r[0]) / went(r[2]))
        and all(loss(x)[-1] < loss(x)[0] for x in (r[0], r[2]))
        and [run.notes.in_order for run in (r[0], r[2])] == [1, int(m)]
    ),
    # loss functions
    rf"Cross-entropy counts sure mistakes without limit: .*, {N} steps? halve it\.": lambda r, k, n: (
        int(n) == k and under(r[1], k, 0.5)
    ),
    rf"Squared error counts a mistake as 1 at most: .* {N} % is still left\.": lambda r, k, p: (
        left(p, r[0], k) and loss(r[1])[k] <= 0.1 * loss(r[1])[0] and loss(r[0])[k] >= 0.9 * loss(r[0])[0]
    ),
    rf"Only now half of the squared error is gone: {N} steps; cross-entropy .* {N}\.": lambda r, k, n, m: (
        int(n) == k and under(r[0], k, 0.5) and under(r[1], int(m), 0.5)
    ),
    rf"The steps are over: on its flat map squared error has {N} % left\.": lambda r, k, p: (
        k == r[0].steps and left(p, r[0], k) and loss(r[0])[k] > 0.5 * loss(r[0])[0]
    ),
    # overfitting
    r"At first both losses fall: what holds for the few samples holds for others, too\.": lambda r, k: all(
        loss(run)[k] <= 0.5 * loss(run)[0] for run in r
    ),
    rf"Here the loss on unseen data is lowest, {N}: time to stop \(early stopping\)\.": lambda r, k, t: (
        loss(r[1])[k] == loss(r[1]).min() and is_near(t, loss(r[1])[k]) and loss(r[1])[-1] > loss(r[1])[k]
    ),
    rf"Now chance errors are learned: loss {N} on the samples, {N} on unseen data\.": lambda r, k, a, b: (
        loss(r[1])[k:].min() >= 2 * loss(r[1]).min()
        and loss(r[0])[k] < loss(r[0])[loss(r[1]).argmin()]
        and is_near(a, loss(r[0])[k])
        and is_near(b, loss(r[1])[k])
    ),
    rf"Loss at the end: {N} on the samples, {N} on .* \(step {N}: {N}\)\.": lambda r, k, a, b, j, c: (
        is_near(a, loss(r[0])[-1])
        and is_near(b, loss(r[1])[-1])
        and is_near(c, loss(r[1])[int(j)])
        and k == r[0].steps
    ),
    rf"On unseen data the loss ends at {N}, within a tenth of its lowest: no overfitting\.": lambda r, k, t: (
        is_near(t, loss(r[1])[-1]) and loss(r[1])[-1] <= 1.1 * loss(r[1]).min()
    ),
    # initialization
    r"Zero never moves: each weight's slope is multiplied by the other weight, and is 0\.": lambda r, k: (
        not path(r[0]).any()
    ),
    r"From here on the scaled start leads: its weights are neither too small nor too large\.": lambda r, k: (
        all((loss(r[2])[k:] < loss(run)[k:]).all() for run in r[:2])
        and loss(r[2])[k - 1] >= min(loss(run)[k - 1] for run in r[:2])
    ),
    rf"Too large: the neuron's curve \(tanh\) is flat there, .* still {N}\.": lambda r, k, w: (
        is_near(w, path(r[1])[k, 0]) and loss(r[1])[k] > 10 * loss(r[2])[k]
    ),
    rf"The start decides\. .* {N} \(zero\), {N} \(too large\), {N} \(scaled\)\.": lambda r, k, *v: (
        all(is_near(said, loss(run)[-1]) for said, run in zip(v, r, strict=True))
        and loss(r[2])[-1] < loss(r[1])[-1] < loss(r[0])[-1]
    ),
    # spirals, digits
    rf"From step {N} to {N} the loss stayed near {N}: no plain line .*": lambda r, k, a, b, low: (
        int(b) == k
        and np.ptp(loss(r[0])[int(a) : k + 1]) <= 0.1001 * loss(r[0])[int(a)]
        and is_near(low, loss(r[0])[k])
        and loss(r[0])[-1] < loss(r[0])[k]
    ),
    rf"After {N} steps half of the loss is gone: the boundary begins to follow the arms\.": lambda r, k, n: (
        int(n) == k and under(r[0], k, 0.5)
    ),
    rf"After {N} steps {N} % of the loss is left: the boundary winds .*": lambda r, k, n, p: (
        int(n) == k == r[0].steps and left(p, r[0], k) and float(p) <= 25
    ),
    rf"For {N} steps the network did little better than guess: now it has found a way\.": lambda r, k, n: (
        int(n) == k and np.abs(loss(r[0])[: k - 1] - 2.303).max() < 0.24 and loss(r[0])[k:].max() < 2.19
    ),
    rf"After {N} steps the loss is {N}, half of what guessing gives\.": lambda r, k, n, now: (
        is_near(now, loss(r[0])[k]) and loss(r[0])[k:].max() <= 2.303 / 2 < loss(r[0])[k - 1]
    ),
    rf"Training ends(?: while the loss falls:|: the loss is) {N}, and {N} on .*": lambda r, k, u, t: (
        k == r[0].steps and is_near(t, r[0].test_loss[-1]) and is_near(u, loss(r[0])[-1])
    ),
}
