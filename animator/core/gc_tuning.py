"""GC tuning for start-up: higher thresholds, off during heavy imports, no walk over what is there already.

A program that starts makes half a million objects that stay, and Python's cyclic collector walks through all
of them again and again: an eighth of the time of importing TensorFlow or matplotlib. Of the processor's time
of `animator render neuron` at 640x360, all that is here saves 0.2 of 2.4 s with a recording in the cache, and
0.5 to 0.9 of 7 s without (medians and least of four and five runs, alternating, on a busy machine).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 20)  # new objects, young walks, older walks, until the next walk


@contextmanager
def collected_seldom() -> Iterator[None]:
    """The collector runs every 50,000 new objects while the context lasts, instead of every 700."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def kept() -> Iterator[None]:
    """The collector is off while the context lasts: for imports, whose objects stay."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


class Frozen:
    """Context: after `freeze`, what exists is left out of collections until the context ends.

    For calls of a library that collects at its own will. What somebody else has frozen stays frozen.
    """

    def __enter__(self) -> "Frozen":
        self._own = not gc.get_freeze_count()
        return self

    def freeze(self) -> None:
        """Leave out all objects that exist now."""
        if self._own:
            gc.freeze()

    def __exit__(self, *error: object) -> None:
        if self._own:
            gc.unfreeze()
