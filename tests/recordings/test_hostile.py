"""Recordings from outside: each ends in a result or in one sentence, and no other file is opened for it."""

import json
import signal
import struct
import subprocess
import sys

import h5py
import numpy as np
import pytest

import animator
from animator.core.errors import AnimatorError
from animator.recordings import meta, probe, run_notes
from animator.recordings.hdf5_file import Damaged
from animator.recordings.probe import Answer
from animator.recordings.run_notes import RunNotes
from animator.recordings.writer import RecordingWriter, Row

META = {
    "variables": [
        {"path": "dense/kernel", "shape": [2, 1], "start": 0},
        {"path": "dense/bias", "shape": [1], "start": 2},
    ],
    "data": {"samples": 4, "digest": "", "structure": {"x": None}},
    "notes": {},
}


def write(path, said=META):
    """A finished recording of 10 steps of 3 parameters, as if somebody else had written it."""
    writer = RecordingWriter(
        path, Row(0, np.zeros(3, "f4"), np.zeros(0, "f4")), said, {"data/x": np.ones((4, 2))}
    )
    k = np.arange(10)
    columns = {"batch_loss": k, "learning_rate": 0.5 + 0 * k, "epoch": k // 4, "batch": k % 4}
    writer.write(columns, (k + 1).tolist(), np.ones((10, 3), "f4"), np.zeros((10, 0), "f4"))
    writer.finish({"loss": np.arange(11.0)})
    probe.forget()
    return path


def damaged(path):
    return (
        f"'{path}' is damaged: it begins like a recording, but parts of it are missing. Copy it again from "
        "where it was made, or record again."
    )


def refusal(path):
    """What is said of the recording at `path` when all of it is read in this process."""
    with pytest.raises(AnimatorError) as caught, animator.load(path, trusted=True) as opened:
        opened.batch_loss, opened.epoch, opened.loss, opened.running_means, opened.fixed, opened.data()
    return str(caught.value)


def endless(path):
    """HDF5 goes over this heap of text without end: its first entry has no length."""
    data = bytearray(write(path).read_bytes())
    at = data.index(b"GCOL") + 16
    data[at : at + 16] = bytes(16)
    path.write_bytes(data)
    return path


def test_a_recording_that_hdf5_would_read_for_ever_is_refused(tmp_path):
    """The process that reads it ends by its own use of the processor."""
    path = endless(tmp_path / "a.h5")
    assert refused(path) == Answer(-signal.SIGPROF)


def refused(path) -> Answer:
    """What the process answers in which a damaged file may take less time than usual."""
    answer = probe.read_apart(path, few=0.5)
    with pytest.raises(AnimatorError) as caught:
        probe.check(path, lambda path: answer)
    assert str(caught.value) == damaged(path)
    return answer


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what a process does")
@pytest.mark.parametrize("place", [b"\x89HDF", b"OHDR"])
def test_a_recording_that_a_writer_left_open_and_that_is_damaged_is_refused(tmp_path, place):
    """HDF5 waits for a writer to mend the check sum, and sleeps a second at a time."""
    path = write(tmp_path / "a.h5")
    data = bytearray(path.read_bytes())
    data[11] = 0b101  # open for writing, as a killed process leaves it: the check sum is wrong now
    data[data.index(place) + 20] ^= 0xFF
    path.write_bytes(data)
    assert refused(path) == Answer(probe.ASLEEP)


@pytest.mark.parametrize(("does", "code"), [("time.sleep(0.6)", 0), ("while True: pass", -signal.SIGPROF)])
def test_time_that_others_have_the_processor_does_not_count(does, code):
    words = f"import time; from animator.recordings import probe; probe.limit_time(0.2)\n{does}"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == code


def test_a_machine_that_is_too_slow_condemns_no_file(tmp_path):
    """What is said is about the machine, and the file is neither trusted nor called damaged."""
    path = write(tmp_path / "a.h5")
    with pytest.raises(AnimatorError) as caught:
        probe.check(path, lambda path: probe.read_apart(path, longest=0))
    assert str(caught.value) == (
        f"'{path}' could not be read within 0 s: this machine, or the disk that the file lies on, has too "
        "much else to do. Try again when it has less."
    )
    animator.load(path).close()


def test_damage_is_refused_at_once_where_no_writer_left_the_file_open(tmp_path):
    """HDF5's reading-while-writing mode would read the root group again and again: its check sum is wrong."""
    path = write(tmp_path / "a.h5")
    data = bytearray(path.read_bytes())
    data[data.index(b"OHDR") + 8] ^= 0xFF
    path.write_bytes(data)
    assert refusal(path) == damaged(path)


def test_what_this_process_wrote_is_read_without_another_process(tmp_path):
    def none(path):
        raise AssertionError("a process was started")

    path = write(tmp_path / "a.h5")
    probe.check(path)
    probe.check(path, none)  # it has been probed
    probe.forget()
    probe.trust(path)
    probe.check(path, none)
    path.write_bytes(path.read_bytes())  # another file in its place
    with pytest.raises(AssertionError):
        probe.check(path, none)


@pytest.mark.parametrize("code", [-11, -9, -6, -14, 3])
def test_a_recording_that_ends_its_reader_is_damaged(tmp_path, code):
    path = write(tmp_path / "a.h5")
    with pytest.raises(AnimatorError) as caught:
        probe.check(path, lambda path: Answer(code))
    assert str(caught.value) == damaged(path)


def test_where_no_process_can_be_started_the_file_is_read_here(tmp_path):
    def none(*words, **options):
        raise OSError("no more processes")

    path = write(tmp_path / "a.h5")
    assert probe.read_apart(path, none) == Answer(probe.FAILED)
    probe.check(path, lambda path: Answer(probe.FAILED))
    with animator.load(path) as opened:
        assert opened.steps == 10


CLAIMS = {"weights": (10**12, 3), "batch_loss": (10**12,), "loss": (10**12,), "weight_steps": (10**12,)}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_of_a_million_million_rows_allocates_nothing(tmp_path, name):
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        file[name].resize(CLAIMS[name])
        file["flushed"][:2] = 10**12, 10**12
    assert refusal(path) == damaged(path)


def test_data_that_claim_more_than_the_file_has_are_refused(tmp_path):
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        del file["data/x"]
        file.create_dataset("data/x", (10**12,), "f8", chunks=(1024,), compression="gzip")
    assert refusal(path) == damaged(path)


def elsewhere(file, name, secret, kind):
    """Have `name` lead to the dataset of that name in another file, or in another place of this one."""
    old = file[name]
    shape, dtype = old.shape, old.dtype
    del file[name]
    if kind == "external link":
        file[name] = h5py.ExternalLink(secret, name)
    elif kind == "soft link":
        file[name] = h5py.SoftLink("/data/x")
    elif kind == "virtual":
        layout = h5py.VirtualLayout(shape, dtype)
        layout[...] = h5py.VirtualSource(secret, name, shape)
        file.create_virtual_dataset(name, layout)
    else:
        file.create_dataset(name, shape, dtype, external=[(secret, 0, h5py.h5f.UNLIMITED)])


@pytest.mark.parametrize("kind", ["external link", "soft link", "virtual", "external data"])
@pytest.mark.parametrize("name", ["weights", "loss", "data/x", "flushed", "weight_steps", "batch_loss"])
def test_nothing_outside_the_file_is_followed(tmp_path, kind, name):
    """The other file holds what would fit; it is not opened: its time of access stays."""
    path = write(tmp_path / "a.h5")
    secret = write(tmp_path / "secret.h5")
    with h5py.File(path, "r+") as file:
        elsewhere(file, name, str(secret), kind)
    if name == "data/x" and kind.endswith("link"):  # not among what the group holds itself
        with animator.load(path, trusted=True) as opened, pytest.raises(AnimatorError):
            opened.data()
        return
    assert refusal(path) == damaged(path)


def test_text_where_numbers_should_be(tmp_path):
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        del file["batch_loss"]
        file["batch_loss"] = ["a", "b"]
    assert refusal(path) == damaged(path)


WRONG = {
    "not JSON": "{",
    "no object": "[]",
    "deep": "[" * 100_000,
    "variables": json.dumps(META | {"variables": {}}),
    "a gap": json.dumps(META | {"variables": [{"path": "a", "shape": [3], "start": 1}]}),
    "a negative shape": json.dumps(META | {"variables": [{"path": "a", "shape": [-3], "start": 0}]}),
    "another width": json.dumps(META | {"variables": [{"path": "a", "shape": [4], "start": 0}]}),
    "data": json.dumps(META | {"data": []}),
    "samples": json.dumps(META | {"data": {"samples": "4"}}),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_a_description_that_fits_nothing_is_damage(tmp_path, text):
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        del file["meta"]
        file["meta"] = text
    assert refusal(path) == damaged(path)


def test_notes_of_other_kinds_are_left_out():
    notes = {"title": 3, "scene": "neuron", "axes": [0], "target": [1, float("nan")], "mine": {"a": 1},
             "film": {"resolution": 10**9, "plane": "pca", "layout": "surface"}}  # fmt: skip
    found = meta.read(json.dumps({"notes": notes, "optimizer": [], "versions": "1", "seed": 3}))
    assert found.keys() == {"notes", "seed"}
    assert run_notes.read(found, 1) == RunNotes(scene="neuron", film={"plane": "pca"}, seed=3)


def test_a_recording_that_is_closed_says_so(tmp_path):
    path = write(tmp_path / "a.h5")
    opened = animator.load(path)
    opened.close()
    with pytest.raises(AnimatorError) as caught:
        opened.loss  # noqa: B018
    assert str(caught.value) == f"The recording '{path}' is closed. Open it again with animator.load."


@pytest.mark.parametrize(("steps", "rows"), [(-1, 11), (3, 11), (10, 20), (10**18, 11), (11, 11)])
def test_counts_that_do_not_agree_are_damage(tmp_path, steps, rows):
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        file["flushed"][:2] = steps, rows
    assert refusal(path) == damaged(path)


def test_a_damaged_chunk_of_weights_is_one_sentence(tmp_path):
    """Where it is found when it is read: the file opens."""
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        del file["weights"]
        file.create_dataset("weights", data=np.ones((11, 3), "f4"), chunks=(11, 3), fletcher32=True)
        at = file["weights"].id.get_chunk_info(0).byte_offset
    data = bytearray(path.read_bytes())
    data[at : at + 4] = struct.pack("<f", 2.0)
    path.write_bytes(data)
    with animator.load(path, trusted=True) as opened, pytest.raises(AnimatorError) as caught:
        opened.weights[0]
    assert str(caught.value) == damaged(path)
    with pytest.raises(Damaged):
        meta.read("3")
