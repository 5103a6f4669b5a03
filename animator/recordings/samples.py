"""Samples: inputs, targets and sample weights as arrays, in whatever structure a model takes them.

Arrays, dicts and lists of arrays, (x, y) or (x, y, sample_weight), `tf.data` pipelines and Keras' PyDataset
go in; a Samples comes out. What can be read only once is refused: a loss must be computed many times.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from animator.core.errors import AnimatorError

PARTS = ("x", "y", "sample_weight")


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """x, y, sample_weight: arrays, or dicts and lists of arrays, samples first; None where absent."""

    x: Any
    y: Any
    sample_weight: Any
    count: int

    def parts(self) -> dict[str, Any]:
        """{"x": ..., "y": ..., "sample_weight": ...}, without those that are absent."""
        found = {name: getattr(self, name) for name in PARTS}
        return {name: part for name, part in found.items() if part is not None}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array under its path, such as "x" or "x/image"."""
        return dict(leaf for name, part in self.parts().items() for leaf in leaves(part, name))

    def structure(self) -> dict[str, Any]:
        """The structure as JSON, from which `assembled` makes the same samples out of `arrays`."""
        return {name: _skeleton(part) for name, part in self.parts().items()}

    def bytes(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self.arrays().values())

    def digest(self) -> str:
        """SHA-256 over paths, shapes, types and bytes."""
        total = hashlib.sha256()
        for path, array in self.arrays().items():
            total.update(f"{path}{array.shape}{array.dtype}".encode())
            total.update(np.ascontiguousarray(array).tobytes())
        return total.hexdigest()

    def map(self, function: Callable[[NDArray[Any]], Any]) -> tuple[Any, Any, Any]:
        """(x, y, sample_weight) with `function` called on every array; None stays None."""
        x, y, w = (mapped(function, getattr(self, name)) for name in PARTS)
        return x, y, w

    def between(self, low: int, high: int) -> "Samples":
        """Samples [low, high)."""
        return Samples(*self.map(lambda array: array[low:high]), min(high, self.count) - low)

    def first(self, count: int) -> "Samples":
        """The first `count` samples."""
        if count >= self.count:
            return self
        return Samples(*self.map(lambda array: array[:count]), count)

    def as_given(self) -> Any:
        """(x, y), or (x, y, sample_weight) where there are sample weights."""
        return (self.x, self.y) if self.sample_weight is None else (self.x, self.y, self.sample_weight)


def samples(data: Any, name: str = "The data") -> Samples:
    """The Samples of `data`: (x, y), (x, y, sample_weight), a tf.data.Dataset or a PyDataset.

    Raises AnimatorError for what can't be replayed, for counts that differ, for NaN and infinite values.
    """
    if isinstance(data, Samples):
        return data
    if not isinstance(data, tuple | list):
        data = _collected(data, name)
    if len(data) not in (2, 3):
        raise AnimatorError(
            f"{name} must be a pair of arrays (x, y), or (x, y, sample_weight), but has {len(data)} parts. "
            "Give data=(x, y)."
        )
    x, y, weight = (mapped(_array, part) for part in (*data, None)[:3])
    return _checked(Samples(x, y, weight, 0), name)


def assembled(arrays: Mapping[str, NDArray[Any]], structure: Mapping[str, Any]) -> Samples:
    """The Samples whose `arrays()` and `structure()` these are."""
    built = {name: _built(arrays, skeleton, name) for name, skeleton in structure.items()}
    count = len(next(iter(arrays.values()))) if arrays else 0
    return Samples(built.get("x"), built.get("y"), built.get("sample_weight"), count)


def mapped(function: Callable[[Any], Any], part: Any) -> Any:
    """`part` with `function` called on each of its arrays; None stays None."""
    if part is None:
        return None
    if isinstance(part, Mapping):
        return {str(key): mapped(function, value) for key, value in part.items()}
    if isinstance(part, list | tuple) and not _is_numbers(part):
        return [mapped(function, value) for value in part]
    return function(part)


