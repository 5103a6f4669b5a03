"""`animator new`: a commented scene of one's own to start from, which runs as it is."""

import sys
from pathlib import Path
from string import Template

from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder, replacing
from animator.design import scene_files

TEMPLATE = Path(__file__).with_name("starter.txt")


def new(name: str, source: str | None = None) -> Path:
    """Write the scene file `name`.py, and say how to render it; a file that is there stays.

    source: the bundled scene that it is a copy of.
    """
    path = Path(name).with_suffix(".py")
    if not path.stem.replace("-", "_").isidentifier():
        raise AnimatorError(
            f"'{name}' is no name for a scene: use letters, digits, - and _, and begin with a letter. "
            "Type for example: animator new my-film."
        )
    if path.exists():
        raise AnimatorError(
            f"'{path}' exists, and nothing is written over it. Choose another name, or remove it first."
        )
    copied = scene_files.bundled(source).path.read_text(encoding="utf-8") if source is not None else None
    ensure_folder(path)
    title = path.stem.replace("-", " ").replace("_", " ").capitalize()
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(title=title, file=path.name)
    with replacing(path) as temporary:
        temporary.write_text(text if copied is None else copied, encoding="utf-8")
    sys.stdout.write(f"{path}  render it with: animator render {path}\n")
    return path
