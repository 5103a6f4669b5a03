"""Samples: inputs, targets and sample weights as arrays, in whatever structure a model takes them.

Arrays, dicts and lists of arrays, (x, y) or (x, y, sample_weight), `tf.data` pipelines and Keras' PyDataset
go in; a Samples comes out. What can be read only once is refused: a loss must be computed many times.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, SupportsInt, TypeAlias, TypeVar, runtime_checkable

import numpy as np

from animator.core.arrays import Array
from animator.core.errors import AnimatorError
from animator.core.json_types import JSON, JSONObject

T = TypeVar("T")
Tree: TypeAlias = "T | dict[str, Tree[T]] | list[Tree[T]] | None"  # in whatever structure a model takes them
Part: TypeAlias = "Tree[Array]"
Given: TypeAlias = tuple["Part", "Part"] | tuple["Part", "Part", "Part"]

PARTS = ("x", "y", "sample_weight")
READ_MOST = 2**30  # bytes of a pipeline of unknown length, at which it is taken for one that never ends


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Inputs, targets and sample weights.

    Parameters
    ----------
    x, y, sample_weight
        Arrays, or dicts and lists of arrays, samples first; None where absent.
    count
        How many samples there are.

    Examples
    --------
    >>> samples = animator.load("fit.h5").samples()
    >>> samples.count, samples.x.shape
    (64, (64, 2))
    """

    x: Part
    y: Part
    sample_weight: Part
    count: int

    def parts(self) -> "dict[str, Tree[Array]]":
        """{"x": ..., "y": ..., "sample_weight": ...}, without those that are absent."""
        found = {name: getattr(self, name) for name in PARTS}
        return {name: part for name, part in found.items() if part is not None}

    def arrays(self) -> dict[str, Array]:
        """Every array under its path, such as "x" or "x/image"."""
        return dict(leaf for name, part in self.parts().items() for leaf in leaves(part, name))

    def structure(self) -> dict[str, JSON]:
        """The structure as JSON, from which `assembled` makes the same samples out of `arrays`."""
        return {name: _skeleton(part) for name, part in self.parts().items()}

    def bytes(self) -> int:
        """Bytes of all arrays; of strings, what they take in a file."""
        return sum(map(_bytes, self.arrays().values()))

    def digest(self) -> str:
        """SHA-256 over paths, shapes, types and bytes."""
        total = hashlib.sha256()
        for path, array in self.arrays().items():
            total.update(f"{path}{array.shape}{array.dtype}".encode())
            total.update(_contents(array))
        return total.hexdigest()

    def map(self, function: Callable[[Array], T]) -> "tuple[Tree[T], Tree[T], Tree[T]]":
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

    def as_given(self) -> Given:
        """(x, y), or (x, y, sample_weight) where there are sample weights."""
        return (self.x, self.y) if self.sample_weight is None else (self.x, self.y, self.sample_weight)


@runtime_checkable
class Pipeline(Protocol):
    """What is asked of a tf.data.Dataset."""

    def cardinality(self) -> SupportsInt:
        """How many batches it has; -1 for one without end, -2 for one that does not know."""

    def as_numpy_iterator(self) -> Iterator[object]:
        """Its batches, as arrays."""


@runtime_checkable
class Batches(Protocol):
    """What is asked of a PyDataset."""

    def __len__(self) -> int:
        """How many batches it has."""

    def __getitem__(self, index: int, /) -> object:
        """Batch `index`."""


def samples(data: object, name: str = "The data") -> Samples:
    """The Samples of `data`: x, (x, y), (x, y, sample_weight), a tf.data.Dataset or a PyDataset.

    Raises AnimatorError for what can't be replayed, for counts that differ, for NaN and infinite values.
    """
    if isinstance(data, Samples):
        return data
    alone = isinstance(data, Mapping) or hasattr(data, "dtype") or hasattr(data, "to_numpy")
    if alone:  # x without y, as `fit` takes it
        data = (data,)
    if not isinstance(data, tuple | list):
        data = _collected(data, name)
    if len(data) not in (1, 2, 3):
        raise AnimatorError(
            f"{name} must be a pair of arrays (x, y), or (x, y, sample_weight), but has {len(data)} parts. "
            "Give data=(x, y)."
        )
    x, y, weight = (mapped(lambda values: _array(values, name), part) for part in (*data, None, None)[:3])
    return _checked(Samples(x, y, weight, 0), name)


def assembled(arrays: Mapping[str, Array], structure: JSONObject) -> Samples:
    """The Samples whose `arrays()` and `structure()` these are."""
    built = {name: _built(arrays, skeleton, name) for name, skeleton in structure.items()}
    count = len(next(iter(arrays.values()))) if arrays else 0
    return Samples(built.get("x"), built.get("y"), built.get("sample_weight"), count)


def mapped(function: Callable[[Any], T], part: Any) -> "Tree[T]":  # of whatever NumPy takes
    """`part` with `function` called on each of its arrays; None stays None."""
    if part is None:
        return None
    if isinstance(part, Mapping):
        return {str(key): mapped(function, value) for key, value in part.items()}
    if isinstance(part, list | tuple) and not _is_numbers(part):
        return [mapped(function, value) for value in part]
    return function(part)


