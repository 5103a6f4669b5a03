"""Fingerprint of a function: source, bound arguments, closure and globals used, as JSON.

Two functions with the same fingerprint compute the same; a recording's cache key is made from it.
Nothing is run.
"""

import hashlib
import inspect
from collections.abc import Mapping
from functools import partial
from types import CodeType, FunctionType, ModuleType

from animator.core.errors import AnimatorError


def ingredients(value: object, seen: frozenset[int] = frozenset()) -> object:
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


def _function(function: FunctionType, seen: frozenset[int]) -> object:
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


def _is_users(thing: FunctionType | type) -> bool:
    """Whether `thing` comes from a scene file or the user's own code, not from an installed library."""
    top = str(getattr(thing, "__module__", "")).split(".")[0]
    if top in ("animator", "keras", "tensorflow", "numpy", "builtins"):
        return False
    try:
        return "site-packages" not in (inspect.getsourcefile(thing) or "")
    except TypeError:
        return False


def _source(thing: FunctionType | type) -> str:
    try:
        return inspect.getsource(thing)
    except OSError as error:
        raise AnimatorError(
            f"The source of {thing.__qualname__!r} cannot be read, so its recording cannot be told "
            "from others in the cache. Put the function in a file, or add --no-cache."
        ) from error
