"""`animator sweep` and `animator gallery` as they are typed: what cannot be is one sentence."""

import json
import os
import re
import shutil
import signal
import threading
import time
from dataclasses import replace
from multiprocessing import active_children
from types import SimpleNamespace

import pytest

from animator.cli import sweep, sweep_report
from animator.cli.piped_progress import Lines, lines
from animator.cli.progress_bars import cells_shown
from animator.sweeps.folder import manifest
from animator.sweeps.folder.lock import held
from animator.sweeps.folder.manifest import Axis, Cell, Manifest
from animator.sweeps.plan import plan
from animator.sweeps.plan.estimate import FIRST, START
from animator.sweeps.plan.plan import SceneText
from animator.sweeps.run.executors import Local
from animator.sweeps.run.run import Outcome, Status, manifest_of
from animator.sweeps.run.tasks import Failure, RecordTask
from tests.running import run
from tests.sweep_runs import LINE


@pytest.fixture
def scene(tmp_path):
    """The path of a scene file, as it is typed."""
    path = tmp_path / "line.py"
    path.write_text(LINE, encoding="utf-8")
    return str(path)


SENTENCES = [
    (
        ("--jobs", "2", "--cluster", "tcp://127.0.0.1:1"),
        "--jobs counts processes of this machine and "
        "--cluster takes those of a cluster, so they cannot go together. Leave one of them away.",
    ),
    (
        ("--jobs", "0"),
        "--jobs 0 cannot be: it must be above 0. Leave --jobs away, or give for example --jobs 2.",
    ),
    *(
        (
            ("--timeout", given),
            f"--timeout {said} cannot be: it is a number of seconds above 0 and up to "
            "10,000,000. Leave --timeout away for no limit, or give for example --timeout 60.",
        )
        for given, said in (("-1", "-1"), ("0", "0"), ("nan", "nan"), ("inf", "inf"), ("1e30", "1e+30"))
    ),
    *(
        (
            ("--cluster", address),
            f"--cluster {address!r} is no address of a dask scheduler: it has the form "
            "tcp://HOST:PORT. Use for example --cluster tcp://127.0.0.1:8786.",
        )
        for address in (
            "nonsense",
            "",
            "tcp://127.0.0.1",
            "tcp://[::1",
            "127.0.0.1:8786",
            "tls://127.0.0.1:1",
        )
    ),
    (("--format", "avi"), "--format avi is no format for the films of a sweep. Known: mp4 webm gif."),
    (("--size", "161x90"), None),
    (
        ("--size", "16x16"),
        "A frame of 16x16 pixels has no room for all panels of this layout. Use --size 72x72 or more.",
    ),
    (
        ("--size", "10x10"),
        "A film of 10x10 pixels is too small: each side needs at least 16. Use --size 72x72 or more.",
    ),
    (("--quality", "best"), None),
]


@pytest.mark.parametrize(("options", "sentence"), SENTENCES)
def test_options_that_cannot_be_are_told_before_anything_runs(scene, tmp_path, capsys, options, sentence):
    ran = run(capsys, "sweep", scene, "seed=0,1", "-o", str(tmp_path / "out"), *options)
    assert (ran.code, ran.out) == (2, "")
    assert sentence is None or ran.err == f"animator: {sentence}\n"
    assert not (tmp_path / "out").exists()


def test_a_recording_cannot_be_swept(capsys):
    ran = run(capsys, "sweep", "run.h5", "seed=0,1")
    assert (ran.code, ran.err) == (
        2,
        "animator: 'run.h5' is a recording: its parameters are fixed, so they cannot be swept. Give the "
        "scene that it was recorded from.\n",
    )


def test_a_gallery_needs_a_folder(tmp_path, capsys):
    ran = run(capsys, "gallery", str(tmp_path / "none"))
    assert ran.err.startswith(f"animator: There is no folder '{tmp_path / 'none'}'. Give a folder of films")


def test_a_plan_for_programs_is_json(scene, tmp_path, capsys):
    ran = run(
        capsys, "sweep", scene, "rate=0.1,0.2", "seed=3", "-o", str(tmp_path / "out"), "--dry-run", "--json"
    )
    found = json.loads(ran.out)
    assert found["axes"] == [{"name": "rate", "values": [0.1, 0.2]}]
    assert found["cells"][1] == {
        "name": "001-rate=0.2",
        "parameters": {"rate": 0.2},
        "command": "animator render line.py seed=3 rate=0.2 -o 001-rate=0.2.mp4",
    }
    assert found["command"] == "animator sweep line.py rate=0.1,0.2 seed=3"
    assert set(found["estimate"]) == {"seconds", "bytes", "measured"}
    assert "2 cells" in ran.err


