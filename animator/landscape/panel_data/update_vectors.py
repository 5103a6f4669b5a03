"""What moves the weights at every step: the gradient, the momentum, and the update made of both.

In: a trajectory (K+1, 2) and the optimizer that a recording names. Out: three arrows for each update. For
stochastic gradient descent all follow from the weights alone. With rate r, momentum b, velocity v, gradient g
(Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning", as Keras has it):
v_k = b v_{k-1} - r g_k; the update is v_k, or b v_k - r g_k with Nesterov's.
"""

from dataclasses import dataclass

import numpy as np

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.core.json_types import JSONObject
from animator.recordings.meta import is_number


@dataclass(frozen=True, slots=True, eq=False)
class Forces:
    """gradient, momentum, update (K, 2): update k leads from step k to k + 1 and is the sum of the others.

    heavy: whether there is momentum.
    """

    gradient: Floats
    momentum: Floats
    update: Floats
    heavy: bool


def forces(trajectory: Floats, optimizer: JSONObject, every_step: bool) -> Forces:
    """The arrows of a run whose optimizer is {"class_name", "config"}.

    Raises AnimatorError for an optimizer whose update does not tell its parts, and for skipped steps.
    """
    kind = str(optimizer.get("class_name"))
    config = optimizer.get("config")
    if kind != "SGD" or not every_step:
        reason = "this recording skipped steps"
        if kind != "SGD":
            reason = f"the updates of {kind} do not tell them apart"
        raise AnimatorError(
            f"The panel 'arrows' draws gradient and momentum, but {reason}. "
            f"{'Record every step' if kind == 'SGD' else 'Train with SGD'}, or leave the panel away."
        )
    settings = config if isinstance(config, dict) else {}
    momentum = settings.get("momentum")
    beta = float(momentum) if is_number(momentum) else 0.0
    nesterov = bool(settings.get("nesterov"))
    update = np.diff(trajectory, axis=0)
    gradient = np.empty_like(update)
    velocity = np.zeros(2)
    for k, moved in enumerate(update):
        now = (moved + beta * velocity) / (1 + beta) if nesterov else moved
        gradient[k] = now - beta * velocity
        velocity = now
    return Forces(gradient, update - gradient, update, beta > 0)
