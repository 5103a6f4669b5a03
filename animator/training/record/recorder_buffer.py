"""Tape: what a running fit left and the file does not hold yet, on two pages.

Tensors of weights, losses and rates go in after every update; a RecordingWriter gets them as arrays, from
a thread of its own. Memory stays bounded: a full page waits for the one that is being written.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from animator.core.arrays import Array, Floats
from animator.recordings.metric_names import stored_name
from animator.recordings.writer import FLUSH_STEPS, RecordingWriter, Row
from animator.training.keras_types import Logs, Optimizer, Tensor
from animator.training.record.learning_rate import RateReader
from animator.training.record.log_columns import LogColumns
from animator.training.record.training_step import Reads, Step, StepResult, read
from animator.training.variables import Variables, size

StepMaker = Callable[[Reads], Step]
NO_TRACKER = "the training step keeps its loss to itself: it adds none to Keras' loss tracker"


class Note(NamedTuple):
    """The numbers of one update, as tensors or as they are."""

    loss: Tensor | float
    seen: Tensor | bool
    rate: Tensor | None
    epoch: int
    batch: int
    logs: Logs | None


class Page:
    """Room for the rows and the numbers of some updates."""

    def __init__(self, rows: int, size: int, states: int) -> None:
        self.weights = np.empty((rows, size), np.float32)
        self.state = np.empty((rows, states), np.float32)
        self.steps: list[int] = []
        self.notes: list[Note] = []

    def keep(self, step: int, values: list[Tensor]) -> None:
        """Copy the tensors of weights and state after update `step` into the next row."""
        index = len(self.steps)
        row = self.weights[index]
        at = 0
        for value in values:
            array = np.asarray(value)
            if at == row.size:  # the weights are whole, and state follows
                row = self.state[index]
                at = 0
            row[at : at + array.size] = array.reshape(-1)
            at += array.size
        self.steps.append(step)

    def clear(self) -> None:
        """Forget all; the room stays."""
        self.steps.clear()
        self.notes.clear()


class Tape:
    """What a running fit left and the file does not hold yet, on two pages.

    While a thread writes one page, the other fills; a full one waits for it, so memory stays bounded.
    make_step: what is to be read around it -> the training step.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        variables: Variables,
        each_step: bool,
        make_step: StepMaker,
    ) -> None:
        self._rate = RateReader(optimizer)
        self._kept = [variable.value for variable in (*variables.trainable, *variables.state)]
        self._sizes = size(variables.trainable), size(variables.state)
        self.step = make_step(Reads(self._rate.variable, self._kept if each_step else []))
        self._each_step = each_step
        self.steps = self._last_row = 0
        self._late_rates: list[int] = []
        self._unread = 0
        self._metrics = LogColumns({})
        self._pool = ThreadPoolExecutor(1, "recorder", _step_back)
        self._writing: Future[None] | None = None
        self._last: Page | None = None

    def row(self) -> Row:
        """The weights and the state now."""
        page = Page(1, *self._sizes)
        page.keep(self.steps, read(self._kept))
        return Row(self.steps, page.weights[0], page.state[0])

    def open(self, writer: RecordingWriter) -> None:
        """Write to `writer` from now on."""
        self._writer = writer
        self._page, self._other = (Page(writer.page, *self._sizes) for _ in range(2))

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of what the steps reported that could not be recorded."""
        return tuple(self._metrics.left_out)

    @property
    def has_rates(self) -> bool:
        """Whether the optimizer has a learning rate that can be read."""
        return self._rate.known

    @property
    def no_batch_loss(self) -> str | None:
        """Why no step's own loss was read; None when one was."""
        return None if self._unread < self.steps else NO_TRACKER

    @property
    def unread_losses(self) -> int:
        """Of how many steps no loss was read, where that of others was."""
        return self._unread if self._unread < self.steps else 0

    def take(self, left: StepResult, epoch: int, batch: int, with_row: bool) -> None:
        """Keep what an update left; raises what the writing thread could not do."""
        self.steps += 1
        page = self._page
        if with_row:
            page.keep(self.steps, left.values if self._each_step else read(self._kept))
            self._last_row = self.steps
        if self.steps == 1:
            self._metrics = LogColumns(left.logs)
        logs = dict(left.logs) if isinstance(left.logs, dict) else None
        note = Note(left.loss, left.seen, left.rate, epoch=epoch, batch=batch, logs=logs)
        page.notes.append(note)
        if len(page.steps) >= len(page.weights) or len(page.notes) >= FLUSH_STEPS:
            self.flush()

    def remember(self) -> None:
        """Keep the weights now as those of the last step, unless a row holds them already."""
        if self._last_row != self.steps:
            self._last = Page(1, *self._sizes)
            self._last.keep(self.steps, read(self._kept))

    def flush(self) -> None:
        """Hand what waits to the writing thread, once it is done with what it had before."""
        self.wait()
        page = self._page
        if page.notes:
            self._page, self._other = self._other, page
            self._writing = self._pool.submit(self._write, page)

    def wait(self) -> None:
        """Wait for the page that is being written."""
        writing = self._writing
        self._writing = None
        if writing is not None:
            writing.result()

    def _write(self, page: Page) -> None:
        self._writer.write(self._columns(page.notes), page.steps, page.weights, page.state)
        page.clear()

    def _columns(self, notes: list[Note]) -> dict[str, Array]:
        """The columns (n,) of n updates, by name."""
        losses, seen, rates, epochs, batches, logs = zip(*notes, strict=True)
        self._unread += sum(not bool(one) for one in seen)
        if self._rate.late:
            self._late_rates += [int(value) for value in rates if value is not None]
        metrics = self._metrics.arrays(logs)
        return {
            "batch_loss": np.array([float(loss) for loss in losses]),
            "learning_rate": np.array(self._rate.rates(list(rates))),
            "epoch": np.array(epochs),
            "batch": np.array(batches),
            **{f"running_means/{stored_name(name)}": values for name, values in metrics.items()},
        }

    def close(self) -> RecordingWriter:
        """Write all that waits, and hand back the writer."""
        try:
            self.wait()
            if self._page.notes:  # by this thread: none can be asked when the process is about to end
                self._write(self._page)
            last = self._last
            if last is not None and last.steps == [self.steps] and self._last_row != self.steps:
                self._writer.write({}, last.steps, last.weights, last.state)
        finally:
            self._pool.shutdown()
        return self._writer

    def abandon(self) -> None:
        """Write what can still be written, and close the file, or remove it when it has no step."""
        with contextlib.suppress(Exception):  # a full disk, most likely: what is in the file already stays
            self.close()
        if self._writer.steps:
            self._writer.abandon()
        else:
            self._writer.discard()

    def late_rates(self) -> Floats | None:
        """(K,) the rates that were not computed while training went on; None when they all were."""
        return np.array(self._rate.of(self._late_rates)) if self._rate.late else None


def _step_back() -> None:
    """Let this thread yield to those that train, where the system ranks threads (Linux does)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