def leaves(part: Any, path: str) -> Iterator[tuple[str, NDArray[Any]]]:
    """(path, array) of every array in `part`, dicts in their order."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from leaves(value, f"{path}/{key}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from leaves(value, f"{path}/{index}")
    elif part is not None:
        yield path, part


def _is_numbers(part: Any) -> bool:
    """Whether a list is an array written out, such as [[1, 0], [0, 1]], and no list of inputs."""
    return not any(hasattr(item, "shape") or isinstance(item, Mapping) for item in part)


def _array(values: Any) -> NDArray[Any]:
    array = np.asarray(values)
    return array.reshape(1) if array.ndim == 0 else array


def _skeleton(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {key: _skeleton(value) for key, value in part.items()}
    return [_skeleton(value) for value in part] if isinstance(part, list) else None


def _built(arrays: Mapping[str, NDArray[Any]], skeleton: Any, path: str) -> Any:
    if isinstance(skeleton, Mapping):
        return {key: _built(arrays, value, f"{path}/{key}") for key, value in skeleton.items()}
    if isinstance(skeleton, list):
        return [_built(arrays, value, f"{path}/{index}") for index, value in enumerate(skeleton)]
    return arrays[path]


def _collected(data: Any, name: str) -> tuple[Any, ...]:
    """All batches of a tf.data.Dataset or PyDataset, joined; AnimatorError for anything else."""
    if hasattr(data, "cardinality") and hasattr(data, "as_numpy_iterator"):
        if int(data.cardinality()) == -1:
            raise AnimatorError(
                f"{name} is a tf.data pipeline that never ends (it repeats), so it can't be read whole. "
                "Give it before .repeat(), or .take(batches) of it."
            )
        batches = list(data.as_numpy_iterator())
    elif hasattr(data, "__getitem__") and hasattr(data, "__len__") and not hasattr(data, "dtype"):
        batches = [data[index] for index in range(len(data))]
    else:
        kind = type(data).__name__
        once = f"is a {kind}, which can be read only once"
        once = once if hasattr(data, "__next__") else f"is of type {kind}, which is no pair"
        raise AnimatorError(
            f"{name} {once}, and the loss must be computed from it many times. Give arrays (x, y), or a "
            "tf.data.Dataset or keras.utils.PyDataset, which can be replayed."
        )
    if not batches or not isinstance(batches[0], tuple | list):
        raise AnimatorError(
            f"{name} gives no batches of (x, y): the loss needs inputs and targets. "
            "Give a pipeline of (x, y) or (x, y, sample_weight), batched."
        )
    columns = zip(*batches, strict=True)
    return tuple(_joined([mapped(_array, part) for part in column]) for column in columns)


def _joined(parts: list[Any]) -> Any:
    first = parts[0]
    if first is None:
        return None
    if isinstance(first, Mapping):
        return {key: _joined([part[key] for part in parts]) for key in first}
    if isinstance(first, list):
        return [_joined([part[index] for part in parts]) for index in range(len(first))]
    return np.concatenate(parts)


def _checked(found: Samples, name: str) -> Samples:
    arrays = found.arrays()
    counts = {path: len(array) for path, array in arrays.items()}
    if found.x is None or not counts or not all(counts.values()):
        raise AnimatorError(f"{name} has no samples. Give one sample at least, as data=(x, y).")
    count = next(iter(counts.values()))
    for path, other in counts.items():
        if other != count:
            first = next(iter(counts))
            raise AnimatorError(
                f"{name} has {count:,} samples in {first} but {other:,} in {path}. "
                f"Give one {path} for each {first}."
            )
    for path, array in arrays.items():
        bad = int(np.count_nonzero(~np.isfinite(array))) if array.dtype.kind == "f" else 0
        if bad:
            raise AnimatorError(
                f"{name} has {bad:,} values in {path} that are NaN or infinite, so no loss can be computed. "
                "Remove or replace them first."
            )
    return Samples(found.x, found.y, found.sample_weight, count)
