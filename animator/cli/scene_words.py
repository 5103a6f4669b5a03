"""SCENE as it is typed: the scene file that it names, and what is said of a film in its place."""

import shlex
from pathlib import Path

from animator.core.errors import AnimatorError
from animator.design import scene_files
from animator.design.scene_files import SceneFile


def scene_file(name: str) -> SceneFile:
    """The scene file for what was typed: a path to a .py file, or a bundled name."""
    refuse_film(name)
    return scene_files.find(name)


def refuse_film(name: str) -> None:
    """AnimatorError when `name` is a film that is there already: there is nothing to make it of."""
    from animator.films.delivery import DEFAULTS

    path = Path(name)
    if path.suffix.lower() in DEFAULTS and path.is_file():
        raise AnimatorError(
            f"'{name}' is a film already, and films are made of scenes and recordings. Type animator info "
            f"{shlex.quote(name)}: it tells the command that made it."
        )
