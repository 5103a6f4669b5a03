"""What a sweep's folder holds, as data: manifest.json, read and written whole, by rename.

In and out: frozen dataclasses, which pydantic checks when they are read. Paths are relative to the folder,
times are seconds, sizes bytes. A number that is not finite is None.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python
from typing_extensions import TypedDict

from animator.core.errors import AnimatorError
from animator.core.files import replacing
from animator.core.language import ENGLISH, LANGUAGES

FORMAT = "animator sweep 1"
NAME = "manifest.json"

Kind = Literal["product", "zip", "rows"]
State = Literal["waiting", "recorded", "done", "failed"]
STATES: tuple[State, ...] = get_args(State)
Number = int | float
Value = bool | Number | str | list[object] | None  # of a parameter
Range = tuple[float, float]  # lowest and highest loss


class FilmLook(TypedDict, total=False):
    """How the films look: pixels, frames a second, seconds; their language, and what else was wished of them,
    as it is typed.
    """

    format: str
    width: int
    height: int
    fps: Number
    seconds: Number
    style: str
    lang: str
    wishes: list[str]


class Shared(TypedDict, total=False):
    """What the films share: the window (a0, a1, b0, b1) in plane coordinates, the losses that have the
    colours of the ends, and how many different surfaces there are. None: each film has its own.
    """

    extent: Annotated[list[Number | None], Field(min_length=4, max_length=4)] | None
    loss_range: Annotated[list[Number | None], Field(min_length=2, max_length=2)] | None
    surfaces: int


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter that varies: its name and its values, in order."""

    name: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One film of a sweep. parameters: what varies; reason: one sentence for a cell that failed. results:
    numbers, None where not known. keys: digests of what decides its recordings, surfaces and film; digests:
    of its files' contents. spans: the range of losses of each of its surfaces.
    """

    index: int
    name: str
    parameters: Mapping[str, Value]
    state: State = "waiting"
    reason: str = ""
    recording: str | None = None
    film: str | None = None
    poster: str | None = None
    log: str | None = None
    results: Mapping[str, Number | None] = field(default_factory=dict)
    alt_text: str = ""
    seconds: Mapping[str, Number] = field(default_factory=dict)
    bytes: Mapping[str, int] = field(default_factory=dict)
    command: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    spans: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A sweep: what was asked, what is common to its films, and its cells in order.

    made_from: digest of what the products show; digests: of each product, its files and the digests of their
    contents. fixed: parameters that were typed and do not vary.
    """

    scene: str
    title: str
    description: str
    command: str
    versions: Mapping[str, str]
    kind: Kind
    axes: tuple[Axis, ...]
    film: FilmLook
    common: Shared
    state: str
    products: tuple[str, ...]
    cells: tuple[Cell, ...] = ()
    fixed: Mapping[str, object] = field(default_factory=dict)
    made_from: str = ""
    digests: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        """The language of its films."""
        said = self.film.get("lang", ENGLISH)
        return said if said in LANGUAGES else ENGLISH

    @property
    def drawable(self) -> tuple[int, ...]:
        """The indices of the cells that have recordings, and so a film, drawn or not."""
        return tuple(cell.index for cell in self.cells if cell.state in ("recorded", "done"))


_READER = TypeAdapter(Manifest)


def read(folder: Path) -> Manifest:
    """The manifest in `folder`; AnimatorError when there is none, or when it is damaged."""
    path = folder / NAME
    if not path.is_file():
        raise AnimatorError(
            f"There is no sweep in '{folder}': it has no {NAME}. Give a folder that 'animator sweep' made."
        )
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, or too deep
        raise AnimatorError(
            f"'{path}' is damaged: it is no JSON. Run the sweep again with --force."
        ) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise AnimatorError(
            f'This is no manifest of a sweep: it does not say "format": "{FORMAT}". Give a folder that '
            "'animator sweep' made."
        )
    try:
        return _READER.validate_json(text, strict=True)
    except ValidationError as error:
        raise AnimatorError(
            f"The manifest of the sweep is damaged: '{_where(error, data)}' is missing or wrong. Run the "
            "sweep again with --force."
        ) from error


def _where(error: ValidationError, data: object) -> str:
    """The innermost name of `data` that the first error is about."""
    name = ""
    first = error.errors()[0]
    for part in first["loc"]:
        if isinstance(part, str) and isinstance(data, dict) and (part in data or first["type"] == "missing"):
            name = part
            data = data.get(part)
        elif isinstance(part, int) and isinstance(data, list) and part < len(data):
            data = data[part]
    return name


def write(folder: Path, manifest: Manifest, cells: Sequence[str] | None = None) -> None:
    """Put `manifest` into `folder`; at every instant the file there is whole. cells: texts of its cells,
    where they are known.
    """
    whole = to_dict(replace(manifest, cells=()))
    del whole["cells"]
    head = json.dumps(whole, indent=1, allow_nan=False)
    texts = cells if cells is not None else [cell_text(cell) for cell in manifest.cells]
    body = ",\n".join(texts)
    with replacing(folder / NAME) as temporary:
        temporary.write_text(f'{head[:-2]},\n "cells": [\n{body}\n ]\n}}\n', encoding="utf-8")


def to_dict(manifest: Manifest) -> dict[str, object]:
    """The manifest as JSON holds it."""
    return {"format": FORMAT, **_json(manifest)}


def cell_text(cell: Cell) -> str:
    """A cell as it stands in the file."""
    return "  " + json.dumps(_json(cell), allow_nan=False)


def _json(entry: Manifest | Cell) -> dict[str, object]:
    shallow = {part.name: getattr(entry, part.name) for part in fields(entry)}
    plain: dict[str, object] = to_jsonable_python(shallow, inf_nan_mode="null", fallback=str)
    return plain
