"""Killed at random moments: whole commands, of each product, with their cache and their temporary files.

What was there before or what was to be is there, whole; the next run leaves the bytes and the names that an
undisturbed one leaves; no process is left. `make soak` tries as many moments for each product as
ANIMATOR_KILLS says, 50 by default, `make test` one for each of the quick ones.
"""

import os
import random
import shutil
import signal
import sys

import pytest

from animator.recordings.reader import load
from animator.sweeps.folder import manifest
from tests.reliability import seeds
from tests.reliability.commands_child import COMMANDS
from tests.reliability.test_crashes import contents

LONG = "ANIMATOR_SOAK" in os.environ
KILLS = int(os.environ.get("ANIMATOR_KILLS", "50" if LONG else "1"))
QUICK = ("film.mp4", "film.gif", "deck.pptx", "page.html", "index.html")
MEASURED = ("manifest.json", "logs", "results.csv", "index.html")  # of a sweep: they tell of seconds
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are counted as Linux has them")


def prepared(folder, what):
    """`folder` anew, where an earlier file is in its place, and what the work needs; the earlier contents."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "temporary").mkdir(parents=True)
    if what == "index.html":
        seeds.sweep(folder)
    elif "." in what:
        (folder / what).write_bytes(b"as it was")
    return contents(folder / what)


def names(folder):
    """All that lies in the folder, by its place there."""
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*"))


def whole(folder, what, old, new):
    """Whether what is there is the old or the new; of a sweep, each of its files."""
    if what != "sweep":
        return contents(folder / what) in (old, new)
    there = contents(folder / what) or {}
    if (folder / what / "manifest.json").exists():
        manifest.read(folder / what)
    final = {place: data for place, data in there.items() if not place.name.startswith(".")}
    return unmeasured(final).items() <= new.items()


def unmeasured(found):
    """What of a sweep's files has the same bytes each time."""
    return {place: data for place, data in found.items() if place.parts[0] not in MEASURED}


def same(what, found, new):
    return unmeasured(found) == unmeasured(new) if what == "sweep" else found == new


@pytest.mark.parametrize("what", [name for name in COMMANDS if LONG or name in QUICK])
def test_a_kill_at_a_random_moment_loses_nothing(commands, what):
    folder, ask = commands
    old = prepared(folder, what)
    first = ask(what)
    new, there = contents(folder / what), names(folder)
    assert (first.code, first.left) == (0, 0) and new not in (None, old)
    chance, killed = random.Random(what), 0
    for number in range(KILLS):
        old = prepared(folder, what)
        moment = chance.uniform(0.0, first.seconds)
        answer = ask(what, seconds=moment)
        killed += answer.code == -signal.SIGKILL
        told = f"{number}: killed after {moment:.3f} of {first.seconds:.3f} s"
        assert answer.code in (0, -signal.SIGKILL) and answer.left == 0, told
        assert whole(folder, what, old, new), told
        if what in ("frames", "site") and contents(folder / what) == new:
            shutil.rmtree(folder / what)  # a folder that is there is not written over
        again = ask(what)
        assert (again.code, again.left) == (0, 0) and same(what, contents(folder / what), new), told
        assert names(folder) == there, told
    assert killed >= KILLS // 4, f"{KILLS - killed} of {KILLS} were done before their moment"
    if what.endswith(".h5"):
        with load(folder / what) as run:
            assert run.finished
