"""What sentences about valleys, plateaus, saddles and schedules claim; `claims` says what a claim is."""

from collections.abc import Callable

import numpy as np

from tests.films.measures import (
    away,
    gap,
    grid_slope,
    hollows,
    is_near,
    left,
    loss,
    parted,
    path,
    strides,
    under,
    valley,
    went,
)

Claim = Callable[..., bool]
N = r"([\d.,]*\d(?:×10[⁻⁰¹²³⁴-⁹]+)?|-[\d.,]*\d)"  # a number

CLAIMS_OF_GROUND: dict[str, Claim] = {
    # weights
    rf"The starts were {N} apart, now it is {N}: both paths go .* the same hollow\.": lambda r, k, a, b: (
        is_near(a, gap(r)[0]) and is_near(b, gap(r)[k]) and gap(r)[k:].max() <= gap(r)[0] / 2
    ),
    rf"At step {N} the paths have met: less than 0\.1 is between their weights\.": lambda r, k, n: (
        int(n) == k and gap(r)[k:].max() <= 0.1 < gap(r)[k - 1]
    ),
    r"Two starts, one end: the map has one lowest point, .*": lambda r, k: (
        k == r[0].steps and gap(r)[-1] <= 0.1
    ),
    rf"The steps are over, and the weights of the two are still {N} apart\.": lambda r, k, d: (
        k == r[0].steps and abs(float(d) - gap(r)[-1]) < 0.006 and gap(r)[-1] > 0.1
    ),
    # plateau
    rf"On the slope the first .* after {N} steps? only {N} % of the loss is left\.": lambda r, k, n, p: (
        int(n) == k and left(p, r[0], k) and went(r[0]) > 2 * went(r[0], k)
    ),
    rf"At the edge it is flat, .* are short at first: {N} steps for what .* in {N}\.": lambda r, k, n, m: (
        int(n) == k
        and under(r[1], k, 0.2)
        and under(r[0], int(m), 0.2)
        and strides(r[1])[0] < strides(r[1]).max() / 2
    ),
    r"The plateau holds its dot: the neuron's output hardly changes there, .*": lambda r, k: (
        k == r[2].steps and loss(r[2])[-1] > 0.9 * loss(r[2])[0] and np.cosh(path(r[2])[-1]).min() > 5
    ),
    # minima
    rf"\({N}, {N}\) and \({N}, {N}\) began side by side\. .* has parted their ways\.": lambda r, k, *c: (
        parted(r, k, np.array(c, float).reshape(2, 2))
    ),
    rf"All dots are at rest, in {N} hollows: where a dot began decided where it ends\.": lambda r, k, n: (
        hollows(r) == int(n) > 1 and all(away(run, *path(run)[-1])[k:].max() <= 0.03 for run in r)
    ),
    rf"{N} of {N} found the lowest loss, {N}\. The others stay, .* {N}: .*": lambda r, k, n, m, low, high: (
        sum(loss(run)[-1] <= 1.001 * min(loss(x)[-1] for x in r) for run in r) == int(n) < int(m) == len(r)
        and is_near(low, min(loss(x)[-1] for x in r))
        and is_near(high, max(loss(x)[-1] for x in r))
    ),
    # four valleys
    rf"After {N} steps? {N} of {N} dots are in a valley: .*": lambda r, k, n, m, _: (
        int(n) == k and sum(valley(run, k) is not None for run in r) == int(m)
    ),
    rf"Between two valleys it is nearly flat: there .* were {N} times shorter\.": lambda r, k, t: (
        all(valley(run, k) is not None for run in r)
        and [
            is_near(t, strides(x)[:k].max() / strides(x)[:k].min(), 1) for x in r if valley(x, k - 1) is None
        ]
        == [True]
    ),
    rf"The valleys got {N}, {N}, {N} and {N} of {N} dots: .*": lambda r, k, *n: (
        [sum(valley(run, k) == i for run in r) for i in range(4)] == [int(x) for x in n[:4]]
        and sum(map(int, n[:4])) <= int(n[4]) == len(r)
    ),
    # valley, beale
    rf"After {N} steps? plain descent is on the floor: steep walls make long steps\.": lambda r, k, n: (
        int(n) == k
        and np.abs(path(r[0])[k:, 1] - path(r[0])[k:, 0] ** 2).max() <= 0.1
        and strides(r[0]).argmax() < k
    ),
    rf"Newton's method also knows how .* bends, and jumps: {N} steps? to the cross\.": lambda r, k, n: (
        int(n) == k and away(r[2], 1, 1)[k:].max() <= 0.01
    ),
    rf"Along the floor momentum adds step to step: it is 0\.25 .*, plain descent {N}\.": lambda r, k, d: (
        away(r[1], 1, 1)[k:].max() <= 0.25 < away(r[1], 1, 1)[k - 1]
        and abs(away(r[0], 1, 1)[k] - float(d)) <= 0.06
        and went(r[1]) > went(r[0])
    ),
    rf"The floor is nearly level: there plain descent's steps are {N} times .*": lambda r, k, t: (
        is_near(t, strides(r[0])[0] / strides(r[0])[-1]) and away(r[0], 1, 1)[-1] > 0.5
    ),
    rf"Momentum is too fast for the bend, .*: f rises from {N} to {N}\.": lambda r, k, low, high: (
        is_near(low, loss(r[1])[: k + 1].min())
        and is_near(high, loss(r[1])[k])
        and max(loss(r[1])[k - 1], loss(r[1])[k + 1]) < loss(r[1])[k]
    ),
    rf"Adam evens out steep and flat: {N} steps down the wall, .* took {N}\.": lambda r, k, n, m: (
        int(n) == k and under(r[2], k, 0.2) and under(r[0], int(m), 0.2)
    ),
    r"On the flat way all steps point ahead, and momentum adds them up: now it leads\.": lambda r, k: all(
        (loss(r[1])[k:] < loss(x)[k:]).all() for x in (r[0], *r[2:])
    ),
    rf"Plain descent creeps: on flat .* its steps are {N} times shorter than its first\.": lambda r, k, t: (
        is_near(t, strides(r[0])[0] / strides(r[0])[-1])
    ),
    # escape, saddle
    r"A saddle is flat in the middle, so the slope hardly moves the dot without noise\.": lambda r, k: (
        away(r[0], 0, 0)[k : k + 4].max() <= 0.1 and strides(r[0])[k] < 0.1 * strides(r[0])[0]
    ),
    r"Small random pushes have moved the noisy dot sideways, to where it is steep\.": lambda r, k: (
        np.abs(path(r[1])[k:, 1]).min() > 0.5 and abs(path(r[0])[k, 1]) <= 0.1
    ),
    rf"After {N} steps? the noisy dot is at .* bottom; without noise nothing has changed\.": lambda r, k, n: (
        int(n) == k and loss(r[1])[k] < 0.02 and abs(path(r[0])[k, 1]) <= 0.1
    ),
    rf"Only at step {N} is the other dot off the ridge; with noise it was step {N}\.": lambda r, k, n, m: (
        int(n) == k
        and np.abs(path(r[0])[k:, 1]).min() > 0.5 >= abs(path(r[0])[k - 1, 1])
        and np.abs(path(r[1])[int(m) :, 1]).min() > 0.5
    ),
    rf"After {N} steps the dot without noise still waits on the ridge\.": lambda r, k, n: (
        int(n) == k == r[0].steps and abs(path(r[0])[-1, 1]) <= 0.1 and abs(path(r[1])[-1, 1]) > 0.5
    ),
    rf"The dot stalls: the slope is {N} times gentler than at the start, .*": lambda r, k, n: (
        is_near(n, grid_slope(r[0], 0) / grid_slope(r[0], k))
        and abs(loss(r[0])[k] - 1) < 0.1
        and strides(r[0])[k] < 0.06 * strides(r[0])[0]
    ),
    rf"After {N} slow steps the dot slides off sideways: this was a saddle, .*": lambda r, k, n: (
        away(r[0], 0, 0)[k:].min() > 0.5
        and sum(grid_slope(r[0], j) <= 0.0501 * grid_slope(r[0], 0) for j in range(k)) >= int(n)
    ),
    r"On the steep side the dot falls fast: f is below 0\.01\. The pause was not the end\.": lambda r, k: (
        loss(r[0])[k:].max() <= 0.01 < loss(r[0])[k - 1]
    ),
    rf"The dot passed the saddle without a stop: after {N} steps f is below 0\.01\.": lambda r, k, n: (
        int(n) == k and loss(r[0])[k:].max() <= 0.01
    ),
    rf"After {N} steps the dot is still at the saddle: .*": lambda r, k, n: (
        k == r[0].steps and abs(loss(r[0])[k] - 1) < 0.1 and grid_slope(r[0], k) < 0.4
    ),
    # schedule
    r"A long first step lands beyond the middle; 'warm-up' begins with short ones, .*": lambda r, k: (
        path(r[0])[0] @ path(r[0])[1] < 0 < path(r[3])[0] @ path(r[3])[1]
    ),
    rf"'constant' never rests: noise bends its long steps, and threw it {N} off .*": lambda r, k, far: (
        abs(away(r[0], 0, 0)[k] - float(far)) < 0.006 and (r[0].learning_rate == r[0].learning_rate[0]).all()
    ),
    rf"'restarts' takes long steps again: noise .* thrown its dot from {N} to {N} off\.": lambda r, k, a, b: (
        abs(away(r[2], 0, 0)[r[2].steps // 3] - float(a)) < 0.006
        and abs(away(r[2], 0, 0)[k] - float(b)) < 0.006
        and r[2].learning_rate[r[2].steps // 3 - 1] < 0.01 * r[2].learning_rate[0]
        and r[2].learning_rate[k - 1] >= 0.25 * r[2].learning_rate[0]
    ),
    rf"'decay' rests, {N} off: short steps carry .* 'constant' is {N} off\.": lambda r, k, near, far: (
        abs(away(r[1], 0, 0)[k] - float(near)) < 0.006
        and abs(away(r[0], 0, 0)[k] - float(far)) < 0.006
        and strides(r[1])[-5:].max() < 0.1 * strides(r[0])[-5:].max()
    ),
    # curvature
    rf"The loss has halved after {N} steps, and so far every step went down\.": lambda r, k, n: (
        loss(r[0])[k] <= 0.5 * loss(r[0])[0] and (np.diff(loss(r[0])[: k + 1]) < 0).all()
    ),
    rf"Sharper than {N}: a step lands higher on the valley's other side, .*": lambda r, k, s: (
        loss(r[0])[k] > loss(r[0])[k - 1]
        and (np.diff(loss(r[0])[:k]) <= 0).all()
        and is_near(s, 2 / r[0].learning_rate[0])
    ),
    rf"The swings across the valley grow: {N} steps have raised the loss, to {N}\.": lambda r, k, n, top: (
        (np.diff(loss(r[0])[: k + 1]) > 0).sum() == int(n) and is_near(top, loss(r[0])[k])
    ),
    rf"The swings led to a wider valley, which .* fit: the loss falls again, to {N}\.": lambda r, k, end: (
        k == r[0].steps and is_near(end, loss(r[0])[k]) and loss(r[0])[k] < loss(r[0])[k // 2 :].mean()
    ),
}
