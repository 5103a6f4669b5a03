"""Progress in a notebook: a bar for each stage that is drawn over as it goes on, by IPython's own display.

No widgets are needed, so that the bars work in every front end, and stay in the saved notebook as plain HTML.
"""

import sys
import time
from html import escape
from importlib import import_module
from typing import Any

from animator.core.progress import Progress, quiet

EVERY = 0.1  # seconds between two drawings of a bar


def listener() -> Progress:
    """A listener that draws bars where Python runs in a notebook; the quiet one elsewhere."""
    interactive = sys.modules.get("IPython")
    shell: Any = interactive.get_ipython() if interactive is not None else None
    return Bars() if shell is not None and hasattr(shell, "kernel") else quiet


class Bars:
    """One bar a stage, with what is done, the total, and how long it may still take."""

    def __init__(self) -> None:
        self._bars: dict[str, tuple[Any, float]] = {}
        self._last = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """See Progress; the first and the last of a stage are always drawn."""
        shown: Any = import_module("IPython.display")
        now = time.monotonic()
        if stage not in self._bars:
            self._bars[stage] = shown.display(shown.HTML(bar(stage, done, total, 0.0)), display_id=True), now
        elif done == total or now - self._last >= EVERY:
            handle, begun = self._bars[stage]
            handle.update(shown.HTML(bar(stage, done, total, now - begun)))
        else:
            return
        self._last = now


def bar(stage: str, done: int, total: int, seconds: float) -> str:
    """The bar as HTML after so many seconds; nothing is foretold before a tenth is done."""
    said = f"{escape(stage)}: {done:,} of {total:,}" if total else escape(stage)
    if 0 < done < total and done >= total / 10:
        said += f", about {seconds * (total - done) / done:.0f} s left"
    value = f'value="{done}" max="{total}"' if total else ""
    return f'<div><progress {value} style="width: 16em"></progress> {said}</div>'
