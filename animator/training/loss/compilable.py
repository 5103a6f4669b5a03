"""What XLA may be asked to compile: decided before, because some of what it can't do ends the process.

A FlatModel and samples go in; True comes out for a model of Keras' own layers on numbers, and for any other
whose traced graph holds no strings, no look-up tables and no Python code. What XLA merely does not know it
refuses itself, with an exception.
"""

from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from animator.training.keras_internals import layers_of
from animator.training.keras_own import is_whole
from animator.training.keras_types import KerasModel, Nested
from animator.training.loss.flat_model import FlatModel

HARMLESS = {"Assert", "Const", "NoOp", "Identity"}  # XLA leaves away what an Assert says
NEVER = (
    *("PyFunc", "EagerPyFunc", "Print"),
    *("LookupTable", "HashTable", "MutableHashTable", "MutableDenseHashTable"),
    *("AnonymousHashTable", "AnonymousMutable", "Initialize"),
    *("Ragged", "Sparse", "Decode", "Encode", "Parse"),
    *("Iterator", "Dataset", "ReadFile", "WriteFile"),
)


def can_compile(flat: FlatModel, x: Nested, y: Nested, weight: Nested) -> bool:
    """Whether the loss of `flat` on samples (x, y, weight), tensors, may be compiled by XLA, and gains by it.

    A convolution does not: TensorFlow vectorises none whose kernels differ from point to point, and mapped
    over points LeNet takes XLA four times the time (60 points, 64 images: 0.42 s of CPU in place of 0.11).
    """
    if any("Conv" in type(layer).__name__ for layer in layers_of(flat.model)):
        return False
    tensors = [part for part in keras.tree.flatten((x, y, weight)) if part is not None]
    if any(not (part.dtype.is_floating or part.dtype.is_integer or part.dtype.is_bool) for part in tensors):
        return False
    return _is_keras(flat.model) or all(map(_is_known, _nodes(flat, x, y, weight)))


def _is_keras(model: KerasModel) -> bool:
    """Whether all that computes the loss is Keras' own, and no layer prepares strings or looks them up."""
    loss = getattr(model, "loss", None)
    named = loss is None or isinstance(loss, str)
    parts = [*layers_of(model), *([] if named else [loss])]
    return all(is_whole(part) and not hasattr(part, "adapt") for part in parts)


def _nodes(flat: FlatModel, x: Nested, y: Nested, weight: Nested) -> Iterator[Any]:
    """All operations (NodeDef) of the loss at one row, those in its loops and branches too."""
    traced = tf.function(flat.value, autograph=False)
    graph = traced.get_concrete_function(flat.tensor(flat.row()), x, y, weight).graph.as_graph_def()
    yield from graph.node
    for function in graph.library.function:
        yield from function.node_def


def _is_known(node: Any) -> bool:
    """Whether an operation (NodeDef) is no Python code, no table and none on strings."""
    if node.op.startswith(NEVER):
        return False
    strings = tf.string.as_datatype_enum
    kinds = [kind for value in node.attr.values() for kind in (value.type, *value.list.type)]
    return node.op in HARMLESS or strings not in kinds
