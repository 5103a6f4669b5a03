"""What a sweep's folder holds and who may write there: manifest, table, lock, and folders of another kind."""

import csv
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from animator.core.errors import AnimatorError
from animator.core.strays import HOST
from animator.encoding import FilmSpec, Metadata, open_encoder
from animator.sweeps.folder import manifest, table
from animator.sweeps.folder.ledger import Ledger, digest_of
from animator.sweeps.folder.lock import held
from animator.sweeps.folder.manifest import Axis, Cell, Manifest
from animator.sweeps.folder.open_folder import difference, drop_pages, opened, standing
from animator.sweeps.plan import estimate
from animator.sweeps.plan.plan import Look
from tests.running import run

CELLS = (
    Cell(
        0,
        "000-rate=0.1",
        {"rate": 0.1},
        "done",
        film="films/000-rate=0.1.mp4",
        results={"final_loss": float("nan"), "steps": 3},
        seconds={"record": 1.5},
        command="animator render",
        spans=((0.5, 2.0),),
    ),
    Cell(1, "001-rate=0.2", {"rate": 0.2}, "failed", 'It <broke>, "so".'),
)
BOOK = Manifest(
    "line",
    "A <script>",
    "",
    "animator sweep line",
    {"keras": "3"},
    "product",
    (Axis("rate", (0.1, 0.2)),),
    {"fps": 30.0},
    {},
    "running",
    (),
    CELLS,
)


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    manifest.write(tmp_path, BOOK)
    text = (tmp_path / "manifest.json").read_text()
    assert json.loads(text) == manifest.to_dict(BOOK)
    assert "NaN" not in text
    found = manifest.read(tmp_path)
    assert found.cells[0].results == {"final_loss": None, "steps": 3}
    assert replace(found, cells=()) == replace(BOOK, cells=())
    assert found.cells[1] == CELLS[1]
    assert found.cells[0].spans == CELLS[0].spans
    assert json.loads(text)["format"] == "animator sweep 1"


