"""A recording step by step, from plain arrays: what any source of steps gives, whatever it is written in.

The weights before training go in first, then, for every update, the weights after it and the loss that it was
made from. Memory is bounded: full pages go to the file. See docs/contracts.md.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import ArrayLike

from animator import __version__
from animator.core.arrays import Array, Floats, Singles
from animator.core.errors import AnimatorError
from animator.recordings.facts import Facts
from animator.recordings.loss import Function, RowLoss
from animator.recordings.reader import Recording, load
from animator.recordings.writer import FLUSH_STEPS, RecordingWriter, Row

READ_BYTES = 64 * 2**20
ALONE = 8  # parameters up to which those without names are called w1, w2, ...

Losses = Callable[[RecordingWriter], Mapping[str, Floats]]
Names = Sequence[str] | Mapping[str, tuple[int, ...]]


class StepWriter:
    """An open recording, step by step; a context that finishes it.

    An exception within the context leaves `<stem>.part.h5`, which opens as far as it got.

    Parameters
    ----------
    path
        Of the .h5 file to be.
    weights
        (P,) before training.
    names
        A name for each parameter, or {name: shape} of the arrays that make a row, in order.
    filters
        {name: axes that number its filters}, for random planes.
    loss
        A NumPy function from rows (N, P) to (N,): it gives the losses of all rows at the end, and surfaces.
    meta
        What else the recording says, as JSON.
    state
        (S,): what changes beside the weights.
    arrays
        Kept with the recording: {"data/x": array, ...}.
    overwrite
        Whether what is at `path` is replaced, or kept under a name with a number.
    dtype
        Of the stored weights: "float32" or "float16".
    losses
        Gives the losses at the end, by their names in the file, in place of `loss`.

    Raises
    ------
    AnimatorError
        When the path is none of a recording or cannot be written, or names and weights do not fit.

    Examples
    --------
    >>> with animator.StepWriter("mine.h5", [0.0, 0.0], loss=f) as writer:
    ...     for weights, loss in descent:
    ...         writer.step(weights, loss)
    """

    def __init__(
        self,
        path: str | Path,
        weights: ArrayLike,
        *,
        names: Names | None = None,
        filters: Mapping[str, Sequence[int]] | None = None,
        loss: Function | None = None,
        meta: Mapping[str, object] | None = None,
        state: ArrayLike | None = None,
        arrays: Mapping[str, Array] | None = None,
        overwrite: bool = False,
        dtype: str = "float32",
        losses: Losses | None = None,
    ) -> None:
        self.path = Path(path)
        first = _first_row(self.path, weights)
        self.parameters = first.size
        self._loss = loss
        self._ends = losses
        self.facts = Facts()
        kept = np.asarray([] if state is None else state, np.float32).reshape(-1)
        about = {
            "variables": variables(names, first.size, filters or {}),
            "state": [],
            "fixed": [],
            "way": "arrays",
            "loss": {"kind": "callable" if loss is not None else "none"},
            "versions": {"animator": __version__, "numpy": np.__version__},
            **(meta or {}),
        }
        self._writer = RecordingWriter(
            self.path, Row(0, first.astype(np.float32), kept), about, arrays or {}, dtype, keeps=not overwrite
        )
        self._rows = np.empty((self._writer.page, first.size), np.float32)
        self._states = np.empty((self._writer.page, kept.size), np.float32)
        self._columns: dict[str, list[float]] = {}
        self._kept: list[int] = []
        self.steps = 0
        self._last: tuple[Singles, Singles] | None = None
        self._known = False  # whether any batch loss was given
        self._open = True

    def step(
        self,
        weights: ArrayLike,
        batch_loss: float = math.nan,
        *,
        learning_rate: float = math.nan,
        epoch: int = 0,
        state: ArrayLike | None = None,
        keep: bool = True,
        **metrics: float,
    ) -> None:
        """Write one update.

        Parameters
        ----------
        weights
            (P,) after it.
        batch_loss
            That it was made from, at the weights before.
        learning_rate, epoch
            Of this update; epochs count from 0.
        state
            (S,) after it.
        keep
            Whether the weights are kept; those of the last step always are.
        metrics
            Further numbers of this update, the same ones for every step.

        Raises
        ------
        AnimatorError
            When there are other weights or metrics than at the steps before.
        """
        row = np.asarray(weights, np.float32).reshape(-1)
        if row.size != self.parameters:
            raise AnimatorError(
                f"Step {self.steps + 1:,} has {row.size:,} weights, but '{self.path}' began with "
                f"{self.parameters:,}. Give the same ones in the same order for every step."
            )
        values = {
            "batch_loss": float(batch_loss),
            "learning_rate": float(learning_rate),
            "epoch": epoch,
            "batch": self.steps,
            **{f"running_means/{name}": float(value) for name, value in metrics.items()},
        }
        if not self._columns:
            self._columns = {name: [] for name in values}
        if set(values) != set(self._columns):
            known = [name.removeprefix("running_means/") for name in self._columns if "/" in name]
            raise AnimatorError(
                f"Step {self.steps + 1:,} has the metrics ({' '.join(metrics)}), but the first one had "
                f"({' '.join(known)}). Give the same ones for every step."
            )
        self._known |= not math.isnan(batch_loss)
        self.steps += 1
        own = np.asarray([] if state is None else state, np.float32).reshape(-1)
        self._last = None if keep else (row, own)
        if keep:
            at = len(self._kept)
            self._rows[at], self._states[at] = row, own
            self._kept.append(self.steps)
        for name, value in values.items():
            self._columns[name].append(value)
        if len(self._kept) == len(self._rows) or len(self._columns["epoch"]) == FLUSH_STEPS:
            self._flush()

    def _flush(self) -> None:
        if self._columns.get("epoch"):
            columns = {name: np.array(values) for name, values in self._columns.items()}
            self._writer.write(columns, self._kept, self._rows, self._states)
        self._kept = []
        self._columns = {name: [] for name in self._columns}

    def finish(self) -> Recording:
        """Compute the losses (K+1,) of all rows, put the recording in its place, and open it."""
        self._open = False
        self._flush()
        self._write_last()
        if not self.steps:
            self._writer.discard()
            raise AnimatorError(
                f"'{self.path}' saw no step, so there is no path to record. Give the weights after one "
                "update at least."
            )
        if not self._known and self.facts.no_batch_loss is None:
            self.facts = replace(self.facts, no_batch_loss="the steps were given without it")
        losses = self._ends(self._writer) if self._ends is not None else self._losses()
        if self.facts != Facts():
            self._writer.note(self.facts)
        self._writer.finish(losses)
        return load(self.path, trusted=True, loss=self._loss)

    def _write_last(self) -> None:
        """The weights of the last step are kept, whatever was asked for."""
        if self._last is not None:
            row, state = self._last
            self._writer.write({}, [self.steps], row[None], state[None])
            self._last = None

    def _losses(self) -> dict[str, Floats]:
        if self._loss is None:
            return {}
        loss = RowLoss(self._loss)
        count = self._writer.rows
        each = max(1, READ_BYTES // (4 * self.parameters))
        blocks = (slice(low, min(count, low + each)) for low in range(0, count, each))
        losses = np.full(self.steps + 1, np.nan)
        losses[self._writer.read_steps()] = np.concatenate(
            [loss(self._writer.read(block)) for block in blocks]
        )
        return {"loss": losses}

    def abandon(self) -> None:
        """Leave the recording as it is, cut short, under its part name."""
        self._open = False
        self._flush()
        self._write_last()
        self._writer.abandon()

    def __enter__(self) -> "StepWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._open:
            return
        if kind is None:
            self.finish().close()
        else:
            self.abandon()


def _first_row(path: Path, weights: ArrayLike) -> Floats:
    """The `weights` (P,) before training; AnimatorError where they, or the path, cannot be of a recording."""
    if path.suffix != ".h5":
        raise AnimatorError(
            f"{str(path)!r} names no recording: its name must end in .h5. Use {path.name + '.h5'!r}."
        )
    first = np.asarray(weights, np.float64).reshape(-1)
    if not first.size:
        raise AnimatorError(
            f"The weights for '{path}' are empty, so there is no path to record. Give one number at least."
        )
    return first


def recording(
    path: str | Path,
    weights: ArrayLike | Iterable[ArrayLike],
    batch_loss: Iterable[float] | None = None,
    *,
    names: Names | None = None,
    loss: Function | None = None,
    filters: Mapping[str, Sequence[int]] | None = None,
    learning_rate: float = math.nan,
    overwrite: bool = False,
    notes: Mapping[str, object] | None = None,
) -> Recording:
    """The recording of plain arrays.

    Parameters
    ----------
    path
        Of the .h5 file to be.
    weights
        (K+1, P), row 0 before training; any iterable of rows, which are read one at a time, so that they need
        not fit into memory.
    batch_loss
        (K,): that each update was made from; by default the `loss` of the row before it, where there is one.
    names, loss, filters, overwrite
        See StepWriter.
    learning_rate
        Of all updates.
    notes
        What else a film may use: "title", "target", "labels" and so on, see `Recording.notes`.

    Returns
    -------
    Recording
        Finished, and open.

    Raises
    ------
    AnimatorError
        When there are no rows, or not as many losses as updates.

    Examples
    --------
    >>> run = animator.recording("path.h5", path, loss=lambda w: (w**2).sum(axis=1))
    """
    rows = iter(weights if isinstance(weights, Iterable) else np.atleast_2d(np.asarray(weights)))
    first = next(rows, None)
    if first is None:
        raise AnimatorError(
            f"weights= for '{path}' has no rows. Give K+1 of them, the first before training, as an array "
            "(K+1, P)."
        )
    losses = iter(batch_loss) if batch_loss is not None else None
    meta = {"notes": dict(notes)} if notes else {}
    writer = StepWriter(path, first, names=names, filters=filters, loss=loss, meta=meta, overwrite=overwrite)
    with writer:
        before = np.asarray(first, np.float64)
        for row in rows:
            if losses is not None:
                value = next(losses, None)
            else:
                value = RowLoss(loss)(before.reshape(1, -1))[0] if loss is not None else math.nan
            if value is None:
                raise _uneven(path, writer.steps + 1, "fewer")
            writer.step(row, float(value), learning_rate=learning_rate)
            before = np.asarray(row, np.float64)
        if losses is not None and next(losses, None) is not None:
            raise _uneven(path, writer.steps, "more")
        return writer.finish()


def _uneven(path: str | Path, updates: int, how: str) -> AnimatorError:
    return AnimatorError(
        f"batch_loss= for '{path}' has {how} values than there are updates: K+1 rows of weights have K. Here "
        f"the {updates:,}{' or more' if how == 'fewer' else ''} updates need as many losses."
    )


def variables(
    names: Names | None, count: int, filters: Mapping[str, Sequence[int]]
) -> list[dict[str, object]]:
    """What a recording says of its variables, for `names` of `count` parameters."""
    if names is None:
        names = [f"w{i + 1}" for i in range(count)] if count <= ALONE else {"weights": (count,)}
    shapes = dict(names) if isinstance(names, Mapping) else {str(name): () for name in names}
    total = sum(math.prod(shape) for shape in shapes.values())
    if total != count or (not isinstance(names, Mapping) and len(shapes) != len(names)):
        what = "shapes that hold" if isinstance(names, Mapping) else "different names, for"
        raise AnimatorError(
            f"names= has {what} {total:,} parameters, but the weights have {count:,}. Give one name for "
            "each, or {name: shape} of the arrays that a row consists of."
        )
    found = []
    start = 0
    for name, shape in shapes.items():
        found.append(
            {"path": name, "shape": list(shape), "start": start, "filters": list(filters.get(name, ()))}
        )
        start += math.prod(shape)
    return found
