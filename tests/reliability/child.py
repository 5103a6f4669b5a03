"""A process that reads files from outside, one after the other, so that a crash or a wait that never ends
is seen.

On standard input a JSON list of words for the command line (or "library" and the path of a recording); on
standard output a JSON object with the exit code, what was printed, seconds, and bytes of memory at the peak
beyond those before.
"""

import contextlib
import io
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

import animator
from animator.cli import app
from animator.cli.terminal import one_line
from animator.core.errors import AnimatorError
from animator.design import style_files
from animator.recordings.reader import load


def command(words: list[str]) -> int:
    """`animator WORDS...`; the exit code."""
    sys.argv = ["animator", *words]
    try:
        app.main()
    except SystemExit as stop:
        return int(str(stop.code or 0))
    return 0


def library(path: str) -> None:
    """Read all of a recording, as a film would, in this process."""
    with load(path, trusted=True) as run:
        for name in (
            "loss",
            "test_loss",
            "batch_loss",
            "learning_rate",
            "epoch",
            "batch",
            "running_means",
        ):
            getattr(run, name)
        for row in (0, len(run.weights) - 1):
            np.asarray(run.weights[row]), np.asarray(run.state[row])
        len(run.parameter_names), run.fixed, run.samples("data"), run.samples("test"), run.travelled()
        made = animator.film(run)
        made.metadata(), made.timeline(30)


def style(path: str) -> None:
    """Read a style as --style does."""
    style_files.find(path)


def data(path: str) -> None:
    """Read data as `animator record --from checkpoints --data` does."""
    from animator.training.checkpoints import read_data  # it brings TensorFlow along

    read_data(Path(path))


READERS = {"library": library, "toml": style, "mplstyle": style, "npz": data}


def answered(words: list[str]) -> int:
    """The exit code of what `words` ask for; 2 for a refusal in one sentence, as the command line has it."""
    if words[0] not in READERS:
        return command(words)
    try:
        READERS[words[0]](words[1])
    except AnimatorError as error:
        sys.stderr.write(f"animator: {one_line(str(error))}\n")
        return 2
    return 0


def peak() -> int:
    """Bytes of memory at the peak since the last call."""
    words = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()
    Path("/proc/self/clear_refs").write_text("5")
    return 1024 * int(words[0])


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        words = json.loads(line)
        before, out, err = peak(), io.StringIO(), io.StringIO()
        before, start = peak(), time.perf_counter()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = answered(words)
            except BaseException as error:  # whatever comes out is what the test wants to know
                code = -1
                err.write(f"{type(error).__name__}: {error}")
        seconds = time.perf_counter() - start
        answer = {"code": code, "out": out.getvalue(), "err": err.getvalue(), "seconds": seconds,
                  "memory": peak() - before}  # fmt: skip
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
