"""Facts of a recording: written line by line, the last word counts; earlier files say nothing."""

from pathlib import Path

import h5py
import numpy as np

import animator
from animator.recordings.facts import Facts
from animator.recordings.writer import RecordingWriter, Row

SCHEMA_1 = Path(__file__).parents[1] / "data" / "schema_1.h5"  # written before recordings had facts
META = {"variables": [{"path": "kernel", "shape": [2], "start": 0}], "notes": {}}


def written(path: Path, *notes: Facts) -> Path:
    """A recording of one step that says `notes`, in order."""
    row = np.zeros(2, np.float32)
    writer = RecordingWriter(path, Row(0, row, row[:0]), META, {})
    columns = {name: np.zeros(1) for name in ("batch_loss", "learning_rate", "epoch", "batch")}
    writer.write(columns, [1], np.ones((1, 2), np.float32), np.zeros((1, 0), np.float32))
    for facts in notes:
        writer.note(facts)
    writer.finish({})
    return path


def test_the_last_word_counts(tmp_path):
    early = Facts(no_data="they take 189 MB")
    late = Facts(no_data="they take 189 MB", restored_step=3, left_out=("confusion",))
    with animator.load(written(tmp_path / "a.h5", early, late)) as run:
        assert run.facts == late
    with animator.load(written(tmp_path / "b.h5")) as run:
        assert run.facts == Facts()


def test_facts_are_a_line_in_the_order_of_their_names(tmp_path):
    with h5py.File(written(tmp_path / "a.h5", Facts(restored_step=3, left_out=("b",)))) as file:
        assert file["facts"][()].tobytes() == b'{"left_out": ["b"], "restored_step": 3}\n'


def test_a_line_that_was_cut_is_not_read(tmp_path):
    path = written(tmp_path / "a.h5", Facts(restored_step=3))
    with h5py.File(path, "r+") as file:
        said = file["facts"][()]
        file["facts"].resize(len(said) + 9, axis=0)
        file["facts"][:] = np.concatenate([said, np.frombuffer(b'{"no_loss', np.uint8)])
    with animator.load(path) as run:
        assert run.facts == Facts(restored_step=3)


def test_a_fact_of_a_later_version_is_left_away(tmp_path):
    path = written(tmp_path / "a.h5", Facts(no_learning_rate=True))
    with h5py.File(path, "r+") as file:
        line = b'{"no_learning_rate": true, "of_tomorrow": 1}\n'
        file["facts"].resize(len(line), axis=0)
        file["facts"][:] = np.frombuffer(line, np.uint8)
    with animator.load(path) as run:
        assert run.facts == Facts(no_learning_rate=True)


def test_a_recording_of_the_first_schema_opens():
    """The linear neuron: its exact losses, its data, and no word of what is absent."""
    with animator.load(SCHEMA_1) as run:
        assert run.steps == 5 and run.finished and run.facts == Facts()
        np.testing.assert_allclose(run.loss, (14 / 3) / 4.0 ** np.arange(6), atol=1e-5)
        np.testing.assert_allclose(run.batch_loss, (14 / 3) / 4.0 ** np.arange(5), atol=1e-5)
        np.testing.assert_allclose(run.weights[-1], (1.0625, 2.03125), atol=1e-6)
        np.testing.assert_array_equal(run.data()[0], [[1, 0], [0, 1], [1, 1]])
        assert run.test_loss is not None and run.meta["seed"] == 0
