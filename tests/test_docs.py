"""The docs name what there is, and what they name is there."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from markdown_it import MarkdownIt

import animator
from animator.cli import app
from animator.design import parameters, scene_files
from animator.design.style import STYLES
from animator.design.wishes import QUALITY
from animator.drawing.panels.registry import PANELS
from animator.encoding import FORMATS
from animator.films.delivery import PRESETS, VECTORS
from animator.functions.named import NAMED
from animator.sweeps.plan import axes
from docs._ext import error_sentences, pages
from tests import architecture

ROOT = Path(__file__).parent.parent


def texts(*patterns: str) -> dict[str, str]:
    """The text of every file of this repository that a pattern matches; what is built is left out."""
    found = (path for pattern in patterns for path in sorted(ROOT.glob(pattern)))
    named = ((path.relative_to(ROOT).as_posix(), path) for path in found)
    return {name: path.read_text(encoding="utf-8") for name, path in named if "/_build/" not in name}


PAGES = texts("*.md", "docs/**/*.md")
README, ARCHITECTURE = PAGES["README.md"], PAGES["docs/architecture.md"]
RECORDING = PAGES["docs/recording.md"]
GALLERY = "".join(text for name, text in PAGES.items() if name.startswith("docs/gallery/"))
REFERENCE = {Path(page).stem: text for page, text in PAGES.items() if page.startswith("docs/reference/")}
COMMANDS = typer.main.get_command(app.app).commands
STEPS = {page: pages.steps(text) for page, text in PAGES.items()}
WITH_STEPS = [page for page, steps in STEPS.items() if steps]
TARGETS = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_gallery_has_every_scene_and_every_function_once():
    assert sorted(re.findall(r"^```{scene} (\S+)$", GALLERY, re.MULTILINE)) == scene_files.names()
    functions = re.findall(r"^```{film} animator render function f=(\S+) --size", GALLERY, re.MULTILINE)
    assert sorted(functions) == sorted(NAMED)


def test_the_reference_has_every_command_panel_format_style_quality_and_preset():
    assert re.findall(r"^```{command} (\S+)$", REFERENCE["commands"], re.MULTILINE) == list(COMMANDS)
    panels = re.findall(r"^### (.+)$", REFERENCE["panels"], re.MULTILINE)
    assert sorted(panels) == sorted(PANELS)
    sections = REFERENCE["panels"].split("\n### ")[1:]
    assert [name for name in sections if not re.search(r"^```{(picture|film)}", name, re.MULTILINE)] == []
    for page, names in {
        "formats": (*FORMATS, *VECTORS, *QUALITY),
        "styles": STYLES,
        "commands": PRESETS,
    }.items():
        assert [name for name in names if f"`{name}`" not in REFERENCE[page]] == [], page


def test_the_reference_has_every_public_name():
    words = set(re.findall(r"\w+", REFERENCE["api"]))
    assert [name for name in animator.__all__ if name not in words] == []


def test_the_list_of_errors_has_every_sentence():
    """Those of areas are those of the whole package; a message that ends up nowhere would be missing here."""
    listed = [text for found in error_sentences.by_area().values() for text in found]
    assert sorted(listed) == sorted(set(error_sentences.sentences(error_sentences.SOURCE)))
    assert len(listed) > 200
    for text in (
        "There is no file '...'. Give the path of a recording or a film.",
        "There is no recording '...'. Give the path of a .h5 file that animator.Recorder wrote.",
        "The model of recording '...' cannot be rebuilt: .... Give the model itself with model=.",
        "A film of ...x... pixels is too small: each side needs at least .... Use --size ...x... or more.",
    ):
        assert text in listed


def test_the_list_of_errors_knows_every_class_of_errors():
    classes = re.findall(r"^class (\w+)\((\w+)\):", "\n".join(SOURCES.values()), re.MULTILINE)
    kinds = {name for name, base in classes if base in error_sentences.RAISED}
    assert kinds | {"AnimatorError"} == set(error_sentences.RAISED)


def test_the_readme_is_short_and_begins_with_a_film_and_two_commands():
    assert len(README.encode()) < 8000
    first_screen, _, rest = README.partition("\n## ")
    (alt,) = re.findall(r"!\[([^\]]+)\]\(docs/media/neuron\.gif\)", first_screen)
    assert len(alt) > 40
    assert [step.text for step in pages.steps(first_screen)] == ["pip install .", "animator render neuron"]
    can_do = rest.partition("\n## ")[0]
    points = re.findall(r"^- .+$", can_do, re.MULTILINE)
    assert len(points) == 8 and all("](docs/" in point for point in points)


@pytest.mark.parametrize("page", WITH_STEPS)
def test_python_of_a_page_compiles_and_takes_names_that_exist(page):
    for step in STEPS[page]:
        if step.kind in ("command", "refused") or step.name.endswith(".toml"):
            continue
        for node in ast.walk(ast.parse(step.text, page)):
            value = getattr(node, "value", None)
            if isinstance(node, ast.Attribute) and isinstance(value, ast.Name) and value.id == "animator":
                assert node.attr in (*animator.__all__, "jax", "lightning", "torch"), node.attr


@pytest.mark.parametrize("page", WITH_STEPS)
def test_commands_of_a_page_exist(page, tmp_path, monkeypatch):
    """With their options, and parameters that their scene has; scene files are those that the page saves."""
    monkeypatch.chdir(tmp_path)
    for step in STEPS[page]:
        if step.kind == "file":
            Path(step.name).write_text(step.text, encoding="utf-8")
        elif step.kind == "command":
            program, *words = shlex.split(step.text)
            if program == "animator":
                check_animator(words)
            elif program == "make":
                assert words[0] in TARGETS
            elif program == "python":
                assert Path(words[0]).is_file()
            else:
                assert step.text == "pip install ." or (ROOT / program).is_file(), step.text


def check_animator(words: list[str]) -> None:
    """The command exists, takes these options, and its scene has these parameters."""
    command = COMMANDS[words[0]]
    context = command.make_context(words[0], words[1:])
    scene = context.params.get("scene")
    if "--from" in words or scene is None:
        return
    if scene.endswith(".h5"):
        assert not context.params.get("values")
        return
    here = scene if Path(scene).is_file() or not scene.endswith(".py") else str(ROOT / scene)
    file = scene_files.find(here)
    given = list(context.params["values"] or ())
    if command.name == "sweep":
        axes.grid(file.name, file.parameters, given, context.params["zipped"], context.params["rows"])
    else:
        parameters.parse(file.name, file.parameters, given)


SHOWN = {
    "",
    "text",
    "html",
    "toml",
    "{picture}",
    "{command}",
    "{eval-rst}",
    "{toctree}",
    "{include}",
}  # not run
SHOWN |= {"{fields}", "{parameters}", "{errors}", "console"}
RUN = {"python", "sh", "{film}", "{run}", "{scene}", "{code-block}"}


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_code_is_of_a_kind_that_is_run_or_known_to_be_only_shown(page):
    """A command that is indented, or in a block of another kind, would never be tried."""
    tokens = [token for token in MarkdownIt().parse(PAGES[page]) if token.type in ("fence", "code_block")]
    assert [token.content for token in tokens if token.type == "code_block"] == []
    kinds = {token.info.partition(" ")[0] for token in tokens}
    assert kinds - SHOWN - RUN == set()


def test_what_pages_show_and_do_not_run_has_options_that_exist():
    """Blocks of console: commands of animator are read by it, others begin with a program that is known."""
    known = ("pip", "%pip", "dask", "animator")
    for page, text in PAGES.items():
        for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            for line in block.splitlines():
                program, *words = shlex.split(line.removeprefix("$ "))
                assert program in known, (page, line)
                if program == "animator":
                    COMMANDS[words[0]].make_context(words[0], words[1:])


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_in_the_text_exist(page):
    assert [name for name in re.findall(r"`make ([\w-]+)", PAGES[page]) if name not in TARGETS] == []


def test_the_hosted_build_runs_what_is_there_on_three_systems_and_four_pythons():
    (text,) = texts(".github/workflows/*.yml").values()
    runs = re.findall(r"^ +- run: (\S+) (\S+)", text, re.MULTILINE)
    assert [what for program, what in runs if program == "make" and what not in TARGETS] == []
    assert [what for program, what in runs if program == "bash" and not (ROOT / what).is_file()] == []
    assert re.findall(r"os: \[(.+)\]", text) == ["ubuntu-latest, macos-latest, windows-latest"]
    assert re.findall(r"python: \[(.+)\]", text) == ['"3.11", "3.12", "3.13", "3.14"']


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    here = (ROOT / page).parent
    prose = re.sub(r"^```.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)#\s]+)\)", prose) if "://" not in link]
    assert [link for link in links if not (here / link).exists()] == []


def test_the_page_on_speed_has_a_place_for_the_benchmarks():
    section = PAGES["docs/performance.md"].split("\n## ")[0]
    assert section.index("<!-- bench -->") < section.index("<!-- /bench -->")


def two_clouds(folder: Path) -> scene_files.SceneFile:
    """The scene of docs/reference/scenes.md, saved under the name that the page gives it."""
    (step,) = [step for step in STEPS["docs/reference/scenes.md"] if step.kind == "file"]
    path = folder / step.name
    path.write_text(step.text, encoding="utf-8")
    return scene_files.load(path)


def test_the_scene_of_the_reference_loads_and_lists_its_parameters(tmp_path):
    file = two_clouds(tmp_path)
    assert [parameter.describe() for parameter in file.parameters] == [
        "learning_rate=0.5 (float)",
        "distance=1.0 (float)",
        "seed=0 (int)",
    ]
    assert file.description == "One neuron learns to tell two clouds of points apart."
    x, y = file.build({"distance": 0.5}).runs[0].data()
    assert (x.shape, y.shape) == ((400, 2), (400, 1))


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


def test_the_classes_of_the_glossary_are_there():
    words = re.findall(r"^\| ([^|`]+) \|", PAGES["docs/glossary.md"], re.MULTILINE)
    named = {name for word in words for name in re.findall(r"\b[A-Z]\w+", word)}
    classes = set(re.findall(r"^class (\w+)", "\n".join(SOURCES.values()), re.MULTILINE))
    assert len(named) > 30
    assert named - classes == set()


SOURCES = texts("animator/**/*.py", "scenes/*.py", "benchmarks/*.py")
BASES = ("", "docs", "animator", "tests/real")  # folders that names on pages leave out
OUR_PAGES = [page for page in PAGES if page.count("/") < 2]  # others are for users, and name files of theirs
READERS_OWN = {"cluster.py", "local_cluster.py", "NAME.py"}  # files that a page has its reader write


def is_there(name: str, page: str = "") -> bool:
    """Whether `name` is a file or a folder of this repository: a path from its page, or one below BASES."""
    bases = [*BASES, Path(page).parent]
    return any((ROOT / base / f"{name}{suffix}").exists() for base in bases for suffix in ("", ".py"))


def resolves(name: str) -> bool:
    """Whether a dotted name such as animator.films.film.Film is a module or something that one defines."""
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
    everywhere = {**PAGES, **SOURCES}
    ends = re.compile(r"[\w./-]+\.md\b")
    named = {(page, name) for page, text in everywhere.items() for name in ends.findall(text)}
    assert [(page, name) for page, name in named if not is_there(name, page)] == []


def test_modules_and_files_that_pages_name_exist():
    named = {
        (page, name)
        for page in OUR_PAGES
        for name in re.findall(r"`([a-z_]+(?:/\w+)+)`|([\w./-]+\.(?:py|toml)\b)", PAGES[page])
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
    """Strings of 20 letters and more in the modules of `folder`, with anything where they have a value: those
    that begin as something on the page on recording does.
    """
    for module in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            words = [part.value if isinstance(part, ast.Constant) else None for part in parts]
            begins = words[0] is None or str(words[0]) in RECORDING
            if begins and sum(len(word) for word in words if isinstance(word, str)) >= 20:
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
