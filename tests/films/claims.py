"""What every sentence of the bundled films claims, checked against recordings by other ways than the finders.

A claim is a pattern of a sentence and a function (runs, step, *numbers and names in it) -> bool.
"""

import re

import numpy as np

from animator.design.moments import Runs
from tests.films.claims_of_ground import CLAIMS_OF_GROUND, Claim, N
from tests.films.claims_of_training import CLAIMS_OF_TRAINING
from tests.films.measures import is_near, left, loss, shrinks_most

CLAIMS: dict[str, Claim] = (
    CLAIMS_OF_GROUND
    | CLAIMS_OF_TRAINING
    | {
        # what several films say
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
)


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
