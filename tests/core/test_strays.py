"""What is half written: its names, and that only what dead processes left is removed."""

import os
import subprocess
import sys
import time

import pytest

from animator.core import strays
from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder, replacing, room_beside
from animator.core.strays import HOST, SCRATCH, STRAY, scratch, temporary, tidy


@pytest.fixture(scope="module")
def dead():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def living():
    """The number of a process that lives as long as the test."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate()


def test_the_name_of_a_temporary_file_says_whose_it_is(tmp_path):
    for name in ("film.mp4", "page", "deck.pptx", "a" * 250 + ".mp4", "ü" * 120 + ".mp4"):
        made = temporary(tmp_path / name)
        found = STRAY.fullmatch(made.name)
        assert (int(found["pid"]), found["host"]) == (os.getpid(), HOST)
        assert made.parent == tmp_path and made.suffix == ((tmp_path / name).suffix or ".part")
        made.touch()  # a name that the system takes
    assert temporary(tmp_path / ("a" * 250)) != temporary(tmp_path / ("a" * 249 + "b"))


def test_what_dead_processes_left_goes_and_nothing_else(tmp_path, dead, living):
    gone = [f".film.{dead}-{HOST}.part.mp4", f".film.{dead}.part.mp4", f".film.mp4.{dead}.probe",
            f".film.{os.getpid()}-{HOST}.part.mp4"]  # fmt: skip
    kept = [
        f".film.{living}-{HOST}.part.mp4",
        f".film.{dead}-00000000.part.mp4",
        f"film.{dead}-{HOST}.part.mp4",
        f".letter.{dead}.part.doc",
        f".film.{dead}-{HOST}.mp4",
        ".film.part.mp4",
        "film.mp4",
    ]
    for name in (*gone, *kept):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / f".page.{dead}-{HOST}.part").mkdir()
    (tmp_path / f".page.{dead}-{HOST}.part" / "index.html").touch()
    (tmp_path / f".page.{dead}.part.html").mkdir()
    (tmp_path / f".link.{dead}-{HOST}.part.mp4").symlink_to(tmp_path / "film.mp4")
    with replacing(tmp_path / "other.mp4") as own:
        own.write_bytes(b"new")
        tidy(tmp_path, again=True)
        assert own.is_file()
    links = [f".link.{dead}-{HOST}.part.mp4", f".page.{dead}.part.html"]
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([*kept, *links, "other.mp4"])


def test_another_machines_strays_go_when_they_are_two_days_old(tmp_path, dead):
    old, young = tmp_path / f".a.{dead}-00000000.part.mp4", tmp_path / f".b.{dead}-00000000.part.mp4"
    for path, age in ((old, strays.FORGOTTEN + 60), (young, strays.FORGOTTEN - 60)):
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    tidy(tmp_path)
    assert not old.exists() and young.exists()


def test_whoever_writes_beside_strays_removes_them(tmp_path, dead):
    stray = tmp_path / f".old.{dead}-{HOST}.part.mp4"
    stray.touch()
    ensure_folder(tmp_path / "new.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_for_temporary_files_goes_with_its_process(tmp_path, dead):
    """And takes along what a killed process left, such as the code that TensorFlow makes."""
    left = tmp_path / f"animator-{dead}-{HOST}-abc"
    left.mkdir()
    (left / "__autograph_generated_file1.py").touch()
    with scratch(lambda: str(tmp_path)) as folder:
        assert SCRATCH.fullmatch(folder.name) and folder.parent == tmp_path
        assert list(tmp_path.iterdir()) == [folder]
    assert list(tmp_path.iterdir()) == []


def test_attempts_at_a_file_leave_nothing(tmp_path):
    with room_beside(tmp_path / "a.mp4") as folder:
        (folder / "a.mp4").write_bytes(b"x")
        (folder / "a.mp4").replace(tmp_path / "a.mp4")
    assert [one.name for one in tmp_path.iterdir()] == ["a.mp4"]


def test_a_name_that_is_too_long(tmp_path):
    with pytest.raises(AnimatorError) as caught:
        ensure_folder(tmp_path / ("a" * 300 + ".mp4"))
    assert str(caught.value) == (
        f"The name '{'a' * 32}...' has 304 bytes, and a file's name has 255 at most. Give -o a shorter name."
    )


def test_no_folder_for_temporary_files():
    def none():
        raise FileNotFoundError("No usable temporary directory found")

    with pytest.raises(AnimatorError) as caught, scratch(none):
        pass
    assert str(caught.value) == (
        "There is no folder for temporary files that can be written to. Set TMPDIR to one that can."
    )
