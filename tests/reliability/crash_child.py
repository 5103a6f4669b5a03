"""A process that forks one that writes something and is killed in the middle: at the n-th thing it does to
files.

On standard input JSON lists [what, folder, n]; on standard output [signal or 0, how many things were done].
What is counted is Python's own audit of calls that open, rename, remove or make what lies in the folder,
and every frame.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from animator.cli import app
from animator.encoding import FilmSpec, Metadata, open_encoder
from animator.publish import page, slides
from tests.reliability import seeds

WORDS = Metadata("A title", "A description.", "Alt text.", "animator render neuron", {"scene": "neuron"})


def film(path: Path) -> None:
    """Ten frames."""
    with open_encoder(path, FilmSpec(64, 64, 10.0), WORDS) as encoder:
        for i in range(10):
            sys.audit("animator.frame", str(path))
            frame = np.full((64, 64, 4), 255, np.uint8)
            frame[:, 4 * i : 4 * i + 8, :3] = 20 * i
            encoder.write(frame)


def command(*words: Any) -> None:
    """`animator WORDS...`; SystemExit for anything but 0."""
    sys.argv = ["animator", *map(str, words)]
    try:
        app.main()
    except SystemExit as stop:
        if stop.code:
            raise


def gallery(folder: Path) -> None:
    """The page of a sweep."""
    command("gallery", folder)


WORK: dict[str, Callable[[Path], object]] = {
    **{f"film.{suffix}": (lambda folder, s=suffix: film(folder / f"film.{s}")) for suffix in seeds.FILMS},
    "frames": lambda folder: film(folder / "frames"),
    "deck.pptx": lambda folder: slides.make([folder.parent / "a.mp4"], folder / "deck.pptx"),
    "page.html": lambda folder: page.make([folder.parent / "a.mp4"], folder / "page.html"),
    "site": lambda folder: page.make([folder.parent / "a.mp4"], folder / "site"),
    "run.h5": lambda folder: seeds.recording(folder / "run.h5"),
    "index.html": lambda folder: command("gallery", folder),
    "manifest.json": lambda folder: seeds.sweep(folder),
}


def killed(what: str, folder: Path, at: int) -> tuple[int, int]:
    """Do the work in a process of its own, which is killed before it does its `at`-th thing; 0 for never."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child:
        os.close(theirs)
        _, status = os.waitpid(child, 0)
        with os.fdopen(ours) as counts:
            return status, len(counts.read())
    count = 0

    def hear(event: str, words: tuple[Any, ...]) -> None:
        nonlocal count
        named = [word for word in words if isinstance(word, str | bytes | os.PathLike)]
        if event.startswith(("open", "os.", "animator.")) and any(
            os.fsdecode(word).startswith(str(folder)) for word in named
        ):
            count += 1
            os.write(theirs, b".")
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)
    code = 1
    try:
        WORK[what](folder)
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Answer until the input ends."""
    seeds.film(Path(sys.argv[1]) / "a.mp4")  # all that writes is imported, and its threads have ended
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what commands print is no answer
    for line in sys.stdin:
        what, folder, at = json.loads(line)
        answers.write(json.dumps(killed(what, Path(folder), at)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
