"""How long things say how far they are: a function of (stage, done, total).

The library only calls it. `quiet` is the default; the command line draws bars on a terminal, and in a
notebook `listener()` gives bars that IPython draws: plain HTML, without widgets, which stays when saved. In a
script it gives a line on the terminal, for what takes long.
"""

import sys
import time
from collections.abc import Callable
from html import escape
from importlib import import_module
from typing import Any

Progress = Callable[[str, int, int], None]
EVERY = 0.1  # seconds between two drawings of a bar
LONG = 2.0  # seconds that a stage takes before a script is told of it


def quiet(stage: str, done: int, total: int) -> None:
    """Say nothing: the default listener. `done` of `total` units of `stage` are finished."""


def listener() -> Progress:
    """A listener that draws bars where Python runs in a notebook, a line on a terminal, and is quiet
    elsewhere.
    """
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
    if shell is not None and hasattr(shell, "kernel"):
        return NotebookBars()
    return TerminalLine() if sys.stderr is not None and sys.stderr.isatty() else quiet


class TerminalLine:
    """One line on stderr, written over itself, once a stage has taken LONG seconds; it goes when that is
    done.
    """

    def __init__(self) -> None:
        self._begun: dict[str, float] = {}
        self._last = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """See Progress."""
        now = time.monotonic()
        begun = self._begun.setdefault(stage, now)
        if now - begun < LONG or (done < total and now - self._last < EVERY):
            return
        self._last = now
        text = f"{stage}: {done:,} of {total:,}" if total else stage
        sys.stderr.write("\r\x1b[K" + (text if done < total or not total else ""))
        sys.stderr.flush()


class NotebookBars:
    """One bar a stage, with what is done, the total, and how long it may still take."""

    def __init__(self) -> None:
        self._bars: dict[str, tuple[Any, float]] = {}  # IPython's handle, untyped; when it began, s
        self._last = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """See Progress; the first and the last of a stage are always drawn."""
        display = import_module("IPython.display")
        now = time.monotonic()
        if stage not in self._bars:
            text = display.HTML(bar(stage, done, total, 0.0))
            self._bars[stage] = display.display(text, display_id=True), now
        elif done == total or now - self._last >= EVERY:
            handle, begun = self._bars[stage]
            handle.update(display.HTML(bar(stage, done, total, now - begun)))
        else:
            return
        self._last = now


def bar(stage: str, done: int, total: int, seconds: float) -> str:
    """The bar as HTML after so many seconds; nothing is foretold before a tenth is done."""
    text = f"{escape(stage)}: {done:,} of {total:,}" if total else escape(stage)
    if 0 < done < total and done >= total / 10:
        text += f", about {seconds * (total - done) / done:.0f} s left"
    value = f'value="{done}" max="{total}"' if total else ""
    return f'<div><progress {value} style="width: 16em"></progress> {text}</div>'
