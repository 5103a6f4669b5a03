"""A process that forks one that does a whole command and is killed after some seconds.

On standard input JSON lists [what, folder, seconds], 0 for never; on standard output [signal or exit status,
seconds that it took, processes of its that are still there a while later].
"""

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.reliability import seeds
from tests.reliability.crash_child import command

SMALL = ("--size", "160x120", "--fps", "10", "--seconds", "1")
DESCENT = ("function", "f=beale", "steps=5")
SWEEP = (*DESCENT, "learning_rate=0.01,0.02", "--jobs", 1, "--size", "64x64", "--fps", 2)
PATIENCE = 5.0  # seconds until processes that serve a dead one must have noticed it
Work = Callable[[Path], object]


def rendering(name: str) -> Work:
    """What makes the film of the recording beside the folder."""
    return lambda folder: command("render", folder.parent / "run.h5", *SMALL, "-o", folder / name)


COMMANDS: dict[str, Work] = {
    "descent.h5": lambda folder: command("record", *DESCENT, "-o", folder / "descent.h5"),
    "fit.h5": lambda folder: command("record", "neuron", "epochs=2", "-o", folder / "fit.h5"),
    **{name: rendering(name) for name in (*(f"film.{suffix}" for suffix in seeds.FILMS), "frames")},
    "player.html": lambda folder: command("player", folder.parent / "run.h5", "-o", folder / "player.html"),
    "deck.pptx": lambda folder: command("slides", folder.parent / "a.mp4", "-o", folder / "deck.pptx"),
    "page.html": lambda folder: command("page", folder.parent / "a.mp4", "-o", folder / "page.html"),
    "site": lambda folder: command("page", folder.parent / "a.mp4", "-o", folder / "site"),
    "index.html": lambda folder: command("gallery", folder),
    "sweep": lambda folder: command("sweep", *SWEEP, "-o", folder / "sweep"),
}


def killed(what: str, folder: Path, seconds: float) -> tuple[int, float, int]:
    """Do the work in a process of its own, with a cache and temporary files in the folder."""
    begun = time.monotonic()
    child = os.fork()
    if child:
        if seconds:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        return status, time.monotonic() - begun, left_of(child)
    code = 1
    try:
        os.setsid()
        os.environ["ANIMATOR_CACHE"] = str(folder / "cache")
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder / "temporary")
        COMMANDS[what](folder)
        code = 0
    finally:
        os._exit(code)


def left_of(session: int) -> int:
    """How many processes of a session live on, PATIENCE seconds later."""
    end = time.monotonic() + PATIENCE
    while True:
        alive = sum(lives(place, session) for place in Path("/proc").glob("[0-9]*/stat"))
        if not alive or time.monotonic() > end:
            return alive
        time.sleep(0.02)


def lives(place: Path, session: int) -> bool:
    """Whether the process of this /proc/N/stat is of the session, and has not ended."""
    try:
        state, _, _, of, *_ = place.read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return False
    return int(of) == session and state not in "ZX"


def main() -> None:
    """Answer until the input ends."""
    base = Path(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what commands print is no answer
    seeds.film(base / "a.mp4")
    seeds.recording(base / "run.h5")
    for name in ("film.mp4", "player.html", "deck.pptx", "page.html"):  # all of this is imported by then
        (base / "warm").mkdir(exist_ok=True)
        COMMANDS[name](base / "warm")
    for line in sys.stdin:
        what, folder, seconds = json.loads(line)
        if what == "fit.h5":
            import animator.training.record.recorder  # noqa: F401
        answers.write(json.dumps(killed(what, Path(folder), seconds)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
