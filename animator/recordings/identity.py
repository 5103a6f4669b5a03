"""Which model and which loss a description tells of: one value, in place of comparing descriptions.

A recording's meta, or the description of a Keras model, goes in; a ModelIdentity comes out. Recordings of one
model that were trained differently have all but the optimizer in common, and so share surfaces and graphs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from animator.core import cache
from animator.core.json_types import JSONObject


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """A model, part by part, each as JSON text ("null" for what is not told).

    architecture: its layers and variables. loss: the loss that it was compiled with, or the function that is
    one. metrics: all else that it was compiled with. optimizer: class and configuration. data: the digest of
    what its loss was computed on. whole: whether these decide the loss, being of Keras' own things only.
    """

    architecture: str
    loss: str
    metrics: str
    optimizer: str
    data: str
    versions: str
    whole: bool

    @classmethod
    def of(cls, said: Mapping[str, object]) -> "ModelIdentity":
        """The identity of the model that a recording's meta, or a model's description, tells of."""
        layers = _without(_table(said.get("model_config")), "compile_config")
        compiled = _without(_table(said.get("compile_config")), "optimizer")
        variables = [said.get(kind) for kind in ("variables", "state", "fixed")]
        return cls(
            architecture=_text([layers, *variables]),
            loss=_text([compiled.get("loss"), said.get("loss")]),
            metrics=_text(_without(compiled, "loss")),
            optimizer=_text(said.get("optimizer")),
            data=_text(_table(said.get("data")).get("digest")),
            versions=_text(said.get("versions")),
            whole=bool(layers) and bool(compiled) and _are_keras([layers, compiled]),
        )

    def loss_key(self, *values: object) -> str:
        """Digest of the loss as a function of weights, and of `values` (frozen variables, say)."""
        return cache.digest("loss 2", self.architecture, self.loss, self.metrics, self.versions, *values)


def _table(config: object) -> JSONObject:
    """A JSON object, which may be JSON text; {} for what is not told, or is none."""
    table = json.loads(config) if isinstance(config, str) else config
    return table if isinstance(table, Mapping) else {}


def _without(table: JSONObject, name: str) -> JSONObject:
    return {key: value for key, value in table.items() if key != name}


def _text(part: object) -> str:
    return json.dumps(part, sort_keys=True)


def _are_keras(said: object) -> bool:
    """Whether a description is of Keras' own things only: of others it holds a name, not what they do."""
    if isinstance(said, dict):
        own = str(said.get("module") or "keras").split(".")[0] == "keras"
        return own and said.get("class_name") != "function" and all(map(_are_keras, said.values()))
    return all(map(_are_keras, said)) if isinstance(said, list) else True
