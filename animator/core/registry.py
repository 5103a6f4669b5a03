"""Names that stand for code: a row is a name, where its code lives, and how to install what is missing.

Code is imported when its row is used, so a table may name libraries that are not installed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from animator.core.errors import AnimatorError, nearest


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: `target` is "module:attribute"; `install` is the sentence shown when it is missing."""

    target: str
    install: str


def resolve(kind: str, name: str, rows: Mapping[str, Row], hint: str) -> Any:
    """The object that `name` stands for among `rows`.

    Raises AnimatorError when the name is unknown (listing what is known, then `hint`) or when a
    library behind it is not installed.
    """
    if name not in rows:
        known = " ".join(sorted(rows))
        raise AnimatorError(f"No {kind} is called {name!r}. {nearest(name, rows)}Known: {known}. {hint}")
    module, attribute = rows[name].target.split(":")
    try:
        return getattr(import_module(module), attribute)
    except ImportError as error:
        raise AnimatorError(f"{kind} {name!r} needs {error.name}: {rows[name].install}") from error
