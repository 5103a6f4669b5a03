"""Whole small files of every kind that animator reads from outside; the mutator starts from their bytes."""

import json
from pathlib import Path

import numpy as np

from animator.encoding import FilmSpec, Metadata, open_encoder
from animator.recordings.writer import RecordingWriter, Row
from animator.sweeps.folder import manifest
from animator.sweeps.folder.manifest import Axis, Cell, Manifest

FILMS = ("mp4", "webm", "gif", "webp", "apng", "avif", "png")
WORDS = Metadata(
    "A title", "A description.", "Alt text.", "animator render neuron",
    {"scene": "neuron", "parameters": {"seed": 0}},
)  # fmt: skip
SAID = {
    "variables": [
        {"path": "dense/kernel", "shape": [2, 1], "start": 0, "filters": [1]},
        {"path": "dense/bias", "shape": [1], "start": 2, "filters": []},
    ],
    "state": [], "fixed": [], "seed": 0,
    "data": {"samples": 4, "digest": "0" * 64, "loss_samples": 4, "structure": {"x": None, "y": None}},
    "optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.5}},
    "versions": {"animator": "0.1.0"},
    "notes": {
        "scene": "neuron", "title": "A title", "description": "A description.", "parameters": {"seed": 0},
        "axes": [0, 1], "labels": ["w1", "w2", "bias"], "target": [1.0, 1.0],
        "film": {
            "camera": "fixed", "card": "", "heights": [], "widths": [], "layout": [["weights", "loss"]],
            "pacing": {"easing": "linear", "end": 1.5, "events": [], "intro": 0.5, "pace": "step",
                       "play": 4.0, "wake": None},
            "plane": "weights", "resolution": 81, "slice": "moving",
        },
    },
}  # fmt: skip


def recording(path: Path, said: object = SAID) -> Path:
    """A finished recording of 20 updates of three weights."""
    arrays = {"data/x": np.ones((4, 2), "f4"), "data/y": np.ones((4, 1), "f4")}
    first = Row(0, np.zeros(3, "f4"), np.zeros(0, "f4"))
    writer = RecordingWriter(path, first, said, arrays)  # type: ignore[arg-type]
    k = np.arange(20)
    columns = {"batch_loss": 1 / (k + 1.0), "learning_rate": 0.5 + 0 * k, "epoch": k // 4, "batch": k % 4,
               "running_means/loss": 1 / (k + 1.0)}  # fmt: skip
    rows = ((k + 1)[:, None] * [0.05, 0.04, 0.01]).astype("f4")
    writer.write(columns, (k + 1).tolist(), rows, np.zeros((20, 0), "f4"))
    writer.finish({"loss": 1 / np.arange(1, 22)})
    return path


def film(path: Path, words: Metadata = WORDS) -> Path:
    """Five frames of 64x64 pixels."""
    with open_encoder(path, FilmSpec(64, 64, 10.0), words) as encoder:
        for i in range(5):
            frame = np.full((64, 64, 4), 255, np.uint8)
            frame[:, 8 * i : 8 * i + 8, :3] = 30 * i
            encoder.write(frame)
    return path


def sweep(folder: Path) -> Path:
    """The manifest of a sweep of two cells, one of which failed."""
    cells = (
        Cell(0, "000-rate-0.1", {"rate": 0.1}, "done", film="films/a.mp4", results={"final_loss": 0.5}),
        Cell(1, "001-rate-0.2", {"rate": 0.2}, "failed", reason="It broke."),
    )
    command = "animator sweep line rate=0.1,0.2"
    found = Manifest("line", "Lines", "They go.", command, {"keras": "3"}, "product",
                     (Axis("rate", (0.1, 0.2)),), {"fps": 30.0}, {}, "done", (), cells)  # fmt: skip
    folder.mkdir(exist_ok=True)
    manifest.write(folder, found)
    return folder / manifest.NAME


STYLE = (
    'base = "light"\nbackground = "#101820"\ntext_size = 0.03\nlines = ["#ff0000", "#00ff00", "#0000ff"]\n'
)
SHEET = (
    "axes.facecolor: 101820\ntext.color: white\nfont.size: 12\naxes.prop_cycle: cycler('color', ['r', 'g'])\n"
)
ROWS = "learning_rate,epochs,optimizer\n0.1,2,sgd\n0.5,3,adam\n"


def all_of(folder: Path) -> dict[str, bytes]:
    """The bytes of a file of each kind, by suffix; "json" is a manifest."""
    found = {suffix: film(folder / f"film.{suffix}").read_bytes() for suffix in FILMS}
    found["h5"] = recording(folder / "run.h5").read_bytes()
    found["json"] = sweep(folder / "sweep").read_bytes()
    np.savez_compressed(folder / "data.npz", x=np.ones((4, 2)), y=np.ones((4, 1)))
    found["npz"] = (folder / "data.npz").read_bytes()
    return found | {"toml": STYLE.encode(), "mplstyle": SHEET.encode(), "csv": ROWS.encode()}


def leaves(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The places of all parts of a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inside for place in leaves(part, (*path, key)))][
        0 if path else 1 :
    ]


def with_part(value: object, path: tuple[object, ...], part: object) -> object:
    """A copy of a JSON value with `part` in the place `path`."""
    copy = json.loads(json.dumps(value))
    inside = copy
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = part
    return copy
