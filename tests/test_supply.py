"""What animator is built from and what it hands out: pins, the wheel, and no word over a network."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests import supply
from tests.supply import ROOT

PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
KINDS = {".py", ".md", ".typed", ".html", ".css", ".js", ".otf", ".txt", ".po"}


def test_pins_are_names_and_versions_alone():
    assert [pin for pin in PINS if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.+]*", pin)] == []
    assert sorted(PINS) == PINS


def test_all_that_is_asked_for_is_pinned_where_pyproject_allows_it():
    versions = dict(pin.split("==") for pin in PINS)
    wishes = supply.needed(supply.PROJECT["optional-dependencies"])
    assert [
        str(wish) for wish in wishes if versions[supply.canonicalize_name(wish.name)] not in wish.specifier
    ] == []


def test_every_wish_has_a_lowest_version():
    """One operator, >=, so that `make floors` installs what is the lowest."""
    for wish in supply.needed(supply.PROJECT["optional-dependencies"]):
        assert [spec.operator for spec in wish.specifier] == [">="], str(wish)
    assert all(
        [spec.operator for spec in Requirement(line).specifier] == ["=="] for line in supply.floors().split()
    )


def test_the_bill_of_materials_names_what_an_install_brings():
    bill = json.loads(supply.bom())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["name"]: part for part in bill["components"]}
    assert parts["numpy"]["purl"] == f"pkg:pypi/numpy@{parts['numpy']['version']}"
    assert {"keras", "tensorflow", "scikit-learn", "grpcio"} <= parts.keys()  # grpcio through tensorflow
    assert parts.keys().isdisjoint({"pytest", "distributed", "python-pptx"})
    assert parts["rich"]["licenses"] == [{"license": {"name": "MIT"}}]
    assert parts["jinja2"]["licenses"] == [{"license": {"name": "BSD License"}}]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


def test_the_wheel_holds_the_package_and_its_scenes_and_nothing_else(wheel):
    """What git does not follow stays at home: notes, keys, films, caches."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a checkout: git cannot say what belongs to it")
    command = ["git", "ls-files", "-z", "--cached", "animator", "scenes"]
    tracked = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    package = {f"animator/{name}" if name.startswith("scenes/") else name for name in tracked if name}
    about = f"animator-{supply.PROJECT['version']}.dist-info"
    around = {
        f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert sorted(names) == sorted(package | around)
        assert {Path(name).suffix for name in names if name in package} == KINDS
        assert archive.read(f"{about}/entry_points.txt").split() == [
            b"[console_scripts]",
            b"animator",
            b"=",
            b"animator.__main__:main",
        ]
        kinds = {entry.external_attr >> 28 for entry in archive.infolist()}
    assert kinds <= {0, 0o10}  # plain files, no links
    assert wheel.stat().st_size < 4 * 2**20


# All commands in one process that ends, with 9, where one looks up a name or sends anything. What only
# makes a socket may do so: urllib3, which Keras brings, asks in that way whether there is IPv6.
SILENT = """
import json, os, runpy, sys

def silent(event, words):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.bind"):
        os._exit(9)

sys.addaudithook(silent)
for words in json.loads(sys.argv[1]):
    sys.argv = ["animator", *words.split()]
    try:
        runpy.run_module("animator", run_name="__main__")
    except SystemExit as stop:
        if stop.code:
            raise
"""
COMMANDS = (
    "record neuron epochs=1 -o run.h5",
    "render run.h5 --quality draft --seconds 0.5 -o a.mp4 -o a.gif",
    "page a.mp4 -o a.html",
    "player run.h5 -o p.html",
    "slides a.mp4 -o deck.pptx",
    "info run.h5",
    "scenes",
)


def test_commands_ask_nothing_of_a_network(tmp_path):
    command = [sys.executable, "-c", SILENT, json.dumps(COMMANDS)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert {"run.h5", "a.mp4", "a.gif", "a.html", "p.html", "deck.pptx"} <= {
        p.name for p in tmp_path.iterdir()
    }


def test_the_suite_reaches_no_other_machine():
    """The guard of tests/conftest.py, at the address of a famous name server."""
    with socket.socket() as asked, pytest.raises(AssertionError) as refused:
        asked.connect(("9.9.9.9", 53))
    assert str(refused.value) == "a test asks 9.9.9.9 of the network"
