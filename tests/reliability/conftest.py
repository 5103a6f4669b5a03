"""A process that forks what tests ask it to do."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reliability.commands_child import Answer
from tests.reliability.keeper import ROOT


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Callable[..., Answer]]]:
    """A folder, and a function that has one of COMMANDS done in it: see Asked."""
    base = tmp_path_factory.mktemp("commands")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.commands_child", str(base)],
        cwd=base,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    )

    def ask(what: str, **how: object) -> Answer:
        process.stdin.write(json.dumps({"what": what, "folder": str(base / "place"), **how}) + "\n")
        process.stdin.flush()
        return Answer(**json.loads(process.stdout.readline()))

    yield base / "place", ask
    process.stdin.close()
    process.wait()
