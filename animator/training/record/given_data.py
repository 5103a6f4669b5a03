"""Data as they are given to a Recorder, read without a trace in the training that reads them too.

Arrays, pipelines and PyDatasets go in, Samples come out. A pipeline is copied before it is read: reading
advances its shuffling, and the order of the training would be another one. What would have to run code of
the user's, or write variables, to be read again is refused.
"""

import math
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import keras
import tensorflow as tf
from tensorflow.core.framework import graph_pb2, types_pb2
from tensorflow.python.framework import op_def_registry

from animator.core.errors import AnimatorError
from animator.recordings.samples import READ_MOST, Samples, mapped, samples
from animator.training.keras_internals import pipeline_from, pipeline_graph, pipeline_inputs
from animator.training.record.random_state import random_state_kept

RAGGED = "they are ragged"
SPARSE = "they are sparse, and take more than 1 GiB as full arrays"
_FRESH = {"seed_generator": "DummySeedGenerator", "cache": "DummyMemoryCache"}  # a state's name: a new one
_PYTHON = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}
_WRITING = ("Assign", "Rng", "StatefulStandard", "StatefulUniform", "StatefulTruncated", "LookupTableInsert")
_SOURCES = {"TensorSlice", "Tensor", "Range"}
_STATELESS = _SOURCES | {"Batch", "Prefetch", "Take", "Skip", "Options", "Zip", "Concatenate"}


def given_samples(data: object, name: str) -> Samples | str:
    """The Samples of `data`, or why they cannot be kept; `name` is what errors call them.

    Raises AnimatorError for what is no data, or cannot be read once more without changing the training.
    """
    with random_state_kept():
        if isinstance(data, tf.data.Dataset):
            kinds = {type(spec) for spec in tf.nest.flatten(data.element_spec)}
            if tf.RaggedTensorSpec in kinds:
                return RAGGED
            copied = _copied(data, name)
            if tf.SparseTensorSpec in kinds:
                copied = copied.map(lambda *parts: tf.nest.map_structure(_full, parts))
            return samples(copied, name)
        if isinstance(data, keras.utils.PyDataset):
            return samples(_copied_object(data, name), name)
        if isinstance(data, tuple | list):
            if any(isinstance(leaf, tf.RaggedTensor) for leaf in _leaves(data)):
                return RAGGED
            if any(_full_bytes(leaf) > READ_MOST for leaf in _leaves(data)):
                return SPARSE
            return samples(tuple(mapped(_full, part) for part in data), name)
        return samples(data, name)


def _leaves(data: Iterable[object]) -> list[object]:
    """All arrays of `data`, whatever holds them."""
    found: list[object] = []
    for part in data:
        mapped(found.append, part)
    return found


def _full_bytes(values: Any) -> int:
    """Bytes of a sparse matrix or tensor as a full array; 0 for what is full already."""
    if isinstance(values, tf.SparseTensor) or hasattr(values, "toarray"):
        return math.prod(int(n) for n in values.shape) * 4
    return 0


def _full(values: Any) -> Any:
    """A sparse matrix or tensor as a full array or tensor; anything else as it is."""
    if isinstance(values, tf.SparseTensor):
        return tf.sparse.to_dense(tf.sparse.reorder(values))
    return values.toarray() if hasattr(values, "toarray") else values


def _copied_object(data: object, name: str) -> object:
    """A copy of a PyDataset, with a random state of its own."""
    try:
        return deepcopy(data)
    except Exception as error:  # whatever the user's object holds
        raise AnimatorError(
            f"{name} is a {type(data).__name__} that cannot be copied ({type(error).__name__}), and to read "
            "it here would change what the training reads. Give arrays: data=(x, y)."
        ) from error


def _copied(data: Any, name: str) -> Any:
    """A copy of a tf.data pipeline whose shuffling begins as its own did; itself where it holds no state."""
    if _is_stateless(data):
        return data
    try:
        serialized = pipeline_graph(data, tf.data.experimental.ExternalStatePolicy.IGNORE)
    except (tf.errors.OpError, ValueError) as error:
        raise AnimatorError(
            f"{name} is a tf.data pipeline that cannot be copied ({type(error).__name__}), and to read it "
            "here would change what the training reads. Give arrays: data=(x, y)."
        ) from error
    graph = graph_pb2.GraphDef.FromString(serialized)
    _refuse_code(graph, name)
    _refresh(graph)
    variant = tf.raw_ops.DatasetFromGraph(graph_def=graph.SerializeToString())
    return pipeline_from(variant, data.element_spec)


def _is_stateless(data: object) -> bool:
    """Whether reading `data` leaves nothing behind, by the kinds of steps that it is made of."""
    kind = type(data).__name__.strip("_").removesuffix("Dataset")
    return kind in _STATELESS and all(map(_is_stateless, pipeline_inputs(data)))


def _refuse_code(graph: Any, name: str) -> None:
    used = {node.op for node in graph.node}
    used |= {node.op for function in graph.library.function for node in function.node_def}
    if used & _PYTHON:
        raise AnimatorError(
            f"{name} is a tf.data pipeline that runs Python code (a generator, py_function or "
            "numpy_function): to read it here would run that once more, and could change the training. Give "
            "arrays: data=(x, y)."
        )
    if any(op.startswith(_WRITING) for op in used):
        raise AnimatorError(
            f"{name} is a tf.data pipeline that changes variables as it is read (a layer with random "
            "augmentation, say), so to read it here would change the training. Give it as it is before that "
            "map, or arrays: data=(x, y)."
        )


def _refresh(graph: Any) -> None:
    """Give every shuffling and every cache of `graph` a state of its own instead of the one it shares."""
    nodes = {node.name: node for node in graph.node}
    for node in graph.node:
        known = op_def_registry.get(node.op)
        for argument, source in zip(known.input_arg if known else (), node.input, strict=False):
            shared = nodes.get(source)
            if argument.name in _FRESH and shared is not None and _is_resource(shared):
                shared.op = _FRESH[argument.name]
                shared.ClearField("attr")


def _is_resource(node: Any) -> bool:
    """Whether `node` is a handle that several copies of a graph would share."""
    return bool(node.op == "Const" and node.attr["dtype"].type == types_pb2.DT_RESOURCE)
