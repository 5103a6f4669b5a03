"""What is trained for a film: functions that make the model and the data, and how long to train.

Nothing here runs Keras. The functions are called by animator.training, and only when no recording of
the same experiment is in the cache.
"""

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import metadata
from types import CodeType, FunctionType, ModuleType
from typing import Any

from animator.core.errors import AnimatorError

VERSIONED = ("animator", "tensorflow", "keras", "numpy")


@cache
def version(package: str) -> str:
    """The installed version of a package, looked up once: it takes a millisecond."""
    return metadata.version(package)


@dataclass(frozen=True, slots=True)
class Experiment:
    """One training run.

    model: () -> compiled Keras model. data, test: () -> (x, y) arrays, samples first.
    labels: names for parameters on screen, in the order of the flat weights; empty for Keras' own.
    target: where the two plotted weights should end, or None when that is not known.
    axes: the two parameters that span the surface, as indices of the flat weights.
    notes: what else a film may use: "colour", the number of the run's among the style's lines, and
    "theory", the rate of convergence to expect.
    """

    model: Callable[[], Any]
    data: Callable[[], tuple[Any, Any]]
    test: Callable[[], tuple[Any, Any]] | None = None
    epochs: int = 10
    batch_size: int = 32
    seed: int = 0
    shuffle: bool = True
    labels: tuple[str, ...] = ()
    target: tuple[float, float] | None = None
    axes: tuple[int, int] = (0, 1)
    notes: Mapping[str, Any] = field(default_factory=dict)

    def key(self) -> str:
        """Digest of all that decides the recording: sources, values, seed and versions."""
        parts = {
            "functions": [ingredients(f) for f in (self.model, self.data, self.test)],
            "numbers": [self.epochs, self.batch_size, self.seed, self.shuffle],
            "shown": [list(self.labels), self.target, list(self.axes), dict(self.notes)],
            "versions": {name: version(name) for name in VERSIONED},
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def ingredients(value: Any, seen: frozenset[int] = frozenset()) -> Any:
    """What decides the behaviour of `value`, as JSON: source, bound arguments, closure and globals used.

    Functions and classes of installed packages stand for themselves by name: versions are in the key.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [ingredients(item, seen) for item in value]
    if isinstance(value, Mapping):
        return {str(key): ingredients(item, seen) for key, item in value.items()}
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, partial):
        return [
            "partial",
            *(ingredients(v, seen) for v in (value.func, value.args, value.keywords)),
        ]
    if isinstance(value, FunctionType):
        return _function(value, seen)
    if hasattr(value, "tobytes"):
        return hashlib.sha256(value.tobytes()).hexdigest()
    if isinstance(value, type) and _is_users(value):
        return ["class", _source(value)]
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', repr(value))}"


def _function(function: FunctionType, seen: frozenset[int]) -> Any:
    if id(function) in seen or not _is_users(function):
        return f"function {function.__module__}.{function.__qualname__}"
    seen = seen | {id(function)}
    closure = inspect.getclosurevars(function)
    names = _names(function.__code__)
    used = {n: v for n, v in function.__globals__.items() if n in names and not n.startswith("__")}
    return {
        "source": _source(function),
        "defaults": ingredients(function.__defaults__, seen),
        "keyword_defaults": ingredients(function.__kwdefaults__, seen),
        "closure": {n: ingredients(v, seen) for n, v in sorted(closure.nonlocals.items())},
        "globals": {n: ingredients(v, seen) for n, v in sorted(used.items())},
    }


def _names(code: CodeType) -> set[str]:
    inner = (c for c in code.co_consts if isinstance(c, CodeType))
    return set(code.co_names).union(*(_names(c) for c in inner))


def _is_users(thing: Any) -> bool:
    """Whether `thing` comes from a scene file or the user's own code, not from an installed library."""
    top = str(getattr(thing, "__module__", "")).split(".")[0]
    if top in ("animator", "keras", "tensorflow", "numpy", "builtins"):
        return False
    try:
        return "site-packages" not in (inspect.getsourcefile(thing) or "")
    except TypeError:
        return False


def _source(thing: Any) -> str:
    try:
        return inspect.getsource(thing)
    except OSError as error:
        raise AnimatorError(
            f"The source of {thing.__qualname__!r} cannot be read, so its recording cannot be told "
            "from others in the cache. Put the function in a file, or add --no-cache."
        ) from error
