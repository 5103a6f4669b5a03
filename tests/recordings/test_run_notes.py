"""RunNotes: what a recording says of itself comes back typed; what is of another kind counts as unsaid."""

import numpy as np
import pytest

import animator
from animator.recordings import run_notes
from animator.recordings.run_notes import DataNotes, RunNotes

ROWS = np.arange(6.0).reshape(3, 2)
EVENT = {"step": 1, "caption": "c", "hold": 0.5}


def noted(tmp_path, **notes):
    """The notes of a recording of ROWS, from its file."""
    with animator.recording(tmp_path / "a.h5", ROWS, [1.0, 2.0], notes=notes) as run:
        return run.notes


SAID = {
    "scene": "neuron",
    "parameters": {"rate": 0.5},
    "title": "t",
    "description": "d",
    "labels": ["a", "b"],
    "axes": ["w1", 1],
    "target": [1, 2.5],
    "minima": [[0, 1]],
    "window": [0, 1, 2, 3],
    "colour": 2,
    "in_order": 8,
    "theory": 0.25,
}
ODD = {
    "scene": 1,
    "parameters": [],
    "title": 2,
    "labels": "ab",
    "axes": [0],
    "target": ["x", 1],
    "minima": [3],
    "window": [1],
    "colour": -1,
    "in_order": True,
    "theory": "1",
    "mine": {"a": [1]},
}


def test_notes_come_back_with_their_types(tmp_path):
    found = noted(tmp_path, **SAID)
    assert found == RunNotes(
        way="arrays",
        scene="neuron",
        parameters={"rate": 0.5},
        title="t",
        description="d",
        labels=("a", "b"),
        axes=("w1", 1),
        target=(1.0, 2.5),
        minima=((0.0, 1.0),),
        window=(0.0, 1.0, 2.0, 3.0),
        colour=2,
        in_order=8,
        theory=0.25,
        loss={"kind": "none"},
        versions={"animator": animator.__version__, "numpy": np.__version__},
    )
    assert found.loss_kind == "none"


def test_a_note_of_another_kind_counts_as_unsaid(tmp_path):
    """Users write notes of their own; those stay in `meta`, as they are."""
    assert noted(tmp_path, **ODD) == noted(tmp_path)
    with animator.recording(tmp_path / "b.h5", ROWS, [1.0, 2.0], notes=ODD) as run:
        assert run.meta["notes"] == ODD


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        *(("axes", odd, (0, 1)) for odd in (["w1", None], [1.5, "w1"], [True, 2], [2, 3, 4], "ab", 7)),
        ("axes", [3, "w1"], (3, "w1")),
        ("minima", [[0, 1], [3], "ab", [1, "x"], [2.5, -1]], ((0.0, 1.0), (2.5, -1.0))),
        ("minima", {"0": [0, 1]}, ()),
        ("target", [1, 2, 3], None),
        ("target", {"0": 1, "1": 2}, None),
        ("window", [0, 1, 2, 3, 4], None),
        ("window", [0, 1, 2, "3"], None),
        ("colour", 0, 0),
        ("in_order", 0, 0),
        ("labels", ["a", 1], ()),
        ("theory", 3, 3),
        ("theory", True, None),
        ("film", "dark", {}),
    ],
)
def test_each_note_is_read_as_what_it_is_or_not_at_all(name, value, kept):
    assert getattr(run_notes.read({"notes": {name: value}}, schema=1), name) == kept


def test_what_says_nothing_gives_the_defaults():
    assert run_notes.read({}, schema=1) == RunNotes()
    assert RunNotes().loss_kind is None


@pytest.mark.parametrize(
    ("film", "kept"),
    [
        ({"resolution": 2, "widths": [1, 2.5]}, {"resolution": 2, "widths": [1, 2.5]}),
        ({"resolution": 1}, {}),
        ({"resolution": 1001}, {"resolution": 1001}),
        ({"resolution": 1002, "plane": "pca"}, {"plane": "pca"}),
        ({"layout": [["surface"]], "widths": ["a"]}, {"layout": [["surface"]]}),
        ({"pacing": {"play": 2.0, "wake": "x"}}, {"pacing": {"play": 2.0}}),
        ({"pacing": {"events": [EVENT], "wake": None}}, {"pacing": {"events": [EVENT], "wake": None}}),
        ({"pacing": {"events": [{**EVENT, "step": -1}]}}, {"pacing": {}}),
        ({"pacing": {"events": [{**EVENT, "caption": 1}]}}, {"pacing": {}}),
        ({"pacing": {"events": [{**EVENT, "hold": "1"}]}}, {"pacing": {}}),
        ({"pacing": {"events": [{**EVENT, "more": 1}]}}, {"pacing": {}}),
        ({"pacing": {"events": [EVENT, 1], "pace": 1, "play": True}}, {"pacing": {}}),
        ({"pacing": {"events": "found", "pace": "log"}}, {"pacing": {"events": "found", "pace": "log"}}),
        ({"pacing": 3}, {}),
        ({"layout": [["surface"], [1]], "heights": 2, "unknown": {"a": 1}}, {"unknown": {"a": 1}}),
    ],
)
def test_of_a_kept_design_only_what_can_be_read_is_kept(film, kept):
    assert run_notes.read({"notes": {"film": film}}, schema=1).film == kept


def test_what_is_said_of_data():
    said = {"data": {"samples": 4, "digest": "d", "structure": {"x": None}, "loss_samples": 3}}
    found = run_notes.read(said, schema=1)
    assert (found.data, found.test) == (DataNotes(4, 3, "d", {"x": None}), DataNotes())
