"""Progress without a terminal: a plain line on stderr every minute: a log is neither silent nor full.

In: how far cells and stages are. Out: lines such as "animator: training: 12 of 64 cells, 2 at work".
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from animator.sweeps.run.run import Status

EVERY = 60.0  # seconds


class Lines:
    """The latest of what was told, as a line."""

    def __init__(self) -> None:
        self._latest = ""

    def cells(self, status: "Status") -> None:
        """Hear how far the cells of a sweep are."""
        failed = f", {status.failed} failed" if status.failed else ""
        self._latest = (
            f"{status.stage}: {status.done + status.failed:,} of {status.total:,} cells, "
            f"{status.running} at work{failed}"
        )

    def stage(self, stage: str, done: int, total: int) -> None:
        """Hear how far something else is; see Progress."""
        self._latest = f"{stage}: {done:,} of {total:,}" if total else stage

    def tell(self) -> None:
        """Write the latest, changed or not: that it goes on is worth a line."""
        if self._latest:
            sys.stderr.write(f"animator: {self._latest}\n")
            sys.stderr.flush()


@contextmanager
def lines(every: float = EVERY) -> Iterator[Lines]:
    """Lines that are written every so many seconds while the context lasts."""
    told, end = Lines(), threading.Event()

    def go_on() -> None:
        while not end.wait(every):
            told.tell()

    thread = threading.Thread(target=go_on, name="progress", daemon=True)
    thread.start()
    try:
        yield told
    finally:
        end.set()
        thread.join()
