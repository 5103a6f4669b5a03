"""Faults of the world: one sentence or the whole result, the right exit code, and nothing left behind."""

import os
import re
import resource
import shutil
import subprocess
import sys

import pytest

from tests.reliability import seeds
from tests.reliability.keeper import ROOT
from tests.reliability.process import animator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="descriptors and modes are those of POSIX")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a film, a recording and a sweep."""
    folder = tmp_path_factory.mktemp("world")
    seeds.film(folder / "a.mp4", seeds.WORDS.__class__("Größe 学習", "", "", "", {}))
    seeds.recording(folder / "run.h5")
    seeds.sweep(folder / "sweep")
    return folder


def test_without_home_and_cache(place):
    code, out, err = animator(place, "info", "run.h5", drop=("HOME", "ANIMATOR_CACHE", "XDG_CACHE_HOME"))
    assert (code, err) == (0, "") and "steps" in out


def test_without_a_folder_for_temporary_files(place):
    """There is always the folder where one stands."""
    code, out, err = animator(place, "info", "run.h5", environment={"TMPDIR": "/nowhere"})
    assert (code, err) == (0, "") and "steps" in out


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.UTF-8", "no_SUCH"])
def test_in_any_locale(place, locale):
    """Letters that it lacks come as escapes; numbers have points."""
    changed = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    code, out, err = animator(place, "info", "a.mp4", environment=changed)
    assert (code, err) == (0, "") and "0.5 s: 5 frames" in out
    assert re.search(r"Größe 学習|Gr\\xf6\\xdfe \\u5b66\\u7fd2|Gr\\udcc3", out)


def test_a_terminal_that_can_do_nothing(place):
    code, out, err = animator(place, "info", "a.mp4", environment={"TERM": "dumb", "FORCE_COLOR": "1"})
    assert (code, err) == (0, "") and "\x1b" not in out


@pytest.mark.parametrize(
    "words", [("info", "a.mp4"), ("scenes",), ("gallery", "sweep"), ("info", "none.mp4")]
)
@pytest.mark.parametrize("number", [1, 2])
def test_a_closed_stream_costs_nothing_but_its_words(place, words, number):
    code, out, err = animator(place, *words, before=lambda: os.close(number))
    assert code == (2 if "none.mp4" in words else 0)
    assert "Traceback" not in out + err


def test_a_full_standard_output_is_one_sentence(place):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        code, _, err = animator(place, "scenes", stdout=full)
    assert code == 1 and err.count("\n") <= 2 and "Traceback" not in err


def test_with_forty_descriptors(place):
    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))

    for words in (("info", "run.h5"), ("info", "a.mp4"), ("page", "a.mp4", "-o", "few.html")):
        code, out, err = animator(place, *words, before=few)
        assert (code, err) == (0, "") and out


def test_a_folder_that_may_not_be_written_to(place, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    words = ["page", str(place / "a.mp4"), "-o", str(closed / "p.html")]
    rights = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if rights and not shutil.which("setpriv"):
        pytest.skip("root writes everywhere, and setpriv is not there")
    done = subprocess.run([*rights, sys.executable, "-m", "animator", *words], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})  # fmt: skip
    assert (done.returncode, done.stderr) == (
        2,
        f"animator: Cannot write '{closed / 'p.html'}': Permission denied in the folder '{closed}'. "
        "Give -o a path in a folder that you can write to.\n",
    )
    assert list(closed.iterdir()) == []


def test_a_folder_that_is_gone(place, tmp_path):
    """The folder where one stands, too."""
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        "import os, runpy, sys; os.rmdir(os.getcwd()); "
        f"sys.argv = ['animator', 'info', {str(place / 'a.mp4')!r}]; "
        "runpy.run_module('animator', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=gone, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})  # fmt: skip
    assert done.returncode == 0 and "0.5 s" in done.stdout and "Traceback" not in done.stderr


def test_memory_that_ends(place):
    """A limit at which the film cannot be read: one sentence, no crash."""

    def small():
        resource.setrlimit(resource.RLIMIT_AS, (400 * 2**20, 400 * 2**20))

    code, _, err = animator(place, "page", "a.mp4", "-o", "m.html", before=small,
                            environment={"OPENBLAS_NUM_THREADS": "1"})  # fmt: skip
    assert code in (0, 1, 2) and "Traceback" not in err
    assert not list(place.glob(".m.*"))
