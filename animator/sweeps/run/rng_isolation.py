"""Isolates Python's random generator for the cells: other threads of a dask worker get one of their own.

Keras takes the seeds of initial weights from the module `random`, which a whole process shares. Between a
cell's seed and its weights a worker's network thread may draw from it too, when a connection is tried again,
as happens where processors are busy; the cell would then begin elsewhere.
"""

import random
import sys

OTHERS = ("dask", "distributed", "tornado")  # packages that have threads in a worker


class _Own(random.Random):
    """The module `random`, with a state of its own."""

    def __getattr__(self, name: str) -> object:
        return getattr(random, name)


_OWN = _Own()


def keep() -> None:
    """See the module; called before each piece of work, for modules are loaded as they are needed."""
    if not any(name in sys.modules for name in OTHERS):
        return
    for name, module in list(sys.modules.items()):
        held = getattr(module, "__dict__", {})
        if name.partition(".")[0] in OTHERS and held.get("random") is random:
            held["random"] = _OWN
