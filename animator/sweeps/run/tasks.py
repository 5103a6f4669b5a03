"""What travels between a sweep and its workers: plain data, no paths that a worker would have to have.

Files travel as bytes. A task goes out; Recorded, SurfaceResult or Drawn comes back, or a Failure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from animator.landscape.window import Common
from animator.sweeps.folder.manifest import Number
from animator.sweeps.folder.store import Files
from animator.sweeps.plan.plan import Look, SceneText


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTask:
    """Train run number `run` of the scene that `words` build. timeout: seconds."""

    scene: SceneText
    words: tuple[str, ...]
    run: int
    versions: Mapping[str, str]
    timeout: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmTask:
    """What there is to do with the film of a cell, made of its recordings. files: what may be needed of the
    cache. common: what films share. look: of all films. timeout: seconds. cell: what is said of it under the
    film's title.
    """

    scene: SceneText
    words: tuple[str, ...]
    recordings: tuple[bytes, ...]
    files: Files
    common: Common | None
    versions: Mapping[str, str]
    look: Look
    timeout: float | None = None
    cell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceTask(FilmTask):
    """Evaluate the surfaces that the film shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTask(FilmTask):
    """Draw it. name: of its file, without the suffix; command: what makes it alone."""

    name: str
    command: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """recording: an HDF5 file."""

    recording: bytes
    seconds: Mapping[str, float]
    log: str


@dataclass(frozen=True, slots=True)
class SurfaceResult:
    """The surfaces of a cell: spans: lowest and highest loss of each; used: names of the files of the cache
    that hold them; files: those of them that were made now.
    """

    spans: tuple[tuple[float, float], ...]
    used: tuple[str, ...]
    files: Files
    seconds: Mapping[str, float]
    log: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A film, its poster, what they show, and the files of the cache, as in a SurfaceResult."""

    film: bytes
    poster: bytes
    alt_text: str
    results: Mapping[str, Number | None]
    used: tuple[str, ...]
    files: Files
    seconds: Mapping[str, float]
    log: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Work that was not done. kind: "raised", "time", "died", or, where nothing can go on, "disk" (full) or
    "versions" (other ones than the sweep's).
    """

    reason: str
    kind: Literal["raised", "time", "died", "disk", "versions"] = "raised"
    log: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)


Task = RecordTask | SurfaceTask | DrawTask
Result = Recorded | SurfaceResult | Drawn | Failure
