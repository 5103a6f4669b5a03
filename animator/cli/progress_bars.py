"""Progress on a terminal: one line for each stage, with an estimate; when piped, a line of a sweep a minute.

The lines go to stderr, so that stdout stays clean. rich is imported only where there may be a terminal.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from animator.cli.piped_progress import lines
from animator.cli.terminal import raw
from animator.core.progress import Progress, quiet

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from animator.sweeps.run.run import Status


@contextmanager
def shown() -> Iterator[Progress]:
    """A progress listener that draws bars while the context lasts."""
    console = _terminal()
    if console is None:
        yield quiet
        return
    bars = _bars(console)
    with bars:
        yield _listener(bars)


@contextmanager
def cells_shown() -> "Iterator[tuple[Callable[[Status], None], Progress]]":
    """Listeners for the cells of a sweep and for stages, drawn as bars while the context lasts; where no
    terminal is, told by a line now and then.
    """
    console = _terminal()
    if console is None:
        with lines() as told_seldom:
            yield told_seldom.cells, told_seldom.stage
        return
    bars = _bars(console)
    tasks: dict[str, TaskID] = {}

    def told(status: "Status") -> None:
        if status.stage not in tasks:
            tasks[status.stage] = bars.add_task(status.stage)
        failed = f", {status.failed} failed" if status.failed else ""
        bars.update(
            tasks[status.stage],
            completed=status.done + status.failed,
            total=status.total,
            description=f"{status.stage}: {status.running} at work{failed}",
        )

    with bars:
        yield told, _listener(bars)


def _terminal() -> "Console | None":
    """The terminal that stderr goes to, or what rich is told to take for one; None without."""
    if not (sys.stderr.isatty() or {"FORCE_COLOR", "TTY_COMPATIBLE"} & os.environ.keys()):
        return None
    from rich.console import Console

    console = Console(file=raw(sys.stderr))
    return console if console.is_terminal else None


def _bars(console: "Console") -> "Bars":
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
    )


def _listener(bars: "Bars") -> Progress:
    tasks: dict[str, TaskID] = {}

    def listen(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total or None)
        bars.update(tasks[stage], completed=done, total=total or None)

    return listen
