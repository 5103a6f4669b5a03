"""Pieces: the samples as tensors, cut so that the activations of one piece fit into memory.

Samples and a model's width go in; (x, y, sample_weight, share) come out, share being the part of all
samples that a piece holds. Batches of points are padded here, so that shapes stay the same.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from animator.recordings.samples import Samples

Piece = tuple[Any, Any, Any, float]


def pieces(data: Samples, most: int) -> Iterator[Piece]:
    """Equal pieces of `data`, as tensors, of at most `most` samples."""
    count = -(-data.count // most)
    edges = [data.count * k // count for k in range(count + 1)]
    for a, b in itertools.pairwise(edges):
        x, y, weight = data.map(lambda v, a=a, b=b: tf.constant(v[a:b]))  # type: ignore[misc]
        yield x, y, weight, (b - a) / data.count


def activations(model: Any, variables: Sequence[Any]) -> int:
    """Roughly how many numbers one sample leaves in all layers of `model`, at least 1."""
    width = 0
    for layer in model.layers:
        try:
            outputs = keras.tree.flatten(layer.output)
            width += sum(int(np.prod([d or 1 for d in out.shape[1:]])) for out in outputs)
        except (AttributeError, ValueError):  # layers of subclassed models know no output
            width += sum(int(v.shape[-1]) if len(v.shape) else 1 for v in layer.trainable_variables)
    return max(1, width, max((int(v.shape[-1]) if len(v.shape) else 1) for v in variables))


def as_keras(data: Samples) -> Samples:
    """`data` with floats in Keras' own float type, as `fit` and `evaluate` cast them."""
    kind = keras.config.floatx()
    return Samples(*data.map(lambda array: array.astype(kind) if array.dtype.kind == "f" else array),
                   data.count)  # fmt: skip


def kinds(data: Samples) -> dict[str, Any]:
    """Shape of a sample and kind of number of each array."""
    return {path: (array.shape[1:], array.dtype.kind) for path, array in data.arrays().items()}


def rounded(count: int) -> int:
    """`count`, or up to an eighth more, so that similar counts share one traced graph."""
    unit = 1 << max(0, count.bit_length() - 4)
    return max(1, -(-count // unit) * unit)


def padded(rows: Any, count: int) -> npt.NDArray[Any]:
    """`rows` (n, ...) with the last one repeated up to `count` rows, so that shapes stay the same."""
    if len(rows) == count:
        return np.asarray(rows)
    return np.concatenate([rows, np.repeat(rows[-1:], count - len(rows), axis=0)])
