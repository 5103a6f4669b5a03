"""What a recording says of itself: JSON text goes in, a dictionary whose parts have their types comes out.

What must be right for the numbers to mean anything raises Damaged. A note of another kind than animator
writes is left out: users write notes of their own.
"""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from animator.recordings.hdf5_file import Damaged

MOST_CELLS = 1001  # grid points a side that a recorded film may ask for

Test = Callable[[Any], bool]


def _is(*kinds: type) -> Test:
    return lambda value: isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)


def _list_of(test: Test, count: int | None = None) -> Test:
    return lambda value: isinstance(value, list) and all(map(test, value)) and count in (None, len(value))


def _number(value: Any) -> bool:
    return _is(int, float)(value) and math.isfinite(value)


def _count(value: Any) -> bool:
    return _is(int)(value) and value >= 0


_text, _table = _is(str), _is(dict)
NOTES: Mapping[str, Test] = {
    "scene": _text,
    "title": _text,
    "description": _text,
    "parameters": _table,
    "film": _table,
    "labels": _list_of(_text),
    "axes": _list_of(_is(int, str), 2),
    "target": _list_of(_number, 2),
    "colour": _count,
    "in_order": _count,
    "theory": _number,
    "checkpoints": _list_of(_text),
    "window": _list_of(_number, 4),
    "minima": _list_of(_list_of(_number, 2)),
}
EVENT: Mapping[str, Test] = {"step": _count, "caption": _text, "hold": _number}


def _event(value: Any) -> bool:
    same = _table(value) and value.keys() == EVENT.keys()
    return same and all(test(value[name]) for name, test in EVENT.items())


def _events(value: Any) -> bool:
    return value == "found" or _list_of(_event)(value)


PACING: Mapping[str, Test] = {
    "intro": _number,
    "play": _number,
    "end": _number,
    "pace": _text,
    "easing": _text,
    "events": _events,
    "wake": lambda value: value is None or _number(value),
}
FILM: Mapping[str, Test] = {
    "layout": _list_of(_list_of(_text)),
    "pacing": _table,
    "plane": _text,
    "slice": _text,
    "resolution": lambda value: _count(value) and 2 <= value <= MOST_CELLS,
    "camera": _text,
    "card": _text,
    "widths": _list_of(_number),
    "heights": _list_of(_number),
}
TABLES = ("optimizer", "versions", "notes", "loss")


def read(text: str) -> dict[str, Any]:
    """The meta of a recording from its JSON; Damaged when it is none."""
    try:
        meta = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Damaged("meta is no JSON") from error
    if not isinstance(meta, dict):
        raise Damaged("meta is no object")
    for kind in ("variables", "state", "fixed"):
        _check_variables(kind, meta.get(kind, []))
    for name in ("data", "test"):
        _check_data(name, meta.get(name))
    _check_loss(meta.get("loss"))
    known = {name: value for name, value in meta.items() if name not in TABLES or isinstance(value, dict)}
    if "notes" in known:
        known["notes"] = _kept(known["notes"], NOTES)
        if "film" in known["notes"]:
            film = known["notes"]["film"] = _kept(known["notes"]["film"], FILM)
            if "pacing" in film:
                film["pacing"] = _kept(film["pacing"], PACING)
    return known


def _kept(table: Mapping[str, Any], tests: Mapping[str, Test]) -> dict[str, Any]:
    """A table without those of its known parts that are not what they should be."""
    return {name: value for name, value in table.items() if name not in tests or tests[name](value)}


def _check_variables(kind: str, variables: Any) -> None:
    """Damaged unless each variable begins where the one before ends."""
    start = 0
    if not isinstance(variables, list):
        raise Damaged(kind)
    for variable in variables:
        if not isinstance(variable, dict) or not _text(variable.get("path")):
            raise Damaged(kind)
        shape: Any = variable.get("shape")
        filters = variable.get("filters", [])
        if not _list_of(_count)(shape) or not _list_of(_count)(filters) or variable.get("start") != start:
            raise Damaged(kind)
        start += math.prod(shape)


def _check_loss(said: Any) -> None:
    """Damaged unless the loss is told by its kind, and one that is a function by its expression too."""
    if said is None:
        return
    if not isinstance(said, dict) or not _text(said.get("kind")):
        raise Damaged("loss")
    if said["kind"] == "function" and not (
        _text(said.get("expression")) and _list_of(_text)(said.get("variables"))
    ):
        raise Damaged("loss")


def _check_data(name: str, said: Any) -> None:
    """Damaged unless the data are described by counts, a digest and a structure, or not at all."""
    if said is None:
        return
    tests: Mapping[str, Test] = {"samples": _count, "digest": _text, "structure": _table}
    if not isinstance(said, dict) or not all(
        test(said[part]) for part, test in tests.items() if part in said
    ):
        raise Damaged(name)


def size(variables: list[dict[str, Any]]) -> int:
    """How many numbers the described variables have."""
    return sum(math.prod(variable["shape"]) for variable in variables)
