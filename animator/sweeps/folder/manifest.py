"""What a sweep's folder holds, as data: manifest.json, read and written whole, by rename.

Frozen dataclasses at rest; paths are relative to the folder, times are seconds, sizes bytes. A number that is
not finite is None.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from animator.core.errors import AnimatorError
from animator.core.files import replacing

FORMAT = "animator sweep 1"
NAME = "manifest.json"
KINDS = ("product", "zip", "rows")
STATES = ("waiting", "recorded", "done", "failed")
TEXT, NUMBER = (str, type(None)), (int, float)
SWEEP: Mapping[str, Any] = {  # parts that a manifest must have, and their types in JSON
    "axes": list, "scene": str, "title": str, "description": str, "command": str, "versions": dict,
    "kind": str, "film": dict, "common": dict, "state": str, "products": list,
}  # fmt: skip
COMMON: Mapping[str, Any] = {"extent": 4, "loss_range": 2}  # numbers in a row, where there are any
WITHIN: Mapping[str, Any] = {  # types of what stands in the parts of a cell
    "seconds": NUMBER, "bytes": int, "keys": str, "digests": str, "results": (*NUMBER, type(None)),
    "parameters": (*NUMBER, str, list, type(None)),
}  # fmt: skip
FILM: Mapping[str, Any] = {"format": str, "width": int, "height": int, "fps": NUMBER, "seconds": NUMBER}
CELL: Mapping[str, Any] = {"index": int, "name": str, "parameters": dict}
MORE: Mapping[str, Any] = {  # parts that a cell may lack
    "state": str, "reason": str, "recording": TEXT, "film": TEXT, "poster": TEXT, "log": TEXT,
    "results": dict, "alt_text": str, "seconds": dict, "bytes": dict, "command": str, "keys": dict,
    "digests": dict, "spans": list,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter that varies: its name and its values, in order."""

    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One film of a sweep. parameters: what varies. state: "waiting", "recorded", "done" or "failed"; reason:
    one sentence for a failed one. results: numbers, None where not known. keys: digests of what decides its
    recordings, surfaces and film; digests: of its files' contents. spans: the lowest and the highest loss of
    its surfaces.
    """

    index: int
    name: str
    parameters: Mapping[str, Any]
    state: str = "waiting"
    reason: str = ""
    recording: str | None = None
    film: str | None = None
    poster: str | None = None
    log: str | None = None
    results: Mapping[str, Any] = field(default_factory=dict)
    alt_text: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    bytes: Mapping[str, int] = field(default_factory=dict)
    command: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    spans: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A sweep: what was asked, what is common to its films, and its cells in order.

    kind: "product", "zip" or "rows". state: "running", "done" or "interrupted". made_from: digest of what the
    products show; digests: of each product, its files and the digests of their contents. fixed: parameters
    that were typed and do not vary.
    """

    scene: str
    title: str
    description: str
    command: str
    versions: Mapping[str, str]
    kind: str
    axes: tuple[Axis, ...]
    film: Mapping[str, Any]
    common: Mapping[str, Any]
    state: str
    products: tuple[str, ...]
    cells: tuple[Cell, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    made_from: str = ""
    digests: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The manifest as JSON holds it."""
        whole: dict[str, Any] = {"format": FORMAT, **_shallow(self)}
        whole["axes"] = [_shallow(axis) for axis in self.axes]
        cells = whole.pop("cells")
        plain: dict[str, Any] = _plain(whole)
        return plain | ({"cells": [_plain(_shallow(cell)) for cell in cells]} if cells else {})

    @classmethod
    def from_dict(cls, data: Any) -> "Manifest":
        """The manifest that `to_dict` gave; AnimatorError when it is none."""
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise AnimatorError(
                f'This is no manifest of a sweep: it does not say "format": "{FORMAT}". Give a folder that '
                "'animator sweep' made."
            )
        try:
            return cls(**{**_known(cls, data), **_parts(data)})
        except KeyError as error:
            raise AnimatorError(
                f"The manifest of the sweep is damaged: {error} is missing or wrong. Run the sweep again "
                "with --force."
            ) from error


def read(folder: Path) -> Manifest:
    """The manifest in `folder`; AnimatorError when there is none, or when it is damaged."""
    path = folder / NAME
    if not path.is_file():
        raise AnimatorError(
            f"There is no sweep in '{folder}': it has no {NAME}. Give a folder that 'animator sweep' made."
        )
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AnimatorError(
            f"'{path}' is damaged: it is no JSON. Run the sweep again with --force."
        ) from error
    return Manifest.from_dict(data)


def write(folder: Path, manifest: Manifest, cells: Sequence[str] | None = None) -> None:
    """Put `manifest` into `folder`; at every instant the file there is whole. cells: texts of its cells,
    where they are known.
    """
    head = json.dumps(replace(manifest, cells=()).to_dict(), indent=1, allow_nan=False)
    texts = cells if cells is not None else [cell_text(cell) for cell in manifest.cells]
    body = ",\n".join(texts)
    with replacing(folder / NAME) as temporary:
        temporary.write_text(f'{head[:-2]},\n "cells": [\n{body}\n ]\n}}\n', encoding="utf-8")


def cell_text(cell: Cell) -> str:
    """A cell as it stands in the file."""
    return "  " + json.dumps(_plain(_shallow(cell)), allow_nan=False)


def _parts(data: dict[str, Any]) -> dict[str, Any]:
    """Axes, products and cells of a manifest in JSON; KeyError with the name of a part that is wrong."""
    _check(data, "sweep", SWEEP, {"cells": list, "fixed": dict, "made_from": str, "digests": dict})
    _check(data["film"], "film", {}, FILM)
    _check(data["versions"], "versions", dict.fromkeys(data["versions"], str))
    _check_common(data["common"])
    for name, files in data.get("digests", {}).items():
        _check(files, name, dict.fromkeys(files, str) if isinstance(files, dict) else {})
    if data["kind"] not in KINDS:
        raise KeyError("kind")
    if not all(isinstance(name, str) for name in data["products"]):
        raise KeyError("products")
    axes = tuple(_axis(axis) for axis in data["axes"])
    cells = tuple(_cell(cell) for cell in data.get("cells", ()))
    return {"axes": axes, "products": tuple(data["products"]), "cells": cells}


def _check_common(data: dict[str, Any]) -> None:
    """KeyError with the name of a part that films share and that is not what it should be."""
    _check(data, "common", {}, {"surfaces": int})
    for name, count in COMMON.items():
        numbers = data.get(name)
        if numbers is not None and not (
            isinstance(numbers, list)
            and len(numbers) == count
            and all(n is None or isinstance(n, NUMBER) for n in numbers)
        ):
            raise KeyError(name)


def _axis(data: Any) -> Axis:
    _check(data, "axes", {"name": str, "values": list})
    return Axis(data["name"], tuple(data["values"]))


def _cell(data: Any) -> Cell:
    _check(data, "cells", CELL, MORE)
    for name, kind in WITHIN.items():
        inside = data.get(name, {})
        _check(inside, name, dict.fromkeys(inside, kind))
    if data.get("state", STATES[0]) not in STATES:
        raise KeyError("state")
    try:
        spans = tuple((float(low), float(high)) for low, high in data.get("spans", ()))
    except (TypeError, ValueError):
        raise KeyError("spans") from None
    return Cell(**{**_known(Cell, data), "spans": spans})


def _check(data: Any, what: str, needed: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> None:
    """KeyError with the name of the first part of `data`, called `what`, that is not of its type or, of those
    that are `needed`, not there.
    """
    if not isinstance(data, dict):
        raise KeyError(what)
    for name, kind in {**needed, **(more or {})}.items():
        if (name in data and not isinstance(data[name], kind)) or (name in needed and name not in data):
            raise KeyError(name)


def _shallow(entry: Any) -> dict[str, Any]:
    return {part.name: getattr(entry, part.name) for part in fields(entry)}


def _known(kind: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    return {part.name: data[part.name] for part in fields(kind) if part.name in data}


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it: numbers that are not finite become None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)
