"""Places that others share or that end: a small disk, another file system, two commands at one
file, one folder or one cache.
"""

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from animator.cli.app import FULL
from animator.encoding.pyav_adapter import OutputFile
from tests.reliability import seeds
from tests.reliability.process import animator, at_once

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="file systems and modes are those of POSIX")
SMALL = ("--size", "160x120", "--fps", "10", "--seconds", "1")
MEMORY_DISK = Path("/dev/shm")


@pytest.fixture
def place(tmp_path):
    """A folder with a film and a recording."""
    seeds.film(tmp_path / "a.mp4")
    seeds.recording(tmp_path / "run.h5")
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# A disk of so many bytes, seen by this command alone; what is on it at the end is told before it goes.
DISK = 'mount -t tmpfs -o size="$0" tmpfs full && "$@"; code=$?; ls -A full >&2; exit $code'


def on_a_disk_of(size):
    """The words that give a command such a disk as its folder `full`, or a skip where none can be had."""
    apart = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    trial = 'mount -t tmpfs -o size=8k tmpfs "$0"'
    if not shutil.which("unshare") or subprocess.run([*apart, trial, "/mnt"], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here, not even apart from the others")
    return [*apart, DISK, size]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ("4k", ("render", "run.h5", *SMALL, "-o", "full/x.mp4")),
        ("4k", ("render", "run.h5", *SMALL, "-o", "full/x.gif")),
        ("4k", ("page", "a.mp4", "-o", "full/p.html")),
        ("8k", ("slides", "a.mp4", "-o", "full/d.pptx")),
    ],
    ids=["mp4", "gif", "page", "slides"],
)
def test_a_small_disk_that_fills(place, size, words):
    """The one sentence, without the tracebacks that libraries print of later errors; nothing is left."""
    (place / "full").mkdir()
    code, out, err = animator(place, *words, around=on_a_disk_of(size))
    assert (code, out, err) == (1, "", FULL)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("size", [100, 100_000], ids=["at the end", "meanwhile"])
def test_a_file_on_a_full_disk_fails_once(size):
    with pytest.raises(OSError) as told, OutputFile(Path("/dev/full")) as file:
        file.write(bytes(size))
        assert file.write(b"more") == 4  # nothing is said of what did not fit yet
    assert told.value.errno == errno.ENOSPC


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_after_its_first_failure_a_file_takes_all_and_writes_nothing():
    file = OutputFile(Path("/dev/full"))
    with pytest.raises(OSError):
        file.write(bytes(100_000))
    assert (file.write(b"abc"), file.seek(7), file.tell()) == (3, 7, 0)
    file.close()
    assert file.closed


@pytest.mark.skipif(not MEMORY_DISK.is_dir(), reason="no other file system")
def test_temporary_files_on_another_file_system(place):
    """The same bytes, and nothing is left there."""
    other = MEMORY_DISK / place.name
    other.mkdir()
    try:
        if other.stat().st_dev == place.stat().st_dev:
            pytest.skip("it is the same file system")
        for name, environment in (("here.mp4", {}), ("there.mp4", {"TMPDIR": str(other)})):
            code, _, err = animator(place, "render", "run.h5", *SMALL, "-o", name, environment=environment)
            assert (code, err) == (0, "")
        assert names(other) == []
    finally:
        shutil.rmtree(other)
    assert (place / "here.mp4").read_bytes()[-999:] == (place / "there.mp4").read_bytes()[-999:]


def test_two_commands_at_one_file(place):
    """Both are done, and the file is as one alone would have made it."""
    words = ("render", "run.h5", *SMALL, "-o", "x.mp4")
    assert animator(place, *words)[0] == 0
    alone = {name: (place / name).read_bytes() for name in names(place)}
    (place / "x.mp4").unlink()
    assert at_once(place, words, words) == [(0, ""), (0, "")]
    assert {name: (place / name).read_bytes() for name in names(place)} == alone


def test_two_commands_in_one_folder_and_one_cache(place):
    words = ("record", "function", "f=beale", "steps=20")
    environment = {"ANIMATOR_CACHE": str(place / "cache")}
    both = [(*words, "-o", "one.h5"), (*words, "-o", "two.h5")]
    assert at_once(place, *both, environment=environment) == [(0, ""), (0, "")]
    assert (place / "one.h5").read_bytes() == (place / "two.h5").read_bytes()
    assert at_once(place, ("gallery", "."), ("gallery", ".")) == [(0, ""), (0, "")]
    assert [name for name in names(place) if name.startswith(".")] == []
