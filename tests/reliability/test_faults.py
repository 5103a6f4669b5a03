"""Faults in the middle of whole commands: a disk and a quota that are full, a quota of files, a clock that is
set back.
"""

import os

import pytest

from animator.cli.app import FULL
from animator.sweeps.folder import manifest
from tests.reliability.commands_child import COMMANDS
from tests.reliability.faults import NUMBERS
from tests.reliability.test_moments import contents, names, prepared, same

LONG = "ANIMATOR_SOAK" in os.environ
QUICK = ("descent.h5", "film.mp4", "film.png", "deck.pptx", "page.html", "index.html")
pytestmark = pytest.mark.skipif(not NUMBERS, reason="calls are filtered as Linux does it")
NO_NEW = (
    "animator: Cannot write '{place}': Disk quota exceeded in the folder '{folder}'. "
    "Give -o a path in a folder that you can write to.\n",
    "animator: The page of '{folder}' cannot be written into it: Disk quota exceeded. "
    "Copy the films into a folder that you can write to.\n",
)


def tried(quick):
    """All that writes, but sweeps, whose workers speak through what is refused here; in `make test` some."""
    return [name for name in COMMANDS if name != "sweep" and (LONG or name in quick)]


@pytest.mark.parametrize("what", tried(QUICK))
@pytest.mark.parametrize("fault", ["full", "quota"])
def test_where_there_is_no_room_the_old_stays(commands, what, fault):
    """From the first write on: one sentence, exit code 1, nothing half-written anywhere."""
    folder, ask = commands
    old = prepared(folder, what)
    there = names(folder)
    answer = ask(what, fault=fault)
    assert (answer.code, answer.said, answer.left) == (1, FULL, 0)
    assert contents(folder / what) == old
    assert [name for name in names(folder) if not is_kept(name)] == there


def is_kept(name):
    """Folders and locks of the cache, which hold no bytes, stay."""
    return name.partition(os.sep)[0] == "cache" and not name.endswith((".h5", ".json"))


@pytest.mark.parametrize("what", tried(("film.mp4", "page.html")))
def test_where_no_file_may_be_made_the_old_stays(commands, what):
    """One sentence that says why, and nothing anywhere."""
    folder, ask = commands
    old = prepared(folder, what)
    there = names(folder)
    answer = ask(what, fault="files")
    told = [words.format(place=folder / what, folder=folder) for words in NO_NEW]
    assert (answer.code, answer.left) == (1, 0) and answer.said in (FULL, *told)
    assert contents(folder / what) == old and names(folder) == there


@pytest.mark.parametrize("what", ["film.mp4", "index.html", *(["sweep"] if LONG else [])])
def test_a_clock_that_is_set_back_in_the_middle_changes_nothing(commands, what):
    """The same bytes, the same names, and no seconds below zero in what is said of the time it took."""
    folder, ask = commands
    prepared(folder, what)
    first = ask(what)
    new, there = contents(folder / what), names(folder)
    prepared(folder, what)
    answer = ask(what, fault="clock")
    assert (first.code, answer.code, answer.said) == (0, 0, first.said)
    assert same(what, contents(folder / what), new) and names(folder) == there
    if what == "sweep":
        for cell in manifest.read(folder / what).cells:
            assert all(seconds >= 0 for seconds in cell.seconds.values())
