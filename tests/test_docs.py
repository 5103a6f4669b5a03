"""The docs name what there is, and what they name is there."""

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from animator.cli import app
from animator.cli.render_request import QUALITY
from animator.design import parameters, scene_files
from animator.design.style import STYLES
from animator.drawing.panels.registry import PANELS
from animator.encoding import FORMATS
from animator.sweeps.plan import axes
from tests import architecture

ROOT = Path(__file__).parent.parent
PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/glossary.md",
        "docs/recording.md",
    )
}
README, ARCHITECTURE = PAGES["README.md"], PAGES["docs/architecture.md"]
RECORDING = PAGES["docs/recording.md"]
COMMANDS = typer.main.get_command(app.app).commands


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """(page, text) of every fenced block in `language`."""
    for page, text in PAGES.items():
        for found in re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            yield page, found


SHELL = [(page, line) for page, text in blocks("sh") for line in text.splitlines() if line.strip()]


def example() -> str:
    """The scene file in the README."""
    (found,) = [text for page, text in blocks("python") if page == "README.md" and "def scene(" in text]
    return found


@pytest.fixture
def two_clouds(tmp_path: Path) -> scene_files.SceneFile:
    """The README's scene, saved under the name that the README gives it."""
    path = tmp_path / "two_clouds.py"
    path.write_text(example(), encoding="utf-8")
    return scene_files.load(path)


def test_readme_names_every_scene_panel_format_style_and_quality():
    names = [*scene_files.names(), *PANELS, *FORMATS, *STYLES, *QUALITY]
    assert [name for name in names if f"`{name}`" not in README] == []


def test_readme_shows_every_command():
    shown = {shlex.split(line)[1] for page, line in SHELL if page == "README.md" and "animator " in line}
    assert shown == set(COMMANDS)


@pytest.mark.parametrize("command", ["render", "sweep"])
def test_readme_names_every_option(command):
    flags = [option.opts[0] for option in COMMANDS[command].params if option.opts[0].startswith("-")]
    assert [flag for flag in flags if f"`{flag}`" not in README] == []


@pytest.mark.parametrize(("page", "text"), blocks("python"))
def test_python_blocks_compile(page, text):
    compile(text, page, "exec")


def test_names_that_python_blocks_take_from_animator_exist():
    import animator

    for _, text in blocks("python"):
        for node in ast.walk(ast.parse(text)):
            value = getattr(node, "value", None)
            if isinstance(node, ast.Attribute) and isinstance(value, ast.Name) and value.id == "animator":
                assert hasattr(animator, node.attr), node.attr


@pytest.mark.parametrize(("page", "line"), SHELL)
def test_shell_commands_exist(page, line, two_clouds):
    program, *words = shlex.split(line)
    if program == "animator":
        check_animator(words, two_clouds)
    elif program == "make":
        targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert words[0] in targets
    else:
        assert line == "pip install ." or (ROOT / program).is_file(), line


def check_animator(words: list[str], two_clouds: scene_files.SceneFile) -> None:
    """The command exists, takes these options, and its scene has these parameters."""
    command = COMMANDS[words[0]]
    context = command.make_context(words[0], words[1:])
    scene = context.params.get("scene")
    if "--from" in words:
        return
    if scene is None or scene.endswith(".h5"):
        assert not context.params.get("values")
        return
    if scene == "two_clouds.py":
        file = two_clouds
    else:
        file = scene_files.find(str(ROOT / scene) if scene.endswith(".py") else scene)
    words = list(context.params["values"] or ())
    if command.name == "sweep":
        rows = context.params["rows"]
        axes.grid(file.name, file.parameters, words, context.params["zipped"], rows and ROOT / rows)
    else:
        parameters.parse(file.name, file.parameters, words)


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_in_the_text_exist(page):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in re.findall(r"`make ([\w-]+)", PAGES[page]) if name not in targets] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    here = (ROOT / page).parent
    links = [link for link in re.findall(r"\]\(([^)#\s]+)\)", PAGES[page]) if "://" not in link]
    assert [link for link in links if not (here / link).exists()] == []


def test_the_film_on_the_first_screen_has_alt_text():
    first_screen = README.split("\n## ")[0]
    (alt,) = re.findall(r"!\[([^\]]+)\]\(docs/media/neuron\.gif\)", first_screen)
    assert len(alt) > 40
    assert "animator render neuron" in first_screen


def test_readme_has_a_place_for_the_benchmarks():
    section = README.split("## Speed\n")[1].split("\n## ")[0]
    assert section.index("<!-- bench -->") < section.index("<!-- /bench -->")


def test_the_scene_in_the_readme_loads_and_lists_its_parameters(two_clouds):
    assert [parameter.describe() for parameter in two_clouds.parameters] == [
        "learning_rate=0.5 (float)",
        "distance=1.0 (float)",
        "seed=0 (int)",
    ]
    assert two_clouds.description == "One neuron learns to tell two clouds of points apart."
    scene = two_clouds.build({"distance": 0.5})
    x, y = scene.runs[0].data()
    assert (x.shape, y.shape) == ((400, 2), (400, 1))


