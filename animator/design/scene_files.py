"""Scene files: the bundled ones by name, a user's by path. Loading one runs it, as Python does.

A fault in a scene file is told in one sentence with the file's own line.
"""

import linecache
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType, TracebackType

from animator.core.errors import AnimatorError, nearest
from animator.core.language import Said
from animator.design import parameters
from animator.design.parameters import Parameter, check
from animator.design.scene import Scene

ALIASES = {"batch-size": "noise"}


@dataclass(frozen=True, slots=True)
class SceneFile:
    """A loaded scene file: its name, path, function, parameters and the film's description."""

    name: str
    path: Path
    function: Callable[..., Scene]
    parameters: tuple[Parameter, ...]
    description: str

    @property
    def is_bundled(self) -> bool:
        """Whether the file is one of the scenes that come with animator."""
        return self.path.parent == folder()

    def build(self, given: Mapping[str, object]) -> Scene:
        """The scene for checked parameter values."""
        with blaming(self.path):
            scene = self.function(**given)
        if not isinstance(scene, Scene):
            raise AnimatorError(
                f"The function 'scene' in '{self.path.name}' returned {type(scene).__name__}, not an "
                "animator.Scene. End it with: return animator.Scene(title=..., runs=(...))."
            )
        chosen = {p.name: given.get(p.name, p.default) for p in self.parameters}
        origin = {"scene": self.name if self.is_bundled else self.path.name, "parameters": chosen}
        return replace(scene, origin=origin, description=scene.description or self._said())

    def _said(self) -> str:
        """Its docstring as the description of its films: of a bundled scene one of our messages."""
        return Said.of(self.description) if self.is_bundled else self.description


def scene(name: str, **parameters: object) -> Scene:
    """A bundled scene by its name, or one in a .py file by its path, for parameters.

    Raises
    ------
    AnimatorError
        When there is no such scene, or a parameter does not fit it.

    Examples
    --------
    >>> animator.scene("ravine", kappa=50).title
    'Why momentum works'
    """
    file = find(name)
    return file.build(check(file.name, file.parameters, parameters))


def folder() -> Path:
    """Where the bundled scenes are: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parents[1] / "scenes"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "scenes"


def names() -> list[str]:
    """Names of the bundled scenes, sorted."""
    return sorted(path.stem for path in folder().glob("*.py") if not path.stem.startswith("_"))


def bundled(name: str) -> SceneFile:
    """The bundled scene called `name`, or the other name of one."""
    name = ALIASES.get(name, name)
    if name.startswith("f="):
        raise AnimatorError(f"{name!r} is a function, not a scene. Type: animator render function '{name}'.")
    if name not in names():
        raise AnimatorError(
            f"No scene is called {name!r}. {nearest(name, names())}Bundled: {' '.join(names())}. "
            "A scene of your own is a path that ends in .py; a recording ends in .h5."
        )
    return load(folder() / f"{name}.py")


def find(name: str) -> SceneFile:
    """The scene for what was typed: a path to a .py file, or a bundled name."""
    path = Path(name)
    if not name.endswith(".py"):
        return bundled(name)
    if not path.is_file():
        raise AnimatorError(
            f"There is no scene file '{name}'. Give the path of a .py file that exists, or one of the "
            f"bundled scenes: {' '.join(names())}."
        )
    return load(path)


def load(path: Path, source: str | None = None) -> SceneFile:
    """Run a scene file and take its function `scene`; source: its text, where the file is elsewhere."""
    module_name = f"animator_scene_{path.stem}"
    loader = SourceFileLoader(module_name, str(path))
    module: ModuleType = module_from_spec(ModuleSpec(module_name, loader, origin=str(path)))
    module.__file__ = str(path)
    sys.modules[module_name] = module
    with blaming(path):
        if source is None:
            loader.exec_module(module)
        else:
            _execute(module, path, source)
    function = getattr(module, "scene", None)
    if not callable(function):
        raise AnimatorError(
            f"'{path.name}' has no function called 'scene', so there is no film in it. "
            "Write: def scene(learning_rate: float = 0.5) -> animator.Scene: ..."
        )
    text = (function.__doc__ or module.__doc__ or "").strip()
    description = " ".join(text.split("\n\n")[0].split())
    with blaming(path):
        found = parameters.of(function)
    return SceneFile(name=path.stem, path=path, function=function, parameters=found, description=description)


def _execute(module: ModuleType, path: Path, source: str) -> None:
    """Run `source` as `module`. `inspect` reads it from linecache, so cache keys are those of the file."""
    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    exec(compile(source, str(path), "exec"), module.__dict__)


class blaming:
    """Context: an exception raised by the scene file becomes a sentence with the file's own line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, SystemExit):
            raise AnimatorError(
                f"Scene file '{self.path.name}' called sys.exit({error.code!r}), and no film can be made "
                "by code that ends the program. Remove that call and try again."
            ) from error
        if not isinstance(error, Exception) or isinstance(error, AnimatorError):
            return
        sentence = blame(self.path, error)
        if sentence:
            raise AnimatorError(sentence) from error


def blame(path: Path, error: Exception) -> str:
    """The sentence for an error whose traceback passes through the file `path`; '' when it does not."""
    if isinstance(error, SyntaxError) and Path(error.filename or "") == path:
        line, code = error.lineno or 0, (error.text or "").strip()
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename) == path]
        if not own:
            return ""
        line, code = own[-1].lineno or 0, own[-1].line or ""
    reason = " ".join(str(error).split()) or "no message"
    return (
        f"Scene file '{path.name}' raised {type(error).__name__} at line {line} ({code}): "
        f"{reason}. Mend that line and try again."
    )
