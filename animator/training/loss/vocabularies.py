"""Vocabularies in a model's description: words and numbers that a lookup layer has learnt by `adapt`.

Keras writes into a configuration only what a layer was made with. A configuration and its model go in; it
comes out with what StringLookup, IntegerLookup and TextVectorization have learnt since, so that a model that
is rebuilt from it looks up the same. Layers that weigh their words (tf_idf) are left as they are.
"""

from typing import Any


def with_vocabularies(config: Any, model: Any) -> Any:
    """`config`, a serialized Keras object as JSON, with the vocabularies of the layers of `model`."""
    learnt = {layer.name: layer for layer in model._flatten_layers() if _has_learnt(layer)}
    return _filled(config, learnt) if learnt else config


def _has_learnt(layer: Any) -> bool:
    return hasattr(layer, "get_vocabulary") and not layer.get_config().get("vocabulary")


def _filled(config: Any, learnt: dict[str, Any]) -> Any:
    if isinstance(config, list):
        return [_filled(item, learnt) for item in config]
    if not isinstance(config, dict):
        return config
    layer = learnt.get(config.get("name", ""))
    if layer is not None and "vocabulary" in config and config.get("output_mode") != "tf_idf":
        words = [str(word) if isinstance(word, str) else int(word) for word in _words(layer)]
        return {**config, "vocabulary": words or None}
    return {key: _filled(item, learnt) for key, item in config.items()}


def _words(layer: Any) -> list[Any]:
    """The vocabulary of a lookup layer without its special tokens; nothing where it has learnt none."""
    return list(layer.get_vocabulary(include_special_tokens=False))