def test_what_is_no_manifest_is_refused(tmp_path):
    with pytest.raises(
        AnimatorError, match=r"There is no sweep in '.*': it has no manifest.json. Give a folder"
    ):
        manifest.read(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(AnimatorError, match=r"is damaged: it is no JSON. Run the sweep again with --force."):
        manifest.read(tmp_path)
    (tmp_path / "manifest.json").write_text('{"name": "package"}')
    with pytest.raises(AnimatorError, match=r"This is no manifest of a sweep: it does not say"):
        manifest.read(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": "animator sweep 1"}')
    with pytest.raises(
        AnimatorError, match=r"The manifest of the sweep is damaged: 'scene' is missing or wrong."
    ):
        manifest.read(tmp_path)


DAMAGE = [
    ({"cells": [3]}, "cells"),
    ({"cells": {}}, "cells"),
    ({"axes": ["rate"]}, "axes"),
    ({"axes": [{"name": "rate"}]}, "values"),
    ({"film": {"seconds": "long"}}, "seconds"),
    ({"film": []}, "film"),
    ({"products": [1]}, "products"),
    ({"title": None}, "title"),
    ({"results": []}, "results"),
    ({"seconds": "3"}, "seconds"),
    ({"seconds": {"record": "3"}}, "record"),
    ({"bytes": {"film": 1.5}}, "film"),
    ({"parameters": []}, "parameters"),
    ({"index": "0"}, "index"),
    ({"kind": "lost"}, "kind"),
    ({"spans": [[1]]}, "spans"),
    ({"spans": [[None, 1]]}, "spans"),
    ({"results": {"final_loss": "low"}}, "final_loss"),
    ({"results": {"steps": [3]}}, "steps"),
    ({"parameters": {"rate": {}}}, "rate"),
    ({"keys": {"film": 1}}, "film"),
    ({"versions": {"keras": 3}}, "keras"),
    ({"cells": [{"index": 0, "name": "a", "parameters": {}, "digests": {"poster": None}}]}, "poster"),
    ({"common": {"extent": [0, 1]}}, "extent"),
    ({"common": {"extent": "wide"}}, "extent"),
    ({"common": {"loss_range": [0, "1"]}}, "loss_range"),
    ({"common": {"surfaces": "2"}}, "surfaces"),
    ({"made_from": 3}, "made_from"),
    ({"digests": []}, "digests"),
    ({"digests": {"sheet": 3}}, "sheet"),
    ({"digests": {"sheet": {"sheet.mp4": 1}}}, "sheet.mp4"),
]


@pytest.mark.parametrize(("part", "name"), DAMAGE)
def test_a_manifest_of_wrong_types_is_one_sentence(tmp_path, capsys, part, name):
    whole = manifest.to_dict(BOOK)
    (key,) = part
    if key in whole:
        whole |= part
    else:
        whole["cells"][0] |= part
    (tmp_path / "manifest.json").write_text(json.dumps(whole), encoding="utf-8")
    ran = run(capsys, "gallery", str(tmp_path))
    assert (ran.code, ran.err) == (
        2,
        f"animator: The manifest of the sweep is damaged: '{name}' is missing or wrong. Run the sweep again "
        "with --force.\n",
    )


def test_info_tells_how_far_a_sweep_is(tmp_path, capsys):
    manifest.write(tmp_path, BOOK)
    assert json.loads(run(capsys, "info", str(tmp_path), "--json").out) == {
        "path": str(tmp_path),
        "format": "animator sweep",
        "state": "interrupted",
        "scene": "line",
        "title": "A <script>",
        "cells": 2,
        "waiting": 0,
        "recorded": 0,
        "done": 1,
        "failed": 1,
        "failures": {"001-rate=0.2": 'It <broke>, "so".'},
        "products": [],
        "command": "animator sweep line",
    }
    assert '\nfailures  {"001-rate=0.2": ' in run(capsys, "info", str(tmp_path)).out


def test_a_sweep_is_running_as_long_as_its_process_holds_the_folder(tmp_path, capsys):
    """One that was killed cannot say so in the manifest; its lock is gone."""
    manifest.write(tmp_path, BOOK)
    states = []
    with held(tmp_path):
        states.append(json.loads(run(capsys, "info", str(tmp_path), "--json").out)["state"])
    states.append(json.loads(run(capsys, "info", str(tmp_path), "--json").out)["state"])
    manifest.write(tmp_path, replace(BOOK, state="done"))
    states.append(json.loads(run(capsys, "info", str(tmp_path), "--json").out)["state"])
    assert states == ["running", "interrupted", "done"]


def test_info_of_another_folder_says_what_to_type(tmp_path, capsys):
    ran = run(capsys, "info", str(tmp_path))
    assert (ran.code, ran.err) == (
        2,
        f"animator: '{tmp_path}' is a folder, and no sweep is in it. Give a file, such as one of its films, "
        f"or type animator gallery {tmp_path} to make a page of them.\n",
    )


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_a_text_that_a_spreadsheet_would_run_has_an_apostrophe(first):
    assert table.harmless(f"{first}cmd|' /C calc'!A0") == f"'{first}cmd|' /C calc'!A0"
    assert table.harmless(f"a{first}") == f"a{first}"


@pytest.mark.parametrize("value", [-0.5, "-0.5", "+1e-3", "-inf", -3, None, "", "neuron"])
def test_numbers_and_plain_words_are_written_as_they_are(value):
    assert table.harmless(value) == value


def test_a_parameter_called_like_a_column_has_a_column_of_its_own(tmp_path):
    """'name' and 'state' are columns of every table; 'parameter_name' may be a parameter, too."""
    axes = tuple(Axis(name, ("=1+1", -2)) for name in ("name", "parameter_name", "state", "rate"))
    cells = tuple(Cell(i, f"00{i}", {axis.name: axis.values[i] for axis in axes}) for i in range(2))
    Ledger(tmp_path, replace(BOOK, axes=axes, cells=cells)).update(state="done")
    with (tmp_path / "results.csv").open(newline="", encoding="utf-8") as file:
        first, *rows = csv.reader(file)
    assert len(set(first)) == len(first)
    columns = ["name", "parameter_name", "parameter_parameter_name", "parameter_state", "rate", "state"]
    assert [first.index(name) for name in columns] == [1, 2, 3, 4, 5, 6]
    assert [row[1:7] for row in rows] == [
        ["000", "'=1+1", "'=1+1", "'=1+1", "'=1+1", "waiting"],
        ["001", "-2", "-2", "-2", "-2", "waiting"],
    ]


def test_the_books_follow_each_change(tmp_path):
    ledger = Ledger(tmp_path, BOOK)
    ledger.change(1, state="done", reason="")
    assert [cell.state for cell in manifest.read(tmp_path).cells] == ["done", "done"]
    with (tmp_path / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["rate"], row["state"], row["final_loss"]) for row in rows] == [
        ("0.1", "done", "nan"),
        ("0.2", "done", ""),
    ]
    with ledger.at_once():
        ledger.change(0, state="waiting")
        assert manifest.read(tmp_path).cells[0].state == "done"
    assert manifest.read(tmp_path).cells[0].state == "waiting"
    assert ledger.count("waiting", "failed") == 1


def test_the_second_sweep_on_a_folder_says_who_holds_it(tmp_path):
    with held(tmp_path):
        said = json.loads((tmp_path / ".sweep.holder.json").read_text())
        with pytest.raises(AnimatorError) as caught, held(tmp_path):
            pytest.fail("it was held twice")
    assert str(caught.value) == (
        f"Another sweep works in '{tmp_path}': process {os.getpid()} on {said['host']}, since "
        f"{said['since']}. Wait until it is done, or give -o another folder."
    )
    with held(tmp_path):
        pass


def test_a_dead_process_holds_nothing(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from animator.sweeps.folder.lock import held\n"
        "with held(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(AnimatorError, match=f"process {process.pid} on "), held(tmp_path):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    with held(tmp_path):
        pass


def test_a_folder_is_new_or_goes_on_or_is_refused(tmp_path):
    waiting = replace(BOOK, cells=tuple(Cell(c.index, c.name, c.parameters) for c in CELLS))
    assert opened(tmp_path / "new", waiting, False, False).manifest == waiting
    manifest.write(tmp_path, BOOK)
    assert [c.state for c in opened(tmp_path, waiting, False, False).manifest.cells] == ["done", "failed"]
    assert [c.state for c in opened(tmp_path, waiting, False, True).manifest.cells] == ["done", "waiting"]
    other = replace(waiting, fixed={"seed": 3})
    with pytest.raises(
        AnimatorError, match=r"holds another sweep: line over rate \(2 values\), and this one is "
    ):
        opened(tmp_path, other, False, False)
    (tmp_path / "films").mkdir()
    kept, ours = tmp_path / "films" / "mine.mp4", tmp_path / CELLS[0].film
    kept.touch()
    ours.touch()
    assert opened(tmp_path, other, True, False).manifest == other
    assert (kept.exists(), ours.exists()) == (True, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"axes": (Axis("rate", (0.1, 0.3)),)}, "its rate has 0.2, and this one's has 0.3"),
        (
            {"axes": (Axis("rate", (0.1, 0.2, 0.3)),)},
            "line over rate (2 values), and this one is line over rate (3 values)",
        ),
        (
            {"fixed": {"seed": 3}},
            "line over rate (2 values), and this one is line over rate (2 values), seed=3",
        ),
        ({"kind": "rows"}, "it is of all combinations, and this one is of the rows of a file (--rows)"),
        (
            {"axes": (Axis("rate", (0.2, 0.1)),)},
            "its cells are the same values, but in another order or going together in another way",
        ),
    ],
)
def test_another_sweep_is_told_by_what_differs(tmp_path, changes, said):
    manifest.write(tmp_path, BOOK)
    before = (tmp_path / "manifest.json").read_bytes()
    for refused in (opened, standing):
        with pytest.raises(AnimatorError) as caught:
            refused(tmp_path, replace(BOOK, **changes), False, False)
        assert str(caught.value) == (
            f"'{tmp_path}' holds another sweep: {said}. Give -o another folder, or --force to replace it."
        )
    assert (tmp_path / "manifest.json").read_bytes() == before


