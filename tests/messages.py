"""Every message that a film, a page or a bundled scene may say, read by Babel from the sources.

A message is written out where it is made: in `say(...)` where it is said at once, in `Said(...)` where it
travels in a variable, and in `t(...)` on a page. Nothing else is looked up in a catalogue.
"""

import ast
import re
from itertools import product
from pathlib import Path

from babel.messages.extract import extract_from_dir

from animator.design import scene_files

ROOT = Path(__file__).parents[1]
METHODS = {  # of files, what reads them and what says a message there
    "**.py": ("python", ("say", "Said")),
    "**.js": ("javascript", ("t",)),
    "**.html": ("jinja2.ext:babel_extract", ("t",)),
}
OPTIONS = {"**.js": {"parse_template_string": "true"}}
VALUE = re.compile(r"\{[^}]*\}")
SAYERS = ("say", "Said")
FOLDERS = ("animator", "scenes")


def messages() -> set[str]:
    """All of them; what has letters in values alone is the same in every language."""
    found = {scene_files.bundled(name).description for name in scene_files.names()}
    for folder, (files, (method, names)) in product(FOLDERS, METHODS.items()):
        keywords = dict.fromkeys(names)
        read = extract_from_dir(ROOT / folder, [(files, method)], OPTIONS, keywords)
        found |= {str(text) for _, _, text, _, _ in read}
    return {text for text in found if any(map(str.isalpha, VALUE.sub("", text)))}


def unwritten() -> list[str]:
    """Where a variable is said, which Babel cannot read: file, line and what stands there."""
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    return [
        f"{file.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in SAYERS
        and not (node.args and isinstance(node.args[0], ast.Constant))
    ]
