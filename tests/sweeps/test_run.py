"""Whole sweeps by local workers and by a dask cluster: all cells right, the same bytes, nothing lost."""

import csv
import errno
import json
import os
import shlex
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from animator.core import cache
from animator.core.errors import AnimatorError
from animator.encoding import inspect
from animator.films import build
from animator.recordings.reader import load
from animator.sweeps.folder import manifest
from animator.sweeps.folder.ledger import Ledger
from animator.sweeps.plan.plan import Look
from animator.sweeps.run import background_product, run
from animator.sweeps.run.context import Full, SweepContext
from animator.sweeps.run.products import Products
from tests.running import run as typed
from tests.sweep_runs import (
    NONE,
    WORDS,
    cells,
    cold,
    digests,
    files,
    pids,
    planned,
    started,
    states,
    swept,
    times,
)

LIGHT = Look("mp4", 160, 90, 10.0, "light")


def test_every_cell_has_its_files_and_its_numbers(made):
    found = manifest.read(made)
    assert (found.state, found.kind, found.scene, found.title) == ("done", "product", "line", "A line")
    assert [axis.values for axis in found.axes] == [(0.05, 0.5), (0, 1)]
    assert [cell.name for cell in found.cells] == [
        "000-rate=0.05-seed=0",
        "001-rate=0.05-seed=1",
        "002-rate=0.5-seed=0",
        "003-rate=0.5-seed=1",
    ]
    for cell in found.cells:
        with load(made / cell.recording) as recorded:
            loss = recorded.loss
            assert recorded.meta["notes"]["parameters"]["rate"] == cell.parameters["rate"]
        assert cell.results["final_loss"] == loss[-1]
        assert cell.results["best_loss"] == loss.min()
        assert cell.results["steps"] == 4
        below = np.flatnonzero(loss <= loss[0] / 2)
        assert cell.results["steps_to_half"] == (int(below[0]) if len(below) else None)
        assert cell.results["max_abs_error"] < 1e-6
        film = inspect(made / cell.film)
        assert (film.width, film.height, film.fps, film.frames) == (160, 90, 10.0, 6)
        assert film.metadata.alt_text == cell.alt_text
        assert (
            film.metadata.command
            == cell.command
            == (
                f"animator render line.py rate={cell.parameters['rate']} seed={cell.parameters['seed']} "
                f"-o {cell.name}.mp4 --size 160x90 --fps 10"
            )
        )
        assert inspect(made / cell.poster).width == 160
        assert cell.bytes["film"] == (made / cell.film).stat().st_size
        assert set(cell.seconds) == {"record", "surface", "draw_and_encode"}
        log = (made / cell.log).read_text()
        assert "RecordTask" in log
        assert "DrawTask" in log


def test_the_cells_share_a_window_a_scale_and_one_surface(made):
    """And two workers did all that they had to do, in a process each."""
    found = manifest.read(made)
    a0, a1, b0, b1 = found.common["extent"]
    low, high = found.common["loss_range"]
    assert a0 < a1 and b0 < b1 and 0 <= low < high
    assert found.common["surfaces"] == 1
    spans = [cell.spans for cell in found.cells]
    assert spans == [((low, high),)] * 4
    assert 1 <= len(pids(made)) <= 2
    logs = "".join(path.read_text() for path in files(made, "logs").values())
    assert len([line for line in logs.splitlines() if "Task on" in line]) > 4


def test_recordings_and_surfaces_come_from_the_cache(scene, made, tmp_path):
    """In another folder nothing is trained and nothing is cut, and progress says what is drawn."""
    heard = []
    run.sweep(planned(scene, *WORDS), tmp_path / "again", run.Orders(jobs=1), heard.append, products=NONE)
    assert digests(tmp_path / "again") == digests(made)
    for log in files(tmp_path / "again", "logs").values():
        lines = log.read_text().splitlines()
        assert lines[0] == "from the cache"
        (task,) = [line for line in lines if "Task on" in line]
        assert task.split()[2] == "DrawTask" and task.endswith(" without TensorFlow")
    assert {(said.stage, said.total, said.failed) for said in heard} == {("drawing", 4, 0)}
    assert [said.done for said in heard] == sorted(said.done for said in heard)
    assert {said.done for said in heard} == {0, 1, 2, 3, 4} and {said.running for said in heard} == {0, 1}


