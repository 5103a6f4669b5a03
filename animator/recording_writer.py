"""Writing a recording as training goes on: rows in memory, then in the file, then counted.

HDF5's single-writer mode keeps the file readable whatever happens to the process. Rows are flushed by
count, never by time, so that the same run gives the same bytes.
"""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from animator.errors import AnimatorError
from animator.files import ensure_folder
from animator.recording import FORMAT, SCHEMA, part_of

FLUSH_BYTES = 16 * 2**20
FLUSH_STEPS = 64
CHUNK_BYTES = 2**20


class RecordingWriter:
    """An open, unfinished recording beside `path`; `finish` puts it in its place.

    first (P,): weights before training. meta: everything that is said once, as JSON. arrays: data kept
    with the recording, {"data/x": array, ...}.
    """

    def __init__(
        self,
        path: Path,
        first: NDArray[np.float32],
        meta: dict[str, Any],
        arrays: dict[str, NDArray[Any]],
    ) -> None:
        ensure_folder(path)
        self.path, self.part = path, part_of(path)
        self.size = max(1, first.size)
        self.rows = max(1, min(FLUSH_STEPS, FLUSH_BYTES // (4 * self.size)))
        self.steps = 0
        self._waiting = 0
        self._weights = np.empty((self.rows, first.size), np.float32)
        self._columns: dict[str, NDArray[Any]] = {}
        try:
            self.file: Any = _timeless(self.part)
        except OSError as error:
            raise AnimatorError(
                f"Cannot record to '{path}': '{self.part}' is in use by another recording, or cannot be "
                f"written ({str(error).splitlines()[0][:80]}). Choose another path, or wait for it to end."
            ) from error
        self._create(first, meta, arrays)

    def _create(self, first: Any, meta: Any, arrays: dict[str, Any]) -> None:
        file = self.file
        file.attrs["format"], file.attrs["schema"], file.attrs["finished"] = FORMAT, SCHEMA, False
        file.create_dataset("meta", data=json.dumps(meta, sort_keys=True), track_times=False)
        folders = {name.partition("/")[0] for name in arrays} | {"running_means"}
        untimed = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
        untimed.set_obj_track_times(False)
        for name in sorted(folders):
            h5py.h5g.create(file.id, name.encode(), gcpl=untimed)
        for name, values in arrays.items():
            file.create_dataset(name, data=values, track_times=False)
        rows = max(1, min(1024, CHUNK_BYTES // (4 * self.size)))
        weights = self._growing("weights", (first.size,), np.float32, rows)
        weights.resize(1, axis=0)
        weights[0] = first
        for name, kind in (("batch_loss", "f8"), ("learning_rate", "f8"), ("epoch", "i4"), ("batch", "i4")):
            self._growing(name, (), kind, 1024)
            self._columns[name] = np.empty(self.rows, kind)
        file.create_dataset("flushed", data=np.zeros(1, np.int64), maxshape=(None,), track_times=False)
        file.flush()

    def _growing(self, name: str, tail: tuple[int, ...], kind: Any, rows: int) -> Any:
        return self.file.create_dataset(
            name, (0, *tail), kind, maxshape=(None, *tail), chunks=(rows, *(max(1, n) for n in tail)),
            track_times=False,
        )  # fmt: skip

    def slot(self) -> NDArray[np.float32]:
        """The row (P,) that the next `add` counts; fill it with the weights after the update."""
        row: NDArray[np.float32] = self._weights[self._waiting]
        return row

    def add(self, columns: dict[str, float]) -> None:
        """Take the row in `slot`, and one number for each column."""
        if not self.file.swmr_mode:
            self._begin([name for name in columns if name not in self._columns])
        for name, values in self._columns.items():
            values[self._waiting] = columns.get(name, np.nan)
        self._waiting += 1
        if self._waiting == self.rows:
            self.flush()

    def _begin(self, metrics: list[str]) -> None:
        """Make columns for metrics, which Keras names with its first batch; from here on readers are safe."""
        for name in metrics:
            self._growing(name, (), "f8", 1024)
            self._columns[name] = np.empty(self.rows, "f8")
        self.file.flush()
        self.file.swmr_mode = True

    def flush(self) -> None:
        """Write the rows that wait, then count them."""
        if not self._waiting:
            return
        count, done = self._waiting, self.steps + self._waiting
        weights = self.file["weights"]
        weights.resize(done + 1, axis=0)
        weights[self.steps + 1 :] = self._weights[:count]
        weights.flush()
        for name, values in self._columns.items():
            column = self.file[name]
            column.resize(done, axis=0)
            column[self.steps :] = values[:count]
            column.flush()
        self.file["flushed"][0] = done
        self.file["flushed"].flush()
        self.steps, self._waiting = done, 0

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Rows start to stop of the weights that are written."""
        return np.asarray(self.file["weights"][start:stop])

    def finish(self, losses: dict[str, NDArray[np.float64]]) -> None:
        """Add the losses (K+1,), mark the recording as finished, and put it in its place."""
        self.flush()
        self.file.close()
        with h5py.File(self.part, "r+", libver="latest") as file:
            for name, values in losses.items():
                file.create_dataset(name, data=values, track_times=False)
            file.attrs["finished"] = True
        self.part.replace(self.path)


def _timeless(path: Path) -> Any:
    """A new HDF5 file in the latest format, without the times that HDF5 would note for its root group."""
    creation = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    creation.set_obj_track_times(False)
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_LATEST, h5py.h5f.LIBVER_LATEST)
    return h5py.File(h5py.h5f.create(bytes(path), h5py.h5f.ACC_TRUNC, creation, access))
