"""Writing a recording as training goes on: pages of rows go to the file, then they are counted.

HDF5's single-writer mode keeps the file readable whatever happens to the process, to the last moment:
everything is written in that mode, the losses and the mark "finished" too. What a page holds is decided
by counts, never by time, so that the same run gives the same bytes.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path
from typing import BinaryIO

import h5py
import numpy as np
from numpy.typing import DTypeLike

from animator.core.arrays import Array, Floats, Ints, Singles
from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder, is_full, set_aside
from animator.recordings import probe
from animator.recordings.facts import Facts, as_line
from animator.recordings.reader import FORMAT, SCHEMA, load, part_of

FLUSH_BYTES = 16 * 2**20
FLUSH_STEPS = 64
CHUNK_BYTES = 2**20
COLUMNS = {"batch_loss": "f8", "learning_rate": "f8", "epoch": "i4", "batch": "i4"}
LOSSES = ("loss", "test_loss")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Weights (P,) and state (S,) after update `step`."""

    step: int
    weights: Singles
    state: Singles


class RecordingWriter:
    """An open, unfinished recording beside `path`; `finish` puts it in its place.

    first: the row before training. meta: everything that is said once, as JSON. arrays: kept with the
    recording, {"data/x": array, ...}. dtype: of the stored weights, float32 or float16. keeps: whether what
    is in its place already is kept beside it, under a name with a number: `kept` says where it is.
    """

    def __init__(
        self,
        path: Path,
        first: Row,
        meta: Mapping[str, object],
        arrays: Mapping[str, Array],
        dtype: str = "float32",
        keeps: bool = False,
    ) -> None:
        ensure_folder(path)
        self.path = path
        self.part = part_of(path)
        self._keeps = keeps
        self.kept: list[tuple[Path, Path]] = []  # (the place, where that which was there is now)
        if keeps and _worth_keeping(self.part):
            self.kept.append((self.part, set_aside(self.part)))
        self.size, self.states = first.weights.size, first.state.size
        self.steps = self.rows = 0
        self.dtype = np.dtype(dtype)
        self._shared: BinaryIO | None = None  # holds a lock once HDF5 has let go of its own
        try:
            _check_unused(self.part)
            self.file = _timeless(self.part)
        except OSError as error:
            if is_full(error):
                raise
            raise AnimatorError(
                f"Cannot record to '{path}': '{self.part}' is in use by another recording, or cannot be "
                f"written ({str(error).splitlines()[0][:80]}). Choose another path, or wait for it to end."
            ) from error
        self._create(meta, arrays)
        self._append_rows([first.step], first.weights[None], first.state[None])
        self.file.flush()

    @property
    def page(self) -> int:
        """How many rows to collect before they are written: at most 64, or 16 MiB of them."""
        return max(1, min(FLUSH_STEPS, FLUSH_BYTES // (4 * (self.size + self.states))))

    def _create(self, meta: Mapping[str, object], arrays: Mapping[str, Array]) -> None:
        file = self.file
        file.attrs["format"], file.attrs["schema"] = FORMAT, SCHEMA
        file.create_dataset("meta", data=json.dumps(meta, sort_keys=True), track_times=False)
        groups = {name[:i] for name in arrays for i, letter in enumerate(name) if letter == "/"}
        untimed = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
        untimed.set_obj_track_times(False)
        for name in sorted(groups | {"running_means"}):
            h5py.h5g.create(file.id, name.encode(), gcpl=untimed)
        for name, values in arrays.items():
            kind = h5py.string_dtype() if values.dtype.kind == "O" else values.dtype
            file.create_dataset(name, data=values, dtype=kind, track_times=False)
        rows = max(1, min(1024, CHUNK_BYTES // (4 * self.size)))
        wide = min(self.size, CHUNK_BYTES // 4)  # so that some columns of all rows can be read alone
        self._growing("weights", (self.size,), self.dtype, rows, wide)
        if self.states:
            self._growing("state", (self.states,), "f4", rows)
        self._growing("weight_steps", (), "i8", 1024)
        for name, kind in COLUMNS.items():
            self._growing(name, (), kind, 1024)
        for name in LOSSES:
            self._growing(name, (), "f8", 1024)
        self._growing("facts", (), "u1", 1024)
        for name in ("flushed", "finished"):
            file.create_dataset(name, data=np.zeros(2, np.int64), maxshape=(None,), track_times=False)

    def _growing(self, name: str, tail: tuple[int, ...], kind: DTypeLike, rows: int, wide: int = 0) -> None:
        chunks = (rows, *((wide,) if wide else tail))
        self.file.create_dataset(
            name, (0, *tail), kind, maxshape=(None, *tail), chunks=chunks, track_times=False
        )

    def write(
        self, columns: Mapping[str, Array], steps: Sequence[int], weights: Singles, state: Singles
    ) -> None:
        """Append what n updates left, columns of (n,) each, and a row for each of `steps`; count them.

        weights (>= len(steps), P) and state (>= len(steps), S) may have room beyond their rows.
        """
        if not self.file.swmr_mode:
            self._begin([name for name in columns if name not in COLUMNS])
        self._append_rows(steps, weights[: len(steps)], state[: len(steps)])
        for name, values in columns.items():
            self._append(name, values)
        self.steps += len(columns["epoch"]) if columns else 0
        self._set("flushed", self.steps, self.rows)

    def _begin(self, metrics: Iterable[str]) -> None:
        """Make columns for metrics, which Keras names with its first batch; from here on readers are safe."""
        for name in metrics:
            self._growing(name, (), "f8", 1024)
        self.file.flush()
        self.file.swmr_mode = True
        self._shared = _shared(self.part)

    def _append_rows(self, steps: Sequence[int], weights: Singles, state: Singles) -> None:
        if not len(steps):
            return
        self._append("weights", weights.astype(self.dtype, copy=False))
        if self.states:
            self._append("state", state)
        self._append("weight_steps", np.asarray(steps))
        self.rows += len(steps)

    def _append(self, name: str, values: Array) -> None:
        dataset = self.file[name]
        start = len(dataset)
        dataset.resize(start + len(values), axis=0)
        dataset[start:] = values
        dataset.flush()

    def _set(self, name: str, *values: int) -> None:
        self.replace(name, np.array(values))

    def read(self, rows: slice, name: str = "weights") -> Singles:
        """Rows of the weights (or of the state) that are written, as float32."""
        return np.asarray(self.file[name][rows], np.float32)

    def read_steps(self) -> Ints:
        """(R,) the step of every row that is written."""
        return np.asarray(self.file["weight_steps"][()])

    def replace(self, name: str, values: Array) -> None:
        """Write `values` (n,) over the first n of a column that is there."""
        self.file[name][: len(values)] = values
        self.file[name].flush()

    def note(self, facts: Facts) -> None:
        """Say what the recording lacks; the last word counts."""
        self._append("facts", np.frombuffer(as_line(facts), np.uint8))

    def finish(self, losses: Mapping[str, Floats]) -> None:
        """Add the losses (K+1,), mark the recording as finished, and put it in its place."""
        for name, values in losses.items():
            self._append(name, values)
        self._set("finished", 1)
        self.abandon()
        probe.trust(self.part)
        if self._keeps and self.path.is_file() and not cmp(self.path, self.part, shallow=False):
            self.kept.append((self.path, set_aside(self.path)))
        self.part.replace(self.path)

    def discard(self) -> None:
        """Close the file and remove it: nothing of it is worth keeping."""
        self.abandon()
        self.part.unlink()

    def abandon(self) -> None:
        """Close the file as it is: cut short, under its part name."""
        self.file.close()
        if self._shared is not None:
            self._shared.close()


def _worth_keeping(part: Path) -> bool:
    """Whether a recording that was cut short lies at `part`, with a step at least, and nobody writes it."""
    try:
        with load(part) as run:
            steps = run.steps
        with part.open("rb") as file:
            _lock(file)
    except (AnimatorError, OSError):
        return False
    return steps > 0


def _lock(file: BinaryIO) -> None:
    """OSError when somebody writes the file, as it is locked then. The lock goes when `file` is closed."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _check_unused(part: Path) -> None:
    """OSError when another recording is being written at `part`: HDF5 would empty it before it noticed."""
    if part.is_file():
        with part.open("rb") as file:
            _lock(file)


def _shared(part: Path) -> BinaryIO | None:
    """The file, locked against those who would write it too; HDF5 locks it only until others may read it.
    None where files of the system cannot be locked.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    file = part.open("rb")
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:  # a reader has it for a moment, or it lies where there are no locks
        file.close()
        return None
    return file


def _timeless(path: Path) -> h5py.File:
    """A new HDF5 file in the latest format, without the times that HDF5 would note for its root group."""
    creation = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    creation.set_obj_track_times(False)
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_LATEST, h5py.h5f.LIBVER_LATEST)
    access.set_cache(0, 1, 0, 0.75)  # no chunk cache: rows are written once, whole, past it
    return h5py.File(h5py.h5f.create(bytes(path), h5py.h5f.ACC_TRUNC, creation, access))
