"""Killed in the middle: what was there before or what was to be is there, whole, and the next run leaves no
strays.

Each thing that a command does to files is one place to be killed at; `make test` tries some, `make soak` all.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability import crash_child
from tests.reliability.keeper import ROOT

ALL = "ANIMATOR_SOAK" in os.environ
PLACES = 5  # to be killed at, spread over all that is done
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


@pytest.fixture(scope="module")
def writer(tmp_path_factory):
    """Asks the process that forks what writes and is killed."""
    base = tmp_path_factory.mktemp("crash")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.crash_child", str(base)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    )

    def ask(what, folder, at=0):
        process.stdin.write(json.dumps([what, str(folder), at]) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield base, ask
    process.stdin.close()
    process.wait()


def contents(path: Path) -> object:
    """The bytes of a file, those of the files of a folder, or None where there is nothing."""
    if path.is_dir():
        return {one.relative_to(path): one.read_bytes() for one in sorted(path.rglob("*")) if one.is_file()}
    return path.read_bytes() if path.exists() else None


def prepared(base: Path, what: str) -> Path:
    """A folder where an earlier file is in its place, and what the work needs."""
    folder = base / "place"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if what == "index.html":
        crash_child.seeds.sweep(folder)
    elif what not in ("frames", "site", "manifest.json"):  # never written over where they are not empty
        (folder / what).write_bytes(b"as it was")
    elif what == "manifest.json":
        crash_child.seeds.sweep(folder)
    return folder


@pytest.mark.parametrize("what", crash_child.WORK)
def test_a_kill_at_any_moment_leaves_the_old_or_the_new(writer, what):
    base, ask = writer
    folder = prepared(base, what)
    old = contents(folder / what)
    code, count = ask(what, folder)
    new = contents(folder / what)
    assert code == 0 and count > 2 and new not in (None, b"as it was")
    there = sorted(one.name for one in folder.iterdir())
    step = 1 if ALL else max(1, count // PLACES)
    for at in range(1, count + 1, step):
        folder = prepared(base, what)
        code, _ = ask(what, folder, at)
        assert code == signal.SIGKILL
        assert contents(folder / what) in (old, new), f"killed at {at} of {count}"
        if what in ("frames", "site") and contents(folder / what) == new:
            shutil.rmtree(folder / what)  # a folder that is there is not written over
        code, _ = ask(what, folder)
        assert code == 0 and contents(folder / what) == new
        left = sorted(one.name for one in folder.iterdir())
        assert left == there, f"killed at {at} of {count}"
