"""A command that was told to end ends within a second, whatever it waits for."""

import os
import signal
import subprocess
import sys
import time

import pytest

from animator.cli import deadline
from animator.core.strays import HOST
from tests.running import run


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_hears_nothing_is_ended(tmp_path, number):
    """And leaves no half-written file, though it was stopped in the middle."""
    code = (
        "import ctypes, sys\nfrom pathlib import Path\nfrom animator.cli import app, info\n"
        "from animator.core.files import replacing\n"
        "def waits(path):\n"
        "    with replacing(Path('out.mp4')) as temporary:\n"
        "        temporary.write_bytes(b'half')\n"
        "        print('begun', flush=True)\n"
        "        while True:\n"
        "            try:\n"
        "                ctypes.CDLL(None).sleep(600)\n"
        "            except KeyboardInterrupt:\n"
        "                pass\n"
        "info.facts = waits\nsys.argv = ['animator', 'info', '.']\napp.main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout.readline() == b"begun\n"
    assert [one.name for one in tmp_path.iterdir()] == [f".out.{process.pid}-{HOST}.part.mp4"]
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and said.startswith(b"animator: interrupted; nothing half-written")
    assert list(tmp_path.iterdir()) == []


def test_one_that_tidies_up_in_time_is_left_alone(capsys, monkeypatch):
    """The thread is gone with the command, and the signal's way with it."""

    def work():
        signal.raise_signal(signal.SIGINT)
        time.sleep(0)  # where Python hears it

    monkeypatch.setattr(deadline, "LATE", 60.0)
    before = signal.set_wakeup_fd(-1)
    done = run(capsys, work=work)
    assert done.code == 130 and signal.set_wakeup_fd(before) == -1
