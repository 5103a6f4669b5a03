"""What decides a loss as a function of weights, of all that a recording says: the optimizer does not.

Recordings of one model that were trained differently have it in common, and so share surfaces and graphs.
"""

import json
from collections.abc import Mapping
from typing import Any

from animator.core import cache


def without_optimizer(said: Mapping[str, Any]) -> list[Any]:
    """[layers, loss and metrics] of a description `said`, as JSON has them; None for what is not told."""
    layers, compiled = (
        json.loads(part) if isinstance(part, str) else part
        for part in (said.get("model_config"), said.get("compile_config"))
    )
    layers = {k: v for k, v in layers.items() if k != "compile_config"} if layers else None
    compiled = {k: v for k, v in compiled.items() if k != "optimizer"} if compiled else None
    return [layers, compiled]


def is_told(said: Mapping[str, Any]) -> bool:
    """Whether the description `said` tells all that decides the loss, being of Keras' own things only."""
    parts = without_optimizer(said)
    return None not in parts and are_keras(parts)


def are_keras(said: Any) -> bool:
    """Whether a description is of Keras' own things only: of others it holds a name, not what they do."""
    if isinstance(said, dict):
        own = str(said.get("module") or "keras").split(".")[0] == "keras"
        return own and said.get("class_name") != "function" and all(map(are_keras, said.values()))
    return all(map(are_keras, said)) if isinstance(said, list) else True


def loss_key(said: Mapping[str, Any], *values: Any) -> str:
    """Digest of the loss that a description `said` tells of, and of `values` (frozen variables, say)."""
    kinds = [said.get(kind) for kind in ("variables", "state", "fixed")]
    told = json.dumps(
        [*without_optimizer(said), said.get("loss"), *kinds, said.get("versions")], sort_keys=True
    )
    return cache.digest("loss 1", told, *values)
