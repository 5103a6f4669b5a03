"""What the errors of animator say, read from its source: a module or a folder goes in, sentences come out.

What differs from case to case, the values in an f-string, is three dots.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "animator"
RAISED = ("AnimatorError", "SizeError", "NoPlaneError")
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
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    raised = (call for call in calls if call.args and getattr(call.func, "id", "") in RAISED)
    texts = (said(call.args[-1]) for call in raised)
    return tuple(text for text in texts if len(text.replace("...", "").split()) > 4)


def said(node: ast.expr) -> str:
    """The text of a string in the source, with dots for its values."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "..." for part in parts)