def test_loading_the_scene_in_the_readme_imports_no_tensorflow(tmp_path):
    path = tmp_path / "two_clouds.py"
    path.write_text(example(), encoding="utf-8")
    script = (
        "import sys; from animator.design import scene_files; from pathlib import Path;"
        "scene_files.load(Path(sys.argv[1])).build({}); sys.exit('keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT).returncode == 0


def test_architecture_has_the_packages_of_the_import_contract():
    """In their order, with every module: `make architecture` writes the table."""
    assert architecture.table() in ARCHITECTURE


def test_the_answers_to_where_would_you_are_in_the_tree():
    """Ten tasks, each with a module, and names beside it that stand there."""
    rows = [
        row.strip("| ").split(" | ") for row in ARCHITECTURE.split("## Where would you")[1].splitlines()[4:]
    ]
    assert len(rows) == 10
    for task, file, what in rows:
        named = re.findall(r"`([^`]+)`", file + what)
        files = [ROOT / "animator" / f"{name}.py" for name in named if "/" in name]
        code = "".join(path.read_text(encoding="utf-8") for path in files)
        assert [name for name in named if "/" not in name and name not in code] == [], task


def texts(*patterns: str) -> dict[str, str]:
    """The text of every file of this repository that a pattern matches."""
    found = (path for pattern in patterns for path in sorted(ROOT.glob(pattern)))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}


WRITTEN = texts("*.md", "docs/*.md")
SOURCES = texts("animator/**/*.py", "scenes/*.py", "benchmarks/*.py")
BASES = ("", "docs", "animator", "tests/real")  # folders that names on pages leave out
READERS_OWN = {"two_clouds.py", "cluster.py", "NAME.py"}  # files that a page has its reader write


def is_there(name: str) -> bool:
    """Whether `name` is a file or a folder of this repository: a path, or one below BASES."""
    return any((ROOT / base / f"{name}{suffix}").exists() for base in BASES for suffix in ("", ".py"))


def resolves(name: str) -> bool:
    """Whether a dotted name such as animator.films.film.Film is a module or something that one defines."""
    import animator

    parts = name.split(".")[1:]
    if parts[0] in animator.__all__:
        return True
    here = ROOT / "animator"
    for i, part in enumerate(parts):
        here /= part
        if not here.is_dir():
            file = here.with_suffix(".py")
            below = parts[i + 1 : i + 2]
            defined = rf"^\s*(def |class )?{''.join(below)}\b"
            return file.is_file() and bool(not below or re.search(defined, file.read_text("utf-8"), re.M))
    return True


def test_pages_that_are_named_exist():
    pages = {**WRITTEN, **SOURCES}
    named = {(page, name) for page, text in pages.items() for name in re.findall(r"[\w./-]+\.md\b", text)}
    assert [pair for pair in named if not is_there(pair[1])] == []


def test_modules_and_files_that_pages_name_exist():
    named = {
        (page, name)
        for page, text in WRITTEN.items()
        for name in re.findall(r"`([a-z_]+(?:/\w+)+)`|([\w./-]+\.(?:py|toml)\b)", text)
    }
    missing = [(page, module or file) for page, (module, file) in named if not is_there(module or file)]
    assert [pair for pair in missing if Path(pair[1]).name not in READERS_OWN] == []


def test_modules_that_the_source_names_exist():
    dotted = r"\banimator(?:\.[a-zA-Z_]\w*)+"
    named = {(page, name) for page, text in SOURCES.items() for name in re.findall(dotted, text)}
    assert [pair for pair in named if not resolves(pair[1])] == []


def test_names_that_are_not_there_are_caught():
    assert not is_there("nothing.md") and not is_there("panels/banding") and is_there("drawing/raster/blend")
    assert not resolves("animator.encoders.film_spec.FilmSpec")
    assert resolves("animator.encoding.film_spec.FilmSpec")
    assert not resolves("animator.films.film.Nothing") and not resolves("animator.prepare")


def test_every_decision_is_in_a_module_that_exists():
    table = ARCHITECTURE.split("## Where each decision lives")[1].split("\n## ")[0]
    names = re.findall(r"^\| [^|]+ \| `([\w/]+)` \|$", table, re.MULTILINE)
    assert len(names) > 8
    assert [name for name in names if not (ROOT / "animator" / f"{name}.py").is_file()] == []


def patterns(folder: Path) -> Iterator[re.Pattern[str]]:
    """Every string of 20 letters and more in the modules of `folder`, with anything where it has a value."""
    for module in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            words = [part.value if isinstance(part, ast.Constant) else None for part in parts]
            if sum(len(word) for word in words if isinstance(word, str)) >= 20:
                yield re.compile("".join(".+?" if word is None else re.escape(str(word)) for word in words))


def test_sentences_that_the_page_on_recording_quotes_are_in_the_code():
    """A quoted line is one string of the code from end to end, whatever stands for its values."""
    quoted = re.findall(r"^> (.+)$", RECORDING, re.MULTILINE)
    known = list(patterns(ROOT / "animator"))
    assert len(quoted) > 8
    assert [line for line in quoted if not any(pattern.fullmatch(line) for pattern in known)] == []


def test_programs_that_the_page_on_recording_names_exist():
    """Each as `folder/name` in tests/real; and every program is named."""
    programs = {
        str(path.relative_to(ROOT / "tests" / "real").with_suffix(""))
        for path in (ROOT / "tests" / "real").glob("*/*.py")
        if path.name != "__init__.py"
    }
    named = set(re.findall(r"`([a-z_]+/[a-z_0-9]+)`", RECORDING)) - {"tests/real"}
    assert named - programs == set()
    assert programs - named == set()
