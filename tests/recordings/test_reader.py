"""Recordings at rest: what opens, what does not and why, and reading in pieces."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

import animator
from animator.core.errors import AnimatorError
from animator.recordings import probe
from animator.recordings.writer import RecordingWriter, Row
from tests.running import until_flushed

META = {"variables": [{"path": "dense/kernel", "shape": [2, 1], "start": 0},
                      {"path": "dense/bias", "shape": [1], "start": 2}], "notes": {}}  # fmt: skip


def write(path, steps=10, finish=True):
    first = Row(0, np.zeros(3, np.float32), np.zeros(0, np.float32))
    writer = RecordingWriter(path, first, META, {"data/x": np.ones((4, 2))})
    for start in range(0, steps, 64):
        k = np.arange(start, min(steps, start + 64))
        if len(k) < 64 and not finish:
            break  # a page that never filled
        columns = {"batch_loss": k, "learning_rate": 0.5 + 0 * k, "epoch": k // 4, "batch": k % 4}
        rows = ((k + 1)[:, None] * [1, 10, 100]).astype(np.float32)
        writer.write(columns, (k + 1).tolist(), rows, np.zeros((len(k), 0), np.float32))
    if finish:
        writer.finish({"loss": np.arange(steps + 1.0)})
    return writer


def sentence(path):
    with pytest.raises(AnimatorError) as caught:
        animator.load(path)
    return str(caught.value)


def test_what_was_written_is_read(tmp_path):
    write(tmp_path / "a.h5")
    with animator.load(tmp_path / "a.h5") as run:
        assert run.steps == 10 and run.finished
        assert run.weights.shape == (11, 3) and run.weights.dtype == np.float32
        assert run.parameter_names == ["dense/kernel[0,0]", "dense/kernel[1,0]", "dense/bias[0]"]
        assert run.batch_loss.tolist() == list(range(10))
        assert run.epoch.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
        assert run.test_loss is None and run.test() is None


def test_rows_read_like_an_array(tmp_path):
    write(tmp_path / "a.h5")
    rows = animator.load(tmp_path / "a.h5").weights
    full = np.asarray(rows)
    for key in (0, -1, slice(2, 9, 3), slice(None, None, -2), [3, 0, 3], (slice(1, 4), 2), (-2, 1)):
        np.testing.assert_array_equal(rows[key], full[key])
    np.testing.assert_array_equal(rows[full[:, 0] > 5], full[full[:, 0] > 5])
    np.testing.assert_array_equal(rows * 2 + 1, full * 2 + 1)
    np.testing.assert_array_equal(np.sqrt(rows), np.sqrt(full))
    assert len(rows) == 11 and rows.ndim == 2
    with pytest.raises(IndexError):
        rows[11]


def test_parameters_are_found_by_name_and_number(tmp_path):
    write(tmp_path / "a.h5")
    run = animator.load(tmp_path / "a.h5")
    assert run.index("dense/bias[0]") == 2 and run.index(-1) == 2
    with pytest.raises(AnimatorError) as caught:
        run.index("dense/bias")
    assert str(caught.value) == (
        f"No parameter is called 'dense/bias'. Did you mean 'dense/bias[0]'? '{tmp_path / 'a.h5'}' has: "
        "dense/kernel[0,0] dense/kernel[1,0] dense/bias[0]."
    )
    with pytest.raises(AnimatorError) as caught:
        run.index(3)
    assert str(caught.value) == (
        f"There is no parameter 3: '{tmp_path / 'a.h5'}' has 3. Give an index from 0 to 2."
    )


def test_a_parameter_is_named_without_the_others(tmp_path):
    variables = [
        {"path": "a", "shape": [2, 3], "start": 0},
        {"path": "b", "shape": [], "start": 6},
        {"path": "c", "shape": [4], "start": 7},
    ]
    first = Row(0, np.zeros(11, np.float32), np.zeros(0, np.float32))
    RecordingWriter(tmp_path / "a.h5", first, {"variables": variables}, {}).abandon()
    with animator.load(tmp_path / "a.part.h5", trusted=True) as run:
        assert [run.parameter_name(index) for index in range(11)] == run.parameter_names
        assert run.parameter_names[4:8] == ["a[1,1]", "a[1,2]", "b", "c[0]"]
        assert [run.index(k) for k in (-11, -1, 0, 10)] == [0, 10, 0, 10]
        assert repr(run) == f"Recording({str(tmp_path / 'a.part.h5')!r}: 0 steps of 11 parameters, cut short)"


def test_steps_between_rows(tmp_path):
    """Rows of steps 0, 3, 6 and 7 lie at 0, 6, 0 and 8, so that the way is 6, 6 and 8 long."""
    writer = animator.StepWriter(tmp_path / "a.h5", [0.0])
    for step, at in zip(range(1, 8), (9, 9, 6, 9, 9, 0, 8), strict=True):
        writer.step([at], keep=step in (3, 6))
    with writer.finish() as run:
        assert run.weight_steps.tolist() == [0, 3, 6, 7]
        assert [run.row(step) for step in range(9)] == [0, 0, 0, 1, 1, 1, 2, 3, 3]
        assert run.rows(np.array([7, 2, 3])).tolist() == [3, 0, 1]
        assert run.travelled().tolist() == [0, 2, 4, 6, 8, 10, 12, 20]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flushed", [-1, 11]),
        ("flushed", [11, 11]),
        ("flushed", [10, 12]),
        ("flushed", [10, 2**40]),
        ("flushed", [9, 11]),
        ("weight_steps", [0, 1, 1, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("weight_steps", [-1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("weight_steps", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        ("weight_steps", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11]),
        ("meta", '{"variables": [{"path": "w", "shape": [2], "start": 0}]}'),
        ("meta", '{"variables": [{"path": "w", "shape": [4], "start": 0}]}'),
        ("meta", '{"state": [{"path": "w", "shape": [1], "start": 0}]}'),
    ],
)
def test_numbers_that_do_not_agree_are_damage(name, value, tmp_path):
    path = tmp_path / "a.h5"
    write(path)
    with h5py.File(path, "r+") as file:
        file[name][...] = value
    with pytest.raises(AnimatorError) as caught:
        animator.load(path, trusted=True)
    assert str(caught.value) == (
        f"'{path}' is damaged: it begins like a recording, but parts of it are missing. Copy it again from "
        "where it was made, or record again."
    )


def test_a_closed_recording_says_so(tmp_path):
    write(tmp_path / "a.h5")
    run = animator.load(tmp_path / "a.h5", trusted=True)
    assert repr(run) == f"Recording({str(tmp_path / 'a.h5')!r}: 10 steps of 3 parameters)"
    assert "data" in run and "test" not in run
    assert run.fixed.shape == (0,) and run.state.shape == (11, 0)
    run.close()
    for ask in (run.data, run.test, lambda: run.loss, lambda: run.facts, lambda: run.fixed):
        with pytest.raises(AnimatorError) as caught:
            ask()
        assert str(caught.value) == (
            f"The recording '{tmp_path / 'a.h5'}' is closed. Open it again with animator.load."
        )


def test_only_flushed_rows_count(tmp_path):
    """64 rows are written at a time: of 100, a killed run keeps 64."""
    writer = write(tmp_path / "a.h5", steps=100, finish=False)
    with animator.load(tmp_path / "a.part.h5") as run:
        assert (run.steps, run.finished, run.weights.shape) == (64, False, (65, 3))
        assert run.weights[64].tolist() == [64, 640, 6400]
        assert np.isnan(run.loss).all() and run.loss.shape == (65,)
    writer.file.close()


def test_a_trusted_recording_is_not_looked_through_first(tmp_path, monkeypatch):
    write(tmp_path / "a.h5")
    looked = []
    monkeypatch.setattr(probe, "check", looked.append)
    for trusted in (True, False):
        animator.load(tmp_path / "a.h5", trusted=trusted).close()
    assert looked == [tmp_path / "a.h5"]


def test_a_missing_file(tmp_path):
    assert sentence(tmp_path / "a.h5") == (
        f"There is no recording '{tmp_path / 'a.h5'}'. Give the path of a .h5 file that "
        "animator.Recorder wrote."
    )


def test_a_missing_file_with_its_part_beside(tmp_path):
    write(tmp_path / "a.h5", finish=False).file.close()
    assert sentence(tmp_path / "a.h5") == (
        f"There is no recording '{tmp_path / 'a.h5'}', but one that was cut short lies beside it. Use "
        f"'{tmp_path / 'a.part.h5'}' to see how far it got, or record again."
    )


def test_a_file_that_is_no_hdf5(tmp_path):
    (tmp_path / "a.h5").write_text("weights")
    assert sentence(tmp_path / "a.h5") == (
        f"'{tmp_path / 'a.h5'}' is not a recording: it is no HDF5 file. Give a .h5 file that "
        "animator.Recorder or 'animator record' wrote."
    )


def test_a_truncated_file(tmp_path):
    write(tmp_path / "a.h5")
    whole = (tmp_path / "a.h5").read_bytes()
    (tmp_path / "a.h5").write_bytes(whole[: len(whole) // 2])
    assert sentence(tmp_path / "a.h5") == (
        f"'{tmp_path / 'a.h5'}' is damaged: it begins like a recording, but parts of it are missing. Copy it "
        "again from where it was made, or record again."
    )


def test_a_foreign_hdf5_file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = 1
    assert sentence(tmp_path / "a.h5") == (
        f"'{tmp_path / 'a.h5'}' is an HDF5 file but not a recording of animator. Give a file that "
        "animator.Recorder or 'animator record' wrote."
    )


def test_a_later_schema(tmp_path):
    write(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file.attrs["schema"] = 9
    assert sentence(tmp_path / "a.h5") == (
        f"'{tmp_path / 'a.h5'}' has schema 9, and this version of animator reads up to 1. Install a newer "
        "animator, or record again."
    )


ENDLESS = """
import sys
import time
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.recordings.test_reader import write
write(Path({path!r}), steps=10**9, finish=False)
"""


def test_two_that_record_to_one_path_do_not_harm_each_other(tmp_path):
    """The second is refused while the first, which others may read by then, goes on and is whole."""
    part = tmp_path / "a.part.h5"
    code = ENDLESS.format(root=str(Path.cwd()), path=str(tmp_path / "a.h5"))
    process = subprocess.Popen([sys.executable, "-c", code])
    until_flushed(process, part)
    with pytest.raises(AnimatorError) as caught:
        write(tmp_path / "a.h5")
    assert str(caught.value).startswith(f"Cannot record to '{tmp_path / 'a.h5'}': '{part}' is in use by ")
    with animator.load(part) as run:
        before = run.steps
    time.sleep(0.5)
    with animator.load(part) as run:
        assert run.steps > before
        np.testing.assert_array_equal(run.weights[:, 0], np.arange(run.steps + 1))
    process.kill()
    process.wait()
    write(tmp_path / "a.h5")
    assert animator.load(tmp_path / "a.h5").steps == 10


def test_a_killed_run_plays_up_to_its_last_flushed_step(tmp_path):
    write(tmp_path / "a.h5")
    part = tmp_path / "a.part.h5"
    code = ENDLESS.format(root=str(Path.cwd()), path=str(tmp_path / "a.h5"))
    process = subprocess.Popen([sys.executable, "-c", code])
    until_flushed(process, part)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with animator.load(part) as run:
        assert run.steps >= 64 and run.steps % 64 == 0 and not run.finished
        np.testing.assert_array_equal(run.weights[:, 0], np.arange(run.steps + 1))
        np.testing.assert_array_equal(run.batch_loss, np.arange(run.steps))
    assert animator.load(tmp_path / "a.h5").steps == 10
