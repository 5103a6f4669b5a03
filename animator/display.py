"""Progress on a terminal: one line for each stage, with an estimate; quiet when piped.

The lines go to stderr, so that stdout stays clean.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

from animator.progress import Progress, quiet

if TYPE_CHECKING:
    from animator.sweep.run import Status


@contextmanager
def shown() -> Iterator[Progress]:
    """A progress listener that draws bars while the context lasts."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield quiet
        return
    bars = _bars(console)
    with bars:
        yield _listener(bars)


@contextmanager
def cells_shown() -> "Iterator[tuple[Callable[[Status], None], Progress]]":
    """Listeners for the cells of a sweep and for stages, drawn as bars while the context lasts."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda status: None, quiet
        return
    bars = _bars(console)
    tasks: dict[str, TaskID] = {}

    def told(status: "Status") -> None:
        if status.stage not in tasks:
            tasks[status.stage] = bars.add_task(status.stage)
        failed = f", {status.failed} failed" if status.failed else ""
        bars.update(tasks[status.stage], completed=status.done + status.failed, total=status.total,
                    description=f"{status.stage}: {status.running} at work{failed}")  # fmt: skip

    with bars:
        yield told, _listener(bars)


def _bars(console: Console) -> Bars:
    return Bars(
        TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=console,
    )  # fmt: skip


def _listener(bars: Bars) -> Progress:
    tasks: dict[str, TaskID] = {}

    def listen(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total or None)
        bars.update(tasks[stage], completed=done, total=total or None)

    return listen
