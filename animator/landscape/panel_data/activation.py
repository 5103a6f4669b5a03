"""The activation of a single neuron: its curve, and the inputs that its data give it.

In: a Source whose model is one Dense unit. Out: an Activation. The curve is the formula of the activation
that the recording names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from animator.core.arrays import Floats
from animator.core.errors import AnimatorError
from animator.landscape.run_source import Source

REACH = 4.0  # the curve is drawn for sums from -REACH to REACH
POINTS = 161
MOST = 60  # samples that are shown
FORMULAS: Mapping[str, Callable[[Floats], Floats]] = {
    "linear": lambda v: v,
    "tanh": np.tanh,
    "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    "relu": lambda v: np.maximum(v, 0.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """name: of the activation. x, values (n,): its curve. inputs (N, d): some of the data."""

    name: str
    x: Floats
    values: Floats
    inputs: Floats

    def places(self, weights: Floats) -> Floats:
        """(N, 2): the weighted sum of each input, and what the neuron makes of it; weights (d,), or (d + 1,)
        with a bias.
        """
        count = self.inputs.shape[1]
        bias = float(weights[count]) if len(weights) > count else 0.0
        sums = self.inputs @ weights[:count] + bias
        return np.stack([sums, FORMULAS[self.name](sums)], axis=1)


def activation(source: Source) -> Activation:
    """The activation of the only neuron of a run; AnimatorError where there is none, or more than one."""
    name = _named(source.run.meta.get("model_config"))
    found = source.samples
    inputs = None if found is None else np.asarray(found.x)
    count = source.run.weights.shape[1]
    fits = inputs is not None and inputs.ndim == 2 and count in (inputs.shape[1], inputs.shape[1] + 1)
    if inputs is None or not fits or name not in FORMULAS:
        raise AnimatorError(
            "The panel 'activation' draws the activation of a single neuron, one of "
            f"{' '.join(FORMULAS)}, but this model has {count:,} parameters and ends in {name!r}. "
            "Leave the panel away, or use 'network'."
        )
    x = np.linspace(-REACH, REACH, POINTS)
    return Activation(name, x, FORMULAS[name](x), np.asarray(inputs[:MOST], np.float64))


def _named(config: Any) -> str:
    """The activation of the last layer of a Sequential model's configuration; "" where it names none."""
    try:
        return str(config["config"]["layers"][-1]["config"]["activation"])
    except (KeyError, IndexError, TypeError):
        return ""
