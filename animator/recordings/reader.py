"""A recording at rest: every weight and loss of one training run, in one HDF5 file, read in pieces.

K updates give K+1 rows of weights (row 0: before training), or fewer where only some steps were kept,
and K batch losses. The file is only ever read as data. Only what is counted in `flushed` is trusted, so a
run that was killed opens as far as it got.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any  # of data, in whatever structure they were given

import h5py
import numpy as np
from numpy.typing import NDArray

from animator.core.arrays import Array, Floats, Ints, Singles
from animator.core.errors import AnimatorError, nearest
from animator.recordings import hdf5_file, meta, probe, run_notes
from animator.recordings.facts import Facts, from_lines
from animator.recordings.hdf5_file import Damaged
from animator.recordings.loss import Function
from animator.recordings.metric_names import metric_name
from animator.recordings.rows import Rows
from animator.recordings.samples import Samples, assembled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMAT = "animator recording"
SCHEMA = 1


class Recording:
    """An open recording; see the module. Close it, or use it as a context, to let go of the file.

    Attributes
    ----------
    weights
        (R, P) float32, of the steps `weight_steps`: all K+1 steps unless the Recorder was told to keep fewer;
        then R is smaller, and the first and last step are among them.
    weight_steps
        (R,) int64, ascending.
    state
        (R, S) float32: what changes beside the path (BatchNormalization's statistics).
    steps
        K, the updates.
    finished
        False for a run that was cut short.
    notes
        What the recording says of itself, typed.
    meta
        The same as the file has it, with all that users noted.
    given_loss
        A function from rows (N, P) to (N,), of a run whose file does not hold its loss.

    Examples
    --------
    >>> with animator.load("run.h5") as run:
    ...     print(run.steps, run.loss[0], run.parameter_names)
    60 39.0 ['x', 'y', 'z']
    """

    def __init__(self, path: Path, file: h5py.File, schema: int = SCHEMA) -> None:
        self.path = path
        self._file = file
        self.steps, rows = (int(count) for count in hdf5_file.numbers(file, "flushed"))
        rows = max(1, rows)
        self.finished = bool(hdf5_file.numbers(file, "finished")[0])
        self.meta = meta.read(hdf5_file.text(file, "meta"))
        self.notes = run_notes.read(self.meta, schema)
        self.variables, self.state_variables, self.fixed_variables = (
            meta.variables(self.meta, kind) for kind in ("variables", "state", "fixed")
        )
        self.weights = self._rows("weights", rows)
        self.weight_steps: Ints = hdf5_file.numbers(file, "weight_steps", rows).astype(np.int64)
        self.state = self._rows("state", rows) if "state" in file else np.zeros((rows, 0), np.float32)
        self._names: list[str] | None = None
        self.given_loss: Function | None = None  # rows (N, P) -> (N,), where a user gave one
        self._check()

    def _reading(self) -> AbstractContextManager[None]:
        """What goes wrong while the file is read becomes a sentence."""
        if not self._file:
            raise AnimatorError(f"The recording '{self.path}' is closed. Open it again with animator.load.")
        return _explaining(self.path)

    def _rows(self, name: str, count: int) -> Rows:
        dataset = hdf5_file.dataset(self._file, name)
        if dataset.ndim != 2 or dataset.dtype.kind != "f":
            raise Damaged(f"{name} holds no rows")
        hdf5_file.check_room(dataset, count)
        return Rows(dataset, count, self.path)

    def _check(self) -> None:
        """Damaged unless counts, steps and widths agree with one another."""
        steps = self.weight_steps
        if self.steps < 0 or len(steps) != len(self.weights) or (np.diff(steps) <= 0).any():
            raise Damaged("steps")
        if steps[0] != 0 or steps[-1] > self.steps:
            raise Damaged("steps")
        hdf5_file.check_room(hdf5_file.dataset(self._file, "epoch"), self.steps)  # which every update has
        for kind, width in (("variables", self.weights.shape[1]), ("state", self.state.shape[1])):
            described = sum(variable.size for variable in meta.variables(self.meta, kind))
            if described and described != width:
                raise Damaged(kind)

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "" if self.finished else ", cut short"
        count = self.weights.shape[1]
        return f"Recording({str(self.path)!r}: {self.steps:,} steps of {count:,} parameters{state})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The run as a notebook shows it: its facts and its losses."""
        from animator.core.notebook_repr import of_run

        return of_run(repr(self), np.asarray(self.loss, float), np.asarray(self.batch_loss, float))

    def plot_loss(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the losses over the steps, in the colours of films, on `ax` of matplotlib, or on new axes."""
        from animator.core import notebook_repr

        axes = notebook_repr.own_axes() if ax is None else ax
        notebook_repr.draw_run(axes, np.asarray(self.loss, float), np.asarray(self.batch_loss, float))
        return axes

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def facts(self) -> Facts:
        """What the recording lacks, and why; files of earlier versions say nothing."""
        with self._reading():
            if "facts" not in self._file:
                return Facts()
            return from_lines(hdf5_file.numbers(self._file, "facts").tobytes())

    def row(self, step: int) -> int:
        """The row of the last kept step at or before `step`."""
        return int(np.searchsorted(self.weight_steps, step, side="right")) - 1

    def rows(self, steps: Ints) -> Ints:
        """The same for each of `steps` (n,)."""
        return np.searchsorted(self.weight_steps, steps, side="right") - 1

    @property
    def fixed(self) -> Singles:
        """(F,) the values of the frozen variables, which are the same at every step."""
        with self._reading():
            if "fixed" not in self._file:
                return np.zeros(0, np.float32)
            return hdf5_file.numbers(self._file, "fixed")

    @property
    def parameter_names(self) -> list[str]:
        """The P names "dense/kernel[0,0]", in the order of a row."""
        if self._names is None:
            self._names = [name for variable in self.variables for name in variable.names()]
        return self._names

    def parameter_name(self, index: int) -> str:
        """The name of one parameter, without making all P of them."""
        variable = next(v for v in reversed(self.variables) if v.start <= index)
        if not variable.shape:
            return variable.path
        place = np.unravel_index(index - variable.start, variable.shape)
        return f"{variable.path}[{','.join(str(int(k)) for k in place)}]"

    def __contains__(self, name: str) -> bool:
        """Whether the file holds arrays under `name`: "data" or "test"."""
        return name in self._file

    def travelled(self) -> Floats:
        """(K+1,) how far the weights have travelled at every step, read a row at a time."""
        lengths = np.zeros(len(self.weights))
        before = np.asarray(self.weights[0], float)
        for row in range(1, len(self.weights)):
            now = np.nan_to_num(np.asarray(self.weights[row], float), posinf=0, neginf=0)
            lengths[row] = lengths[row - 1] + np.linalg.norm(now - before)
            before = now
        return np.interp(np.arange(self.steps + 1), self.weight_steps, lengths)

    def index(self, name: int | str) -> int:
        """The index of a parameter given by name, or by an index that is in range."""
        count = int(self.weights.shape[1])
        if isinstance(name, int | np.integer):
            if not -count <= name < count:
                raise AnimatorError(
                    f"There is no parameter {name}: '{self.path}' has {count:,}. "
                    f"Give an index from 0 to {count - 1:,}."
                )
            return int(name) % count
        if name not in self.parameter_names:
            some = " ".join(self.parameter_names[:6])
            raise AnimatorError(
                f"No parameter is called {name!r}. {nearest(name, self.parameter_names)}"
                f"'{self.path}' has: {some}{' ...' if count > 6 else ''}."
            )
        return self.parameter_names.index(name)

    def _column(self, name: str, count: int) -> Array:
        with self._reading():
            return hdf5_file.numbers(self._file, name, count)

    @property
    def batch_loss(self) -> Floats:
        """(K,) true loss of each batch, at the weights that the update was made from."""
        return self._column("batch_loss", self.steps)

    @property
    def learning_rate(self) -> Floats:
        """(K,) learning rate of each update."""
        return self._column("learning_rate", self.steps)

    @property
    def epoch(self) -> NDArray[np.int32]:
        """(K,) epoch of each update, from 0."""
        return self._column("epoch", self.steps)

    @property
    def batch(self) -> NDArray[np.int32]:
        """(K,) number of each update within its epoch, from 0."""
        return self._column("batch", self.steps)

    @property
    def loss(self) -> Floats:
        """(K+1,) loss on the data in evaluation mode; NaN where it was not computed."""
        found = self._all_steps("loss")
        return np.full(self.steps + 1, np.nan) if found is None else found

    @property
    def test_loss(self) -> Floats | None:
        """(K+1,) loss on the test data in evaluation mode; None without test data or when cut short."""
        return self._all_steps("test_loss")

    def _all_steps(self, name: str) -> Floats | None:
        with self._reading():
            found = hdf5_file.numbers(self._file, name)
        return found if len(found) == self.steps + 1 else None

    @property
    def running_means(self) -> dict[str, Floats]:
        """Metrics as Keras reports them after each batch, (K,) each: running means of their epoch."""
        with self._reading():
            names = list(hdf5_file.member(self._file, "running_means"))
        return {metric_name(name): self._column(f"running_means/{name}", self.steps) for name in names}

    def data(self) -> Any:
        """The data as they were given to the Recorder, (x, y) or (x, y, sample_weight); None if not kept."""
        found = self.samples("data")
        return None if found is None else found.as_given()

    def test(self) -> Any:
        """The test data (x, y), or None when there is none in the file."""
        found = self.samples("test")
        return None if found is None else found.as_given()

    def samples(self, name: str = "data") -> Samples | None:
        """The data ("data" or "test") as Samples, or None when they are not in the file."""
        found: dict[str, Array] = {}

        def take(path: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                found[path] = hdf5_file.array(item)

        with self._reading():
            if name not in self._file:
                return None
            hdf5_file.member(self._file, name).visititems(take)
            return assembled(found, (self.notes.data if name == "data" else self.notes.test).structure)

    def read_indices(self) -> None:
        """Read where the chunks of each dataset are, so that what is read later is known to end."""
        self._file.visititems(
            lambda _, item: item.id.get_storage_size() if isinstance(item, h5py.Dataset) else None
        )


def load(path: str | Path, trusted: bool = False, loss: Function | None = None) -> Recording:
    """Open a recording without reading it whole.

    Parameters
    ----------
    path
        Of the .h5 file.
    trusted
        Whether animator wrote it and knows it to be whole; others are read by a process of their own first.
    loss
        Of one that was made with a Python function, which a file does not hold: from rows of weights (N, P)
        to (N,).

    Returns
    -------
    Recording
        Open: close it, or use it as a context.

    Raises
    ------
    AnimatorError
        When there is no such file, when it is no recording, when it is damaged, and when a later version of
        animator wrote it.

    Examples
    --------
    >>> run = animator.load("run.h5")
    >>> run.weights.shape
    (61, 3)
    """
    path = Path(path)
    if not path.is_file():
        raise AnimatorError(_missing(path))
    if not trusted and hdf5_file.is_hdf5(path):
        probe.check(path)
    with _explaining(path):
        found = _opened(path)
    found.given_loss = loss
    return found


def read_through(path: Path) -> None:
    """Read all of a recording that is read in one piece, and what says where the rest is; raises as `load`
    does.
    """
    with _explaining(path), _opened(path) as run:
        for item in (run.weights, run.state):
            np.asarray(item[:1]), np.asarray(item[-1:])
        for column in ("loss", "test_loss", "batch_loss", "learning_rate", "epoch", "batch", "running_means"):
            getattr(run, column)
        run.read_indices()


def _opened(path: Path) -> Recording:
    file = hdf5_file.opened(path)
    try:
        if file.attrs.get("format") != FORMAT:
            raise AnimatorError(
                f"'{path}' is an HDF5 file but not a recording of animator. Give a file that "
                "animator.Recorder or 'animator record' wrote."
            )
        schema = int(file.attrs["schema"])
        if schema > SCHEMA:
            raise AnimatorError(
                f"'{path}' has schema {schema}, and this version of animator reads up to {SCHEMA}. "
                "Install a newer animator, or record again."
            )
        return Recording(path, file, schema)
    except BaseException:
        file.close()
        raise


def part_of(path: Path) -> Path:
    """Where the recording for `path` is while it is written."""
    return path.with_name(f"{path.stem}.part{path.suffix}")


def _missing(path: Path) -> str:
    part = part_of(path) if path.name else path
    if part.is_file():
        return (
            f"There is no recording '{path}', but one that was cut short lies beside it. "
            f"Use '{part}' to see how far it got, or record again."
        )
    return f"There is no recording '{path}'. Give the path of a .h5 file that animator.Recorder wrote."


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    """What goes wrong in the body becomes a sentence about the file. HDF5, h5py and NumPy raise all kinds
    of errors over damaged bytes, so all are caught; want of memory and interruptions are not the file's
    fault.
    """
    try:
        yield
    except (AnimatorError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, PermissionError) or not path.is_file():
            raise
        if not hdf5_file.is_hdf5(path):
            raise AnimatorError(
                f"'{path}' is not a recording: it is no HDF5 file. Give a .h5 file that "
                "animator.Recorder or 'animator record' wrote."
            ) from error
        raise AnimatorError(probe.damaged(path)) from error