def leaves(part: Part, path: str) -> Iterator[tuple[str, Array]]:
    """(path, array) of every array in `part`, dicts in their order."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from leaves(value, f"{path}/{key}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from leaves(value, f"{path}/{index}")
    elif part is not None:
        yield path, part


def _is_numbers(part: Iterable[object]) -> bool:
    """Whether a list is an array written out, such as [[1, 0], [0, 1]], and no list of inputs."""
    return not any(hasattr(item, "shape") or isinstance(item, Mapping) for item in part)


def _array(values: object, name: str) -> Array:
    """`values` as an array of numbers, or an object array of str; AnimatorError for anything else."""
    try:
        array = np.asarray(values)
        if array.dtype.kind in "OSU":
            array = _strings(array)
        elif array.dtype.kind == "V":  # bfloat16 and its like
            array = array.astype(np.float32)
    except (TypeError, ValueError) as error:
        raise AnimatorError(
            f"{name} has a part of type {type(values).__name__} that is no array of numbers or of strings "
            f"({str(error)[:80]}). Give arrays whose samples are of one shape."
        ) from error
    if array.dtype.kind not in "biufcO":
        raise AnimatorError(
            f"{name} has an array of type {array.dtype}, which is neither numbers nor strings. Give numbers."
        )
    return array.reshape(1) if array.ndim == 0 else array


def _strings(array: Array) -> Array:
    """`array` of str or bytes as objects of str; one of other objects as the numbers that they are."""
    if all(isinstance(item, str | bytes) for item in array.flat):
        words = [item.decode() if isinstance(item, bytes) else str(item) for item in array.flat]
        if any("\0" in word for word in words):
            raise ValueError("a string with a zero character")
        found = np.empty(array.size, object)
        found[:] = words
        return found.reshape(array.shape)
    return np.asarray(array.tolist(), np.float64)


def _bytes(array: Array) -> int:
    if array.dtype.kind != "O":
        return array.nbytes
    return sum(len(word.encode()) + 16 for word in array.flat)


def _contents(array: Array) -> bytes:
    if array.dtype.kind != "O":
        return np.ascontiguousarray(array).tobytes()
    return b"".join(word.encode() + b"\0" for word in array.flat)


def _skeleton(part: Part) -> JSON:
    if isinstance(part, Mapping):
        return {key: _skeleton(value) for key, value in part.items()}
    return [_skeleton(value) for value in part] if isinstance(part, list) else None


def _built(arrays: Mapping[str, Array], skeleton: JSON, path: str) -> "Tree[Array]":
    if isinstance(skeleton, Mapping):
        return {key: _built(arrays, value, f"{path}/{key}") for key, value in skeleton.items()}
    if isinstance(skeleton, list):
        return [_built(arrays, value, f"{path}/{index}") for index, value in enumerate(skeleton)]
    return arrays[path]


def _collected(data: object, name: str) -> tuple[Part, ...]:
    """All batches of a tf.data.Dataset or PyDataset, joined; AnimatorError for anything else."""
    if isinstance(data, Pipeline):
        batches = batches_of(data, name)
    elif isinstance(data, Batches) and not isinstance(data, str):
        batches = [data[index] for index in range(len(data))]
    else:
        kind = type(data).__name__
        once = f"is a {kind}, which can be read only once"
        once = once if hasattr(data, "__next__") else f"is of type {kind}, which is no pair"
        raise AnimatorError(
            f"{name} {once}, and the loss must be computed from it many times. Give arrays (x, y), or a "
            "tf.data.Dataset or keras.utils.PyDataset, which can be replayed."
        )
    if not batches:
        raise AnimatorError(f"{name} gives no batches. Give a pipeline of (x, y) with one batch at least.")
    parts = [batch if isinstance(batch, tuple | list) else (batch,) for batch in batches]
    arrays = [[mapped(lambda values: _array(values, name), part) for part in batch] for batch in parts]
    return tuple(_joined(list(column)) for column in zip(*arrays, strict=True))


def batches_of(data: Pipeline, name: str, most: int = READ_MOST) -> list[object]:
    """All batches of a tf.data.Dataset; AnimatorError for one that has no end, or none in sight: of unknown
    length, and giving over `most` bytes.
    """
    batches: list[object] = []
    endless = int(data.cardinality()) == -1
    total = 0
    for batch in () if endless else data.as_numpy_iterator():
        batches.append(batch)
        total += _batch_bytes(batch)
        if total > most and int(data.cardinality()) < 0:
            endless = True
            break
    if endless:
        raise AnimatorError(
            f"{name} is a tf.data pipeline that never ends (it repeats), so it can't be read whole. "
            "Give it before .repeat(), or .take(batches) of it."
        )
    return batches


def _batch_bytes(batch: object) -> int:
    sizes: list[int] = []
    mapped(lambda values: sizes.append(getattr(values, "nbytes", 0)), batch)
    return sum(sizes)


def _joined(parts: Sequence[Part]) -> Part:
    """One part of all batches, in the structure that it has in the first."""
    if parts[0] is None:
        return None
    held = [dict(leaves(part, "part")) for part in parts]
    arrays = {path: np.concatenate([own[path] for own in held]) for path in held[0]}
    return _built(arrays, _skeleton(parts[0]), "part")


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
