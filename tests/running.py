"""Run the command line in this process, as a user would type it."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from animator.cli import app
from animator.core.errors import AnimatorError
from animator.recordings.reader import load


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *words: str, work: Callable[[], int] = app.typed) -> Ran:
    """`animator WORDS...`, in this process; or `work`, as the command would do it."""
    before, sys.argv = sys.argv, ["animator", *words]
    try:
        app.main(work)
        code: object = 0
    except SystemExit as stop:
        code = stop.code or 0
    finally:
        sys.argv = before
    out, err = capsys.readouterr()
    return Ran(int(str(code)), out, err)


def until_flushed(process: "subprocess.Popen[bytes]", part: Path) -> None:
    """Wait until the recording that `process` writes to `part` has counted its first page."""
    while True:
        assert process.poll() is None
        time.sleep(0.05)
        if part.exists():
            try:
                with load(part) as run:
                    if run.steps >= 64:
                        return
            except AnimatorError:  # not yet a whole file
                continue