def test_many_values_are_told_by_the_first_few():
    one, other = (replace(BOOK, axes=(Axis("n", tuple(range(start, start + 6))),)) for start in (0, 10))
    assert difference(one, other) == "its n has 0 1 2 3 and 2 more, and this one's has 10 11 12 13 and 2 more"


def test_what_is_left_is_neither_done_nor_failed(tmp_path):
    assert standing(tmp_path, BOOK, False, False) == (0, 2)
    manifest.write(tmp_path, BOOK)
    assert standing(tmp_path, BOOK, False, False) == (0, 1)
    (tmp_path / "films").mkdir()
    (tmp_path / CELLS[0].film).touch()
    assert standing(tmp_path, BOOK, False, False) == (1, 0)
    assert standing(tmp_path, BOOK, False, True) == (1, 1)
    assert standing(tmp_path, BOOK, True, False) == (0, 2)
    damaged = replace(CELLS[0], digests={"film": digest_of(b"as it was")})
    manifest.write(tmp_path, replace(BOOK, cells=(damaged, CELLS[1])))
    assert standing(tmp_path, BOOK, False, False) == (0, 1)
    assert standing(tmp_path, replace(BOOK, film={"fps": 10.0}), False, False) == (0, 1)


def test_files_that_are_no_sweep_are_not_written_over(tmp_path):
    (tmp_path / "index.html").touch()
    with pytest.raises(AnimatorError) as caught:
        opened(tmp_path, BOOK, False, False)
    assert str(caught.value) == (
        f"'{tmp_path}' holds 'index.html' but no sweep, and it would be written over. Give -o another "
        "folder, or --force to replace it."
    )


