"""A Function as a loss: what surfaces, planes and panels ask of one, with exact second derivatives."""

import numpy as np

from animator.core.arrays import Floats
from animator.core.json_types import JSONObject
from animator.functions.function import Function, read
from animator.recordings.loss import RowLoss


def function_loss(function: Function) -> RowLoss:
    """The loss of rows (N, P) that `function` is."""

    def product(row: Floats, direction: Floats) -> Floats:
        return np.asarray(function.expression.hessian(row[None])[0] @ direction)

    return RowLoss(function, product)


def recorded_loss(said: JSONObject) -> RowLoss:
    """The loss of a recording that says `said` of it: its expression is parsed, never run."""
    return function_loss(read(said))
