"""What a shell is offered while a command is typed: scenes, their parameters, and the values of these.

In: the words so far. Out: words that go on with the last one. Scene files run for it, as they do for a
command.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import typer


def scenes(incomplete: str) -> list[str]:
    """Bundled scenes, and scene files and recordings of the folder that is being typed."""
    from animator.design import scene_files

    folder = Path(incomplete).parent
    near = [path for path in folder.glob("*") if path.suffix in (".py", ".h5") or path.is_dir()]
    files = [f"{path}/" if path.is_dir() else str(path) for path in sorted(near)]
    return [word for word in (*scene_files.names(), *files) if word.startswith(incomplete)]


def bundled(incomplete: str) -> list[str]:
    """Bundled scenes."""
    from animator.design import scene_files

    return [name for name in scene_files.names() if name.startswith(incomplete)]


def values(context: typer.Context, incomplete: str) -> list[str]:
    """NAME= for each parameter of the scene that is not typed yet, and NAME=VALUE where values are known."""
    return [word for word in _assignments(context, incomplete) if word.startswith(incomplete)]


def _assignments(context: typer.Context, incomplete: str) -> Iterator[str]:
    from animator.core.errors import AnimatorError
    from animator.design import scene_files

    try:
        known = scene_files.find(str(context.params.get("scene"))).parameters
    except AnimatorError:
        return
    typed = {str(word).partition("=")[0] for word in context.params.get("values") or ()}
    name, equals, _ = incomplete.partition("=")
    for parameter in known:
        if equals and parameter.name == name:
            yield from (f"{name}={value}" for value in choices(parameter.type, parameter.default))
        elif not equals and parameter.name not in typed:
            yield f"{parameter.name}="


def choices(kind: object, default: object) -> list[str]:
    """Values of a parameter of a type: those there are, else its default."""
    from animator.design.parameters import written

    if get_origin(kind) is Literal:
        return [str(choice) for choice in get_args(kind)]
    if kind is bool:
        return ["true", "false"]
    return [written(default)]