def test_a_manifest_that_names_files_elsewhere_removes_none_of_them(tmp_path):
    outside = tmp_path / "outside.mp4"
    outside.touch()
    folder = tmp_path / "sweep"
    folder.mkdir()
    bad = replace(CELLS[0], film="../outside.mp4", poster=str(outside))
    manifest.write(folder, replace(BOOK, cells=(bad,)))
    opened(folder, BOOK, True, False)
    assert outside.exists()


def test_nothing_is_removed_through_a_linked_folder(tmp_path):
    folder, outside = tmp_path / "sweep", tmp_path / "outside"
    for place in (folder / "posters", outside):
        place.mkdir(parents=True)
    (folder / "films").symlink_to(outside)
    cell = replace(CELLS[0], poster="posters/a.png")
    for path in (outside / "000-rate=0.1.mp4", folder / "posters" / "a.png"):
        path.touch()
    manifest.write(folder, replace(BOOK, cells=(cell,)))
    opened(folder, BOOK, True, False)
    assert [path.name for path in outside.iterdir()] == ["000-rate=0.1.mp4"]
    assert list((folder / "posters").iterdir()) == []


def test_an_estimate_is_what_an_earlier_sweep_measured():
    film = {"width": 100, "height": 100, "fps": 10.0, "seconds": 10.0}
    done = replace(
        CELLS[0],
        seconds={"record": 2.0, "surface": 1.0, "draw_and_encode": 5.0},
        bytes={"recording": 100, "surface": 50, "film": 1000, "poster": 7},
    )
    known = estimate.measured(replace(BOOK, film=film, cells=(done,)))
    draw = pytest.approx(5 / (100 * (0.01 + estimate.FRAME)))
    assert known == {
        "record": 2.0,
        "surface": 1.0,
        "draw": draw,
        "recording_bytes": 100,
        "surface_bytes": 50,
        "film_bytes": 1000,
    }
    found = estimate.estimate(4, Look("mp4", 100, 100, 10.0), 10.0, 2, known)
    assert found.seconds == pytest.approx(estimate.START + 4 * (2 + 1 + 5) / 2)
    large = estimate.estimate(2, Look("mp4", 1280, 720, 10.0), 10.0, 2, known)
    drawn = 5 * (0.9216 + estimate.FRAME) / (0.01 + estimate.FRAME)  # not 92 times as long
    assert large.seconds == pytest.approx(estimate.START + 2 + 1 + drawn)
    assert found.bytes == 4 * (2 * 100 + 50 + 1000 + 0.25 * 100 * 100)
    assert found.measured
    guess = estimate.estimate(4, Look(), 6.0, 2, {})
    told = estimate.estimate(4, Look(), 6.0, 2, estimate.GUESS)
    assert not guess.measured and guess.seconds == told.seconds + estimate.FIRST
    assert estimate.estimate(0, Look(), 6.0, 2, known) == estimate.Estimate(0.0, 0, True)
    assert estimate.measured(replace(BOOK, cells=CELLS[1:])) == {}


