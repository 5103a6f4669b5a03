"""Tape: what a running fit left and the file does not hold yet, on two pages.

Tensors of weights, losses and rates go in after every update; a RecordingWriter gets them as arrays, from
a thread of its own. Memory stays bounded: a full page waits for the one that is being written.
"""

import os
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from animator.recordings.writer import FLUSH_STEPS, RecordingWriter, Row
from animator.training.model_description import Variables, size
from animator.training.training_step import Left, RateReader, read, step_of


class Page:
    """Room for the rows and the numbers of some updates."""

    def __init__(self, rows: int, size: int, states: int) -> None:
        self.weights = np.empty((rows, size), np.float32)
        self.state = np.empty((rows, states), np.float32)
        self.steps: list[int] = []
        self.columns: dict[str, list[Any]] = {}

    def keep(self, step: int, values: list[Any]) -> None:
        """Copy the tensors of weights and state after update `step` into the next row."""
        row, at, end = self.weights[len(self.steps)], 0, self.weights.shape[1]
        for value in values:
            array = np.asarray(value)
            if at == end:
                row, at, end = self.state[len(self.steps)], 0, self.state.shape[1]
            row[at : at + array.size] = array.reshape(-1)
            at += array.size
        self.steps.append(step)

    def clear(self) -> None:
        """Forget all; the room stays."""
        self.steps.clear()
        self.columns = {name: [] for name in self.columns}


class Tape:
    """What a running fit left and the file does not hold yet, on two pages.

    While a thread writes one page, the other fills; a full one waits for it, so memory stays bounded.
    """

    def __init__(self, model: Any, variables: Variables, each_step: bool, ends: bool) -> None:
        self._rate = RateReader(model.optimizer)
        self._kept = [variable.value for variable in (*variables.trainable, *variables.state)]
        self._sizes = size(variables.trainable), size(variables.state)
        self.step = step_of(model, self._rate.variable, self._kept if each_step else (), ends)
        self._each_step = each_step
        self.steps = self._last_row = 0
        self._pool = ThreadPoolExecutor(1, "recorder", _step_back)
        self._writing: Future[None] | None = None
        self._last: Page | None = None

    def row(self) -> Row:
        """The weights and the state before training."""
        page = Page(1, *self._sizes)
        page.keep(0, read(self._kept))
        return Row(0, page.weights[0], page.state[0])

    def open(self, writer: RecordingWriter) -> None:
        """Write to `writer` from now on."""
        self._writer = writer
        self._page, self._other = (Page(writer.page, *self._sizes) for _ in range(2))

    def take(self, left: Left, epoch: int, batch: int, with_row: bool) -> None:
        """Take what one update left; raises OSError when an earlier page could not be written."""
        self.steps += 1
        if with_row:
            self._page.keep(self.steps, left.values if self._each_step else read(self._kept))
            self._last_row = self.steps
        metrics = left.logs if isinstance(left.logs, dict) else {}
        self._note((left.loss, left.rate, epoch, batch, *metrics.values()), metrics)
        page = self._page
        if len(page.steps) >= len(page.weights) or len(page.columns["epoch"]) >= FLUSH_STEPS:
            self.flush()

    def _note(self, values: tuple[Any, ...], metrics: Iterable[str]) -> None:
        columns = self._page.columns
        if not columns:
            names = (
                "batch_loss",
                "learning_rate",
                "epoch",
                "batch",
                *(f"running_means/{n}" for n in metrics),
            )
            self._page.columns = columns = {name: [] for name in names}
            self._other.columns = {name: [] for name in names}
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)

    def remember(self) -> None:
        """Keep the weights now as those of the last step, unless a row holds them already."""
        if self._last_row != self.steps:
            self._last = Page(1, *self._sizes)
            self._last.keep(self.steps, read(self._kept))

    def flush(self) -> None:
        """Hand what waits to the writing thread, once it is done with what it had before."""
        self.wait()
        page = self._page
        if page.columns and page.columns["epoch"]:
            self._page, self._other = self._other, page
            self._writing = self._pool.submit(self._write, page)

    def wait(self) -> None:
        """Wait for the page that is being written."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _write(self, page: Page) -> None:
        columns = {name: np.array([float(v) for v in values]) for name, values in page.columns.items()
                   if name != "learning_rate"}  # fmt: skip
        columns["learning_rate"] = np.array(self._rate.rates(page.columns["learning_rate"]))
        self._writer.write(columns, page.steps, page.weights, page.state)
        page.clear()

    def close(self) -> RecordingWriter:
        """Write all that waits, and hand back the writer."""
        self.flush()
        self.wait()
        last = self._last
        if last is not None and last.steps == [self.steps] and self._last_row != self.steps:
            self._writer.write({}, last.steps, last.weights, last.state)
        self._pool.shutdown()
        return self._writer


def _step_back() -> None:
    """Let this thread yield to those that train, where the system ranks threads (Linux does)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
