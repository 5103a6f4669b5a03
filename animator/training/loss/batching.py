"""Pieces: the samples as tensors, cut so that the activations of one piece fit into memory.

Samples and a model's width go in; Pieces come out. Batches of points are padded here, so that shapes stay
the same.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from animator.core.arrays import Array
from animator.recordings.samples import Samples
from animator.training.keras_types import KerasModel, Nested, Shape, Variable


class Piece(NamedTuple):
    """Some of the samples, as tensors; share: what part of all samples they are."""

    x: Nested
    y: Nested
    weight: Nested
    share: float


def pieces(data: Samples, most: int) -> Iterator[Piece]:
    """Equal pieces of `data`, as tensors, of at most `most` samples."""
    count = -(-data.count // most)
    edges = [data.count * k // count for k in range(count + 1)]
    for low, high in itertools.pairwise(edges):
        part = data.between(low, high)
        yield Piece(*part.map(tf.constant), part.count / data.count)


def activations(model: KerasModel, variables: Sequence[Variable]) -> int:
    """Roughly how many numbers one sample leaves in all layers of `model`, at least 1."""
    width = 0
    for layer in model.layers:
        try:
            outputs = keras.tree.flatten(layer.output)
            width += sum(math.prod(size or 1 for size in output.shape[1:]) for output in outputs)
        except (AttributeError, ValueError):  # layers of subclassed models know no output
            width += sum(map(_units, layer.trainable_variables))
    return max(1, width, *map(_units, variables))


def _units(variable: Variable) -> int:
    """How many outputs `variable` feeds."""
    return int(variable.shape[-1]) if len(variable.shape) else 1


def as_keras(data: Samples) -> Samples:
    """`data` with floats in Keras' own float type, as `fit` and `evaluate` cast them."""
    kind = keras.config.floatx()
    cast = data.map(lambda array: array.astype(kind) if array.dtype.kind == "f" else array)
    return Samples(*cast, data.count)


def kinds(data: Samples) -> dict[str, tuple[Shape, str]]:
    """Shape of a sample and kind of number of each array."""
    return {path: (array.shape[1:], array.dtype.kind) for path, array in data.arrays().items()}


def rounded(count: int) -> int:
    """`count`, or up to an eighth more, so that similar counts share one traced graph."""
    unit = 1 << max(0, count.bit_length() - 4)
    return max(1, -(-count // unit) * unit)


def padded(rows: Array, count: int) -> Array:
    """`rows` (n, ...) with the last one repeated up to `count` rows, so that shapes stay the same."""
    if len(rows) == count:
        return rows
    return np.concatenate([rows, np.repeat(rows[-1:], count - len(rows), axis=0)])