def test_a_plan_says_what_the_folder_holds(scene, tmp_path, capsys, monkeypatch):
    """What is done is not counted again; another sweep is refused after the plan, as the run itself would."""
    monkeypatch.setenv("ANIMATOR_CACHE", str(tmp_path / "cache"))  # without figures of other tests' sweeps
    made = plan.plan(scene, ["rate=0.1,0.2,0.4"], plan.look())
    waiting = manifest_of(made, {})
    first = replace(waiting.cells[0], state="done", film="films/one.mp4")
    folder = tmp_path / "out"
    (folder / "films").mkdir(parents=True)
    (folder / "films" / "one.mp4").touch()
    manifest.write(folder, replace(waiting, cells=(first, *waiting.cells[1:])))
    new, typed = (
        tmp_path / "new",
        ("sweep", scene, "rate=0.1,0.2,0.4", "--dry-run", "--json", "--jobs", "1", "-o"),
    )
    fresh, ran = run(capsys, *typed, str(new)), run(capsys, *typed, str(folder))
    assert "  1 of 3 cells are there already\n" in ran.err and "already" not in fresh.err
    assert (json.loads(ran.out)["done"], json.loads(ran.out)["left"]) == (1, 2)
    seconds = [json.loads(one.out)["estimate"]["seconds"] - START - FIRST for one in (ran, fresh)]
    assert seconds[0] == pytest.approx(2 / 3 * seconds[1])
    for words in (("--dry-run",), ()):
        ran = run(capsys, "sweep", scene, "rate=0.1,0.2,0.5", "-o", str(folder), *words)
        assert ran.code == 2
        assert ran.out.endswith(f"  to {folder}, which holds something else\n")
        assert ran.err == (
            f"animator: '{folder}' holds another sweep: its rate has 0.4, and this one's has 0.5. Give -o "
            "another folder, or --force to replace it.\n"
        )


def test_zipped_values_and_rows_of_a_file_are_cells(scene, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = tmp_path / "rows.csv"
    rows.write_text("rate,seed\n0.1,4\n0.2,5\n", encoding="utf-8")
    for words in (("rate=0.1,0.2", "seed=range(4,6)", "--zip"), ("--rows", str(rows))):
        ran = run(capsys, "sweep", scene, *words, "--dry-run", "--json")
        found = json.loads(ran.out)
        assert [cell["parameters"] for cell in found["cells"]] == [
            {"rate": 0.1, "seed": 4},
            {"rate": 0.2, "seed": 5},
        ]
        assert [cell["command"].split()[3:5] for cell in found["cells"]] == [
            ["rate=0.1", "seed=4"],
            ["rate=0.2", "seed=5"],
        ]
        assert ran.err.startswith(
            "line: 2 cells, mp4, 1280x720, 30 frames a second\n  rate: 2 values: 0.1 0.2"
        )
        assert found["folder"] == "output/line-sweep" and not (tmp_path / "output").exists()
    assert found["kind"] == "rows" and found["command"] == "animator sweep line.py --rows rows.csv"


def test_the_command_of_the_issue_is_300_cells(tmp_path, capsys):
    ran = run(
        capsys,
        "sweep",
        "neuron",
        "learning_rate=geomspace(0.01,10,25)",
        "optimizer=sgd,momentum,adam",
        "seed=range(0,4)",
        "-o",
        str(tmp_path / "lr"),
        "--dry-run",
        "--jobs",
        "2",
    )
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "neuron: 25 x 3 x 4 = 300 cells, mp4, 1280x720, 30 frames a second\n"
        "  learning_rate: 25 values: 0.01 0.0133352 0.0177828 0.0237137 ... 7.49894 10\n"
        "  optimizer: 3 values: sgd momentum adam\n  seed: 4 values: 0 1 2 3\n  about "
    )
    assert " by 2 jobs, and " in ran.out and " on disk, where " in ran.out
    alone = run(
        capsys, "sweep", "neuron", "seed=0,1", "-o", str(tmp_path / "one"), "--dry-run", "--jobs", "1"
    )
    assert " by 1 job, and " in alone.out
    assert list(tmp_path.iterdir()) == []


def test_a_plan_says_when_the_disk_has_too_little_room(scene, tmp_path, capsys, monkeypatch):
    words = ("sweep", scene, "seed=range(0,9)", "-o", str(tmp_path / "out"), "--dry-run")
    assert "too few" not in run(capsys, *words).out
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=5000))
    assert " on disk, where 5 kB are free: too few, so make room or give -o a folder on another disk" in (
        run(capsys, *words).out
    )


