"""Keeps a child that reads hostile files: asks it, waits no longer than a limit, and starts another when
it is gone.
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT = 5.0  # seconds for a file of less than a megabyte
MEMORY = 512 * 2**20  # bytes more than before
SPACES = "\n\u00a0\u1680\u2002\u2003\u2009\u202f\u205f\u3000"  # no letters, and harmless
CRASHED, ENDED = "crashed", "ended late"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one file. code: the exit code, "ended late" or "crashed"."""

    code: int | str
    out: str = ""
    err: str = ""
    seconds: float = 0.0
    memory: int = 0

    @property
    def trouble(self) -> str:
        """What is wrong with it, or "" for a result or one sentence within the limits."""
        if self.code not in (0, 2):
            return f"exit {self.code}: {self.err[-300:]}"
        lines = self.err.splitlines()
        if self.code == 2 and (len(lines) != 1 or not lines[0].startswith("animator: ")):
            return f"not one sentence: {self.err!r}"
        if self.seconds > LIMIT or self.memory > MEMORY:
            return f"{self.seconds:.1f} s, {self.memory / 2**20:.0f} MB"
        odd = [letter for letter in self.out + self.err if not (letter.isprintable() or letter in SPACES)]
        return f"not printable: {odd[:5]!r}" if odd else ""


class Keeper:
    """A child process for hostile files; close it, or use it as a context."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._folder, self._environment = folder, dict(environment or {})
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Keeper":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
        self._child = None

    def ask(self, words: Iterable[Any], limit: float = 6 * LIMIT) -> Answer:
        """What the child answers to `words`; it is ended where that takes longer than `limit` seconds."""
        child = self._child = self._child or self._started()
        child.stdin.write(json.dumps([str(word) for word in words]).encode() + b"\n")
        child.stdin.flush()
        ready, _, _ = select.select([child.stdout], [], [], limit)
        line = child.stdout.readline() if ready else b""
        if line:
            return Answer(**json.loads(line))
        self.close()
        return Answer(CRASHED if ready else ENDED, err=f"signal or limit: {child.returncode}")

    def _started(self) -> "subprocess.Popen[bytes]":
        environment = os.environ | {"PYTHONPATH": str(ROOT), "ANIMATOR_CACHE": str(self._folder / "cache")}
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.child"], cwd=self._folder, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment | self._environment,
        )  # fmt: skip
        self._child = child
        self.ask(["scenes"], 60)  # it has imported all by then
        return child
