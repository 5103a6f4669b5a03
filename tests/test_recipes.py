"""The recipes of CONTRIBUTING.md, followed: a scene, a panel, a format, a style, as short as it says."""

import json
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from animator.core.registry import Row
from animator.design import scene_files, style_files
from animator.design.timeline import FrameState
from animator.drawing.canvas import Canvas
from animator.drawing.panels import registry
from animator.drawing.panels.registry import CURVES, PanelSpec
from animator.encoding import formats
from animator.films import delivery
from tests.running import run

PAGE = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")


def recipe(heading: str, language: str) -> str:
    """The one block of code in `language` under a heading."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return block


def module(monkeypatch: pytest.MonkeyPatch, name: str, code: str) -> None:
    """`code` as a module that a table can name."""
    made = ModuleType(name)
    exec(code, made.__dict__)
    monkeypatch.setitem(sys.modules, name, made)


def test_a_scene_is_a_file_in_the_folder(tmp_path, monkeypatch, capsys):
    """It is listed with its description and its parameters, and rendered by its name; `_` hides a file."""
    monkeypatch.chdir(tmp_path)
    bundled = tmp_path / "scenes"
    bundled.mkdir()
    for name in ("subtraction", "_draft"):
        (bundled / f"{name}.py").write_text(recipe("Add a scene", "python"), encoding="utf-8")
    monkeypatch.setattr(scene_files, "folder", lambda: bundled)
    assert json.loads(run(capsys, "scenes", "--json").out) == {
        "scenes": [
            {
                "name": "subtraction",
                "description": "A linear neuron learns to subtract.",
                "parameters": {"learning_rate": 0.5, "seed": 0},
            }
        ]
    }
    done = run(capsys, "render", "subtraction", "-o", "a.png", "--quality", "draft", "--json")
    report = json.loads(done.out)
    assert (done.code, report["files"][0]["width"], report["recording"]["steps"]) == (0, 640, 10)
    assert report["recording"]["final_loss"] < 0.5 * report["recording"]["initial_loss"]


def test_a_panel_is_a_file_and_a_row(monkeypatch, view):
    """Frames drawn in any order equal whole ones, pixel by pixel, and the line grows."""
    module(monkeypatch, "recipe_panel", recipe("Add a panel", "python"))
    row = PanelSpec("own-rate", "recipe_panel:RatePanel", CURVES)
    monkeypatch.setitem(registry.PANELS, "own-rate", row)
    drawn = Canvas([view], (("own-rate",),), style_files.find("dark"), (640, 360), "A rate", "")
    first = drawn.full(FrameState(1, False)).copy()
    for step in (40, 3, 60, 1):
        state = FrameState(step, False)
        mended = drawn.draw(state).copy()
        assert np.array_equal(mended, drawn.full(state))
    assert not np.array_equal(first, drawn.draw(FrameState(60, False)))


def test_a_format_is_a_file_and_two_rows(tmp_path, monkeypatch, capsys):
    """Its file has a header and 3 bytes a pixel for each frame; the first and the last frame differ."""
    module(monkeypatch, "recipe_format", recipe("Add a format", "python"))
    monkeypatch.setitem(formats.FORMATS, ".ppm", Row("recipe_format:open_ppm", "it is a recipe."))
    monkeypatch.setitem(delivery.DEFAULTS, ".ppm", ((64, 64), 5.0))
    path = tmp_path / "film.ppm"
    done = run(capsys, "render", "neuron", "epochs=1", "-o", str(path), "--size", "320x180", "--json")
    assert done.code == 0, done.err
    (file,) = json.loads(done.out)["files"]
    size = len(b"P6 320 180 255\n") + 320 * 180 * 3
    assert path.stat().st_size == file["bytes"] == file["frames"] * size
    assert file["frames"] == round(5 * file["seconds"]) > 10
    data = path.read_bytes()
    with Image.open(path) as first:
        assert first.size == (320, 180)
    assert data[:size] != data[-size:]


def test_a_style_is_a_toml_file(tmp_path, capsys):
    """What it says is drawn; what it leaves out is its base's."""
    path = tmp_path / "parchment.toml"
    path.write_text(recipe("Add a style", "toml"), encoding="utf-8")
    look, base = style_files.find(str(path)), style_files.find("light")
    assert (look.background, look.dot, look.ink) == ("#f4ecd8", "#b3202a", base.ink)
    still = tmp_path / "a.png"
    words = ["neuron", "epochs=1", "-o", str(still), "--size", "320x180", "--style", str(path)]
    done = run(capsys, "render", *words)
    assert done.code == 0, done.err
    with Image.open(still) as picture:
        assert picture.getpixel((0, 0)) == (0xF4, 0xEC, 0xD8)
