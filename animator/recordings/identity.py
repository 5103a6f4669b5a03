"""What decides a loss as a function of weights, of all that a recording says: the optimizer does not.

Recordings of one model that were trained differently have it in common, and so share surfaces and graphs.
"""

import json
from collections.abc import Mapping

from animator.core import cache
from animator.core.json_types import JSONObject


def without_optimizer(said: Mapping[str, object]) -> list[JSONObject | None]:
    """[layers, loss and metrics] of a description `said`, as JSON has them; None for what is not told."""
    layers = _without(said.get("model_config"), "compile_config")
    compiled = _without(said.get("compile_config"), "optimizer")
    return [layers, compiled]


def _without(description: object, left_out: str) -> JSONObject | None:
    """A description (an object, or its text) without what stands under `left_out`; None for none."""
    told = json.loads(description) if isinstance(description, str) else description
    if not isinstance(told, dict) or not told:
        return None
    return {name: value for name, value in told.items() if name != left_out}


def is_told(said: Mapping[str, object]) -> bool:
    """Whether the description `said` tells all that decides the loss, being of Keras' own things only."""
    parts = without_optimizer(said)
    return None not in parts and are_keras(parts)


def are_keras(said: object) -> bool:
    """Whether a description is of Keras' own things only: of others it holds a name, not what they do."""
    if isinstance(said, dict):
        own = str(said.get("module") or "keras").split(".")[0] == "keras"
        return own and said.get("class_name") != "function" and all(map(are_keras, said.values()))
    return all(map(are_keras, said)) if isinstance(said, list) else True


def loss_key(said: Mapping[str, object], *values: object) -> str:
    """Digest of the loss that a description `said` tells of, and of `values` (frozen variables, say)."""
    kinds = [said.get(kind) for kind in ("variables", "state", "fixed")]
    told = json.dumps(
        [*without_optimizer(said), said.get("loss"), *kinds, said.get("versions")], sort_keys=True
    )
    return cache.digest("loss 1", told, *values)
