"""Progress on a terminal: one line for each stage, with an estimate; quiet when piped.

The lines go to stderr, so that stdout stays clean.
"""

from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def shown() -> Iterator[Progress]:
    """A progress listener that draws bars while the context lasts."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield quiet
        return
    bars = Bars(
        TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=console,
    )  # fmt: skip
    tasks: dict[str, TaskID] = {}

    def listen(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total or None)
        bars.update(tasks[stage], completed=done, total=total or None)

    with bars:
        yield listen