def test_the_table_says_what_the_manifest_says(made):
    with (made / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = manifest.read(made).cells
    assert [row["name"] for row in rows] == [cell.name for cell in found]
    assert [float(row["rate"]) for row in rows] == [cell.parameters["rate"] for cell in found]
    assert [float(row["final_loss"]) for row in rows] == [cell.results["final_loss"] for cell in found]
    assert [int(row["bytes_film"]) for row in rows] == [cell.bytes["film"] for cell in found]
    assert [row["command"] for row in rows] == [cell.command for cell in found]


def test_the_command_of_a_cell_makes_its_film(scene, made, workers, tmp_path, capsys, monkeypatch):
    """Byte for byte where nothing is shared; of cells that share a window, the same training in its own."""
    swept(scene, tmp_path / "one", "seed=range(3,4)", engine=workers)
    monkeypatch.chdir(scene.parent)
    for folder, index in ((tmp_path / "one", 0), (made, 2)):
        cell = manifest.read(folder).cells[index]
        words = shlex.split(cell.command)
        film = tmp_path / words[words.index("-o") + 1]
        words[words.index("-o") + 1] = str(film)
        said = json.loads(typed(capsys, *words[1:], "--json").out)
        assert said["recording"]["final_loss"] == pytest.approx(cell.results["final_loss"], rel=1e-5)
        assert said["recording"]["steps"] == cell.results["steps"]
        same = film.read_bytes() == (folder / cell.film).read_bytes()
        assert same == (index == 0)
        assert (
            inspect(film).metadata.details["parameters"]
            == inspect(folder / cell.film).metadata.details["parameters"]
        )


def test_one_worker_without_a_cache_gives_the_same_bytes(scene, made, workers, tmp_path):
    alone = workers(1, None, print)
    alone.room = lambda: 1
    with cache.within(tmp_path / "cache"):
        swept(scene, tmp_path / "one", *WORDS, engine=lambda *_: alone)
    assert digests(tmp_path / "one") == digests(made)
    own = [{k: v for k, v in cell.items() if k != "seconds"} for cell in cells(tmp_path / "one")]
    assert own == [{k: v for k, v in cell.items() if k != "seconds"} for cell in cells(made)]


def test_what_is_done_is_not_done_again(scene, made):
    before = times(made)
    outcome = swept(scene, made, *WORDS, engine=lambda *_: pytest.fail("a worker was started"))
    assert outcome.count("done") == 4
    assert times(made) == before


@pytest.mark.parametrize("name", ["film", "poster", "recording"])
def test_a_file_damaged_in_place_is_made_again(scene, made, workers, name):
    """Its size and its time are as before; one byte in the middle is another."""
    before = digests(made)
    path = made / str(getattr(manifest.read(made).cells[1], name))
    content, then = bytearray(path.read_bytes()), path.stat()
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert digests(made) != before
    assert swept(scene, made, *WORDS, engine=workers).count("done") == 4
    assert digests(made) == before


def test_products_are_made_once_and_one_that_fails_costs_no_other(scene, made):
    calls = []

    def product(folder, book, films, progress):
        calls.append((book.state, sorted(films), films[3].alt_text() == book.cells[3].alt_text))
        (folder / "sheet.mp4").write_bytes(b"1")
        return [folder / "sheet.mp4"]

    def page(folder, book, films, progress):
        assert manifest.read(folder).products == ("sheet.mp4",)
        (folder / "index.html").touch()
        return [folder / "index.html"]

    def broken(*_):
        raise ZeroDivisionError("by 0")

    before = times(made)
    gallery = ("gallery", page)
    (made / "results.csv").unlink()
    outcome = swept(scene, made, *WORDS, products=Products({"sheet": product, "race": broken}, gallery))
    assert outcome.warnings == ("The race could not be made: ZeroDivisionError: by 0.",)
    assert outcome.manifest.products == ("sheet.mp4", "index.html")
    assert calls == [("done", [0, 1, 2, 3], True)]
    for _ in range(2):  # what was made is not made again
        assert swept(scene, made, *WORDS, products=Products({"sheet": product}, gallery)).warnings == ()
    assert len(calls) == 1
    assert times(made) == before


@pytest.fixture
def four(made):
    """(the names of products as they are made, what breaks some of them, four products)."""
    calls = []

    def product(kind, *names):
        def make(folder, book, films, progress):
            calls.append(kind)
            if kind in broken:
                raise broken[kind]
            for name in names:
                (folder / name).write_bytes(name.encode())
            return [folder / name for name in names]

        return kind, make

    broken: dict[str, BaseException] = {}
    manifest.write(made, replace(manifest.read(made), made_from="", digests={}, products=()))
    kinds = product("sheet", "sheet.mp4", "sheet.gif"), product("race", "race.mp4"), product("summary")
    return calls, broken, Products(dict(kinds), product("gallery", "index.html"))


def test_a_damaged_product_is_made_again_and_no_other(scene, made, four):
    """The page too, because it shows the others; a manifest of a version without digests is believed."""
    calls, _, products = four
    swept(scene, made, *WORDS, products=products)
    found = manifest.read(made)
    assert found.products == ("sheet.mp4", "sheet.gif", "race.mp4", "index.html")
    assert {kind: list(files) for kind, files in found.digests.items()} == {
        "sheet": ["sheet.mp4", "sheet.gif"],
        "race": ["race.mp4"],
        "summary": [],
        "gallery": ["index.html"],
    }
    calls.clear()
    swept(scene, made, *WORDS, products=products)
    assert calls == []
    for damage, again in (
        ("race.mp4", ["race", "gallery"]),
        ("sheet.gif", ["sheet", "gallery"]),
        ("index.html", ["gallery"]),
    ):
        calls.clear()
        (made / damage).write_bytes(damage.encode()[::-1])
        swept(scene, made, *WORDS, products=products)
        assert calls == again
        assert (made / damage).read_bytes() == damage.encode()
    calls.clear()
    manifest.write(made, replace(manifest.read(made), digests={}))
    (made / "race.mp4").write_bytes(b"damaged")
    swept(scene, made, *WORDS, products=products)
    assert calls == []


def test_products_that_were_made_before_an_interruption_are_kept(scene, made, four):
    calls, broken, products = four
    manifest.write(made, replace(manifest.read(made), products=("race-old.mp4", "summary.png")))
    for name in ("race-old.mp4", "summary.png"):
        (made / name).touch()
    broken["race"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        swept(scene, made, *WORDS, products=products)
    found = manifest.read(made)
    assert (found.state, list(found.digests)) == ("interrupted", ["sheet"])
    assert found.products == ("race-old.mp4", "summary.png", "sheet.mp4", "sheet.gif")
    assert calls == ["sheet", "race"]
    broken.clear()
    calls.clear()
    assert swept(scene, made, *WORDS, products=products).manifest.products == (
        "sheet.mp4",
        "sheet.gif",
        "race.mp4",
        "index.html",
    )
    assert calls == ["race", "summary", "gallery"]
    assert (made / "race-old.mp4").exists()  # no name of ours
    assert not (made / "summary.png").exists()  # which is not made any more
    (made / "race-old.mp4").unlink()


def test_the_sheet_is_made_beside_the_films(scene, workers, tmp_path):
    """In another thread, from the manifest as it will be; where that fails, in its turn."""
    calls = []

    def product(folder, book, films, progress):
        calls.append((threading.current_thread().name, book.state, sorted(films)))
        progress("drawing sheet.mp4", 0, 1)
        if broken and len(calls) == 1:
            raise ZeroDivisionError("by 0")
        (folder / "sheet.mp4").write_bytes(b"1")
        return [folder / "sheet.mp4"]

    products = Products({"sheet": product}, NONE.last)
    for broken in (False, True):
        calls.clear()
        outcome = swept(scene, tmp_path / str(broken), *WORDS, engine=workers, products=products)
        assert outcome.warnings == () and outcome.manifest.products == ("sheet.mp4",)
        threads = ["early product", "MainThread"] if broken else ["early product"]
        assert calls == [(name, "done", [0, 1, 2, 3]) for name in threads]


def test_a_sheet_that_nobody_waits_for_is_stopped():
    begun, heard = threading.Event(), []

    def make(progress):
        begun.set()
        while True:
            progress("drawing sheet.mp4", 0, 1)

    sheet = background_product.Early("a", make, lambda *said: heard.append(said))
    with pytest.raises(KeyboardInterrupt), sheet:
        begun.wait()
        raise KeyboardInterrupt
    assert sheet.paths("a") is None and heard == []
    with background_product.Early("a", lambda progress: [Path("x")], lambda *_: None) as sheet:
        pass
    assert sheet.paths("a") == [Path("x")] and sheet.paths("b") is None


def test_another_style_is_drawn_again_and_nothing_is_trained(scene, made, tmp_path):
    folder = tmp_path / "styled"
    with pytest.raises(KeyboardInterrupt):
        swept(scene, folder, *WORDS, jobs=2, engine=stopped)
    assert states(folder) == ["recorded"] * 4
    assert manifest.read(folder).state == "interrupted"
    before = times(folder, "recordings")
    swept(scene, folder, *WORDS, jobs=2, look=LIGHT, engine=cold)
    assert times(folder, "recordings") == before
    assert digests(folder, "recordings") == digests(made, "recordings")
    assert set(digests(folder, "films").values()).isdisjoint(digests(made, "films").values())
    for cell in cells(folder):
        assert "starting TensorFlow" not in (folder / cell["log"]).read_text()


def stopped(*_: object) -> None:
    """In place of an engine: the user presses Ctrl-C."""
    raise KeyboardInterrupt


def written(folder: Path) -> int:
    """When the manifest was written, in nanoseconds; 0 before."""
    path = folder / "manifest.json"
    return path.stat().st_mtime_ns if path.exists() else 0


def test_it_is_killed_again_and_again_and_goes_on(scene, made, workers, tmp_path):
    folder, before = tmp_path / "killed", {}
    for done, number in enumerate((signal.SIGKILL, signal.SIGINT, signal.SIGTERM)):
        earlier = written(folder)
        process = started(folder, str(scene), *WORDS, "--jobs", "1")
        while (
            written(folder) == earlier or states(folder).count("done") < done
        ):  # at every instant it is whole
            assert process.poll() is None, process.communicate()
            time.sleep(0.002)
        process.send_signal(number)
        err = process.communicate()[1].decode()
        assert process.returncode == (-9 if number == signal.SIGKILL else 130), err
        found = manifest.read(folder)
        assert found.state == ("running" if number == signal.SIGKILL else "interrupted")
        kept = [cell.film for cell in found.cells if cell.state == "done"]
        assert len(kept) >= done
        assert before.items() <= times(folder, "films").items()
        before = {name: times(folder, "films")[name] for name in kept}
    swept(scene, folder, *WORDS, engine=workers)
    assert digests(folder) == digests(made)
    assert before.items() <= times(folder, "films").items()
    assert list(folder.rglob(".*part*")) == []


@pytest.fixture
def troubled(tmp_path, monkeypatch):
    """While this file is there, workers have troubles."""
    path = tmp_path / "trouble"
    path.touch()
    monkeypatch.setenv("LINE_TROUBLE", str(path))
    return path


def test_cells_that_fail_are_told_and_cost_no_other(scene, made, workers, tmp_path, troubled, capsys):
    folder = tmp_path / "failed"
    swept(scene, tmp_path / "before", "trouble=none,hang", engine=workers)  # fills the cache
    swept(scene, folder, "trouble=none,raise,exit", engine=cold)
    assert states(folder) == ["done", "failed", "failed"]
    assert [cell["reason"] for cell in cells(folder)] == [
        "",
        "Scene file 'line.py' raised RuntimeError at line 34 (raise RuntimeError(\"the data are gone\")): "
        "the data are gone. Mend that line and try again.",
        "Its worker died, and died again when it was tried alone: it may have run out of memory, or "
        "crashed in a library.",
    ]
    assert "the data are gone" in (folder / "logs/001-trouble=raise.txt").read_text()
    troubled.unlink()
    size = ("--size", "160x90", "--fps", "10")
    words = ("sweep", str(scene), "trouble=none,raise,exit", "-o", str(folder), *size)
    ran = typed(capsys, *words)
    assert ran.code == 1, ran.err
    assert "failed: 002-trouble=exit: Its worker died" in ran.out
    assert states(folder).count("failed") == 2
    kept = times(folder, "films")
    assert list(kept) == ["films/000-trouble=none.mp4"]
    assert "  1 of 3 cells are there already" in typed(capsys, *words, "--retry-failed", "--dry-run").out
    swept(scene, folder, "trouble=none,raise,exit", engine=workers, retry_failed=True)
    assert states(folder) == ["done"] * 3
    assert kept.items() <= times(folder, "films").items()


def test_a_cell_whose_own_code_interrupts_costs_no_other(scene, tmp_path, capsys):
    """KeyboardInterrupt while the scene is built, in the process of the sweep itself."""
    folder = tmp_path / "stopped"
    planned(scene, *WORDS)
    ran = typed(
        capsys,
        "sweep",
        str(scene),
        "trouble=stop,none",
        "-o",
        str(folder),
        "--size",
        "160x90",
        "--fps",
        "10",
        "--jobs",
        "1",
    )
    assert (ran.code, ran.err) == (1, "")
    assert [(cell["state"], cell["reason"]) for cell in cells(folder)] == [
        ("failed", "Its code raised KeyboardInterrupt."),
        ("done", ""),
    ]


def test_ctrl_c_while_scenes_are_built_ends_the_sweep(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "build", lambda *_: signal.raise_signal(signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            swept(scene, tmp_path / "out", "rate=0.05,0.5")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_cells_that_take_too_long_are_ended(scene, tmp_path, troubled):
    outcome = swept(scene, tmp_path / "slow", "trouble=hang,deaf", jobs=2, timeout=0.5, engine=cold)
    assert [cell.reason for cell in outcome.manifest.cells] == [
        "It took longer than --timeout 0.5 seconds."
    ] * 2
    assert outcome.count("failed") == 2


def test_a_full_disk_stops_with_a_sentence_and_resumes(scene, made, workers, tmp_path, monkeypatch):
    folder = tmp_path / "full"
    keep, count = Ledger.keep, [0]

    def full(self, name, content):
        count[0] += name.startswith("films/")
        if count[0] > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return keep(self, name, content)

    monkeypatch.setattr(Ledger, "keep", full)
    with pytest.raises(AnimatorError) as caught:
        swept(scene, folder, *WORDS, engine=workers)
    assert str(caught.value) == (
        f"The sweep stopped because the disk that holds '{folder}' or the cache is full. What was done is "
        "kept: make room and run the same command again to go on."
    )
    assert states(folder).count("done") == 2
    monkeypatch.undo()
    swept(scene, folder, *WORDS, engine=workers)
    assert digests(folder) == digests(made)


def test_a_full_disk_of_a_worker_is_a_failure_too(scene, tmp_path, monkeypatch, capsys):
    planned(scene, *WORDS)

    def full(self, index, failure):
        raise Full("the disk of 'far' is full") from OSError(errno.ENOSPC, "")

    monkeypatch.setattr(run, "build", lambda plan: ({}, {0: "?"}))
    monkeypatch.setattr(SweepContext, "fail", full)
    ran = typed(capsys, "sweep", str(scene), *WORDS, "-o", str(tmp_path / "far"), "--size", "160x90")
    assert (ran.code, ran.err) == (
        1,
        "animator: The sweep stopped because the disk of 'far' is full. What was done is kept: make room and "
        "run the same command again to go on.\n",
    )


def test_a_folder_with_another_sweep_is_kept(scene, made):
    before = times(made)
    with pytest.raises(AnimatorError) as caught:
        swept(scene, made, "rate=0.05,0.7")
    assert str(caught.value) == (
        f"'{made}' holds another sweep: line over rate (2 values), seed (2 values), and this one is line "
        "over rate (2 values). Give -o another folder, or --force to replace it."
    )
    assert times(made) == before


def test_a_plan_is_printed_and_nothing_is_done(scene, tmp_path, capsys):
    planned(scene, *WORDS)
    folder = tmp_path / "dry"
    ran = typed(
        capsys,
        "sweep",
        str(scene),
        "rate=geomspace(0.01,1,3)",
        "seed=range(0,2)",
        "-o",
        str(folder),
        "--dry-run",
        "--quality",
        "draft",
        "--jobs",
        "3",
    )
    assert ran.code == 0
    one = typed(capsys, "sweep", str(scene), "seed=range(0,1)", "-o", str(folder), "--dry-run")
    assert one.out.splitlines()[:2] == [
        "line: 1 cell, mp4, 1280x720, 30 frames a second",
        "  seed: 1 value: 0",
    ]
    assert ran.out.startswith(
        "line: 3 x 2 = 6 cells, mp4, 640x360, 30 frames a second\n  rate: 3 values: 0.01 0.1 1\n"
        "  seed: 2 values: 0 1\n  about "
    )
    assert " by 3 jobs, and " in ran.out
    assert not folder.exists()
