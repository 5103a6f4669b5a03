"""The docs name what there is."""

from pathlib import Path

from animator import library
from animator.encoders.formats import FORMATS
from animator.panels import PANELS
from animator.style import STYLES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()


def test_every_scene_format_style_and_panel_is_named():
    everything = README + (ROOT / "CHANGELOG.md").read_text()
    missing = [name for name in (*library.names(), *FORMATS, *STYLES, *PANELS) if name not in everything]
    assert missing == []


def test_every_module_is_on_the_map():
    modules = [path.stem for path in (ROOT / "animator").glob("*.py") if not path.stem.startswith("_")]
    assert [name for name in modules if f"`{name}`" not in ARCHITECTURE] == []


def test_the_scene_in_the_readme_loads(tmp_path):
    blocks = [block.split("```")[0] for block in README.split("```python\n")[1:]]
    (tmp_path / "mine.py").write_text(blocks[1])
    scene = library.load(tmp_path / "mine.py")
    assert [parameter.name for parameter in scene.parameters] == ["rate"]
    assert scene.build({}).title == "A line is found"
    compile(blocks[0], "README", "exec")


def test_every_command_is_named():
    for command in ("render", "record", "info", "scenes", "verify"):
        assert f"animator {command}" in README
