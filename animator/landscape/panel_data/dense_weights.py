"""The wiring of a network of Dense layers: who feeds whom, and by how much at the steps that a film shows.

In: a recording. Out: a Wiring for each kernel, in the order of the model. Layers too wide to be drawn are
held by their first and last units, so a row of ten million weights leaves a few hundred numbers here.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from animator.core.arrays import Ints, Singles
from animator.core.errors import AnimatorError
from animator.recordings.meta import Variable
from animator.recordings.reader import Recording

WIDEST = 12
FIRST, LAST = 6, 5


@dataclass(frozen=True, slots=True, eq=False)
class Wiring:
    """The kernel of a Dense layer at `steps` (T,): shape (in, out) are its units, of which `inputs` (i,) and
    `outputs` (o,) are drawn. values (T, i, o): their weights; biases (T, o), or None without.
    """

    layer: str
    shape: tuple[int, int]
    steps: Ints
    inputs: Ints
    outputs: Ints
    values: Singles
    biases: Singles | None


def wiring(run: Recording, steps: Ints) -> tuple[Wiring, ...]:
    """The kernels and biases of `run` at `steps` (T,), read row by row.

    Raises AnimatorError for a model that is anything but a chain of Dense layers.
    """
    kernels = _kernels(run)
    picks = [_picks(run, kernel) for kernel in kernels]
    taken: list[list[Singles]] = [[] for _ in range(2 * len(kernels))]
    for step in steps:
        row = np.asarray(run.weights[run.row(int(step))])
        for values, pick in zip(taken, (pick for pair in picks for pick in pair), strict=True):
            values.append(row[pick])
    return tuple(
        Wiring(
            layer_of(kernel),
            _pair(kernel),
            steps,
            drawn(kernel.shape[0]),
            drawn(kernel.shape[1]),
            np.stack(taken[2 * i]),
            np.stack(taken[2 * i + 1]) if picks[i][1].size else None,
        )
        for i, kernel in enumerate(kernels)
    )


def drawn(units: int) -> Ints:
    """The units of a layer that are drawn: all of up to 12, else the first 6 and the last 5."""
    if units <= WIDEST:
        return np.arange(units)
    return np.concatenate([np.arange(FIRST), np.arange(units - LAST, units)])


def layer_of(kernel: Variable) -> str:
    """The name of the layer that a variable belongs to."""
    return kernel.path.split("/")[-2] if "/" in kernel.path else kernel.path


def _pair(kernel: Variable) -> tuple[int, int]:
    return kernel.shape[0], kernel.shape[1]


def _picks(run: Recording, kernel: Variable) -> tuple[Ints, Ints]:
    """Where the drawn weights (i, o) and biases (o,), or none (0,), of a kernel stand in a row."""
    width = kernel.shape[1]
    inputs, outputs = drawn(kernel.shape[0]), drawn(width)
    path = kernel.path.removesuffix("kernel") + "bias"
    bias = [v for v in run.variables if v.path == path and v.shape == (width,)]
    return (
        kernel.start + inputs[:, None] * width + outputs,
        bias[0].start + outputs if bias else np.zeros(0, np.int64),
    )


def _kernels(run: Recording) -> list[Variable]:
    """The kernels (in, out) of `run`; AnimatorError where they are not a chain of Dense layers."""
    held = [v.path for v in run.fixed_variables if len(v.shape) > 1]
    if held:
        raise _refusal(f"'{held[0]}' is frozen, and a recording does not say where in the chain it stands")
    kernels = [v for v in run.variables if len(v.shape) > 1]
    for kernel in kernels:
        if len(kernel.shape) != 2 or kernel.path.split("/")[-1] != "kernel":
            raise _refusal(f"'{kernel.path}' of shape {kernel.shape} belongs to another kind of layer")
    if not kernels:
        raise _refusal("this model has none")
    for one, two in pairwise(kernels):
        if one.shape[1] != two.shape[0]:
            raise _refusal(
                f"'{one.path}' gives {one.shape[1]:,} numbers and '{two.path}' takes {two.shape[0]:,}, "
                "so they are not one chain"
            )
    return kernels


def _refusal(reason: str) -> AnimatorError:
    return AnimatorError(
        f"The panel 'network' draws Dense layers, one after the other, but {reason}. "
        "Use 'histogram' or 'weights' in its place."
    )
