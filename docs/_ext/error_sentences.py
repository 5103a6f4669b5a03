"""What the errors of animator say, read from its source: a module or a folder goes in, sentences come out.

What differs from case to case, the values in an f-string, is three dots. A sentence may stand in the call of
the error, in a constant, or in a function that gives it.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "animator"
# which arguments of an error are its sentence: from, to
RAISED = {"AnimatorError": (0, 1), "NoPlaneError": (1, 2), "NoSurfaceError": (0, 1), "SizeError": (0, 2)}
Held = dict[str, list[ast.expr]]
AREAS = {
    "Commands": ("cli",),
    "Files and the cache": ("core",),
    "Scenes, layouts and styles": ("design",),
    "Functions and descents": ("functions",),
    "Recording": ("training/record", "training/checkpoints.py", "torch.py", "lightning.py", "jax.py"),
    "Recordings": ("recordings",),
    "Models and losses": ("training",),
    "Planes and surfaces": ("landscape",),
    "Films and panels": ("films", "drawing"),
    "Formats": ("encoding",),
    "Slides, pages, players": ("publish",),
    "Sweeps": ("sweeps",),
}


def by_area() -> dict[str, list[str]]:
    """All sentences, sorted; each once, in the first area that has it."""
    seen: set[str] = set()
    told = {}
    for area, places in AREAS.items():
        found = {text for place in places for text in sentences(SOURCE / place)} - seen
        told[area] = sorted(found)
        seen |= found
    return told


def sentences(place: Path) -> Iterator[str]:
    """What the errors raised in a module, or in those of a folder, say."""
    for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
        yield from _of_module(path)


@cache
def _of_module(path: Path) -> tuple[str, ...]:
    tree = _parsed(path)
    held = _imported(tree) | _own(path)
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if call.args and (name := getattr(call.func, "id", "")) in RAISED:
            parts = [list(said(argument, held)) for argument in call.args[slice(*RAISED[name])]]
            found += [re.sub(r"(\.{3}){2,}", "...", " ".join(chosen)) for chosen in product(*parts)]
    return tuple(text for text in found if len(text.replace("...", "").split()) > 4)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def _own(path: Path) -> Held:
    """What the names of a module stand for: of a constant its value, of a function what it returns."""
    held: Held = {}
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            held[node.targets[0].id] = [node.value]
        elif isinstance(node, ast.FunctionDef):
            returns = (inner for inner in ast.walk(node) if isinstance(inner, ast.Return))
            held[node.name] = [inner.value for inner in returns if inner.value is not None]
    return held


def _imported(tree: ast.Module) -> Held:
    """The same of the names that a module takes from other modules of animator."""
    held: Held = {}
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)):
        path = SOURCE.parent.joinpath(*(node.module or "").split(".")).with_suffix(".py")
        own = _own(path) if path.is_file() else {}
        held |= {alias.name: own[alias.name] for alias in node.names if alias.name in own}
    return held


def said(node: ast.expr, held: Held) -> Iterator[str]:
    """The texts that an expression may be, with dots for their values."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "..." for part in node.values)
    elif isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        yield from (re.sub(r"{.*?}", "...", text) for text in said(node.func.value, held))
    elif (name := getattr(getattr(node, "func", node), "id", "")) in held:
        rest = {key: value for key, value in held.items() if key != name}
        yield from (text for value in held[name] for text in said(value, rest))
    else:
        yield "..."
