"""What a sweep's folder says of itself: its axes, its cells, and what came of each; manifest.json.

The file is JSON, never holds NaN, and appears by rename.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from animator.errors import AnimatorError
from animator.files import replacing

FORMAT = "animator sweep 1"
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Axis:
    """A swept parameter and its values, in order."""

    name: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One film of a sweep: its parameters, how far it is, its files (names in the folder), its results."""

    index: int
    name: str
    parameters: Mapping[str, Any]
    state: str
    reason: str
    way: str | None
    recording: str | None
    film: str | None
    poster: str | None
    log: str | None
    results: Mapping[str, Any]
    alt_text: str
    seconds: Mapping[str, float]
    bytes: Mapping[str, int]
    command: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole sweep. kind: "product", "zip" or "rows" of the axes."""

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

    def to_dict(self) -> dict[str, Any]:
        """The manifest as JSON."""
        made = {"format": FORMAT, **asdict(self)}
        made["axes"] = [{"name": axis.name, "values": list(axis.values)} for axis in self.axes]
        return made

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> "Manifest":
        """What `to_dict` gave; AnimatorError when it is none."""
        try:
            if found["format"] != FORMAT:
                raise KeyError("format")
            known = {field.name: found[field.name] for field in fields(cls)}
            known["axes"] = tuple(Axis(a["name"], tuple(a["values"])) for a in found["axes"])
            known["cells"] = tuple(Cell(**cell) for cell in found["cells"])
            known["products"] = tuple(found["products"])
            return cls(**known)
        except (KeyError, TypeError) as error:
            raise AnimatorError(
                f"This is no manifest of a sweep ({error}). Make the folder again with animator sweep."
            ) from error


def read(folder: Path) -> Manifest:
    """The manifest of `folder`; AnimatorError when there is none."""
    try:
        return Manifest.from_dict(json.loads((folder / NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise AnimatorError(
            f"'{folder}' is no folder of a sweep: its {NAME} cannot be read. Give a folder that "
            "animator sweep wrote."
        ) from error


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into `folder`, by rename."""
    text = json.dumps(manifest.to_dict(), indent=1, allow_nan=False, ensure_ascii=False)
    with replacing(folder / NAME) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
