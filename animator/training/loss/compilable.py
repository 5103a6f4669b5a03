"""What XLA may be asked to compile: decided before, because some of what it can't do ends the process.

A FlatModel and samples go in; True comes out for a model of Keras' own layers on numbers, and for any other
whose traced graph holds no strings, no look-up tables and no Python code. What XLA merely does not know it
refuses itself, with an exception.
"""

from collections.abc import Iterator
from types import FunctionType
from typing import Any

import keras
import tensorflow as tf

from animator.training.loss.flat_model import FlatModel

HARMLESS = {"Assert", "Const", "NoOp", "Identity"}  # XLA leaves away what an Assert says
NEVER = (
    "PyFunc", "EagerPyFunc", "LookupTable", "HashTable", "MutableHashTable", "MutableDenseHashTable",
    "AnonymousHashTable", "AnonymousMutable", "Initialize", "Print", "Ragged", "Sparse", "Decode", "Encode",
    "Parse", "Iterator", "Dataset", "ReadFile", "WriteFile",
)  # fmt: skip


def can_compile(flat: FlatModel, x: Any, y: Any, weight: Any) -> bool:
    """Whether the loss of `flat` on samples (x, y, weight), tensors, may be compiled by XLA."""
    tensors = [part for part in keras.tree.flatten((x, y, weight)) if part is not None]
    if any(not (part.dtype.is_floating or part.dtype.is_integer or part.dtype.is_bool) for part in tensors):
        return False
    return _is_keras(flat.model) or all(map(_is_known, _nodes(flat, x, y, weight)))


def _is_keras(model: Any) -> bool:
    """Whether all that computes the loss is Keras' own, and no layer prepares strings or looks them up."""
    layers = [model, *model._flatten_layers(include_self=False), getattr(model, "loss", None)]
    return all(_is_own(layer) and not hasattr(layer, "adapt") for layer in layers)


def _is_own(thing: Any) -> bool:
    """Whether a layer, a loss or its name is Keras' own, and so are the functions that it holds."""
    if thing is None or isinstance(thing, str):
        return True
    held = [thing, *getattr(thing, "__dict__", {}).values()]
    functions = [value for value in held if isinstance(value, FunctionType)]
    of = type(thing) if not isinstance(thing, FunctionType) else thing
    return of.__module__.split(".")[0] == "keras" and all(_from_keras(value) for value in functions)


def _from_keras(function: FunctionType) -> bool:
    return function.__module__.split(".")[0] == "keras"


def _nodes(flat: FlatModel, x: Any, y: Any, weight: Any) -> Iterator[Any]:
    """All operations of the loss at one row, those in its loops and branches too."""
    traced = tf.function(flat.value, autograph=False)
    graph = traced.get_concrete_function(flat.tensor(flat.row()), x, y, weight).graph.as_graph_def()
    yield from graph.node
    for function in graph.library.function:
        yield from function.node_def


def _is_known(node: Any) -> bool:
    """Whether an operation is no Python code, no table and none on strings."""
    if node.op.startswith(NEVER):
        return False
    strings = tf.string.as_datatype_enum
    kinds = [kind for value in node.attr.values() for kind in (value.type, *value.list.type)]
    return node.op in HARMLESS or strings not in kinds
