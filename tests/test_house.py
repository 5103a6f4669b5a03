"""The house stays one of small rooms: how long folders, modules, functions and classes may be.

Docstrings of functions and classes do not count; comments do.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent / "animator"
MODULES = sorted(ROOT.rglob("*.py"))
IN_A_FOLDER = 20
LINES = {ast.FunctionDef: 50, ast.AsyncFunctionDef: 50, ast.ClassDef: 250}
MODULE_LINES = 400


def docstring_lines(node: ast.AST) -> int:
    """Of a function, or of a class with its methods."""
    written = [inner.body[0] for inner in ast.walk(node) if type(inner) in LINES and ast.get_docstring(inner)]
    return sum(text.end_lineno - text.lineno + 1 for text in written)


def too_long(text: str) -> Iterator[tuple[str, int]]:
    """(name, lines) of each function and class in `text` that has more than it may."""
    for node in ast.walk(ast.parse(text)):
        if type(node) in LINES:
            lines = node.end_lineno - node.lineno + 1 - docstring_lines(node)
            if lines > LINES[type(node)]:
                yield node.name, lines


def test_a_function_one_line_too_long_is_found():
    """50 lines pass and 51 do not, whatever the docstring says."""
    function = 'def f():\n    """One\n\n    two.\n    """\n' + "    x = 1\n"
    assert list(too_long(function + "    x = 1\n" * 48)) == []
    assert list(too_long(function + "    x = 1\n" * 49)) == [("f", 51)]


def test_functions_and_classes_are_short():
    """A function has 50 lines at most, a class 250."""
    found = {module.name: list(too_long(module.read_text(encoding="utf-8"))) for module in MODULES}
    assert {name: long for name, long in found.items() if long} == {}


def test_modules_are_short():
    """A module has 400 lines at most."""
    lengths = {str(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_folders_are_small():
    """A folder holds 20 modules at most, beside its __init__."""
    held = Counter(module.parent for module in MODULES if module.name != "__init__.py")
    assert {folder: count for folder, count in held.items() if count > IN_A_FOLDER} == {}
