"""Logs as columns: what a training step reports, of whatever shape, as named series of numbers.

Dictionaries of numbers, vectors, tensors and dictionaries go in, one for each step; a column of float64
for each number comes out: "mae", "compile_metrics/mae", "f1_score[0]". What is no number is left out by
name. Nothing that a step reports raises here.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from animator.core.arrays import Floats

MOST = 64  # numbers in one array, above which it is left out: a confusion matrix of more than 8 classes


class LogColumns:
    """The columns that a first step's logs begin; later logs fill them, with NaN where they lack a name.

    left_out: names, in order, of what is no number or came too late to have a column.
    """

    def __init__(self, first: object) -> None:
        self.left_out: list[str] = []
        self.names = tuple(self._numbers(first))

    def arrays(self, logs: Sequence[object]) -> dict[str, Floats]:
        """A column (n,) for each name, from the logs of n steps."""
        columns = {name: np.full(len(logs), np.nan) for name in self.names}
        for index, one in enumerate(logs):
            for name, value in self._numbers(one).items():
                if name in columns:
                    columns[name][index] = value
                else:
                    self._leave(name)
        return columns

    def _numbers(self, logs: object) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, value in _leaves(logs, "") if isinstance(logs, Mapping) else ():
            numbers = _of(name, value)
            if not numbers or not numbers.keys().isdisjoint(found):
                self._leave(name)
            else:
                found |= numbers
        return found

    def _leave(self, name: str) -> None:
        if name not in self.left_out:
            self.left_out.append(name)


def _leaves(value: object, name: str) -> Iterator[tuple[str, object]]:
    """(name, value) of all that `value` holds: "outer/inner" in dictionaries, "outer[0]" in lists."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{name}/{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{name}[{index}]")
    else:
        yield name, value


def _of(name: str, value: object) -> dict[str, float]:
    """{name: number} of a scalar, {name[i,j]: number} of an array; nothing of what is no number."""
    if isinstance(value, float | int):
        return {name: float(value)} if name else {}
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "biufV" or not name or not 0 < array.size <= MOST:
            return {}
        numbers = array.astype(np.float64)
    except (TypeError, ValueError, RuntimeError):  # ragged, sparse, symbolic: no array of numbers
        return {}
    if not numbers.ndim:
        return {name: float(numbers)}
    return {f"{name}[{','.join(map(str, at))}]": float(numbers[at]) for at in np.ndindex(*numbers.shape)}
