"""Rows: the first rows of a dataset of a recording, read from the file when they are asked for."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import SupportsIndex, TypeAlias

import h5py
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import DTypeLike

from animator.core.arrays import Array
from animator.core.errors import AnimatorError
from animator.recordings import probe

Index: TypeAlias = SupportsIndex | slice | list[int] | Array
Key: TypeAlias = Index | tuple[Index, ...]

FEW = 4 * 2**20  # bytes of rows up to which all are read at once


class Rows(NDArrayOperatorsMixin):
    """The first `count` rows of a dataset, read from the file when they are asked for; few are read at once.

    Slices give NumPy arrays, float32 however they are stored; NumPy functions and operators read all rows.
    """

    def __init__(self, dataset: h5py.Dataset, count: int, path: Path) -> None:
        self._dataset = dataset
        self._path = path
        self.shape: tuple[int, ...] = (count, *dataset.shape[1:])
        self.dtype = np.dtype(np.float32)
        self.ndim = len(self.shape)
        self._few = 4 * math.prod(self.shape) <= FEW
        self._held: Array | None = None

    def _read(self, key: Key) -> Array:
        if not self._few:
            return self._from_file(key)
        if self._held is None:
            self._held = self._from_file(slice(0, len(self)))
        return np.array(self._held[key])

    def _from_file(self, key: Key) -> Array:
        try:
            return np.asarray(self._dataset[key], self.dtype)
        except OSError as error:
            raise AnimatorError(probe.damaged(self._path)) from error

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Array]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Key) -> Array:
        first, *rest = key if isinstance(key, tuple) else (key,)
        if isinstance(first, int | np.integer):
            if not -len(self) <= first < len(self):
                raise IndexError(f"row {first} is outside of a recording of {len(self)} rows")
            first = int(first) % len(self)
        elif isinstance(first, slice):
            start, stop, step = first.indices(len(self))
            if step < 1:
                return np.asarray(self[:, *rest] if rest else self[:])[first]
            first = slice(start, stop, step)
        else:
            return np.asarray(self._fancy(np.asarray(first), rest))
        return self._read((first, *rest))

    def _fancy(self, index: Array, rest: list[Index]) -> Array:
        """Rows by a list of indices in any order, or by a mask; then `rest` of each."""
        index = np.flatnonzero(index) if index.dtype == bool else index % len(self)
        unique, inverse = np.unique(index, return_inverse=True)
        if not len(unique):
            return self[(slice(0, 0), *rest)]
        low, high = int(unique[0]), int(unique[-1]) + 1
        rows: Index = slice(low, high) if high - low == len(unique) else unique.tolist()
        return self._read((rows, *rest))[inverse]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return np.asarray(self[:], dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: object, **options: object) -> object:
        plain = [np.asarray(value) if isinstance(value, Rows) else value for value in inputs]
        return getattr(ufunc, method)(*plain, **options)
