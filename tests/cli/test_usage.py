"""What cannot be read is one sentence and exit code 2; a signal ends the command quietly at any moment."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from animator.cli import app
from tests.running import run

SENTENCES = [
    ("rendr", "No such command 'rendr'. Did you mean 'render'? Type animator --help"),
    ("render", "Missing argument 'SCENE'. Type animator render --help"),
    ("info", "Missing argument 'file'. Type animator info --help"),
    (
        "render neuron --sizee 3",
        "No such option: --sizee. Did you mean '--size'? Type animator render --help",
    ),
    ("render neuron --length 3", "No such option: --length: that is --seconds. Type animator render --help"),
    ("player neuron --cmap x", "No such option: --cmap: that is --colors. Type animator player --help"),
    (
        "render neuron --learning-rate 3",
        "No such option: --learning-rate: that is a parameter of the scene, typed as learning_rate=VALUE. "
        "Type "
        "animator render --help",
    ),
    ("render neuron --qwerty 3", "No such option: --qwerty. Type animator render --help"),
    ("page a.mp4 --duration 3", "No such option: --duration. Type animator page --help"),
    ("render neuron --fps", "Option '--fps' requires an argument. Type animator render --help"),
    (
        "render neuron --fps fast",
        "Invalid value for '--fps': Input should be a valid number, unable to parse string as a number. "
        "Type animator render --help",
    ),
    (
        "sweep neuron seed=1,2 --jobs=two",
        "Invalid value for '--jobs': Input should be a valid integer, unable to parse string as an integer. "
        "Type animator sweep --help",
    ),
    ("render neuron --once=3", "Option '--once' does not take a value. Type animator render --help"),
    ("verify all", "Got unexpected extra argument(s) (all). Type animator verify --help"),
]


@pytest.mark.parametrize(("words", "sentence"), SENTENCES)
def test_what_cannot_be_read_is_one_sentence(tmp_path, monkeypatch, capsys, words, sentence):
    monkeypatch.chdir(tmp_path)
    done = run(capsys, *words.split())
    assert (done.code, done.out, done.err) == (2, "", f"animator: {sentence} for all that it takes.\n")
    assert list(tmp_path.iterdir()) == []


def test_no_words_at_all_are_a_wish_for_help(capsys):
    done = run(capsys)
    assert done.code == 2
    assert done.err.startswith("Usage: animator [OPTIONS] COMMAND [ARGS]...\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_command_line_is_imported_says_nothing(tmp_path, number, code):
    """In place of typer stands a module that sends its process the signal, as one that comes early."""
    (tmp_path / "typer.py").write_text(
        f"import os, time\nos.kill(os.getpid(), {int(number)})\ntime.sleep(60)\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "animator", "scenes"],
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), root])},
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_in_a_row_do_not_disturb_the_tidying(capsys, number):
    tidied = []

    def work() -> int:
        try:
            signal.raise_signal(number)
            pytest.fail("it was not interrupted")
        finally:
            for again in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
                signal.raise_signal(again)
            tidied.append(True)

    before = signal.getsignal(signal.SIGINT)
    done = run(capsys, work=work)
    assert (done.code, done.err, tidied) == (130, app.INTERRUPTED, [True])
    assert signal.getsignal(signal.SIGINT) is before


CLOSED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
needs_modes = pytest.mark.skipif(
    bool(CLOSED) and not shutil.which("setpriv"), reason="root reads everything, and setpriv is not there"
)


def without_rights(*words):
    """`animator WORDS...` in a process to which modes of files apply, root's too: its code, and what it
    says."""
    done = subprocess.run(
        [*CLOSED, sys.executable, "-m", "animator", *words], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@needs_modes
@pytest.mark.parametrize("command", ["info", "page", "gallery"])
def test_what_may_not_be_read_is_one_sentence(tmp_path, command):
    """A closed folder, with what is in it; letters of its path stay as they are."""
    closed = tmp_path / "Closed"
    closed.mkdir(mode=0o000)
    code, text = without_rights(command, str(closed))
    assert code == 2 and f"ath '{closed}' is not readable. Type animator {command} --help" in text
    path = closed / "a.mp4"
    assert without_rights(command, str(path)) == (2, f"animator: '{path}' {app.CLOSED}\n")


@needs_modes
def test_a_gallery_of_a_folder_that_cannot_be_written_to_says_so(tmp_path):
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"")
    folder.chmod(0o555)
    assert without_rights("gallery", str(folder)) == (
        2,
        f"animator: The page of '{folder}' cannot be written into it: Permission denied. Copy the films into "
        "a folder that you can write to.\n",
    )
