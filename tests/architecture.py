"""The table of packages in docs/architecture.md, written from the tree: `make architecture`."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- packages -->\n", "<!-- /packages -->\n"


def packages() -> list[str]:
    """The packages in the order of the import contract, the one that may import most first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [c for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers"]
    return [name.strip() for layer in contract["layers"] for name in layer.split(":")]


def row(name: str) -> str:
    """One package: the first line of its docstring, and its modules."""
    folder = ROOT / "animator" / name
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    files = sorted(file for file in folder.rglob("*.py") if file.name != "__init__.py")
    modules = " ".join(
        f"`{file.relative_to(ROOT / 'animator').with_suffix('').as_posix()}`" for file in files
    )
    return f"| `{name}` | {text.splitlines()[0]} | {modules} |\n"


def table() -> str:
    """The whole table, between its marks."""
    head = "| package | what it holds | modules |\n|---|---|---|\n"
    return BEGIN + head + "".join(map(row, packages())) + END


def main() -> None:
    """Write the table into the page."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(before + table() + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