def test_a_folder_that_another_sweep_works_in_is_left_alone(scene, tmp_path, capsys):
    folder = tmp_path / "out"
    folder.mkdir()
    with held(folder):
        said = json.loads((folder / ".sweep.holder.json").read_text())
        ran = run(capsys, "sweep", scene, "seed=0,1", "-o", str(folder), "--force")
        assert {path.name for path in folder.iterdir()} == {".sweep.lock", ".sweep.holder.json"}
    assert (ran.code, ran.err) == (
        2,
        f"animator: Another sweep works in '{folder}': process {os.getpid()} on {said['host']}, since "
        f"{said['since']}. Wait until it is done, or give -o another folder.\n",
    )


def test_progress_tells_cells_done_at_work_and_failed_and_the_time_left(capsys, monkeypatch):
    """As a terminal shows it; where there is none, nothing is written for the first minute."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with cells_shown() as (told, progress):
        told(Status("training", 0, 2, 0, 5))
        told(Status("training", 2, 1, 1, 5))
        progress("drawing sheet.mp4", 1, 4)
    said = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    assert re.search(r"training: 1 at work, 1 failed .* 3/5 .* left ", said)
    assert re.search(r"drawing sheet.mp4 .* 1/4 .* left ", said)
    monkeypatch.delenv("TTY_COMPATIBLE")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with cells_shown() as (told, progress):
        told(Status("training", 2, 1, 1, 5))
    assert capsys.readouterr().err == ""


def test_a_piped_sweep_says_now_and_then_how_far_it_is(capsys):
    """The latest of what was told, and again when nothing has changed."""
    told = Lines()
    told.tell()
    assert capsys.readouterr().err == ""
    told.cells(Status("training", 1200, 2, 1, 5000))
    told.tell()
    told.cells(Status("drawing", 3, 0, 0, 3))
    told.stage("sheet.mp4", 10, 1000)
    told.tell()
    told.tell()
    assert capsys.readouterr().err == (
        "animator: training: 1,201 of 5,000 cells, 2 at work, 1 failed\n"
        "animator: sheet.mp4: 10 of 1,000\nanimator: sheet.mp4: 10 of 1,000\n"
    )
    said = threading.Event()
    with lines(every=0.001) as seldom, pytest.MonkeyPatch.context() as patch:
        patch.setattr(seldom, "tell", said.set)
        assert said.wait(60)


def test_what_came_of_it_is_told_and_so_are_cells_that_diverged(tmp_path, capsys):
    one, two, three = (
        Cell(i, f"00{i}", {"rate": i}, "done", results={"not_finite_at": 6 if i else None}) for i in range(3)
    )
    cells = (one, two, replace(three, state="failed", reason="It broke."))
    axes = (Axis("rate", (0, 1, 2)),)
    book = Manifest(
        "line",
        "A line",
        "",
        "animator sweep line",
        {},
        "product",
        axes,
        {},
        {},
        "done",
        ("sheet.mp4",),
        cells,
    )
    outcome = Outcome(tmp_path, book, 3.0, ())
    sweep_report.report(outcome, False)
    assert capsys.readouterr().out == (
        "failed: 002: It broke.\ndiverged: 1 of 3 cells, such as 001 at step 6. Their films show how.\n"
        f"Try the failed ones again with --retry-failed.\n{tmp_path}  2 films, 1 failed, in 3 s: results.csv "
        "sheet.mp4\n"
    )
    sweep_report.report(outcome, True)
    told = json.loads(capsys.readouterr().out)
    assert told["diverged"] == [{"name": "001", "step": 6}]
    assert told["failed"] == [{"name": "002", "reason": "It broke.", "log": None}]
    assert sweep.exit_code(outcome) == 1
    assert sweep.exit_code(replace(outcome, manifest=replace(book, cells=(one, two)))) == 3
    assert sweep.exit_code(replace(outcome, manifest=replace(book, cells=(one,)))) == 0
    assert sweep.exit_code(replace(outcome, manifest=replace(book, cells=(one,)), warnings=("!",))) == 1


def test_a_worker_that_dies_while_it_has_nothing_to_do_is_replaced():
    scene = SceneText("line", "/nowhere/line.py", "1 / 0", False)
    broken = RecordTask(scene=scene, words=(), run=0, versions=plan.versions())
    engine, before = Local(1), set(active_children())
    try:
        assert isinstance(engine.submit(broken).result(60), Failure)
        (process,) = set(active_children()) - before
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        time.sleep(0.2)
        assert (
            engine.submit(broken)
            .result(60)
            .reason.startswith("Scene file 'line.py' raised ZeroDivisionError")
        )
    finally:
        engine.close()
