"""Every message that a film, a page or a bundled scene may say, read from the sources."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAYERS = {"say": (0,), "Said": (0,), "Moment": (1,), "heading": (1,), "name_axes": (3, 4), "Line": (0,)}
FIELDS = {"title", "caption", "names", "brief", "left_out"}  # keywords of a scene and of what it is made of
TABLES = {
    *("NAMES", "LOSSES", "TEACHERS", "STARTS", "CLOCKS", "KEYS", "NOT_RECORDED", "SHOWS", "SURFACE_SAYS"),
    *("FALLS", "GOES", "NO_COMPONENTS", "NO_THREE", "SCRIPT"),
}
PROPER = {  # the same in every language
    *("Adam", "SGD", "RMSprop", "Nesterov", "Glorot", "evaluations", "mean", "linear", "relu", "sigmoid"),
    "tanh",
}
BY_NAME = {  # what reaches `say` in a variable
    *("loss", "batch", "all", "learning rate", "gradient evaluations", "gradient", "update", "bias"),
    *(
        "b: bias",
        "{count:,} step",
        "{count:,} steps",
        "weights",
        "direction 1",
        "direction 2",
        "theory",
        "yours",
    ),
    *("loss over steps", "weights over steps", "{kind} over {clock}", "size of update", "cosine"),
    *("colours: the minimum that it ends in", "the weights do not move", "the path is a straight line"),
    *("the surface in perspective", "a card with text"),
    "the path runs away, so that all before its last steps is one point beside them",
}
PACKAGES = ("core", "design", "drawing", "films", "landscape", "publish", "functions")
PAGES = re.compile(r"""\bt\((?:"([^"]*)"|'([^']*)')""")


def constants(node: ast.AST) -> set[str]:
    """The texts in an expression, the keys of a table among them, but no name of anything."""
    if isinstance(node, ast.Call):
        return set()
    if isinstance(node, ast.Dict):
        return {key.value for key in node.keys if isinstance(key, ast.Constant)}
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.JoinedStr | ast.Compare | ast.Subscript):
        return set()
    return set().union(*map(constants, ast.iter_child_nodes(node)), set())


def _called(node: ast.Call) -> set[str]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    found = [node.args[i] for i in SAYERS.get(name, ()) if i < len(node.args)]
    found += [word.value for word in node.keywords if word.arg in FIELDS]
    return set().union(*map(constants, found), set())


def of_file(path: Path) -> set[str]:
    """The messages of a source file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            found |= _called(node)
        if isinstance(node, ast.Assign):
            names = {
                name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)
            }
            found |= constants(node.value) if names & TABLES else set()
    return found


def messages() -> set[str]:
    """All of them."""
    folders = ("scenes", *(f"animator/{name}" for name in PACKAGES))
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    found = set().union(*map(of_file, files))
    pages = [ROOT / "animator/publish/templates"]
    for file in (file for folder in pages for file in folder.rglob("*.*") if file.suffix in (".html", ".js")):
        found |= {one or other for one, other in PAGES.findall(file.read_text(encoding="utf-8"))}
    found = {text for text in found if any(letter.isalpha() for letter in text)}
    return (found | BY_NAME) - PROPER
