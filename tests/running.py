"""Run the command line in this process, as a user would type it."""

import sys
from dataclasses import dataclass

import pytest

from animator import cli


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *words: str) -> Ran:
    """`animator WORDS...`, in this process."""
    before, sys.argv = sys.argv, ["animator", *words]
    try:
        cli.main()
        code: object = 0
    except SystemExit as stop:
        code = stop.code or 0
    finally:
        sys.argv = before
    out, err = capsys.readouterr()
    return Ran(int(str(code)), out, err)