def test_only_what_a_sweep_left_half_written_is_removed(tmp_path):
    """Never a file of the user's, whatever its name, nor a folder, nor anything deeper or elsewhere."""
    manifest.write(tmp_path, BOOK)
    kept = [
        "letters/.my.partner.txt",
        ".draft.partners.txt",
        "sub/.x.12.part.mp4",
        "films/.a.part.mp4",
        "a.12.part.mp4",
    ]
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    gone = [f"films/.a.{dead.pid}.part.mp4", f".manifest.{dead.pid}-{HOST}.part.json"]
    for name in (*kept, *gone):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / ".a.7.part").mkdir()
    opened(tmp_path, BOOK, False, False)
    assert all((tmp_path / name).is_file() for name in kept) and (tmp_path / ".a.7.part").is_dir()
    assert not any((tmp_path / name).exists() for name in gone)


@pytest.mark.parametrize("name", ["summary.png", "race.mp4", "sheet.gif", "index.html"])
def test_a_file_of_the_users_is_not_written_over(tmp_path, name):
    """A folder that holds no sweep, but a file that a sweep would write."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(AnimatorError) as caught:
        opened(tmp_path, BOOK, False, False)
    assert str(caught.value) == (
        f"'{tmp_path}' holds '{name}' but no sweep, and it would be written over. Give -o another folder, or "
        "--force to replace it."
    )
    assert (tmp_path / name).read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


def test_pages_of_an_earlier_larger_sheet_are_removed_and_no_others(tmp_path):
    page = Metadata("A line", details={"sweep": "line", "page": 2, "pages": 3})
    files = {"sheet.gif": page, "sheet-2.gif": page, "sheet-3.gif": page, "sheet-4.gif": Metadata("my own")}
    for name, words in files.items():
        with open_encoder(tmp_path / name, FilmSpec(16, 16, 10), words) as encoder:
            encoder.write(np.full((16, 16, 4), 255, np.uint8))
    (tmp_path / "sheet-5.mp4").write_bytes(b"no film")
    everything = {path.name for path in tmp_path.iterdir()}
    drop_pages(tmp_path, ["summary.png"])  # the new sheet could not be made
    assert {path.name for path in tmp_path.iterdir()} == everything
    drop_pages(tmp_path, ["sheet.gif", "sheet-2.gif", "summary.png"])
    assert {path.name for path in tmp_path.iterdir()} == everything - {"sheet-3.gif"}
