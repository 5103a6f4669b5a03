"""A process that has imported all that commands need, and forks one for each command that it is asked to do:
one that is killed after some seconds, or that meets a fault.

On standard input an Asked as a JSON object, on standard output an Answer.
"""

import gc
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from animator.__main__ import main as animator
from tests.reliability import seeds
from tests.reliability.faults import FAULTS

SMALL = ("--size", "160x120", "--fps", "10", "--seconds", "1")
DESCENT = ("function", "f=beale", "steps=5")
SWEEP = (*DESCENT, "learning_rate=0.01,0.02", "--jobs", 1, "--size", "64x64", "--fps", 2)
PATIENCE = 30.0  # seconds: a worker that was just starting notices at the end of its start
Work = Callable[[Path], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """what: a key of COMMANDS; seconds: after which it is killed, 0 for never; fault: a key of FAULTS."""

    what: str
    folder: str
    seconds: float = 0.0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """code: the exit code, or a signal as a negative number; said: standard error; seconds that it took;
    left: processes that are still there PATIENCE seconds later.
    """

    code: int
    said: str
    seconds: float
    left: int


def command(*words: object) -> None:
    """`animator WORDS...`; leaves by SystemExit with its exit code."""
    sys.argv = ["animator", *map(str, words)]
    animator()


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


def forked(asked: Asked, said: Path) -> Answer:
    """Do what is asked in a process of its own, with a cache and temporary files in the folder."""
    begun = time.monotonic()
    child = os.fork()
    if child:
        if asked.seconds:
            time.sleep(asked.seconds)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        return Answer(code, said.read_text(errors="replace"), time.monotonic() - begun, left_of(child))
    code = 1
    try:
        os.setsid()
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        folder = Path(asked.folder)
        os.environ["ANIMATOR_CACHE"] = str(folder / "cache")
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder / "temporary")
        if asked.fault:
            FAULTS[asked.fault]()
        COMMANDS[asked.what](folder)
    except SystemExit as stop:
        code = int(str(stop.code))
        gc.collect()  # where all that was open goes
    finally:
        sys.stderr.flush()
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
    (base / "warm").mkdir()
    for name in ("film.mp4", "player.html", "deck.pptx", "page.html"):  # all of this is imported by then
        with suppress(SystemExit):
            COMMANDS[name](base / "warm")
    for line in sys.stdin:
        asked = Asked(**json.loads(line))
        if asked.what.endswith(".h5"):
            os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # as a command has it
            import animator.training.record.recorder  # noqa: F401
        answers.write(json.dumps(asdict(forked(asked, base / "said"))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
