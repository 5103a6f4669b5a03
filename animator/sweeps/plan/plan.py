"""What a sweep will make, before anything runs: its cells, their names and commands, the look of its films.

In: a scene file and typed words, checked. Out: a Plan, which says all that decides the results; where they go
and who works is not in it.
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

from animator.core.errors import AnimatorError
from animator.core.language import ENGLISH
from animator.design import parameters, scene_files, style_files
from animator.design.film_design import FilmDesign
from animator.design.scene_files import SceneFile
from animator.films import wish_words
from animator.films.delivery import DEFAULTS, settled, spec_for
from animator.sweeps.folder.manifest import Axis, Kind, Value
from animator.sweeps.plan import axes, cell_names

COMPARED = ("animator", "tensorflow", "keras", "numpy")  # and Python: what must be the same on every worker
DRAWING = ("matplotlib", "contourpy", "av", "pillow", "imageio", "h5py")
FORMATS = ("mp4", "webm", "gif")
LOOKS = ("style", "size", "quality")  # wishes that a Look has by themselves
PAINTED = {  # wishes that no surface depends on
    *("title", "caption", "description", "names", "lang", "translations", "card"),
    *("colors", "levels", "dot", "text", "end_pause"),
}


@dataclass(frozen=True, slots=True)
class SceneText:
    """A scene file as it travels to workers: they need not have it. path: where it was, as text."""

    name: str
    path: str
    text: str
    bundled: bool

    def file(self) -> SceneFile:
        """The scene file, run here; the same text is run once a process."""
        return _loaded(self)


@lru_cache(maxsize=8)
def _loaded(scene: SceneText) -> SceneFile:
    path = scene_files.folder() / f"{scene.name}.py" if scene.bundled else Path(scene.path)
    return scene_files.load(path, scene.text)


@dataclass(frozen=True, slots=True)
class Look:
    """How the films of a sweep look: format, pixels, frames a second and style; sheet: a style's file, as
    (name, text), where it is the user's own. wishes: what else is wished of them, fields of a FilmDesign.
    """

    format: str = "mp4"
    width: int = 1280
    height: int = 720
    fps: float = 30.0
    style: str = "dark"
    sheet: tuple[str, str] | None = None
    wishes: Mapping[str, object] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        """The language of its words and numbers."""
        return str(self.wishes.get("lang", ENGLISH))

    @property
    def of_surfaces(self) -> Mapping[str, object]:
        """What of the wishes may change a surface."""
        return {name: value for name, value in self.wishes.items() if name not in PAINTED}


@dataclass(frozen=True, slots=True)
class Planned:
    """A cell to be: words: what builds its scene; parameters: what varies; command: what makes it alone."""

    index: int
    name: str
    words: tuple[str, ...]
    parameters: Mapping[str, Value]
    command: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep to be made; see the module. command: what was typed."""

    scene: SceneText
    kind: Kind
    axes: tuple[Axis, ...]
    fixed: Mapping[str, object]
    look: Look
    cells: tuple[Planned, ...]
    command: str

    @property
    def shape(self) -> str:
        """'25 x 3 x 4 cells', or '12 cells'."""
        if self.kind == "product" and len(self.axes) > 1:
            return f"{' x '.join(str(len(a.values)) for a in self.axes)} = {len(self.cells):,} cells"
        return f"{len(self.cells):,} cells" if len(self.cells) != 1 else "1 cell"


def plan(
    scene: str,
    words: Sequence[str],
    look: Look,
    zipped: bool = False,
    rows: Path | None = None,
    command: str = "",
) -> Plan:
    """The Plan of a sweep from words as they are typed.

    Parameters
    ----------
    scene
        A bundled name, or the path of a scene file.
    words
        "NAME=V1,V2,..." for what varies, "NAME=VALUE" for what does not.
    look
        Of the films.
    zipped
        Whether values go in step, not every one with every other.
    rows
        A .csv file with a line for each cell.
    command
        What was typed.

    Returns
    -------
    Plan

    Raises
    ------
    AnimatorError
        When one of the words cannot be.
    """
    if scene.endswith(".h5"):
        raise AnimatorError(
            f"'{scene}' is a recording: its parameters are fixed, so they cannot be swept. Give the scene "
            "that it was recorded from."
        )
    text = _text(scene_files.find(scene))
    file = text.file()
    grid = axes.grid(file.name, file.parameters, words, zipped, rows)
    read = {p.name: p for p in file.parameters}
    fixed = [f"{name}={value}" for name, value in grid.fixed.items()]
    cells = []
    for index, cell in enumerate(grid.cells):
        meant = {name: read[name].read(file.name, value) for name, value in cell.items()}
        name = cell_names.of_cell(index, len(grid.cells), meant)
        typed = (*fixed, *(f"{key}={value}" for key, value in cell.items()))
        cells.append(Planned(index, name, typed, meant, _command(text, typed, name, look)))
    known = parameters.check(file.name, file.parameters, grid.fixed)
    return Plan(text, grid.kind, grid.axes, known, look, tuple(cells), command)


def look(format: str = "mp4", fps: float | None = None, **wishes: object) -> Look:
    """The Look of films with these fields of a FilmDesign; AnimatorError when the format cannot hold it."""
    if format not in FORMATS:
        raise AnimatorError(
            f"--format {format} is no format for the films of a sweep. Known: {' '.join(FORMATS)}."
        )
    if "moments" in wishes:
        raise AnimatorError(
            "moments= holds functions, which do not travel to the workers of a sweep. Put them into the "
            "scene, and use captions=True."
        )
    own_size, own_fps = DEFAULTS[f".{format}"]
    asked = settled(FilmDesign(), wishes, 1)
    width, height = asked.pixels or own_size
    style = str(asked.style)
    spec_for(Path(f"film.{format}"), (width, height), fps, style)
    own = {name: getattr(asked, name) for name in sorted(wishes) if name not in LOOKS}
    return Look(format, width, height, float(fps or own_fps), style, _sheet(style), own)


def _sheet(style: str) -> tuple[str, str] | None:
    style_files.find(style)
    path = Path(style)
    return (path.name, path.read_text(encoding="utf-8")) if path.suffix and path.is_file() else None


def _text(file: SceneFile) -> SceneText:
    source = file.path.read_text(encoding="utf-8")
    place = "" if file.is_bundled else str(file.path)
    return SceneText(file.name, place, source, file.is_bundled)


def _command(scene: SceneText, words: Sequence[str], name: str, look: Look) -> str:
    """The command that makes the film of a cell by itself, files by their names."""
    said = ["animator", "render", scene.name if scene.bundled else Path(scene.path).name, *words]
    said += ["-o", f"{name}.{look.format}"]
    own_size, own_fps = DEFAULTS[f".{look.format}"]
    if (look.width, look.height) != own_size:
        said += ["--size", f"{look.width}x{look.height}"]
    said += ["--fps", f"{look.fps:g}"] if look.fps != own_fps else []
    said += ["--style", Path(look.style).name if look.sheet else look.style] if look.style != "dark" else []
    return shlex.join([*said, *wish_words.typed(look.wishes)])


def versions() -> dict[str, str]:
    """The versions that decide what a sweep makes, by name."""
    return dict(_versions(version))


@cache
def _versions(version: Callable[[str], str]) -> dict[str, str]:
    found = {"python": python_version()}
    for name in (*COMPARED, *DRAWING):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found
