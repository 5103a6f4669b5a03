"""Basins: which minimum of a surface each of its points runs down to.

In: a LossSurface's grid z (ny, nx). Out: the number of a minimum for every point. Points join from the lowest
up; two basins that meet are one when the shallower is less deep than a share of the surface's range
(0-dimensional persistence: Edelsbrunner, Letscher, Zomorodian 2002).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from animator.core.arrays import Floats, Ints

SHALLOW = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Basins:
    """label (ny, nx): the number of each point's minimum, 0 the lowest; lowest (M, 2): row and column of each
    minimum; -1 where the surface is not finite.
    """

    label: Ints
    lowest: Ints

    def at(self, place: Floats, alpha: Floats, beta: Floats) -> int:
        """The number of the basin that `place` (2,) lies in, on a grid of alpha, beta; -1 outside of it."""
        if not np.isfinite(place).all():
            return -1
        column, row = (
            round((value - axis[0]) / (axis[1] - axis[0]))
            for value, axis in zip(place, (alpha, beta), strict=True)
        )
        rows, columns = self.label.shape
        return int(self.label[row, column]) if 0 <= row < rows and 0 <= column < columns else -1

    def within(self, rows: slice, columns: slice) -> "Basins":
        """The map of these rows and columns of the grid; minima outside of them keep their numbers."""
        return replace(self, label=self.label[rows, columns])

    def order(self, ends: Iterable[int]) -> dict[int, int]:
        """Every basin's place in the order of colours: those that runs end in (`ends`) come first."""
        first = list(dict.fromkeys(sorted(end for end in ends if end >= 0)))
        others = [kind for kind in range(len(self.lowest)) if kind not in first]
        return {kind: i for i, kind in enumerate([*first, *others])}


def basins(z: Floats, shallow: float = SHALLOW) -> Basins:
    """The basins of z (ny, nx); those shallower than `shallow` of the range belong to their neighbour."""
    values = np.asarray(z, float)
    rows, columns = values.shape
    flat = values.ravel()
    finite = np.isfinite(flat)
    least = shallow * float(np.ptp(flat[finite])) if finite.any() else 0.0
    root = np.full(flat.size, -1, np.int64)

    def find(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = int(root[k])
        return k

    flows = np.full(flat.size, -1, np.int64)
    for k in np.argsort(np.where(finite, flat, np.inf), kind="stable"):
        if not finite[k]:
            break
        row, column = divmod(int(k), columns)
        near = [
            r * columns + c
            for r in range(max(0, row - 1), min(rows, row + 2))
            for c in range(max(0, column - 1), min(columns, column + 2))
        ]
        lower = [n for n in near if root[n] >= 0]
        root[k] = k
        if not lower:
            continue
        flows[k] = min(lower, key=lambda n: flat[n])
        meeting = sorted({find(n) for n in lower}, key=lambda n: flat[n])
        root[k] = find(int(flows[k]))
        for other in meeting[1:]:
            if flat[k] - flat[other] < least:
                root[other] = meeting[0]
    label = np.array([find(k) if root[k] >= 0 else -1 for k in range(flat.size)])
    kinds = sorted(set(label.tolist()) - {-1}, key=lambda n: flat[n])
    number = {kind: i for i, kind in enumerate(kinds)} | {-1: -1}
    named = np.array([number[k] for k in label.tolist()], np.int64).reshape(values.shape)
    return Basins(named, np.array([divmod(k, columns) for k in kinds], np.int64).reshape(-1, 2))
