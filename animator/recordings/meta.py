"""What a recording says of itself, as the file has it: JSON text goes in, a checked object comes out.

What must be right for the numbers to mean anything raises Damaged. See `run_notes` for the rest.
"""

import json
import math
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from animator.core.json_types import JSON, JSONObject
from animator.recordings.hdf5_file import Damaged

TABLES = ("optimizer", "versions", "notes", "loss")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: its path ("dense/kernel"), its shape, where it starts in a row, and the axes that
    number its filters (() where it has none).
    """

    path: str
    shape: tuple[int, ...]
    start: int
    filters: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    def names(self) -> list[str]:
        """The name of each element, in C order: "dense/kernel[0,0]", or the path alone for a scalar."""
        if not self.shape:
            return [self.path]
        return [f"{self.path}[{','.join(map(str, index))}]" for index in np.ndindex(*self.shape)]


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value of JSON is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_count(value: object) -> TypeGuard[int]:
    """Whether a value of JSON is a whole number from 0 on."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def are_counts(value: object) -> TypeGuard[list[int]]:
    """Whether a value of JSON is a list of whole numbers from 0 on."""
    return isinstance(value, list) and all(map(is_count, value))


def are_texts(value: object) -> TypeGuard[list[str]]:
    """Whether a value of JSON is a list of strings."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def read(text: str) -> JSONObject:
    """The meta of a recording from its JSON; Damaged when it is none."""
    try:
        meta: JSON = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Damaged("meta is no JSON") from error
    if not isinstance(meta, dict):
        raise Damaged("meta is no object")
    for kind in ("variables", "state", "fixed"):
        variables(meta, kind)
    for name in ("data", "test"):
        _check_data(name, meta.get(name))
    _check_loss(meta.get("loss"))
    return {name: value for name, value in meta.items() if name not in TABLES or isinstance(value, dict)}


def variables(meta: JSONObject, kind: str) -> tuple[Variable, ...]:
    """The variables of `kind` ("variables", "state", "fixed"); Damaged unless each begins where one ends."""
    listed = meta.get(kind, [])
    if not isinstance(listed, list):
        raise Damaged(kind)
    found: list[Variable] = []
    start = 0
    for said in listed:
        if not isinstance(said, dict):
            raise Damaged(kind)
        path, shape, filters = said.get("path"), said.get("shape"), said.get("filters", [])
        if not isinstance(path, str) or not are_counts(shape) or not are_counts(filters):
            raise Damaged(kind)
        if said.get("start") != start:
            raise Damaged(kind)
        found.append(Variable(path, tuple(shape), start, tuple(filters)))
        start += found[-1].size
    return tuple(found)


def _check_loss(said: JSON) -> None:
    """Damaged unless the loss is told by its kind, and one that is a function by its expression too."""
    if said is None:
        return
    if not isinstance(said, dict) or not isinstance(said.get("kind"), str):
        raise Damaged("loss")
    told = isinstance(said.get("expression"), str) and are_texts(said.get("variables"))
    if said["kind"] == "function" and not told:
        raise Damaged("loss")


def _check_data(name: str, said: JSON) -> None:
    """Damaged unless the data are described by counts, a digest and a structure, or not at all."""
    if said is None:
        return
    if not isinstance(said, dict):
        raise Damaged(name)
    fine = (
        is_count(said.get("samples", 0))
        and isinstance(said.get("digest", ""), str)
        and isinstance(said.get("structure", {}), dict)
    )
    if not fine:
        raise Damaged(name)
