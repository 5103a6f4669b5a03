"""Vocabularies in a model's description: words and numbers that a lookup layer has learnt by `adapt`.

Keras writes into a configuration only what a layer was made with. A configuration and its model go in; it
comes out with what StringLookup, IntegerLookup and TextVectorization have learnt since, so that a model that
is rebuilt from it looks up the same. Layers that weigh their words (tf_idf) are left as they are.
"""

from collections.abc import Mapping

from animator.core.json_types import JSON
from animator.training.keras_internals import layers_of
from animator.training.keras_types import KerasModel, Lookup


def with_vocabularies(config: JSON, model: KerasModel) -> JSON:
    """`config`, a serialized Keras object as JSON, with the vocabularies of the layers of `model`."""
    learnt = {layer.name: layer for layer in lookups(model)}
    return _filled(config, learnt) if learnt else config


def lookups(model: KerasModel) -> list[Lookup]:
    """The layers of `model` that look up, in a vocabulary that their configuration does not tell."""
    layers = [layer for layer in layers_of(model) if isinstance(layer, Lookup)]
    return [layer for layer in layers if not layer.get_config().get("vocabulary")]


def _filled(config: JSON, learnt: Mapping[str, Lookup]) -> JSON:
    if isinstance(config, list):
        return [_filled(item, learnt) for item in config]
    if not isinstance(config, dict):
        return config
    layer = learnt.get(str(config.get("name")))
    if layer is not None and "vocabulary" in config and config.get("output_mode") != "tf_idf":
        return {**config, "vocabulary": _words(layer) or None}
    return {key: _filled(item, learnt) for key, item in config.items()}


def _words(layer: Lookup) -> list[JSON]:
    """The vocabulary of a layer without its special tokens, as JSON; nothing where it has learnt none."""
    words = layer.get_vocabulary(include_special_tokens=False)
    return [str(word) if isinstance(word, str) else int(word) for word in words]
